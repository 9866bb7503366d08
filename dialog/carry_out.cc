#include "dialog/carry_out.h"

#include "absl/strings/str_cat.h"
#include "dialog/answer/answer.h"
#include "dialog/flows/machine.h"
#include "dialog/handoff/handoff.h"
#include "dialog/say.h"

namespace frontdesk::dialog {
namespace {

struct Worker {
  Turn& turn;

  void operator()(const StartFlow& c) { StartFlowNow(turn, c); }
  void operator()(const ContinueFlow& c) { ContinueFront(turn, c); }
  void operator()(const CorrectSlot& c) { CorrectValue(turn, c); }
  void operator()(const AskAgain& c) { AskFrontAgain(turn, c); }
  void operator()(const SkipSlot&) { SkipAsked(turn); }
  void operator()(const AnswerConfirmation& c) { AnswerOpenConfirmation(turn, c.yes); }
  void operator()(const CancelFlow& c) { CancelFront(turn, c.everything); }
  void operator()(const GoBack&) { StepBack(turn); }
  void operator()(const AnswerQuestion& c) { AnswerFromKnowledge(turn, c.question); }
  void operator()(const SayReply& c) {
    Speak(turn, c.reply);
    if (c.reply == "bye") turn.asked_last = true;  // who leaves is not asked once more
  }
  void operator()(const Refuse& c) { Speak(turn, c.reply, {}, "refusal"); }

  void operator()(const RepeatLast&) {
    const std::vector<Said> last = turn.state().last_replies;
    if (last.empty()) Speak(turn, "nothing_to_repeat");
    for (const Said& said : last) {
      SayText(turn, said.text, said.path, said.source, said.variant, said.citations);
    }
    turn.asked_last = true;  // what is repeated ends with the open question
  }

  void operator()(const Clarify& c) {
    ClarificationAsked asked{c.intents, {}, c.about, c.given, c.again};
    for (const std::string& name : c.intents) {
      const Intent* intent = turn.bundle.FindIntent(name);
      asked.labels.push_back(intent != nullptr ? intent->label.In(turn.state().language) : name);
    }
    Speak(turn, "clarify", {{"options", Either(asked.labels, turn.state().language)}});
    turn.Emit(std::move(asked));
    turn.asked_last = true;
  }

  void operator()(const HandOff& c) {
    if (!turn.handoff || turn.handoff->priority < c.priority) turn.handoff = c;
  }

  void operator()(const FallBack&) { Speak(turn, "not_understood", {}, "refusal"); }

  void operator()(const EndConversation& c) {
    Speak(turn, "bye");
    turn.Emit(ConversationEnded{c.why, turn.now_ms()});
    turn.log.next().state_tag = "ended";
    turn.log.next().idle_deadline_ms = 0;
  }
};

// A customer who has asked other things this often in a row knows what is open.
constexpr int64_t kMostReminders = 2;

// True when a question is open that this turn has talked over.
bool NeedsReminderOfQuestion(const Turn& turn) {
  const State& state = turn.state();
  const FlowInstance* front = state.front();
  if (front == nullptr || turn.asked_last || turn.handoff || state.ended || !turn.log.ok())
    return false;
  if (state.clarification || !state.turn || state.turn->replies == 0) return false;
  if (front->reminders >= kMostReminders) return false;
  return !front->asked.empty() || front->confirmation.has_value();
}

}  // namespace

void CarryOut(Turn& turn, const Command& command) { std::visit(Worker{turn}, command); }

void Settle(Turn& turn) {
  if (NeedsReminderOfQuestion(turn)) AskOpenQuestion(turn);
  OpenHandoff(turn);
  if (!turn.state().ended && ResumeWaiting(turn)) OpenHandoff(turn);
}

}  // namespace frontdesk::dialog
