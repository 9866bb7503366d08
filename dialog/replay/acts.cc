#include "dialog/replay/acts.h"

#include "dialog/reviews.h"

namespace frontdesk::dialog {
namespace {

// Events written by the server alone: applied, not run.
bool IsServers(const Event& event) {
  if (auto* consent = std::get_if<ConsentChanged>(&event)) return consent->source != "chat";
  if (auto* bound = std::get_if<CustomerBound>(&event)) return bound->how == "identity";
  return std::holds_alternative<FeedbackGiven>(event) || IsReview(event);
}

// The customer closed the conversation outside a turn; a turn, an idle notice or a resolution
// that ends it writes the end itself.
bool ClosedFromOutside(std::span<const Event> act, const Event& event) {
  if (!std::holds_alternative<ConversationEnded>(event) || act.empty()) return false;
  if (std::holds_alternative<Received>(act.front()))
    return std::holds_alternative<TurnCompleted>(act.back());
  return !std::holds_alternative<IdleNoticed>(act.front()) &&
         !std::holds_alternative<Resolved>(act.front());
}

bool BeginsAct(std::span<const Event> act, const Event& event) {
  if (IsServers(event) || ClosedFromOutside(act, event)) return true;
  if (!act.empty() && IsServers(act.back())) return true;
  return std::holds_alternative<ConversationStarted>(event) ||
         std::holds_alternative<Received>(event) || std::holds_alternative<IdleNoticed>(event) ||
         std::holds_alternative<AgentClaimed>(event) ||
         std::holds_alternative<AgentReplied>(event) ||
         std::holds_alternative<AgentWhispered>(event) ||
         std::holds_alternative<ReturnedToAssistant>(event) ||
         std::holds_alternative<ClaimLost>(event) ||
         std::holds_alternative<Transferred>(event) || std::holds_alternative<Resolved>(event) ||
         std::holds_alternative<AgentActed>(event);
}

}  // namespace

bool IsServersAct(const Event& first) {
  return IsServers(first) || std::holds_alternative<ConversationEnded>(first);
}

std::vector<ActSpan> SplitActs(std::span<const Event> events) {
  std::vector<ActSpan> acts;
  for (size_t i = 0; i < events.size(); ++i) {
    const std::span<const Event> act =
        acts.empty() ? std::span<const Event>()
                     : events.subspan(acts.back().begin, i - acts.back().begin);
    if (act.empty() || BeginsAct(act, events[i])) acts.push_back({i, i});
    acts.back().end = i + 1;
  }
  return acts;
}

bool IsCompleteAct(std::span<const Event> act) {
  if (!std::holds_alternative<Received>(act.front())) return true;
  return std::holds_alternative<TurnCompleted>(act.back());
}

}  // namespace frontdesk::dialog
