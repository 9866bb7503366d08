// Redaction as its callers use it: tokens, options, streams, broken input.
#include "tools/pii/redact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pii/cases.h"
#include "tools/pii/measure.h"

namespace frontdesk::tools {
namespace {

std::string RedactOnce(std::string_view text, const RedactOptions& options = {}) {
  VaultNamer namer;
  return Redactor().Redact(text, namer, options).text;
}

TEST(RedactTest, PutsTokensInPlaceOfValues) {
  const struct {
    const char* name;
    std::string text, redacted;
  } cases[] = {
      {"nothing to hide", "where is my order 48213?", "where is my order 48213?"},
      {"one", "mail me at ann@shop.ie", "mail me at <EMAIL_1>"},
      {"the same value keeps its token", "ann@shop.ie or ANN@shop.ie", "<EMAIL_1> or <EMAIL_1>"},
      {"another value has the next number", "ann@shop.ie, bob@shop.ie", "<EMAIL_1>, <EMAIL_2>"},
      {"typed tokens are escaped", "send it to <EMAIL_1> please", "send it to ‹EMAIL_1› please"},
      {"both", "<EMAIL_1> is ann@shop.ie", "‹EMAIL_1› is <EMAIL_1>"},
      {"tags that are no tokens stay", "<b>hi</b> <EMAIL_x> <FOO_1>",
       "<b>hi</b> <EMAIL_x> <FOO_1>"},
      {"empty", "", ""},
      {"ill-formed bytes stay", "\xff\xfe ann@shop.ie \xc3", "\xff\xfe <EMAIL_1> \xc3"},
  };
  for (const auto& c : cases) EXPECT_EQ(RedactOnce(c.text), c.redacted) << c.name;
}

TEST(RedactTest, CanonicalValues) {
  const struct {
    const char* text;
    const char* value;
  } cases[] = {
      {"ring 087 123 4567", "+353871234567"},
      {"card 4111-1111-1111-1111", "4111111111111111"},
      {"ben dot hale at gmail dot com", "ben.hale@gmail.com"},
      {"iban de89 3704 0044 0532 0130 00", "DE89370400440532013000"},
      {"ip 203[.]0[.]113[.]77", "203.0.113.77"},
  };
  for (const auto& c : cases) {
    const auto spans = Redactor().Find(c.text);
    ASSERT_EQ(spans.size(), 1u) << c.text;
    EXPECT_EQ(spans[0].value, c.value);
  }
}

TEST(RedactTest, AskedOrderNumberOutranksCardAndPhone) {
  RedactOptions options;
  options.expected_slot_pattern = "[0-9]{16}";
  EXPECT_EQ(RedactOnce("it is 4111111111111111", options), "it is 4111111111111111");
  options.expected_slot_pattern = "[0-9]{10}";
  EXPECT_EQ(RedactOnce("0871234567", options), "0871234567");
  // A card is longer than what was asked: it stays hidden.
  options.expected_slot_pattern = "[0-9]{4,6}";
  EXPECT_EQ(RedactOnce("4111 1111 1111 1111", options), "<CREDIT_CARD_1>");
  // A pattern that does not compile protects nothing and breaks nothing.
  options.expected_slot_pattern = "([";
  EXPECT_EQ(RedactOnce("4111 1111 1111 1111", options), "<CREDIT_CARD_1>");
}

TEST(RedactTest, AskedNameAndAddressTakeShortAnswersWhole) {
  RedactOptions name, address;
  name.name_was_asked = true;
  address.address_was_asked = true;
  EXPECT_EQ(RedactOnce("zxqorb", name), "<PERSON_1>");
  EXPECT_EQ(RedactOnce("zxqorb"), "zxqorb");
  EXPECT_EQ(RedactOnce("why?", name), "why?");
  EXPECT_EQ(RedactOnce("zxqorb 5", address), "<ADDRESS_1>");
  EXPECT_EQ(RedactOnce("no", address), "no");
}

TEST(RedactTest, EverydayAnswersAreNoPersons) {
  for (const char* text : {"Black", "Black please", "Sorry, white", "in Schwarz", "West", "keine Ahnung", "zu lang", "Schwarz",
                           "auf Wiedersehen", "Nah", "Price"}) {
    EXPECT_EQ(RedactOnce(text), text);
  }
  // Whole names, names that are announced and capitals that say something are persons all the same.
  EXPECT_EQ(RedactOnce("this is White"), "this is <PERSON_1>");
  EXPECT_EQ(RedactOnce("Sarah Black"), "<PERSON_1>");
  EXPECT_EQ(RedactOnce("my name is mark"), "my name is <PERSON_1>");
  RedactOptions asked;
  asked.name_was_asked = true;
  EXPECT_EQ(RedactOnce("Black", asked), "<PERSON_1>");
}

TEST(RedactTest, WordsBesideANameStay) {
  EXPECT_EQ(RedactOnce("Yes, John."), "Yes, <PERSON_1>.");
  EXPECT_EQ(RedactOnce("Sure, Angela"), "Sure, <PERSON_1>");
  EXPECT_EQ(RedactOnce("Actually, John can't come on Sunday."), "Actually, <PERSON_1> can't come on Sunday.");
}

TEST(RedactTest, TheBusinesssOwnNamesAreNoPersons) {
  EXPECT_EQ(RedactOnce("Petrel Shell please"), "<PERSON_1> please");
  RedactOptions own;
  own.expected_slot_pattern = "petrel|petrel shell|gr\\.\\ 5";
  EXPECT_EQ(RedactOnce("Petrel Shell please", own), "Petrel Shell please");
  EXPECT_EQ(RedactOnce("it is for Sarah Petrel", own), "it is for <PERSON_1>");
}

TEST(RedactTest, OnlyTheTypesAskedFor) {
  RedactOptions options;
  options.types = PiiTypes().set(static_cast<std::size_t>(PiiType::kEmail));
  EXPECT_EQ(RedactOnce("ann@shop.ie 4111 1111 1111 1111", options),
            "<EMAIL_1> 4111 1111 1111 1111");
}

TEST(RedactTest, CountryDecidesHowNationalNumbersAreRead) {
  RedactOptions options;
  options.country = "GB";
  const auto spans = Redactor().Find("call 07911 123456", options);
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].value, "+447911123456");
}

