#include "dialog/handoff/handoff.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "dialog/policy/business_hours.h"
#include "dialog/say.h"
#include "storage/digest.h"

namespace frontdesk::dialog {
namespace {

// Short, stable and without meaning: from conversation and turn.
std::string TicketOf(const Turn& turn) {
  std::string digest = storage::ToHex(
      storage::Sha256(absl::StrCat(turn.conversation.value(), "/", turn.state().turns)));
  std::string ticket = "T-" + digest.substr(0, 6);
  std::transform(ticket.begin(), ticket.end(), ticket.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return ticket;
}

}  // namespace

SummaryPacket MakePacket(const Turn& turn, const FlowInstance* flow) {
  const State& state = turn.state();
  SummaryPacket packet;
  packet.slots = nlohmann::json::object();
  if (flow == nullptr) flow = state.front();
  if (flow != nullptr) {
    packet.flow = flow->flow;
    packet.step = flow->step;
    const Intent* intent = turn.bundle.FindIntent(flow->intent);
    if (intent != nullptr) packet.wants = intent->description;
    for (const auto& [name, slot] : flow->slots) packet.slots[name] = slot.value;
  }
  if (packet.slots.empty() && !state.finished.empty()) {
    for (const auto& [name, slot] : state.finished.back().slots) packet.slots[name] = slot.value;
  }
  packet.tried = state.tried;
  packet.citations = state.citations;
  packet.last_rule = state.last_failed_rule;
  packet.last_words = state.turn ? state.turn->received.text : "";
  packet.language = state.language;
  packet.sentiment = state.sentiment;
  return packet;
}

void OpenHandoff(Turn& turn) {
  if (!turn.handoff || !turn.log.ok()) return;
  const HandOff wanted = *turn.handoff;
  turn.handoff.reset();
  turn.handed_off = true;
  HandedOff event;
  event.reason = wanted.reason;
  event.team = wanted.team.empty() ? turn.bundle.policy.team : wanted.team;
  event.priority = wanted.priority;
  event.in_hours = IsOpen(turn.bundle.assistant, turn.now);
  event.on_duty = turn.effects.AgentsOnDuty(event.team);
  event.mode = event.in_hours && event.on_duty > 0 ? "queue" : "ticket";
  const std::string open_ticket = turn.state().ticket;
  if (event.mode == "ticket") event.ticket = open_ticket.empty() ? TicketOf(turn) : open_ticket;
  event.packet = MakePacket(turn, turn.handed_flow ? &*turn.handed_flow : nullptr);
  if (!wanted.reply.empty() && turn.bundle.replies.contains(wanted.reply))
    Speak(turn, wanted.reply);

  const bool queue = event.mode == "queue";
  storage::QueueUpdate update;
  update.action = storage::QueueUpdate::Action::kEnqueue;
  update.reason = event.reason;
  update.team = event.team;
  update.priority = static_cast<int32_t>(event.priority);
  update.reason_event = turn.log.next().events.size();  // the HandedOff that is emitted below
  turn.log.next().queue = update;
  if (queue) {
    turn.log.next().new_owner = "queue";
    turn.log.next().state_tag = "waiting";
  }
  const std::string ticket = event.ticket;
  turn.Emit(std::move(event));
  if (queue) {
    Speak(turn, "handoff_queue");
  } else {
    Speak(turn, "handoff_ticket",
             {{"ticket", ticket},
              {"opens", NextOpening(turn.bundle.assistant, turn.now, turn.state().language)}});
  }
  turn.asked_last = true;  // nothing more is asked behind it
}

}  // namespace frontdesk::dialog
