// Constraints: what a grammar, a schema and a grounded answer let through, byte by byte and
// token by token.
#include "llm/constraint/constraint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <string>

#include "llm/constraint/grammar.h"
#include "llm/constraint/grounded.h"
#include "llm/constraint/json_schema.h"
#include "llm/constraint/token_filter.h"
#include "llm/constraint/utf8_ranges.h"
#include "llm/local_model.h"
#include "llm/tokenizer/utf8_stream.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

using testing::HasSubstr;

// The plain twin of TokenFilter: the set of states after each byte.
class Walker {
 public:
  explicit Walker(const Constraint& constraint) : automaton_(constraint.Begin()) {
    automaton_->Start(states_);
  }
  bool Take(std::string_view bytes) {
    for (char c : bytes) {
      std::vector<uint32_t> next;
      for (uint32_t state : states_) automaton_->Step(state, static_cast<uint8_t>(c), next);
      states_ = next;
    }
    return !states_.empty();
  }
  bool Ends() const {
    return std::any_of(states_.begin(), states_.end(),
                       [&](uint32_t state) { return automaton_->Ends(state); });
  }

 private:
  std::unique_ptr<ByteAutomaton> automaton_;
  std::vector<uint32_t> states_;
};

bool Matches(const Constraint& constraint, std::string_view text) {
  Walker walker(constraint);
  return walker.Take(text) && walker.Ends();
}

std::shared_ptr<const Grammar> Read(const std::string& text) {
  auto grammar = Grammar::Read(text);
  EXPECT_TRUE(grammar.ok()) << grammar.status() << "\n" << text;
  return grammar.ok() ? *grammar : nullptr;
}

TEST(GrammarTest, MatchesWhatItDescribes) {
  const struct {
    const char* grammar;
    std::vector<std::string> yes, no;
  } kCases[] = {
      {R"(root ::= "yes" | "no")", {"yes", "no"}, {"", "y", "yesno", "maybe"}},
      {R"(root ::= "a"* "b"+ "c"?)", {"b", "aab", "abbbc"}, {"", "a", "ac", "abcc"}},
      {R"(root ::= "ab"{2})", {"abab"}, {"ab", "abb", "ababab"}},
      {R"(root ::= [0-9]{2,4})", {"12", "1234"}, {"1", "12345", "1a"}},
      {R"(root ::= "x"{0,2} "y"{1,})", {"y", "xxy", "yyy"}, {"xxxy", "x"}},
      {"root ::= item (\",\" item)*\nitem ::= [a-z]+ # a word\n", {"a", "ab,c"}, {",a", "a,", "A"}},
      {"root ::= \"(\" root \")\" | \"\"", {"", "((()))"}, {"(", "())"}},
      {R"(root ::= [^a-z"\n]+)", {"ABC", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"}, {"a", "A\n", "\"", "\xC3"}},
      {R"(root ::= .)", {"a", "\xF4\x8F\xBF\xBF", "\n"}, {"", "ab", "\xED\xA0\x80", "\xC0\x80", "\x80"}},
      {R"(root ::= [\u00e4-\u00fc\x41] "\U0001F600")", {"A\xF0\x9F\x98\x80", "\xC3\xB6\xF0\x9F\x98\x80"}, {"B\xF0\x9F\x98\x80", "\xC3\xBD\xF0\x9F\x98\x80"}},
      {"root ::=\n  \"a\" |\n  b\nb ::= \"b\"", {"a", "b"}, {"ab"}},
      {"root ::= \"a\" b\nb\n ::= \"b\"", {"ab"}, {"a"}},
      {R"(root ::= [-+] [a\-c] [\]\[])", {"-a]", "+-["}, {"-b]"}},
  };
  for (const auto& c : kCases) {
    const auto grammar = Read(c.grammar);
    ASSERT_NE(grammar, nullptr);
    for (const std::string& text : c.yes) EXPECT_TRUE(Matches(*grammar, text)) << c.grammar << " " << text;
    for (const std::string& text : c.no) EXPECT_FALSE(Matches(*grammar, text)) << c.grammar << " " << text;
  }
}