TEST(RedactTest, SpansAreDisjointAscendingAndOnCharacterBorders) {
  for (const char* file : {"personal.tsv", "look_alikes.tsv"}) {
    for (const PiiCase& one : ReadPiiCases(file)) {
      std::uint32_t last = 0;
      for (const PiiSpan& span : Redactor().Find(one.text)) {
        EXPECT_GE(span.begin, last) << one.name;
        EXPECT_LT(span.begin, span.end) << one.name;
        EXPECT_LE(span.end, one.text.size()) << one.name;
        EXPECT_TRUE((one.text[span.begin] & 0xC0) != 0x80) << one.name;
        EXPECT_TRUE(span.end == one.text.size() || (one.text[span.end] & 0xC0) != 0x80) << one.name;
        EXPECT_FALSE(span.value.empty()) << one.name;
        last = span.end;
      }
    }
  }
}

TEST(RedactTest, WhatStandsBesideAHiddenValueIsLookedAtAgain) {
  for (const char* text : {
           // The address ends in no top-level domain before the number is gone.
           "vi.\x05" "a@pond.iedddddddd58445/4 3002 sieben null zwei zwei",
           // The last address shares its first letters with the one before it.
           "TA.OS@EXAMPLE.SIOS@EXtTA.KtT%40A.KOS@EXAMPLE.SIPLE.SIOS@EXAMPLE.SI",
       }) {
    const Redactor redactor;
    VaultNamer namer;
    RedactOptions options;
    options.country = "DE";
    const Redaction redaction = redactor.Redact(text, namer, options);
    EXPECT_THAT(redactor.Find(redaction.text, options), ::testing::IsEmpty()) << redaction.text;
  }
}

TEST(RedactTest, LongAndHostileTextsEnd) {
  const std::string cases[] = {std::string(40000, '1'), std::string(40000, '@'),
                               std::string(40000, '.'), std::string(40000, ':'),
                               std::string(40000, '('), std::string(40000, '<')};
  for (const std::string& text : cases) EXPECT_LE(RedactOnce(text).size(), 4 * text.size());
  std::string numbers, words;
  for (int i = 0; i < 4000; ++i) {
    numbers += "12 ";
    words += "one at dot ";
  }
  RedactOnce(numbers);
  RedactOnce(words);
}

class Splitter {  // seeded chunk lengths 1..9
 public:
  explicit Splitter(std::uint64_t seed) : state_(seed) {}
  std::size_t Next() {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return 1 + (state_ >> 33) % 9;
  }

