#include "dialog/run_turn.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dialog/carry_out.h"
#include "dialog/handoff/handoff.h"
#include "dialog/hear.h"
#include "dialog/policy/decide.h"
#include "dialog/replay/replay_effects.h"
#include "dialog/say.h"
#include "dialog/screen/screen.h"
#include "dialog/turn.h"
#include "dialog/understood_json.h"
#include "spdlog/spdlog.h"

namespace frontdesk::dialog {
namespace {

// What became of the turn, in one word, for metrics and listings.
std::string OutcomeOf(const Turn& turn) {
  const State& state = turn.state();
  if (!turn.failed.empty()) return "failed";
  if (state.ended) return "ended";
  if (turn.handed_off) return "handed_off";
  if (state.turn && !state.last_replies.empty() && state.turn->replies > 0) {
    const std::string& path = state.last_replies.back().path;
    if (path == "refusal") return "refused";
    if (turn.asked_last) return "asked";
    if (path == "model" || path == "extractive") return "answered";
  }
  return "progressed";
}

// Whether a flow of this turn gave up because something broke, not because it should.
bool BrokeDown(const Turn& turn) {
  return turn.handoff && (absl::StartsWith(turn.handoff->reason, "tool_") ||
                          turn.handoff->reason == "write_unknown" || !turn.failed.empty());
}

// Takes a turn's message into the log: redacted, with the time all its rules read.
absl::Status Receive(Turn& turn, const TurnInput& input) {
  turn.Emit(Hear(turn, input));
  turn.log.next().state_tag = turn.state().assistant_owns() ? "open" : "human";
  turn.log.next().idle_deadline_ms = IdleDeadlineMs(turn);
  return turn.log.Commit(turn.now);
}

absl::Status Complete(Turn& turn, std::string outcome) {
  const State& state = turn.state();
  turn.Emit(
      TurnCompleted{state.turn->received.turn, std::move(outcome), state.turn->steps, turn.failed});
  return turn.log.Commit(turn.now);
}

}  // namespace

absl::Status RunTurn(Conversation& conversation, const TurnInput& input, const TurnParts& parts,
                     Effects& effects) {
  if (conversation.state.ended) {
    return absl::FailedPreconditionError("the conversation has ended; begin another one");
  }
  Turn turn(conversation, parts, effects);
  turn.now = effects.Now();
  if (absl::Status received = Receive(turn, input); !received.ok()) return received;
  if (!turn.state().assistant_owns()) return Complete(turn, "silent");

  turn.Emit(ScreenMessage(turn));
  const understand::Understanding understanding = Understand(turn);
  turn.Emit(Understood{UnderstandingToJson(understanding), IsAngry(turn, understanding)});
  if (turn.state().turn->received.truncated) Speak(turn, "too_long");

  const Decision decision = Decide(turn.state(), understanding, parts.bundle, turn.now);
  for (size_t i = 0; i < decision.size(); ++i) {
    const bool fine = !BrokeDown(turn);
    turn.Emit(Decided{CommandToJson(decision[i].command), decision[i].reason});
    CarryOut(turn, decision[i].command);
    if (!turn.log.ok() || turn.state().ended) break;
    if (fine && BrokeDown(turn) && i + 1 < decision.size()) Speak(turn, "one_failed");
  }
  Settle(turn);
  if (!turn.log.ok()) return turn.log.status();
  return Complete(turn, OutcomeOf(turn));
}

absl::Status ResumeTurn(Conversation& conversation, const std::vector<Event>& log,
                        const TurnParts& parts, Effects& effects) {
  if (!conversation.state.turn) return absl::OkStatus();
  // The turn is a function of its message and its effects: it runs again from the
  // message, is answered from the log as far as the log goes, and then goes on live.
  size_t begin = log.size();
  while (begin > 0 && !std::holds_alternative<Received>(log[begin - 1])) --begin;
  if (begin == 0) return absl::DataLossError("an open turn without its message");
  --begin;
  conversation.state = Fold(std::span<const Event>(log).first(begin));
  ReplayEffects resumed(std::span<const Event>(log).subspan(begin), &effects);
  const Received& received = std::get<Received>(log[begin]);
  absl::Status done = RunTurn(
      conversation, {received.text, received.request_id, absl::FromUnixMillis(received.arrived_ms)},
      parts, resumed);
  if (!resumed.diverged()) return done;
  // Other code or another bundle wrote the beginning: close the turn and get a human.
  spdlog::error("conversation={} turn={} resume=diverged", conversation.id.value(), received.turn);
  conversation.state = Fold(log);
  Turn turn(conversation, parts, effects);
  turn.now = effects.Now();
  turn.failed = "resume diverged";
  Speak(turn, "turn_failed");
  turn.handoff = HandOff{"turn_failed", "", 1, ""};
  OpenHandoff(turn);
  return Complete(turn, "failed");
}

}  // namespace frontdesk::dialog
