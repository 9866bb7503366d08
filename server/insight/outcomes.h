// The figures that supervisors read, as pure functions of conversations' facts.
//
// One table names every figure, what it counts and its unit; the gRPC service, the
// metrics page and `frontdesk insight` print from it, so the three cannot disagree.
// Definitions for people: docs/insight.md.
//
//   std::vector<Outcome> outcomes = MeasureOutcomes(facts);
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/insight/facts.h"

namespace frontdesk::server {

// A conversation's facts and what others of the same customer say about it.
struct JudgedConversation {
  const ConversationFacts* facts = nullptr;
  // A conversation of the same customer about the same wish, within seven days.
  bool came_before = false, came_again = false;
};

// facts: all conversations that may belong together, in any order. Borrowed.
std::vector<JudgedConversation> Judge(std::span<const ConversationFacts> facts);

struct FigureDefinition {
  std::string_view name;
  std::string_view unit;        // "conversations", "share", "score", "seconds", "cpu seconds", "turns", "tokens"
  std::string_view definition;  // in words
};

// In the order they are shown. Reasons of escalation come besides, as "escalated.<reason>".
std::span<const FigureDefinition> FigureDefinitions();
// Of any name that MeasureOutcomes gives; empty for others.
std::string DefinitionOf(std::string_view figure);

struct Outcome {
  std::string name;
  std::string unit;
  int64_t count = 0;  // conversations behind it
  int64_t base = 0;   // conversations it is a share or mean of
  double value = 0;
  double low = 0, high = 0;  // 95 % of a share
};

std::vector<Outcome> MeasureOutcomes(std::span<const JudgedConversation> conversations);

// Whether the conversation is one of those a figure counts: the drill-down.
bool IsBehind(std::string_view figure, const JudgedConversation& conversation);

enum class OutcomeGroups { kNone, kIntent, kFlow, kBundleVersion, kDay };

// Keys of the groups a conversation is in; none without an intent or flow.
std::vector<std::string> GroupsOf(const ConversationFacts& facts, OutcomeGroups by);
std::map<std::string, std::vector<JudgedConversation>> Group(
    std::span<const JudgedConversation> conversations, OutcomeGroups by);

// 95 % interval of a share by Wilson (1927); 0..1 for no observations.
struct Interval {
  double low = 0, high = 1;
};
Interval WilsonInterval(int64_t count, int64_t base);
// 95 % interval of the difference of two shares by Newcombe (1998), method 10.
Interval NewcombeInterval(int64_t count_a, int64_t base_a, int64_t count_b, int64_t base_b);

}  // namespace frontdesk::server