 private:
  std::uint64_t state_;
};

// A value of a structured type never gets out in pieces, wherever the chunks are cut.
TEST(StreamRedactorTest, ChunkBordersLeakNothing) {
  const Redactor redactor;
  int seed = 0;
  for (const PiiCase& one : ReadPiiCases("personal.tsv")) {
    const std::string text = "Thanks for asking. " + one.text + " That is all for today.";
    VaultNamer whole_namer, namer;
    const Redaction whole = redactor.Redact(text, whole_namer);
    StreamRedactor stream(redactor, namer, {});
    Splitter splitter(static_cast<std::uint64_t>(++seed));
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = splitter.Next();
      out += stream.Push(std::string_view(text).substr(at, length));
      at += length;
    }
    out += stream.Finish();
    EXPECT_EQ(out, whole.text) << one.name;
  }
}

TEST(StreamRedactorTest, HandsOutPlainSentencesAtOnce) {
  const Redactor redactor;
  VaultNamer namer;
  StreamRedactor stream(redactor, namer, {});
  EXPECT_EQ(stream.Push("Your parcel left the depot yesterday. "),
            "Your parcel left the depot yesterday. ");
  EXPECT_EQ(stream.Push("My card is 4111 1111 "), "");
  std::string rest = stream.Push("1111 1111, thanks.\n");
  rest += stream.Finish();
  EXPECT_EQ(rest, "My card is <CREDIT_CARD_1>, thanks.\n");
}

TEST(StreamRedactorTest, LongTextFlowsAndEqualsTheWhole) {
  const Redactor redactor;
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += "We looked into it and nothing was found there. ";
    if (i % 7 == 0) text += "Write to ann" + std::to_string(i) + "@shop.ie for more. ";
  }
  VaultNamer whole_namer, namer;
  StreamRedactor stream(redactor, namer, {});
  Splitter splitter(4);
  std::string out;
  std::size_t most_held = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = splitter.Next();
    out += stream.Push(std::string_view(text).substr(at, length));
    at += length;
    most_held = std::max(most_held, std::min(at, text.size()) - std::min(at, out.size()));
  }
  out += stream.Finish();
  EXPECT_EQ(out, redactor.Redact(text, whole_namer).text);
  EXPECT_LT(most_held, 1500u);
}

TEST(MeasureTest, CountsByTypeOverlapAndLeak) {
  const auto report = RunPiiEval(
      R"({"text":"ann@shop.ie","spans":[{"start":0,"end":11,"type":"EMAIL"}],"annotated":["EMAIL"]})"
      "\n"
      R"({"text":"nothing here","spans":[{"start":0,"end":7,"type":"EMAIL"}],"annotated":["EMAIL"]})"
      "\n"
      R"({"text":"bob@shop.ie","spans":[],"annotated":["EMAIL"]})"
      "\n"
      R"({"text":"eve@shop.ie","spans":[],"annotated":[]})"
      "\n");
  ASSERT_TRUE(report.ok()) << report.status();
  const PiiScore& email = report->types.at("EMAIL");
  EXPECT_EQ(email.gold, 2);
  EXPECT_EQ(email.right, 1);
  EXPECT_EQ(email.predicted, 2);
  EXPECT_EQ(email.leaked, 1);
  EXPECT_NE(PiiReportJson(*report).find("\"structured\""), std::string::npos);
  const auto beside = PiiPeerTable(*report,
                                   "EMAIL P 1\n"
                                   R"({"types":{"EMAIL":{"f1":0.25,"leak":0.75},"IP":{"f1":1}},)"
                                   R"("structured":{"f1":0.125,"leak":0.5}})"
                                   "\n");
  ASSERT_TRUE(beside.ok()) << beside.status();
  EXPECT_NE(beside->find("EMAIL           0.500    0.250    0.500    0.750"), std::string::npos) << *beside;
  EXPECT_NE(beside->find("0.125"), std::string::npos);
  EXPECT_EQ(beside->find("IP"), std::string::npos);
  EXPECT_EQ(PiiPeerTable(*report, "no report").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(RunPiiEval("{\"text\": 3}").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(RunPiiEval("nonsense").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(
      RunPiiEval(R"({"text":"a","spans":[{"start":0,"end":9,"type":"EMAIL"}]})").status().code(),
      absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace frontdesk::tools