TEST(GrammarTest, RefusesWhatCouldNotWork) {
  std::string deep = "root ::= ", many = deep;
  for (int i = 0; i < 140; ++i) many += "[a-z]{1024} ";
  for (int i = 0; i < 100; ++i) deep += "(";
  const struct {
    std::string grammar;
    const char* says;
  } kCases[] = {
      {"", "no rule root"},
      {"root ::= other", "other, which is not a rule"},
      {"root ::= \"a\"\nroot ::= \"b\"", "defines root twice"},
      {"root ::= root \"a\" | \"b\"", "root begins with itself"},
      {"root ::= a \"x\"\na ::= b?  a \"y\" | \"z\"\nb ::= \"b\"", "a begins with itself"},
      {"root ::= (\"a\"?)*", "begins with itself"},
      {"root ::= (\"\")+ \"x\"", "begins with itself"},
      {"root ::= \"a\" root", "root can never end"},
      {"root ::= a\na ::= b\nb ::= \"x\" a", "can never end"},
      {"root ::= \"a", "ends inside a literal"},
      {"root ::= [a", "ends inside a literal or a class"},
      {"root ::= []", "class without characters"},
      {"root ::= [z-a]", "end comes before"},
      {"root ::= (\"a\"", "( without its )"},
      {"root ::= \"a\")", "fits nowhere"},
      {"root ::= \"a\" %", "fits nowhere"},
      {"root ::= \"\\q\"", "escape"},
      {"root ::= \"\\uD800\"", "Unicode does not"},
      {"root ::= \"a\"{3,1}", "{n,m}"},
      {"root ::= \"a\"{9999}", "0 to 1024"},
      {many, "131072"},
      {deep, "deeper than 64"},
      {"root = \"a\"", "no ::="},
      {"\nroot ::= \"a\"\n  | %", "line 3"},
      {std::string(300 << 10, ' '), "256 KiB"},
      {"root ::= \"\xC3(\"", "not UTF-8"},
  };
  for (const auto& c : kCases) {
    const auto grammar = Grammar::Read(c.grammar);
    ASSERT_FALSE(grammar.ok()) << c.grammar.substr(0, 80);
    EXPECT_EQ(grammar.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(grammar.status().message(), HasSubstr(c.says)) << c.grammar.substr(0, 80);
  }
}

TEST(Utf8RangesTest, CoverExactlyTheCharacters) {
  TestRandom random(4);
  const auto encode = [](uint32_t c) {
    std::string out;
    if (c < 0x80) {
      out = {static_cast<char>(c)};
    } else if (c < 0x800) {
      out = {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 63))};
    } else if (c < 0x10000) {
      out = {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 63)),
             static_cast<char>(0x80 | (c & 63))};
    } else {
      out = {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 63)),
             static_cast<char>(0x80 | (c >> 6 & 63)), static_cast<char>(0x80 | (c & 63))};
    }
    return out;
  };
  for (int round = 0; round < 60; ++round) {
    const int bits = 8 + random.Below(14);
    const uint32_t a = random.Below(1 << bits) % 0x110000, b = random.Below(1 << bits) % 0x110000;
    const uint32_t low = std::min(a, b), high = std::max(a, b);
    const std::vector<Utf8Sequence> ranges = Utf8Ranges(low, high);
    for (int i = 0; i < 300; ++i) {
      const uint32_t c = i < 8 ? (i % 2 ? high : low) + (i / 2) - 2 : random.Below(0x110000);
      if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) continue;
      const std::string bytes = encode(c);
      const bool found = std::any_of(ranges.begin(), ranges.end(), [&](const Utf8Sequence& s) {
        if (s.size() != bytes.size()) return false;
        for (size_t k = 0; k < s.size(); ++k) {
          const uint8_t byte = static_cast<uint8_t>(bytes[k]);
          if (byte < s[k].first || byte > s[k].second) return false;
        }
        return true;
      });
      ASSERT_EQ(found, c >= low && c <= high) << low << ".." << high << " " << c;
    }
  }
}

std::shared_ptr<const Grammar> OfSchema(const std::string& schema) {
  const auto text = GrammarOfJsonSchema(schema);
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? Read(*text) : nullptr;
}

