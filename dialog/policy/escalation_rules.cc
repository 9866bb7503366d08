// Rules that lead away from the conversation: screen, humans, anger, limits.
#include "absl/strings/str_cat.h"
#include "dialog/flows/scope.h"
#include "dialog/policy/moment.h"

namespace frontdesk::dialog {
namespace {

namespace cue = understand::cue;

}  // namespace

std::optional<Decision> ScreenRuleFor(const Moment& m) {
  if (!m.state.turn || m.state.turn->screened.action.empty() ||
      m.state.turn->screened.action == "pass") {
    return std::nullopt;
  }
  const Screened& screened = m.state.turn->screened;
  for (const ScreenRule& rule : m.bundle.screen) {
    if (rule.id != screened.rule) continue;
    const std::string id = "screen." + rule.screen_class;
    const std::string because = "the message matched screen rule " + rule.id;
    switch (rule.action) {
      case ScreenRule::kRefuse:
        return Just(Refuse{rule.reply, rule.screen_class}, id, because);
      case ScreenRule::kHandoff:
        return Just(HandOff{rule.reason, rule.team, rule.priority, rule.reply}, id, because);
      case ScreenRule::kWarn: {
        auto warned = m.state.warnings.find(rule.screen_class);
        const int64_t warnings = warned == m.state.warnings.end() ? 0 : warned->second;
        if (warnings <= rule.warnings) {
          Decision decision = Just(SayReply{rule.reply}, id, because);
          // "48213, you idiots": rude, and an answer all the same.
          const SlotSpec* asked = m.AskedSlot();
          const bool own_words = asked != nullptr && (asked->type == SlotType::kText ||
                                                      asked->type == SlotType::kName);
          if (std::optional<Decision> answer = own_words ? std::nullopt : AskedSlotRule(m)) {
            for (ReasonedCommand& command : *answer) {
              if (std::holds_alternative<ContinueFlow>(command.command))
                decision.push_back(std::move(command));
            }
          }
          return decision;
        }
        return Just(HandOff{rule.reason, rule.team, rule.priority, "abuse_handoff"}, id,
                    absl::StrCat(because, ", after ", warnings - 1, " warnings"));
      }
    }
  }
  return std::nullopt;
}

std::optional<Decision> EmptyRule(const Moment& m) {
  if (m.text.find_first_not_of(" \t\r\n") != std::string::npos) return std::nullopt;
  return Just(SayReply{"empty"}, "message.empty", "the message holds no text");
}

std::optional<Decision> HumanRule(const Moment& m) {
  if (m.Cue(cue::kHuman)) {
    return Just(HandOff{"requested", "", 0, ""}, "cue.human", "the customer asked for a person");
  }
  if (!m.state.handoff_offered || !m.meaning.affirmation || m.Confirming()) return std::nullopt;
  if (m.Cue(cue::kBye)) return std::nullopt;  // "ok, bye" takes its leave
  if (*m.meaning.affirmation) {
    return Just(HandOff{"accepted", "", 0, ""}, "offer.accepted",
                "the customer accepted the offer of a person");
  }
  // "No" to the offer alone; a wish in the same message goes on below.
  if (m.BestP() >= m.at().answer && m.text.size() > 20) return std::nullopt;
  return Just(SayReply{"declined"}, "offer.declined",
              "the customer declined the offer of a person");
}

std::optional<Decision> EscalationRuleFor(const Moment& m) {
  nlohmann::json scope;
  for (const EscalationRule& rule : m.bundle.policy.rules) {
    if (scope.is_null()) {
      scope = MakeScope(m.state, m.front, m.flow, m.bundle, m.now);
      scope["flow"] = m.front != nullptr ? nlohmann::json(m.front->flow) : nlohmann::json();
      scope["turn"] = m.state.turns;
      scope["misunderstood"] = m.state.misunderstood;
      scope["sentiment"] = m.state.sentiment;
      scope["intent"] = m.meaning.intents.empty() ? nlohmann::json()
                                                  : nlohmann::json(m.meaning.intents[0].intent);
    }
    if (!Holds(rule.when, scope) || !m.state.ticket.empty()) continue;
    return Just(HandOff{rule.reason, rule.team, rule.priority, ""}, "escalate." + rule.id,
                absl::StrCat("the bundle's rule holds: ", rule.when.source));
  }
  const Policy& policy = m.bundle.policy;
  if (m.state.negative >= policy.negative_limit && m.state.ticket.empty()) {
    Decision decision = Just(HandOff{"negative_sentiment", "", 1, ""}, "escalate.sentiment",
                             absl::StrCat(m.state.negative, " angry messages in a row"));
    decision[0].reason.thresholds = {{"messages", policy.negative_limit},
                                     {"polarity", policy.negative_polarity}};
    decision[0].reason.scores = {{"polarity", m.meaning.sentiment.polarity}};
    return decision;
  }
  return std::nullopt;
}

std::optional<Decision> FallBackRule(const Moment& m) {
  if (m.state.misunderstood + 1 >= m.bundle.policy.misunderstood_limit && m.state.ticket.empty()) {
    Decision decision =
        Just(HandOff{"repeated_failure", "", 0, ""}, "escalate.misunderstood",
             absl::StrCat(m.state.misunderstood + 1, " messages in a row were not understood"));
    decision[0].reason.thresholds = {{"messages", m.bundle.policy.misunderstood_limit}};
    return decision;
  }
  Decision decision = Just(FallBack{}, "fall_back", "no intent reached the threshold");
  decision[0].reason.thresholds = {{"answer", m.at().answer},
                                   {"clarify", m.at().clarify},
                                   {"out_of_scope", m.at().out_of_scope}};
  decision[0].reason.scores = {{"best", m.BestP()}, {"out_of_scope", m.meaning.out_of_scope_p}};
  return decision;
}

}  // namespace frontdesk::dialog
