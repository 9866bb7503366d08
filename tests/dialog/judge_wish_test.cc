// Which wishes of a message count: every judgement by name, its place in the record, and what
// `frontdesk explain` makes of it. Also the question which of several intents is meant.
#include "dialog/policy/judge_wish.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "dialog/carry_out.h"
#include "dialog/explain.h"
#include "dialog/policy/decide.h"
#include "dialog/turn.h"
#include "tests/dialog/small_shop.h"

namespace frontdesk::dialog {
namespace {

using understand::DetectedIntent;
using understand::SlotValue;
using understand::Understanding;

// A message of one or several clauses and what understanding made of it.
struct Heard {
  std::string text;
  Understanding meaning;

  // A wish in the words `part` of the text.
  Heard& Wish(const std::string& part, const std::string& intent, int32_t p, int32_t outside = 0) {
    const auto begin = static_cast<uint32_t>(text.find(part));
    meaning.detected.push_back({begin, begin + static_cast<uint32_t>(part.size()), intent, p, outside, {}});
    return *this;
  }
  Heard& Value(const std::string& part, const std::string& flow, const std::string& slot,
               const std::string& type, nlohmann::json value) {
    const auto begin = static_cast<uint32_t>(text.find(part));
    SlotValue one{slot, type, std::move(value), part, begin, begin + static_cast<uint32_t>(part.size()), flow,
                  understand::kCertain, {}};
    meaning.slots.push_back(one);
    one.flow.clear();
    meaning.mentions.push_back(std::move(one));
    return *this;
  }
  Heard& Cue(std::string_view cue) {
    meaning.cues.emplace_back(cue);
    return *this;
  }
};

State Idle() { return {}; }
// The return flow asks for the order number.
State Asking() {
  State state;
  FlowInstance front;
  front.instance = state.instances = 1;
  front.flow = "return_item";
  front.step = "number";
  front.asked = "order_id";
  state.stack.push_back(front);
  return state;
}

// Names of the judgements, in the order of the wishes.
std::string Judge(State state, const Heard& heard) {
  state.turn = OpenTurn{};
  state.turn->received.text = heard.text;
  const Bundle& bundle = Shop().bundle;
  const FlowInstance* front = state.front();
  const Moment moment{state,
                      heard.meaning,
                      bundle,
                      absl::UnixEpoch(),
                      front,
                      front != nullptr ? bundle.FindFlow(front->flow) : nullptr,
                      state.turn->received.text};
  std::vector<std::string> names;
  for (const JudgedWish& one : JudgeWishes(moment)) names.emplace_back(NameOf(one.judgement));
  return absl::StrJoin(names, " ");
}

Decision DecideOn(State state, const Heard& heard) {
  state.turn = OpenTurn{};
  state.turn->received.text = heard.text;
  return Decide(state, heard.meaning, Shop().bundle, absl::UnixEpoch());
}

TEST(JudgeWish, EveryJudgementHasItsCase) {
  const std::string story(250, '.');
  const struct {
    const char* name;
    State state;
    Heard heard;
    const char* judged;
  } cases[] = {
      {"a sure wish counts", Idle(), Heard{"return it", {}}.Wish("return it", "return", 900'000), "counts"},
      {"unknown to the bundle", Idle(), Heard{"sing", {}}.Wish("sing", "singing", 900'000), "out_of_scope"},
      {"out of scope", Idle(), Heard{"sing", {}}.Wish("sing", "return", 900'000, 950'000), "out_of_scope"},
      {"below the threshold", Idle(), Heard{"return", {}}.Wish("return", "return", 100'000), "unsure"},
      {"a digression must be surer", Asking(), Heard{"shipping", {}}.Wish("shipping", "shipping_cost", 320'000),
       "unsure"},
      {"under way", Asking(), Heard{"return it", {}}.Wish("return it", "return", 900'000), "under_way"},
      {"hands over a value", Idle(),
       Heard{"where is it, my email is <EMAIL_1>", {}}
           .Wish("where is it", "status", 900'000)
           .Wish("my email is <EMAIL_1>", "shipping_cost", 900'000)
           .Value("<EMAIL_1>", "", "email", "email", "<EMAIL_1>"),
       "counts hands_over_value"},
      {"a value of another wish", Idle(),
       Heard{"send it back, too small", {}}
           .Wish("send it back", "return", 950'000)
           .Wish("too small", "feedback", 900'000)
           .Value("too small", "return_item", "reason", "choice", "wrong_size"),
       "counts part_of_other"},
      {"a value of the flow in front", Asking(),
       Heard{"too small", {}}
           .Wish("too small", "feedback", 900'000)
           .Value("too small", "return_item", "reason", "choice", "wrong_size"),
       "value_of_front"},
      {"only values", Asking(), Heard{"48213 <EMAIL_1>", {}}.Wish("48213 <EMAIL_1>", "status", 900'000),
       "only_values"},
      {"not to know", Asking(),
       Heard{"who knows", {}}.Wish("who knows", "smalltalk", 900'000).Cue(understand::cue::kDontKnow),
       "answers_nothing"},
      {"half a wish of a story", Idle(),
       Heard{"return it" + story + "rate you", {}}.Wish("return it", "return", 950'000).Wish("rate you", "feedback", 400'000),
       "counts half_wish"},
      {"an order is our concern", Idle(),
       Heard{"whereabouts of 48213", {}}
           .Wish("whereabouts of 48213", "status", 900'000, 950'000)
           .Value("48213", "", "order_number", "order_number", "48213"),
       "counts"},
      {"the same again", Idle(),
       Heard{"return it and send it back", {}}.Wish("return it", "return", 900'000).Wish("send it back", "return", 900'000),
       "counts said_already"},
      {"two questions are two", Idle(),
       Heard{"shipping price, delivery fee", {}}
           .Wish("shipping price", "shipping_cost", 900'000)
           .Wish("delivery fee", "shipping_cost", 900'000),
       "counts counts"},
      {"small talk", Idle(), Heard{"who are you", {}}.Wish("who are you", "smalltalk", 900'000), "small_talk"},
  };
  for (const auto& c : cases) EXPECT_EQ(Judge(c.state, c.heard), c.judged) << c.name;
}

TEST(JudgeWish, MoreThanTheBundleAllows) {
  Heard heard{"a? b? c? d?", {}};
  for (const char* part : {"a?", "b?", "c?", "d?"}) heard.Wish(part, "shipping_cost", 900'000);
  ASSERT_EQ(Shop().bundle.policy.limits.intents_per_message, 3);
  EXPECT_EQ(Judge(Idle(), heard), "counts counts counts too_many");
}

TEST(JudgeWish, EveryJudgementHasNameAndWords) {
  std::set<std::string_view> names, words;
  for (int i = 0; i <= static_cast<int>(WishJudgement::kSmallTalk); ++i) {
    names.insert(NameOf(static_cast<WishJudgement>(i)));
    words.insert(WordsFor(static_cast<WishJudgement>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(WishJudgement::kSmallTalk) + 1);
  EXPECT_EQ(words.size(), names.size());
  EXPECT_FALSE(names.contains(""));
}

TEST(JudgeWish, WhatWasPassedOverIsRecordedAndExplained) {
  const Decision decision = DecideOn(Idle(), Heard{"send it back, too small", {}}
                                                 .Wish("send it back", "return", 950'000)
                                                 .Wish("too small", "feedback", 900'000)
                                                 .Value("too small", "return_item", "reason", "choice", "wrong_size"));
  ASSERT_EQ(decision[0].reason.rule, "intent.act");
  ASSERT_EQ(decision[0].reason.passed.size(), 1u);
  const PassedWish& passed = decision[0].reason.passed[0];
  EXPECT_EQ(passed.intent, "feedback");
  EXPECT_EQ(passed.judgement, "part_of_other");

  Received received;
  received.turn = 1;
  const Event events[] = {received, Decided{CommandToJson(decision[0].command), decision[0].reason}};
  const auto lines = ExplainTurn(events, 1);
  ASSERT_TRUE(lines.ok()) << lines.status();
  EXPECT_TRUE(absl::StrContains(lines->back(),
                                "passed over feedback 0.90: its words are a value of another wish of the message"))
      << lines->back();
}

TEST(JudgeWish, NothingPassedOverIsNoMemberOfTheEvent) {
  const Decision decision = DecideOn(Idle(), Heard{"return it", {}}.Wish("return it", "return", 900'000));
  const EncodedEvent encoded = EncodeEvent(Decided{CommandToJson(decision[0].command), decision[0].reason});
  EXPECT_EQ(encoded.body.find("passed"), std::string::npos) << encoded.body;
  // A record without the member is read, one with an empty member is not ours.
  EXPECT_TRUE(DecodeEvent(encoded.kind, encoded.body).ok());
  std::string empty = encoded.body;
  empty.replace(empty.find(R"("rule":)"), 0, R"("passed":[],)");
  EXPECT_FALSE(DecodeEvent(encoded.kind, empty).ok());
}

// "Return" or "status" was asked about a message that named an address.
State Clarifying() {
  State state;
  ClarificationAsked asked;
  asked.intents = {"return", "status"};
  asked.labels = {"send something back", "check where an order is"};
  asked.about = "my parcel, <EMAIL_1>";
  asked.given["order_status"] = {{"email", "email", "<EMAIL_1>", "<EMAIL_1>"}};
  state.clarification = asked;
  return state;
}

TEST(Clarification, ValuesSaidBeforeComeWithTheChoice) {
  const Decision decision = DecideOn(Clarifying(), Heard{"the second", {}});
  const auto* start = std::get_if<StartFlow>(&decision[0].command);
  ASSERT_NE(start, nullptr) << decision[0].reason.rule;
  EXPECT_EQ(start->flow, "order_status");
  ASSERT_EQ(start->slots.size(), 1u);
  EXPECT_EQ(start->slots[0].value, "<EMAIL_1>");
}

TEST(Clarification, AYesOrAValueChoosesNoneAndIsAskedOnceMore) {
  Heard yes{"ok do that", {}};
  yes.meaning.affirmation = true;
  Heard value{"48213", {}};
  value.Value("48213", "", "order_number", "order_number", "48213");
  for (const Heard& heard : {yes, value}) {
    State state = Clarifying();
    const Decision again = DecideOn(state, heard);
    const auto* clarify = std::get_if<Clarify>(&again[0].command);
    ASSERT_NE(clarify, nullptr) << heard.text << ": " << again[0].reason.rule;
    EXPECT_EQ(clarify->again, 1) << heard.text;
    EXPECT_EQ(clarify->given.at("order_status").back().value, "<EMAIL_1>") << heard.text;
    state.clarification->again = clarify->again;
    const Decision taken = DecideOn(state, heard);
    const auto* start = std::get_if<StartFlow>(&taken[0].command);
    ASSERT_NE(start, nullptr) << heard.text << ": " << taken[0].reason.rule;
    EXPECT_EQ(start->flow, "return_item") << heard.text;
  }
}

TEST(Clarification, NamesTheWishesInTheCustomersLanguage) {
  auto files = SmallShopFiles();
  std::string& intents = files["intents/all.yaml"];
  intents = absl::StrReplaceAll(intents, {{"label: send something back", "label: {en: send something back, de: etwas zurückschicken}"}});
  const absl::StatusOr<Bundle> bundle = LoadBundleFiles(files);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  Chat chat;
  chat.conversation.state.language = "de";
  MemoryEffects effects(chat.world);
  const TurnParts parts{*bundle, Shop().understander};
  Turn turn(chat.conversation, parts, effects);
  CarryOut(turn, Clarify{{"return", "status"}, "das hier"});
  const State& state = chat.conversation.state;
  ASSERT_TRUE(state.clarification.has_value());
  // The one without a German label is named in the bundle's first language.
  EXPECT_EQ(state.clarification->labels,
            (std::vector<std::string>{"etwas zurückschicken", "check where an order is"}));
  EXPECT_TRUE(absl::StrContains(state.last_replies.back().text, "etwas zurückschicken oder check"))
      << state.last_replies.back().text;
}

// "Shall I get a person?" "Ok, bye."
TEST(Clarification, WhoTakesLeaveAcceptsNoPerson) {
  State offered;
  offered.handoff_offered = true;
  Heard yes{"ok", {}};
  yes.meaning.affirmation = true;
  EXPECT_EQ(DecideOn(offered, yes)[0].reason.rule, "offer.accepted");
  Heard bye{"ok bye", {}};
  bye.meaning.affirmation = true;
  bye.Cue(understand::cue::kBye);
  EXPECT_EQ(DecideOn(offered, bye)[0].reason.rule, "cue.bye");
}

TEST(Clarification, ANewWishGoesItsOwnWay) {
  Heard heard{"ok, I have a suggestion", {}};
  heard.meaning.affirmation = true;
  heard.Wish("I have a suggestion", "feedback", 900'000);
  heard.meaning.intents = {{"feedback", 900'000}};
  const Decision decision = DecideOn(Clarifying(), heard);
  const auto* start = std::get_if<StartFlow>(&decision[0].command);
  ASSERT_NE(start, nullptr) << decision[0].reason.rule;
  EXPECT_EQ(start->flow, "feedback");
}

}  // namespace
}  // namespace frontdesk::dialog