TEST(JsonSchemaTest, MatchesWhatItDescribes) {
  const struct {
    const char* schema;
    std::vector<std::string> yes, no;
  } kCases[] = {
      {R"({"type":"integer"})", {"0", "-12", " 7"}, {"01", "1.5", "\"1\"", "-"}},
      {R"({"type":"number"})", {"0", "-1.25", "3e8"}, {".5", "1.", "1e"}},
      {R"({"type":"boolean"})", {"true", "false"}, {"True", "1"}},
      {R"({"type":["string","null"]})", {"null", "\"\"", "\"\\u00fc\\n\""}, {"\"\n\"", "\"\\uD800\"", "\"\\x\""}},
      {R"({"type":"string","minLength":2,"maxLength":3})", {"\"ab\"", "\"\xC3\xBC\xC3\xBC\xC3\xBC\""}, {"\"a\"", "\"abcd\""}},
      {R"({"enum":["red","gr\"een",3,null]})", {"\"red\"", "\"gr\\\"een\"", "3", "null"}, {"\"blue\"", "4"}},
      {R"({"const":"x"})", {"\"x\""}, {"\"y\""}},
      {R"({"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3})", {"[1]", "[1, 2,3 ]"}, {"[]", "[1,2,3,4]", "[1,]", "[a]"}},
      {R"({"type":"array","items":{"type":"integer"}})", {"[]", "[1,2,3,4]"}, {"[,1]"}},
      {R"({"type":"array","maxItems":0})", {"[]", "[ ]"}, {"[1]"}},
      {R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"},"c":{"type":"boolean"}},"required":["b"]})",
       {R"({"b":"x"})", R"({"a":1,"b":"x"})", R"({ "a" : 1, "b": "x", "c" : true})", R"({"b":"x","c":false})"},
       {"{}", R"({"a":1})", R"({"b":"x","a":1})", R"({"b":"x",})", R"({,"b":"x"})", R"({"b":"x" "c":true})"}},
      {R"({"type":"object","properties":{}})", {"{}"}, {R"({"a":1})"}},
      {R"({"type":"object"})", {"{}", R"({"a":[1,{"b":null}]})"}, {"[]"}},
      {R"({})", {"1", "[]", R"({"a":1})"}, {"", "x"}},
      {R"({"anyOf":[{"type":"integer"},{"const":"none"}]})", {"4", "\"none\""}, {"\"x\""}},
      {R"({"$defs":{"node":{"type":"object","properties":{"next":{"$ref":"#/$defs/node"}}}},"$ref":"#/$defs/node"})",
       {"{}", R"({"next":{"next":{}}})"}, {R"({"next":1})"}},
  };
  for (const auto& c : kCases) {
    const auto grammar = OfSchema(c.schema);
    ASSERT_NE(grammar, nullptr) << c.schema;
    for (const std::string& text : c.yes) EXPECT_TRUE(Matches(*grammar, text)) << c.schema << " " << text;
    for (const std::string& text : c.no) EXPECT_FALSE(Matches(*grammar, text)) << c.schema << " " << text;
  }
}

TEST(JsonSchemaTest, RefusesWhatItDoesNotUnderstand) {
  for (const char* schema :
       {"", "[", "7", R"({"type":"date"})", R"({"type":7})", R"({"type":[]})", R"({"pattern":"a+"})",
        R"({"type":"integer","minimum":3})", R"({"enum":[]})", R"({"enum":[[1]]})", R"({"anyOf":{}})",
        R"({"type":"object","properties":{"a":{}},"required":["b"]})",
        R"({"type":"object","additionalProperties":true})", R"({"$ref":"other.json"})",
        R"({"$ref":"#/$defs/none"})", R"({"type":"array","minItems":5,"maxItems":2})",
        R"({"type":"string","maxLength":-1})", R"({"type":"string","maxLength":5000})",
        R"({"$defs":{"a":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"})"}) {
    auto text = GrammarOfJsonSchema(schema);
    if (!text.ok()) {
      EXPECT_EQ(text.status().code(), absl::StatusCode::kInvalidArgument) << schema;
      EXPECT_THAT(text.status().message(), HasSubstr("JSON schema")) << schema;
      continue;
    }
    EXPECT_FALSE(Grammar::Read(*text).ok()) << schema << "\n" << *text;
  }
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += R"({"items":)";
  EXPECT_FALSE(GrammarOfJsonSchema(deep).ok());
}

Grounding Shop() {
  return {.sentences = {"You can return unused items within 30 days of delivery.",
                        "Standard shipping to\n Germany costs 5.95 euro.",
                        "Customers outside the EU pay customs duties themselves"},
          .connecting = {"Also,", "In addition,"},
          .alone = {"I do not know."},
          .most_sentences = 2};
}

