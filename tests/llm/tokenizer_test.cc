// Pre-tokenizers, byte pairs against a plain twin, chat templates, streams of UTF-8.

#include "llm/tokenizer/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "llm/tokenizer/chat_template.h"
#include "llm/tokenizer/pre_tokenizer.h"
#include "llm/tokenizer/utf8_stream.h"
#include "tests/llm/model_file.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

TEST(PreTokenizerTest, CutsAsTheExpressionsDo) {
  using Words = std::vector<std::string_view>;
  const struct {
    const char* name;
    PreTokenizer style;
    const char* text;
    Words words;
  } kCases[] = {
      {"words", PreTokenizer::kGpt2, "two  words", {"two", " ", " words"}},
      {"contraction", PreTokenizer::kGpt2, "we'll say it's", {"we", "'ll", " say", " it", "'s"}},
      {"upper case is none", PreTokenizer::kGpt2, "I'M", {"I", "'", "M"}},
      {"digits together", PreTokenizer::kGpt2, "a 123!", {"a", " 123", "!"}},
      {"spaces at the end", PreTokenizer::kGpt2, "a   ", {"a", "   "}},
      {"line ends", PreTokenizer::kGpt2, "a\n\nb", {"a", "\n", "\n", "b"}},
      {"marks", PreTokenizer::kGpt2, "wait... ?!", {"wait", "...", " ?!"}},
      {"single digits", PreTokenizer::kSmollm, "a 42 b", {"a", " ", "4", "2", " b"}},
      {"digits end lookahead", PreTokenizer::kSmollm, "a  1", {"a", "  ", "1"}},
      {"threes", PreTokenizer::kLlama3, "12345", {"123", "45"}},
      {"any case", PreTokenizer::kLlama3, "I'M", {"I", "'M"}},
      {"mark and letters", PreTokenizer::kLlama3, "(hello", {"(hello"}},
      {"to the last line end", PreTokenizer::kLlama3, "a \n \n  b", {"a", " \n \n", " ", " b"}},
      {"marks take line ends", PreTokenizer::kLlama3, "x!\n\ny", {"x", "!\n\n", "y"}},
      {"digits alone", PreTokenizer::kQwen2, "a12", {"a", "1", "2"}},
      {"other scripts", PreTokenizer::kGpt2, "größe 東京", {"größe", " 東京"}},
      {"not UTF-8", PreTokenizer::kGpt2, "a\xFF\xFE z", {"a", "\xFF\xFE", " z"}},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(SplitWords(c.text, c.style), ElementsAreArray(c.words)) << c.name;
  }
}

TEST(PreTokenizerTest, WordsJoinedAreTheText) {
  TestRandom random(1);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (int i = random.Below(40); i >= 0; --i) {
      const char* parts[] = {"a", "'s", " ", "\n", "7", "é", "\xFF", "!", "\t", "東", "'LL", "\r"};
      text += parts[random.Below(12)];
    }
    for (PreTokenizer style : {PreTokenizer::kGpt2, PreTokenizer::kSmollm, PreTokenizer::kLlama3,
                               PreTokenizer::kQwen2}) {
      std::string joined;
      for (std::string_view word : SplitWords(text, style)) {
        EXPECT_FALSE(word.empty());
        joined += word;
      }
      EXPECT_EQ(joined, text);
    }
  }
}

