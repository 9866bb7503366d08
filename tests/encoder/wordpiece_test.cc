// WordPiece on a vocabulary small enough to read.
#include "llm/encoder/wordpiece.h"

#include <gtest/gtest.h>

namespace frontdesk::llm::encoder {
namespace {

// Ids:                     0     1     2     3    4     5    6  7  8  9  10   11
constexpr char kWords[] =
    "[UNK]\n[CLS]\n[SEP]\norder\n##ed\n##s\n!\n?\na\nno\n##de\n中\nstraße\nresume\n";

WordPiece Tokenizer() {
  auto tokenizer = WordPiece::FromVocabulary(kWords, "words");
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  return *std::move(tokenizer);
}

TEST(WordPieceTest, CutsWords) {
  const WordPiece tokenizer = Tokenizer();
  const struct {
    const char* name;
    std::string text;
    std::vector<std::int32_t> ids;  // without [CLS] and [SEP]
  } cases[] = {
      {"empty", "", {}},
      {"one word", "order", {3}},
      {"continuation", "ordered orders", {3, 4, 3, 5}},
      {"upper case", "ORDER", {3}},
      {"punctuation is a word", "order!?", {3, 6, 7}},
      {"unknown", "xyz", {0}},
      {"unknown tail makes the word unknown", "orderx", {0}},
      {"longest piece first", "node", {9, 10}},
      {"accents go", "Résumé", {13}},
      {"accents as separate marks go", "Re\u0301sume\u0301", {13}},
      {"sharp s stays", "Straße", {12}},
      {"ideographs stand alone", "a中a", {8, 11, 8}},
      {"format characters vanish", "or\u200bd\u00ader", {3}},
      {"control characters vanish",
       std::string("or\x01"
                   "d\0er",
                   7),
       {3}},
      {"blanks of all kinds", "a\u00a0a\u3000a\ta\r\na", {8, 8, 8, 8, 8}},
      {"special tokens are plain text", "[SEP]", {0, 0, 0}},
      {"bad UTF-8 is skipped",
       "or\xff"
       "der",
       {3}},
      {"a word of more than 100 characters", std::string(101, 'a'), {0}},
      {"a word of a megabyte", std::string(1 << 20, 'a'), {0}},
  };
  for (const auto& c : cases) {
    std::vector<std::int32_t> expected = {1};
    expected.insert(expected.end(), c.ids.begin(), c.ids.end());
    expected.push_back(2);
    EXPECT_EQ(tokenizer.Encode(c.text, 256), expected) << c.name;
  }
}

TEST(WordPieceTest, TruncatesBeforeTheEndMark) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "ordered ";
  const auto ids = Tokenizer().Encode(text, 8);
  EXPECT_EQ(ids, (std::vector<std::int32_t>{1, 3, 4, 3, 4, 3, 4, 2}));
  EXPECT_EQ(Tokenizer().Encode(text, 2), (std::vector<std::int32_t>{1, 2}));
}

TEST(WordPieceTest, RefusesAVocabularyWithoutMarks) {
  EXPECT_EQ(WordPiece::FromVocabulary("a\nb\n", "x").status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace frontdesk::llm::encoder