TEST(GroundedTest, SaysWholeSentencesOnceInAnyOrder) {
  const auto grounded = *GroundedConstraint::Make(Shop());
  for (const char* text :
       {"You can return unused items within 30 days of delivery.",
        "you can return unused items within 30 days of delivery.",
        "Standard shipping to Germany costs 5.95 euro. You can return unused items within 30 days of "
        "delivery.",
        "Standard shipping to Germany costs 5.95 euro.\nAlso, you can return unused items within 30 "
        "days of delivery.",
        "Customers outside the EU pay customs duties themselves",
        "Customers outside the EU pay customs duties themselves.", "I do not know."}) {
    EXPECT_TRUE(Matches(*grounded, text)) << text;
  }
  for (const char* text :
       {"", "You can return unused items within 60 days of delivery.",
        "You can return unused items within 30 days.", "Standard shipping costs 5.95 euro.",
        "Standard shipping to Germany costs 30 euro.",
        "Standard shipping to Germany costs 5.95 euro. Standard shipping to Germany costs 5.95 euro.",
        "The EU pay customs duties themselves.", "Also,",
        "I do not know. Standard shipping to Germany costs 5.95 euro.",
        "Standard shipping to Germany costs 5.95 euro.  Also, I do not know.",
        "Standard shipping to Germany costs 5.95 euro. You can return unused items within 30 days of "
        "delivery. Customers outside the EU pay customs duties themselves"}) {
    EXPECT_FALSE(Matches(*grounded, text)) << text;
  }
}

TEST(GroundedTest, RunsKeepNumbersAndKeptWords) {
  Grounding shop = Shop();
  shop.runs = true;
  shop.kept = {"outside", "not"};
  const auto grounded = *GroundedConstraint::Make(shop);
  for (const char* text :
       {"Unused items within 30 days of delivery.", "You can return unused items within 30 days.",
        "Items within 30 days.", "Germany costs 5.95 euro. Items within 30 days.",
        "Customers outside the EU pay customs duties."}) {
    EXPECT_TRUE(Matches(*grounded, text)) << text;
  }
  for (const char* text :
       {"You can return unused items.",          // the number is cut away
        "30 days of delivery.",                  // and what it limits
        "You can return unused items within 30.",
        "The EU pay customs duties themselves.",  // "outside" is kept
        "Within 30 days.",                        // too short
        "Standard shipping to Germany costs 30 days."}) {
    EXPECT_FALSE(Matches(*grounded, text)) << text;
  }
}

TEST(GroundedTest, RefusesWhatCannotBeMeant) {
  const auto error = [](const Grounding& g) {
    const auto made = GroundedConstraint::Make(g);
    return made.ok() ? "" : std::string(made.status().message());
  };
  Grounding g = Shop();
  g.connecting = {"Only 5 euro:"};
  EXPECT_THAT(error(g), HasSubstr("without a digit"));
  g = Shop();
  g.most_sentences = 0;
  EXPECT_THAT(error(g), HasSubstr("1 to 16"));
  g.most_sentences = 2;
  g.sentences = {"---", " ", ""};
  EXPECT_THAT(error(g), HasSubstr("no sentence"));
  g.sentences = {"\xFF"};
  EXPECT_THAT(error(g), HasSubstr("UTF-8"));
  g.sentences = {std::string(70'000, 'a')};
  EXPECT_THAT(error(g), HasSubstr("64 KiB"));
}

class FilterTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    path_ = new std::string(WriteTemporary(
        "constraint.gguf",
        SyntheticModel({.width = 128, .heads = 4, .feed_forward = 256, .own_head = true, .seed = 5})));
    model_ = LocalModel::Load(*path_, {.threads = 2})->release();
  }
  static void TearDownTestSuite() {
    delete model_;
    unlink(path_->c_str());
    delete path_;
  }
  static TokenRequest Request(int seed, std::shared_ptr<const Constraint> constraint) {
    TestRandom random(static_cast<uint64_t>(seed));
    TokenRequest request;
    for (int i = 0; i < 30; ++i) request.prompt.push_back(random.Below(260));
    request.max_tokens = 60;
    request.constraint = std::move(constraint);
    request.want_logit_hash = true;
    return request;
  }
  static std::string* path_;
  static LocalModel* model_;
};
std::string* FilterTest::path_ = nullptr;
LocalModel* FilterTest::model_ = nullptr;

