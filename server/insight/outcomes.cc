#include "server/insight/outcomes.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace frontdesk::server {
namespace {

constexpr int64_t kSameContactMs = int64_t{7} * 24 * 3600 * 1000;
constexpr double kZ95 = 1.959963984540054;
constexpr std::string_view kReasonPrefix = "escalated.";

using Judged = JudgedConversation;

// How a figure is made: who is behind it, of whom, and for means the number taken of each.
struct FigureRule {
  FigureDefinition text;
  bool (*behind)(const Judged&);
  bool (*base)(const Judged&) = [](const Judged&) { return true; };
  double (*number)(const Judged&) = nullptr;  // summed over those behind it, divided by `per`
  double (*per)(const Judged&) = nullptr;     // default: 1 a conversation
};

bool Wrote(const Judged& c) { return c.facts->turns > 0; }
bool Rated(const Judged& c) { return c.facts->score > 0; }
bool Is(const Judged& c, Deflection how) { return c.facts->deflection() == how; }

double Seconds(const std::vector<int64_t>& spans_ms) {
  double seconds = 0;
  for (int64_t span : spans_ms) seconds += static_cast<double>(span) / 1000.0;
  return seconds;
}

const FigureRule kRules[] = {
    {{"conversations", "conversations", "conversations that began in the period"},
     [](const Judged&) { return true; }},
    {{"written", "share", "of all: the customer wrote at least once; the shares below are of these"},
     Wrote},
    {{"ended", "share", "of all: closed by customer, human or idling"},
     [](const Judged& c) { return c.facts->ended; }},
    {{"known_customer", "share", "of all: the customer was verified or vouched for"},
     [](const Judged& c) { return !c.facts->customer.empty(); }},
    {{"contained", "share", "of written: no human was asked for and none took over"},
     [](const Judged& c) { return c.facts->contained(); }, Wrote},
    {{"escalated", "share", "of written: handed to a human, to a ticket, or taken over"},
     [](const Judged& c) { return Wrote(c) && c.facts->escalated(); }, Wrote},
    {{"deflected_confirmed", "share",
      "of contained: a rating of 4 or 5, or no worse rating and a flow brought to its end or thanks"},
     [](const Judged& c) { return Is(c, Deflection::kConfirmed); },
     [](const Judged& c) { return c.facts->contained(); }},
    {{"deflected_assumed", "share",
      "of contained: the last turn answered and nothing was left open, but nobody said so"},
     [](const Judged& c) { return Is(c, Deflection::kAssumed); },
     [](const Judged& c) { return c.facts->contained(); }},
    {{"abandoned", "share",
      "of contained: left at an open question, a refusal or a failure, or rated 1 to 3"},
     [](const Judged& c) { return Is(c, Deflection::kAbandoned); },
     [](const Judged& c) { return c.facts->contained(); }},
    {{"first_contact_resolution", "share",
      "of first contacts of known customers (none about the same wish in the 7 days before): "
      "resolved (deflected or resolved by a human) and not followed by another within 7 days"},
     [](const Judged& c) {
       return Wrote(c) && !c.facts->customer.empty() && !c.came_before && c.facts->resolved() &&
              !c.came_again;
     },
     [](const Judged& c) { return Wrote(c) && !c.facts->customer.empty() && !c.came_before; }},
    {{"reopened", "share",
      "of resolved conversations of known customers: the same customer came again about the same "
      "wish within 7 days"},
     [](const Judged& c) {
       return !c.facts->customer.empty() && c.facts->resolved() && c.came_again;
     },
     [](const Judged& c) { return !c.facts->customer.empty() && c.facts->resolved(); }},
    {{"rated", "share", "of written: the customer gave a rating"},
     [](const Judged& c) { return Wrote(c) && Rated(c); }, Wrote},
    {{"csat", "share", "of rated: 4 or 5 of 5"},
     [](const Judged& c) { return c.facts->score >= 4; }, Rated},
    {{"negative_feedback", "share", "of rated: 1 or 2 of 5"},
     [](const Judged& c) { return Rated(c) && c.facts->score <= 2; }, Rated},
    {{"rating", "score", "mean rating of rated, 1 to 5"}, Rated, Rated,
     [](const Judged& c) { return static_cast<double>(c.facts->score); }},
    {{"first_response", "seconds",
      "mean seconds from asking for a human to the human's first words, of handoffs that got some"},
     [](const Judged& c) { return !c.facts->first_replies.empty(); },
     [](const Judged& c) { return !c.facts->first_replies.empty(); },
     [](const Judged& c) { return Seconds(c.facts->first_replies); },
     [](const Judged& c) { return static_cast<double>(c.facts->first_replies.size()); }},
    {{"handle_time", "seconds",
      "mean seconds a human held the conversation, from a claim to its return, loss or resolution"},
     [](const Judged& c) { return !c.facts->handle_times.empty(); },
     [](const Judged& c) { return !c.facts->handle_times.empty(); },
     [](const Judged& c) { return Seconds(c.facts->handle_times); },
     [](const Judged& c) { return static_cast<double>(c.facts->handle_times.size()); }},
    {{"turns", "turns", "mean number of the customer's messages, of written"}, Wrote, Wrote,
     [](const Judged& c) { return static_cast<double>(c.facts->turns); }},
    {{"prompt_tokens", "tokens", "mean tokens the model read, of all"},
     [](const Judged& c) { return c.facts->prompt_tokens > 0; }, [](const Judged&) { return true; },
     [](const Judged& c) { return static_cast<double>(c.facts->prompt_tokens); }},
    {{"output_tokens", "tokens", "mean tokens the model wrote, of all"},
     [](const Judged& c) { return c.facts->output_tokens > 0; }, [](const Judged&) { return true; },
     [](const Judged& c) { return static_cast<double>(c.facts->output_tokens); }},
    {{"cpu_seconds", "cpu seconds", "mean processor time of the server, of measured"},
     [](const Judged& c) { return c.facts->cpu_us > 0; }, [](const Judged& c) { return c.facts->cpu_us > 0; },
     [](const Judged& c) { return static_cast<double>(c.facts->cpu_us) / 1e6; }},
    {{"reviewed", "share", "of written: scored by a reviewer"},
     [](const Judged& c) { return !c.facts->reviews.empty(); }, Wrote},
};

Outcome Measure(const FigureRule& rule, std::span<const Judged> conversations) {
  Outcome outcome{.name = std::string(rule.text.name), .unit = std::string(rule.text.unit)};
  double sum = 0, per = 0;
  for (const Judged& c : conversations) {
    if (!rule.base(c)) continue;
    ++outcome.base;
    if (rule.number != nullptr) per += rule.per == nullptr ? 1 : rule.per(c);
    if (!rule.behind(c)) continue;
    ++outcome.count;
    if (rule.number != nullptr) sum += rule.number(c);
  }
  if (rule.number != nullptr) {
    outcome.value = per > 0 ? sum / per : 0;
  } else if (rule.text.unit == "share") {
    outcome.value = outcome.base > 0 ? static_cast<double>(outcome.count) /
                                           static_cast<double>(outcome.base)
                                     : 0;
    const Interval interval = WilsonInterval(outcome.count, outcome.base);
    outcome.low = interval.low;
    outcome.high = interval.high;
  } else {
    outcome.value = static_cast<double>(outcome.count);
  }
  return outcome;
}

bool HasReason(const Judged& c, std::string_view reason) {
  const auto& reasons = c.facts->escalations;
  return Wrote(c) && std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
}

}  // namespace