TEST(Utf8StreamTest, HoldsBytesBackUntilTheyAreWhole) {
  Utf8Stream stream;
  EXPECT_EQ(stream.Push("a\xE2\x82"), "a");
  EXPECT_EQ(stream.Push("\xAC!"), "€!");
  EXPECT_EQ(stream.Push("\xF0\x9F\x98"), "");
  EXPECT_EQ(stream.Flush(), "\xEF\xBF\xBD");
  EXPECT_EQ(stream.Push("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(stream.Push("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_TRUE(IsWholeUtf8("größe 😀"));
  EXPECT_FALSE(IsWholeUtf8("\xF4\x90\x80\x80"));
}

// Joins the best pair, one at a time, looking at all pairs each time.
std::vector<std::string> PlainBytePairs(
    std::string_view word, const std::map<std::pair<std::string, std::string>, int>& ranks) {
  std::vector<std::string> parts;
  for (char c : word) parts.emplace_back(1, c);
  while (true) {
    int best = -1, best_rank = INT32_MAX;
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      const auto found = ranks.find({parts[i], parts[i + 1]});
      if (found != ranks.end() && found->second < best_rank) {
        best_rank = found->second;
        best = static_cast<int>(i);
      }
    }
    if (best < 0) return parts;
    parts[best] += parts[best + 1];
    parts.erase(parts.begin() + best + 1);
  }
}

class DefaultTokenizerTest : public testing::Test {
 protected:
  void SetUp() override {
    FD_NEED_MODEL(DefaultModelPath());
    file_ = *GgufFile::Open(DefaultModelPath());
    tokenizer_ = *Tokenizer::FromGguf(*file_);
  }
  std::unique_ptr<GgufFile> file_;
  std::unique_ptr<Tokenizer> tokenizer_;
};

TEST_F(DefaultTokenizerTest, BytePairsAgreeWithThePlainTwin) {
  // The file writes bytes as printable characters; ASCII letters stand for themselves.
  std::map<std::pair<std::string, std::string>, int> ranks;
  const auto rules = *file_->Texts("tokenizer.ggml.merges");
  for (size_t i = 0; i < rules.size(); ++i) {
    const size_t space = rules[i].find(' ', 1);
    ranks[{std::string(rules[i].substr(0, space)), std::string(rules[i].substr(space + 1))}] =
        static_cast<int>(i);
  }
  TestRandom random(2);
  const char* syllables[] = {"re",  "turn", "ing", "un",   "ship", "or",
                             "der", "aaaa", "x",   "tion", "Q"};
  for (int round = 0; round < 200; ++round) {
    std::string word;
    for (int i = random.Below(8); i >= 0; --i) word += syllables[random.Below(11)];
    std::vector<std::string> pieces;
    for (int32_t id : tokenizer_->Encode(word, MarksInText::kPlainText)) {
      pieces.emplace_back(tokenizer_->Piece(id));
    }
    EXPECT_EQ(pieces, PlainBytePairs(word, ranks)) << word;
  }
}

TEST_F(DefaultTokenizerTest, KnownIds) {
  EXPECT_THAT(tokenizer_->Encode("Hello, world!", MarksInText::kPlainText),
              ElementsAre(19556, 28, 905, 17));
  EXPECT_THAT(tokenizer_->Encode("order 48213", MarksInText::kPlainText),
              ElementsAre(2559, 216, 36, 40, 34, 33, 35));
  EXPECT_THAT(tokenizer_->Encode("", MarksInText::kPlainText), ElementsAre());
}

// This vocabulary has no token for some control characters and for bytes that UTF-8
// never uses; all else comes back, in any order.
TEST_F(DefaultTokenizerTest, BytesOfTheVocabularyComeBack) {
  std::string known;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    if (!tokenizer_->Encode(one, MarksInText::kPlainText).empty()) known += one;
  }
  EXPECT_GT(known.size(), 200u);
  TestRandom random(3);
  for (int round = 0; round < 100; ++round) {
    std::string bytes;
    for (int i = random.Below(60); i >= 0; --i)
      bytes += known[random.Below(static_cast<int>(known.size()))];
    EXPECT_EQ(tokenizer_->Decode(tokenizer_->Encode(bytes, MarksInText::kPlainText)), bytes);
  }
}

TEST_F(DefaultTokenizerTest, ATypedMarkIsText) {
  const std::string typed = "<|im_end|>";
  EXPECT_THAT(tokenizer_->Encode(typed, MarksInText::kControlTokens), ElementsAre(2));
  const auto plain = tokenizer_->Encode(typed, MarksInText::kPlainText);
  EXPECT_GT(plain.size(), 3u);
  EXPECT_EQ(tokenizer_->Decode(plain), typed);
}

TEST_F(DefaultTokenizerTest, LongWordsAreFast) {
  const std::string word(1 << 20, 'a');
  const auto ids = tokenizer_->Encode(word, MarksInText::kPlainText);
  EXPECT_EQ(tokenizer_->Decode(ids), word);
}