TEST_F(FilterTest, MaskIsTheSlowTwinsForEveryToken) {
  const Tokenizer& tokenizer = model_->tokenizer();
  const TokenTrie trie(tokenizer);
  Grounding runs = Shop();
  runs.runs = true;
  const std::shared_ptr<const Constraint> constraints[] = {
      Read(R"(root ::= ("the " | "in" | "or" [a-f]* "er")* "." )"),
      Read(R"(root ::= [^x]{0,40})"),
      OfSchema(R"({"type":"object","properties":{"a":{"type":"array"},"\u00fc":{"type":"string"}}})"),
      *GroundedConstraint::Make(Shop()), *GroundedConstraint::Make(runs)};
  TestRandom random(3);
  int steps = 0;
  for (size_t number = 0; number < std::size(constraints); ++number) {
    const auto& constraint = constraints[number];
    const bool quotes = number >= 3;  // known text: only its usual tokens, of those that lead on
    for (int round = 0; round < 4; ++round) {
      TokenFilter filter(trie, tokenizer, *constraint);
      std::string text;
      std::vector<int32_t> written;
      for (int step = 0; step < (quotes ? 120 : 25); ++step, ++steps) {
        const std::vector<uint64_t> mask = filter.Allowed();
        std::vector<int32_t> allowed;
        for (int32_t id = 0; id < tokenizer.size(); ++id) {
          Walker plain(*constraint);
          ASSERT_TRUE(text.empty() || plain.Take(text));
          const std::string_view piece = tokenizer.Piece(id);
          const bool expected = tokenizer.EndsTurn(id) ? plain.Ends()
                                                       : !piece.empty() && plain.Take(piece);
          const bool in_mask = mask[id / 64] >> (id % 64) & 1;
          if (quotes && !tokenizer.EndsTurn(id)) {
            ASSERT_LE(in_mask, expected) << text << " + " << piece;
          } else {
            ASSERT_EQ(in_mask, expected) << text << " + " << piece;
          }
          ASSERT_EQ(filter.Allows(id), in_mask);
          if (in_mask && !tokenizer.EndsTurn(id)) allowed.push_back(id);
        }
        EXPECT_EQ(filter.Complete(), allowed.empty()) << text;
        if (allowed.empty()) break;
        const int32_t token = allowed[static_cast<size_t>(random.Below(static_cast<int>(allowed.size())))];
        filter.Accept(token);
        text += tokenizer.Piece(token);
        written.push_back(token);
      }
      // Cut short, the last word may be half of a longer token.
      if (quotes && Matches(*constraint, text)) {
        EXPECT_EQ(tokenizer.Encode(text, MarksInText::kPlainText), written) << text;
      }
    }
  }
  EXPECT_GT(steps, 200);
}

TEST_F(FilterTest, ForcedTextIsWhatNothingElseCanFollow) {
  const Tokenizer& tokenizer = model_->tokenizer();
  const TokenTrie trie(tokenizer);
  const auto accept = [&](TokenFilter& filter, std::string_view text) {
    for (int32_t id : tokenizer.Encode(text, MarksInText::kPlainText)) {
      ASSERT_TRUE(filter.Allows(id)) << text;
      filter.Accept(id);
    }
  };
  const auto grammar = Read(R"(root ::= "in " ("the" | "order") " shop." ("x" "y"?)?)");
  TokenFilter filter(trie, tokenizer, *grammar);
  EXPECT_EQ(filter.ForcedText(64).bytes, "in ");
  EXPECT_EQ(filter.ForcedText(2).bytes, "in");
  EXPECT_FALSE(filter.ForcedText(64).to_an_end);
  accept(filter, "in t");
  EXPECT_EQ(filter.ForcedText(64).bytes, "he shop.");  // and then the text may end
  EXPECT_TRUE(filter.ForcedText(64).to_an_end);
  const auto tokens = tokenizer.Encode("he shop.xz", MarksInText::kPlainText);
  EXPECT_EQ(filter.CountAllowed(tokens), tokens.size() - 1);
  EXPECT_EQ(filter.CountAllowed(tokenizer.Encode("z", MarksInText::kPlainText)), 0u);
  EXPECT_EQ(filter.CountAllowed(tokenizer.end_tokens()), 0u);
  accept(filter, "he shop.");
  EXPECT_EQ(filter.ForcedText(64).bytes, "x");
  accept(filter, "xy");
  EXPECT_EQ(filter.ForcedText(64).bytes, "");
  EXPECT_TRUE(filter.status().ok());
}

