// Outcome figures: facts of made-up logs, judgements over several conversations, intervals.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "server/insight/outcomes.h"

namespace frontdesk::server {
namespace {

using dialog::Event;

storage::Conversation Row(const std::string& id, int64_t position) {
  storage::Conversation row;
  row.id = storage::ConversationId(id);
  row.position = position;
  row.bundle_version = storage::BundleVersion("b-1");
  return row;
}

Event Wrote(int64_t turn, int64_t now_ms) {
  return dialog::Received{.turn = turn, .text = "x", .now_ms = now_ms};
}
Event Wants(const std::string& intent) {
  return dialog::Decided{.command = {{"do", "start_flow"}, {"intent", intent}}};
}
Event Done(int64_t turn, const std::string& outcome) {
  return dialog::TurnCompleted{.turn = turn, .outcome = outcome};
}
Event Began(int64_t now_ms, const std::string& customer = "") {
  return dialog::ConversationStarted{.customer = customer, .now_ms = now_ms};
}

ConversationFacts Facts(const std::vector<Event>& events, int64_t position = 1) {
  return FactsOf(Row(absl::StrCat("c-", position), position), events);
}

double ValueOf(const std::vector<Outcome>& outcomes, std::string_view name) {
  for (const Outcome& o : outcomes) {
    if (o.name == name) return o.value;
  }
  ADD_FAILURE() << "no figure " << name;
  return -1;
}

TEST(Facts, DeflectionIsConfirmedAssumedOrAbandoned) {
  struct Case {
    const char* name;
    std::vector<Event> events;
    Deflection expected;
  };
  const std::vector<Case> cases = {
      {"answered", {Began(0), Wrote(1, 0), Done(1, "answered")}, Deflection::kAssumed},
      {"asked and left", {Began(0), Wrote(1, 0), Done(1, "asked")}, Deflection::kAbandoned},
      {"refused", {Began(0), Wrote(1, 0), Done(1, "refused")}, Deflection::kAbandoned},
      {"turn cut", {Began(0), Wrote(1, 0)}, Deflection::kAbandoned},
      {"nobody wrote", {Began(0)}, Deflection::kNone},
      {"rated well",
       {Began(0), Wrote(1, 0), Done(1, "asked"), dialog::FeedbackGiven{.score = 5}},
       Deflection::kConfirmed},
      {"rated badly after an answer",
       {Began(0), Wrote(1, 0), Done(1, "answered"), dialog::FeedbackGiven{.score = 2}},
       Deflection::kAbandoned},
      {"flow completed",
       {Began(0), Wrote(1, 0), dialog::FlowStarted{.instance = 1, .flow = "f"},
        dialog::FlowEnded{.instance = 1, .outcome = "completed"}, Done(1, "progressed")},
       Deflection::kConfirmed},
      {"flow left open",
       {Began(0), Wrote(1, 0), dialog::FlowStarted{.instance = 1, .flow = "f"},
        Done(1, "progressed")},
       Deflection::kAbandoned},
      {"thanked",
       {Began(0), Wrote(1, 0), dialog::Understood{.understanding = {{"cues", {"thanks"}}}},
        Done(1, "answered")},
       Deflection::kConfirmed},
      {"escalated",
       {Began(0), Wrote(1, 0), dialog::HandedOff{.reason = "requested"}, Done(1, "handed_off")},
       Deflection::kNone},
  };
  for (const Case& c : cases) EXPECT_EQ(Facts(c.events).deflection(), c.expected) << c.name;
}

TEST(Facts, HumanTimesAndTokens) {
  const ConversationFacts facts = Facts({
      Began(0),
      Wrote(1, 1000),
      Wants("a"),
      Wants("b"),
      dialog::Generated{.prompt_tokens = 40, .token_ids = {1, 2, 3}},
      dialog::HandedOff{.reason = "requested"},
      Done(1, "handed_off"),
      dialog::AgentClaimed{.now_ms = 5000},
      dialog::AgentReplied{.now_ms = 9000},
      dialog::ReturnedToAssistant{.now_ms = 11000},
      dialog::AgentClaimed{.now_ms = 20000},
      dialog::Resolved{.now_ms = 26000},
  });
  EXPECT_EQ(facts.intent, "a") << "the first wish counts";
  EXPECT_EQ(facts.first_replies, std::vector<int64_t>{8000});
  EXPECT_EQ(facts.handle_times, (std::vector<int64_t>{6000, 6000}));
  EXPECT_TRUE(facts.resolved());
  EXPECT_EQ(facts.prompt_tokens, 40);
  EXPECT_EQ(facts.output_tokens, 3);
}

TEST(Outcomes, SameCustomerAgainWithinAWeekIsAReopening) {
  constexpr int64_t kDay = 24 * 3600 * 1000;
  const auto visit = [](int64_t position, int64_t day, const std::string& customer,
                        const std::string& intent) {
    return Facts({Began(day * kDay, customer), Wrote(1, day * kDay), Wants(intent),
                  Done(1, "answered")},
                 position);
  };
  const std::vector<ConversationFacts> facts = {
      visit(1, 0, "ada", "return"), visit(2, 3, "ada", "return"),   // came again
      visit(3, 20, "ada", "return"),                                // too late to count
      visit(4, 1, "bob", "return"), visit(5, 2, "bob", "invoice"),  // another wish
      visit(6, 1, "", "return"),                                    // nobody known
  };
  const auto judged = Judge(facts);
  EXPECT_TRUE(judged[0].came_again);
  EXPECT_TRUE(judged[1].came_before);
  EXPECT_FALSE(judged[1].came_again);
  EXPECT_FALSE(judged[3].came_again);
  const std::vector<Outcome> outcomes = MeasureOutcomes(judged);
  EXPECT_DOUBLE_EQ(ValueOf(outcomes, "reopened"), 1.0 / 5);
  // First contacts: 1, 3, 4, 5; all resolved, the first one came again.
  EXPECT_DOUBLE_EQ(ValueOf(outcomes, "first_contact_resolution"), 3.0 / 4);
}

TEST(Outcomes, PartsOfContainedAddUpAndDrillDownListsExactlyThoseCounted) {
  std::vector<ConversationFacts> facts;
  for (int i = 0; i < 60; ++i) {
    std::vector<Event> events = {Began(i)};
    if (i % 7 != 0) {
      events.push_back(Wrote(1, i));
      if (i % 5 == 0) events.push_back(dialog::HandedOff{.reason = i % 2 ? "requested" : "angry"});
      events.push_back(Done(1, i % 3 == 0 ? "answered" : i % 3 == 1 ? "asked" : "refused"));
      if (i % 4 == 0) events.push_back(dialog::FeedbackGiven{.score = 1 + i % 5});
    }
    facts.push_back(Facts(events, i + 1));
  }
  const auto judged = Judge(facts);
  const std::vector<Outcome> outcomes = MeasureOutcomes(judged);
  int64_t contained = 0, parts = 0;
  for (const Outcome& o : outcomes) {
    int64_t behind = 0;
    for (const JudgedConversation& c : judged) behind += IsBehind(o.name, c) ? 1 : 0;
    EXPECT_EQ(behind, o.count) << o.name;
    EXPECT_FALSE(DefinitionOf(o.name).empty()) << o.name;
    if (o.unit == "share") {
      EXPECT_LE(o.low, o.value);
      EXPECT_GE(o.high, o.value);
    }
    if (o.name == "contained") contained = o.count;
    if (o.name == "deflected_confirmed" || o.name == "deflected_assumed" || o.name == "abandoned")
      parts += o.count;
  }
  EXPECT_EQ(parts, contained);
  EXPECT_GT(ValueOf(outcomes, "escalated.requested"), 0);
}

TEST(Outcomes, IntervalsAreThePublishedOnes) {
  // Newcombe (1998), table II, example (a): 56/70 against 48/80, difference .2, .0524 to .3339.
  const Interval wilson = WilsonInterval(81, 263);  // Newcombe's (1998) table I: .2553 to .3662
  EXPECT_NEAR(wilson.low, 0.2553, 5e-5);
  EXPECT_NEAR(wilson.high, 0.3662, 5e-5);
  const Interval difference = NewcombeInterval(48, 80, 56, 70);
  EXPECT_NEAR(difference.low, 0.0524, 5e-5);
  EXPECT_NEAR(difference.high, 0.3339, 5e-5);
}

TEST(Outcomes, DocsDefineEveryFigure) {
  std::ifstream file(FRONTDESK_SOURCE_DIR "/docs/insight.md");
  std::ostringstream text;
  text << file.rdbuf();
  for (const FigureDefinition& figure : FigureDefinitions()) {
    const std::string row = absl::StrCat("| `", std::string(figure.name), "` | ",
                                         std::string(figure.unit), " | ",
                                         std::string(figure.definition), " |");
    EXPECT_NE(text.str().find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace frontdesk::server