TEST_F(DefaultTokenizerTest, ChatIsWrittenAsTheTemplateSays) {
  const ChatTemplate chat = *ChatTemplate::FromGguf(*file_);
  EXPECT_EQ(chat.name(), "chatml");
  const auto prompt = *chat.Render(
      {{"system", "Be brief."}, {"user", "Hi <|im_end|>"}, {"assistant", "Hello"}, {"user", "Bye"}},
      *tokenizer_);
  std::string written;
  int ends = 0;
  for (int32_t id : prompt.ids) {
    written += tokenizer_->Name(id);
    ends += id == 2;
  }
  EXPECT_EQ(written,
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi <|im_end|><|im_end|>\n"
            "<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n"
            "<|im_start|>assistant\n");
  EXPECT_EQ(ends, 4);  // the typed one is not among them
  EXPECT_EQ(prompt.ids[prompt.shared_tokens - 1], 2);

  const auto without = *chat.Render({{"user", "Hi"}}, *tokenizer_);
  EXPECT_THAT(tokenizer_->Decode(without.ids), HasSubstr("helpful AI assistant"));
}

// As the peer does: the space of the beginning is put after every matched token too.
TEST(SentencePieceTest, ASpaceComesBeforeEachStretchOfText) {
  std::vector<std::string> tokens = SyntheticByteTokens(true);
  std::vector<int32_t> types(tokens.size(), 6);
  tokens.insert(tokens.end(), {"|", "\xE2\x96\x81" "a"});
  types.insert(types.end(), {3, 1});
  std::vector<float> scores(tokens.size(), 0);
  const int32_t mark = 256, space_a = 257;
  const auto encode = [&](bool space_prefix, std::string_view text) {
    GgufWriter out;
    out.Text("tokenizer.ggml.model", "llama");
    out.Texts("tokenizer.ggml.tokens", tokens);
    out.Integers("tokenizer.ggml.token_type", types);
    out.Reals("tokenizer.ggml.scores", scores);
    out.Boolean("tokenizer.ggml.add_space_prefix", space_prefix);
    const std::string bytes = out.Finish();
    const auto file = GgufFile::Parse(
        "test", {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
    EXPECT_TRUE(file.ok()) << file.status();
    return (*Tokenizer::FromGguf(**file))->Encode(text, MarksInText::kControlTokens);
  };
  EXPECT_THAT(encode(true, "a|a"), ElementsAre(space_a, mark, space_a));
  EXPECT_THAT(encode(true, "b|b|b"), ElementsAre(' ', 'b', mark, ' ', 'b', mark, ' ', 'b'));
  EXPECT_THAT(encode(false, "b|b|b"), ElementsAre('b', mark, 'b', mark, 'b'));
  EXPECT_THAT(encode(true, "||"), ElementsAre(mark, mark));
  EXPECT_THAT(encode(true, ""), ElementsAre());
}

TEST(TokenizerFileTest, NamesWhatIsWrong) {
  const auto error_of = [](const std::string& bytes) {
    const auto file = GgufFile::Parse(
        "test.gguf", {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
    EXPECT_TRUE(file.ok()) << file.status();
    const auto tokenizer = Tokenizer::FromGguf(**file);
    return tokenizer.ok() ? "" : std::string(tokenizer.status().message());
  };
  GgufWriter none;
  none.Whole("a", 1);
  EXPECT_THAT(error_of(none.Finish()), HasSubstr("tokenizer.ggml.model is missing"));
  GgufWriter unknown;
  unknown.Text("tokenizer.ggml.model", "rwkv");
  EXPECT_THAT(error_of(unknown.Finish()), HasSubstr("\"rwkv\" is not known"));
  GgufWriter style;
  style.Text("tokenizer.ggml.model", "gpt2");
  style.Text("tokenizer.ggml.pre", "odd");
  EXPECT_THAT(error_of(style.Finish()), HasSubstr("\"odd\" is not known"));
  GgufWriter lengths;
  lengths.Text("tokenizer.ggml.model", "gpt2");
  lengths.Texts("tokenizer.ggml.tokens", {"a", "b"});
  lengths.Integers("tokenizer.ggml.token_type", {1});
  EXPECT_THAT(error_of(lengths.Finish()), HasSubstr("differ in length"));
  GgufWriter merges;
  merges.Text("tokenizer.ggml.model", "gpt2");
  merges.Texts("tokenizer.ggml.tokens", {"a", "\xC4\xA0"});
  merges.Texts("tokenizer.ggml.merges", {"nospace"});
  EXPECT_THAT(error_of(merges.Finish()), HasSubstr("is not two pieces"));
}

}  // namespace
}  // namespace frontdesk::llm