TEST_F(FilterTest, OutputFollowsTheGrammarWhateverTheModelWants) {
  const auto schema = OfSchema(
      R"({"type":"object","properties":{"order":{"type":"integer"},"why":{"enum":["late","lost"]}},"required":["order","why"]})");
  for (int seed = 0; seed < 6; ++seed) {
    TokenRequest request = Request(seed, schema);
    request.sampling.temperature = seed % 2 ? 1.5 : 0;
    const auto run = model_->RunTokens(request);
    ASSERT_TRUE(run.ok()) << run.status();
    std::vector<int32_t> ids = run->token_ids;
    if (run->ended_turn) ids.pop_back();
    const std::string text = model_->tokenizer().Decode(ids);
    Walker walker(*schema);
    EXPECT_TRUE(walker.Take(text)) << text;
    if (run->stop != StopReason::kEndOfTurn) continue;
    const auto json = nlohmann::json::parse(text, nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << text;
    EXPECT_TRUE(json["order"].is_number_integer());
  }
}

TEST_F(FilterTest, GroundedTextIsExactWithSpeculationBatchesAndThreads) {
  const auto grounded = *GroundedConstraint::Make(Shop());
  std::vector<TokenRun> alone;
  for (int seed = 0; seed < 8; ++seed) {
    TokenRequest request = Request(seed, grounded);
    request.max_tokens = 200;
    request.speculate = false;
    request.sampling.temperature = seed % 2 ? 2 : 0;
    request.key = {"c", seed};
    const auto run = model_->RunTokens(request);
    ASSERT_TRUE(run.ok()) << run.status();
    EXPECT_EQ(run->stop, StopReason::kEndOfTurn);
    std::vector<int32_t> ids = run->token_ids;
    if (run->ended_turn) ids.pop_back();
    const std::string text = model_->tokenizer().Decode(ids);
    EXPECT_TRUE(Matches(*grounded, text)) << text;
    EXPECT_EQ(model_->tokenizer().Encode(text, MarksInText::kPlainText), ids) << text;
    alone.push_back(*run);
  }
  const auto other = *LocalModel::Load(*path_, {.threads = 1});
  std::vector<std::thread> callers;
  std::atomic<int> accepted = 0;
  for (int seed = 0; seed < 8; ++seed) {
    callers.emplace_back([&, seed] {
      TokenRequest request = Request(seed, grounded);
      request.max_tokens = 200;
      request.sampling.temperature = seed % 2 ? 2 : 0;
      request.key = {"c", seed};
      const TokenRun run = *other->RunTokens(request);
      accepted += run.accepted;
      EXPECT_EQ(run.token_ids, alone[seed].token_ids) << seed;
      EXPECT_EQ(run.logit_hash, alone[seed].logit_hash) << seed;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_GT(accepted, 100);
}

TEST_F(FilterTest, WhatTheVocabularyCannotWriteIsAnError) {
  // The synthetic vocabulary has all bytes, so only a control token could be asked for: a
  // constraint that is satisfied by nothing but its end needs none.
  const auto run = model_->RunTokens(Request(1, Read("root ::= \"a\"")));
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->token_ids.size(), 1u);
  EXPECT_EQ(run->stop, StopReason::kEndOfTurn);
  EXPECT_FALSE(run->ended_turn);
}

TEST_F(FilterTest, BoundsAreErrorsAndTrimmingDoesNotShow) {
  const TokenTrie trie(model_->tokenizer());
  // Deep nesting: more stacks than are kept at once, let go of between tokens.
  const auto nested = Read(R"g(root ::= "(" root ")" | "[" root "]" | "x")g");
  TokenFilter filter(trie, model_->tokenizer(), *nested);
  const auto byte = [&](char c) {
    return model_->tokenizer().Encode(std::string(1, c), MarksInText::kPlainText)[0];
  };
  TestRandom random(8);
  std::string open;
  for (int i = 0; i < 6000; ++i) {
    const char c = random.Below(2) ? '(' : '[';
    open += c;
    ASSERT_TRUE(filter.Allows(byte(c))) << i;
    filter.Accept(byte(c));
  }
  ASSERT_TRUE(filter.status().ok()) << filter.status();
  filter.Accept(byte('x'));
  for (int i = 5999; i >= 0; --i) {
    const char right = open[i] == '(' ? ')' : ']', wrong = open[i] == '(' ? ']' : ')';
    ASSERT_FALSE(filter.Allows(byte(wrong)));
    ASSERT_TRUE(filter.Allows(byte(right))) << i;
    filter.Accept(byte(right));
  }
  EXPECT_TRUE(filter.Complete());
}

}  // namespace
}  // namespace frontdesk::llm