std::vector<JudgedConversation> Judge(std::span<const ConversationFacts> facts) {
  std::vector<JudgedConversation> judged(facts.size());
  std::map<std::pair<std::string_view, std::string_view>, std::vector<size_t>> contacts;
  for (size_t i = 0; i < facts.size(); ++i) {
    judged[i].facts = &facts[i];
    if (!facts[i].customer.empty() && !facts[i].intent.empty())
      contacts[{facts[i].customer, facts[i].intent}].push_back(i);
  }
  for (auto& [key, of] : contacts) {
    std::sort(of.begin(), of.end(), [&](size_t a, size_t b) {
      return std::pair(facts[a].began_ms, facts[a].position) <
             std::pair(facts[b].began_ms, facts[b].position);
    });
    for (size_t i = 0; i + 1 < of.size(); ++i) {
      if (facts[of[i + 1]].began_ms - facts[of[i]].began_ms > kSameContactMs) continue;
      judged[of[i]].came_again = true;
      judged[of[i + 1]].came_before = true;
    }
  }
  return judged;
}

std::span<const FigureDefinition> FigureDefinitions() {
  static const std::vector<FigureDefinition>& definitions = *[] {
    auto* list = new std::vector<FigureDefinition>();
    for (const FigureRule& rule : kRules) list->push_back(rule.text);
    return list;
  }();
  return definitions;
}

std::string DefinitionOf(std::string_view figure) {
  for (const FigureRule& rule : kRules) {
    if (rule.text.name == figure) return std::string(rule.text.definition);
  }
  if (figure.substr(0, kReasonPrefix.size()) == kReasonPrefix &&
      figure.size() > kReasonPrefix.size()) {
    return absl::StrCat("of written: handed over for the reason ",
                        std::string(figure.substr(kReasonPrefix.size())));
  }
  return "";
}

std::vector<Outcome> MeasureOutcomes(std::span<const JudgedConversation> conversations) {
  std::vector<Outcome> outcomes;
  for (const FigureRule& rule : kRules) outcomes.push_back(Measure(rule, conversations));
  std::set<std::string_view> reasons;
  int64_t written = 0;
  for (const Judged& c : conversations) {
    if (!Wrote(c)) continue;
    ++written;
    reasons.insert(c.facts->escalations.begin(), c.facts->escalations.end());
  }
  for (std::string_view reason : reasons) {
    Outcome outcome{.name = absl::StrCat(std::string(kReasonPrefix), std::string(reason)),
                    .unit = "share",
                    .base = written};
    for (const Judged& c : conversations) outcome.count += HasReason(c, reason) ? 1 : 0;
    outcome.value = static_cast<double>(outcome.count) / static_cast<double>(written);
    const Interval interval = WilsonInterval(outcome.count, written);
    outcome.low = interval.low;
    outcome.high = interval.high;
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

bool IsBehind(std::string_view figure, const JudgedConversation& conversation) {
  for (const FigureRule& rule : kRules) {
    if (rule.text.name == figure) return rule.base(conversation) && rule.behind(conversation);
  }
  return figure.substr(0, kReasonPrefix.size()) == kReasonPrefix &&
         HasReason(conversation, figure.substr(kReasonPrefix.size()));
}

std::vector<std::string> GroupsOf(const ConversationFacts& facts, OutcomeGroups by) {
  switch (by) {
    case OutcomeGroups::kNone:
      return {};
    case OutcomeGroups::kIntent:
      return facts.intent.empty() ? std::vector<std::string>{} : std::vector{facts.intent};
    case OutcomeGroups::kFlow:
      return {facts.flows.begin(), facts.flows.end()};
    case OutcomeGroups::kBundleVersion:
      return {facts.bundle_version};
    case OutcomeGroups::kDay:
      return {absl::FormatTime("%Y-%m-%d", absl::FromUnixMillis(facts.began_ms),
                               absl::UTCTimeZone())};
  }
  return {};
}

std::map<std::string, std::vector<JudgedConversation>> Group(
    std::span<const JudgedConversation> conversations, OutcomeGroups by) {
  std::map<std::string, std::vector<JudgedConversation>> groups;
  for (const Judged& c : conversations) {
    for (const std::string& key : GroupsOf(*c.facts, by)) groups[key].push_back(c);
  }
  return groups;
}

Interval WilsonInterval(int64_t count, int64_t base) {
  if (base <= 0) return {};
  const double n = static_cast<double>(base), p = static_cast<double>(count) / n;
  const double z2 = kZ95 * kZ95;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ95 * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

Interval NewcombeInterval(int64_t count_a, int64_t base_a, int64_t count_b, int64_t base_b) {
  if (base_a <= 0 || base_b <= 0) return {-1, 1};
  const double a = static_cast<double>(count_a) / static_cast<double>(base_a);
  const double b = static_cast<double>(count_b) / static_cast<double>(base_b);
  const Interval ia = WilsonInterval(count_a, base_a), ib = WilsonInterval(count_b, base_b);
  const double d = b - a;
  return {d - std::hypot(b - ib.low, ia.high - a), d + std::hypot(ib.high - b, a - ia.low)};
}

}  // namespace frontdesk::server
