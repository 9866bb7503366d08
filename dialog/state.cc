#include "dialog/state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace frontdesk::dialog {
namespace {

constexpr size_t kMostTried = 20;
constexpr size_t kMostCitations = 8;

// One member function per event; State is changed nowhere else.
struct Applier {
  State& s;

  void Tried(std::string what) {
    s.tried.push_back(std::move(what));
    if (s.tried.size() > kMostTried) s.tried.erase(s.tried.begin());
  }

  void operator()(const ConversationStarted& e) {
    s.started = e;
    s.language = e.language;
    s.customer = e.customer;
    s.signed_identity = e.signed_identity;
    s.last_active_ms = e.now_ms;
  }
  void operator()(const Received& e) {
    s.turns = std::max(s.turns, e.turn);
    s.turn = OpenTurn{};
    s.turn->received = e;
    s.last_active_ms = e.now_ms;
    s.reminded = false;
  }
  void operator()(const Screened& e) {
    if (s.turn) s.turn->screened = e;
    if (e.action == "warn") ++s.warnings[e.verdict];
  }
  void NoteOrder(const nlohmann::json& understanding) {
    const auto mentions = understanding.find("mentions");
    if (mentions == understanding.end() || !mentions->is_array()) return;
    std::string order;
    for (const nlohmann::json& mention : *mentions) {
      if (!mention.is_object() || mention.value("type", "") != "order_number") continue;
      const auto value = mention.find("value");
      if (value == mention.end() || !value->is_string() || !order.empty()) return;  // several: which?
      order = value->get<std::string>();
    }
    if (!order.empty()) s.last_order = order;
  }
  void operator()(const Understood& e) {
    if (s.turn) s.turn->understanding = e.understanding;
    std::string language = e.understanding.value("language", "");
    if (!language.empty()) s.language = language;
    s.negative = e.angry ? s.negative + 1 : 0;
    s.sentiment = e.understanding.value("polarity", int64_t{0});
    // "48213" while nothing is going on: the wish that follows is about it.
    if (s.stack.empty()) NoteOrder(e.understanding);
  }
  void operator()(const Decided& e) {
    std::string what = e.command.value("do", "");
    if (what == "fall_back" || what == "ask_again") ++s.misunderstood;
    if (what == "start_flow" || what == "continue_flow" || what == "correct_slot" ||
        what == "answer_confirmation") {
      s.misunderstood = 0;
    }
    if (what != "clarify") s.clarification.reset();
    s.handoff_offered = false;
    if (what == "answer_question") s.last_question = e.command.value("question", "");
    if (what == "fall_back" || what == "refuse" || what == "hand_off")
      s.last_failed_rule = e.reason.rule;
  }
  void operator()(const Said& e) {
    // The first words of a turn replace what "repeat" would say.
    if (s.turn && s.turn->replies == 0) s.last_replies.clear();
    if (!s.turn) s.last_replies.clear();
    s.last_replies.push_back(e);
    if (s.turn) ++s.turn->replies;
    ++s.said[e.source];
    if (FlowInstance* front = s.front(); front != nullptr) {
      front->told.insert(absl::StrCat(e.source, "\n", e.text));
    }
    for (const Citation& citation : e.citations) {
      s.citations.insert(s.citations.begin(), citation);
      if (s.citations.size() > kMostCitations) s.citations.pop_back();
    }
    if (e.path == "extractive" || e.path == "model") s.misunderstood = 0;
    s.handoff_offered =
        e.source == "no_answer" || e.source == "not_understood" || e.source == "already_done";
  }
  void operator()(const ClarificationAsked& e) { s.clarification = e; }
  void operator()(const TurnCompleted& e) { s.turn.reset(); }
  void operator()(const Degraded& e) { s.degraded.insert(e.part); }
  void operator()(const CustomerBound& e) {
    s.customer = e.customer;
    if (e.how == "identity") s.signed_identity = true;
    if (!e.order.empty()) s.verified_orders.insert(e.order);
  }
  void operator()(const ConsentChanged& e) { s.consents[e.purpose] = e.granted; }
  void operator()(const FeedbackGiven&) {}
  void operator()(const IdleNoticed& e) { s.reminded = s.reminded || e.action == "remind"; }
  void operator()(const ConversationEnded&) { s.ended = true; }

  void operator()(const FlowStarted& e) {
    s.instances = std::max(s.instances, e.instance);
    FlowInstance instance;
    instance.instance = e.instance;
    instance.flow = e.flow;
    instance.intent = e.intent;
    instance.suspended = e.queued;
    if (e.queued && !s.stack.empty()) {
      s.stack.insert(s.stack.end() - 1, std::move(instance));
    } else {
      s.stack.push_back(std::move(instance));
    }
  }
  void operator()(const StepEntered& e) {
    FlowInstance* f = s.Find(e.instance);
    if (f == nullptr) return;
    // Coming back to a step, by a loop or a correction, begins the way from there anew.
    f->trace.erase(std::find(f->trace.begin(), f->trace.end(), e.step), f->trace.end());
    f->rewound |= std::string_view(e.because).substr(0, 6) == "rewind";
    f->trace.push_back(e.step);
    f->visits[e.step] = e.visit;
    f->step = e.step;
    f->asked.clear();
    if (s.turn) ++s.turn->steps;
  }
  void operator()(const SlotSet& e) {
    FlowInstance* f = s.Find(e.instance);
    if (f == nullptr) return;
    f->slots[e.slot] = SlotState{e.value, e.type, e.surface, s.turns};
    f->attempts.erase(e.slot);
    if (f->asked == e.slot) f->asked.clear();
    if (e.type == "order_number" && e.value.is_string()) s.last_order = e.value.get<std::string>();
  }
  void operator()(const SlotRefused& e) {
    FlowInstance* f = s.Find(e.instance);
    if (f == nullptr) return;
    ++f->attempts[e.slot];
    f->reminders = -1;  // it was tried: asking again is no reminder
    Tried(absl::StrCat(f->flow, ": asked ", e.slot, ", ", e.why));
    s.last_failed_rule = absl::StrCat("slot.", e.why);
  }
  void operator()(const Invalidated& e) {
    FlowInstance* f = s.Find(e.instance);
    if (f == nullptr) return;
    if (e.what == "slot") f->slots.erase(e.name);
    if (e.what == "result") {
      if (auto found = f->results.find(e.name); found != f->results.end())
        found->second.stale = true;
    }
    if (e.what == "confirmation") {
      f->confirmation.reset();
      f->confirmed.reset();
    }
  }
  void operator()(const SlotAsked& e) {
    if (FlowInstance* f = s.Find(e.instance)) {
      f->reminders = f->asked == e.slot ? f->reminders + 1 : 0;
      f->asked = e.slot;
      f->options = e.options;
    }
    s.handoff_offered = false;
  }
  void operator()(const ConfirmationAsked& e) {
    if (FlowInstance* f = s.Find(e.instance)) {
      f->reminders = f->confirmation && f->confirmation->step == e.step ? f->reminders + 1 : 0;
      f->confirmation = e;
      f->confirmed.reset();
      f->asked.clear();
    }
    s.handoff_offered = false;
  }
  void operator()(const ConfirmationClosed& e) {
    FlowInstance* f = s.Find(e.instance);
    if (f == nullptr) return;
    f->confirmed.reset();
    if (e.answer == "yes") f->confirmed = f->confirmation;
    f->attempts.erase("confirm");
    f->confirmation.reset();
  }
  void operator()(const FlowSuspended& e) {
    if (FlowInstance* f = s.Find(e.instance)) f->suspended = true;
  }
  void operator()(const FlowResumed& e) {
    auto at = std::find_if(s.stack.begin(), s.stack.end(),
                           [&](const FlowInstance& f) { return f.instance == e.instance; });
    if (at == s.stack.end()) return;
    at->suspended = false;
    std::rotate(at, at + 1, s.stack.end());  // in front
  }
  void operator()(const FlowEnded& e) {
    auto at = std::find_if(s.stack.begin(), s.stack.end(),
                           [&](const FlowInstance& f) { return f.instance == e.instance; });
    if (at == s.stack.end()) return;
    Tried(absl::StrCat(at->flow, ": ", e.outcome));
    s.finished.push_back(
        {at->instance, at->flow, e.outcome, at->slots, s.turns, !at->writes.empty()});
    s.stack.erase(at);
  }

  void operator()(const ToolPrepared& e) {
    if (s.turn) s.turn->prepared_unanswered = true;
  }
  void operator()(const ToolReturned& e) {
    if (s.turn && e.effect == "write") s.turn->prepared_unanswered = false;
    Tried(absl::StrCat(e.tool, ": ", e.outcome));
    if (e.outcome != "ok") s.last_failed_rule = absl::StrCat("tool.", e.outcome);
    FlowInstance* f = s.Find(e.instance);
    if (f == nullptr) return;
    if (e.effect == "write" && e.outcome != "unavailable" && e.outcome != "rejected" &&
        e.outcome != "not_found" && e.outcome != "blocked") {
      f->writes.push_back({e.step, e.tool, e.arguments, e.outcome});
    }
    if (e.effect == "write") f->confirmed.reset();  // one yes, one write
    if (e.outcome == "ok" && !e.save.empty()) {
      f->results[e.save] = SavedResult{e.value, e.tool, e.arguments, e.step, e.at_ms, false};
    }
  }
  void operator()(const VerificationChecked& e) {
    Tried(absl::StrCat("verification: ", e.outcome));
    if (e.outcome != "verified") {
      s.last_failed_rule = "verification." + e.outcome;
      return;
    }
    s.verified_orders.insert(e.order);
    s.verified_email = e.email;
  }
  void operator()(const Retrieved&) {}
  void operator()(const Generated&) {}
  void operator()(const SentenceChecked& e) {
    if (!e.shown) s.last_failed_rule = absl::StrCat("sentence.", e.rule);
  }

  void operator()(const HandedOff& e) {
    if (e.mode == "queue") s.owner = "queue";
    if (e.mode == "ticket") s.ticket = e.ticket;
    s.misunderstood = 0;
    s.negative = 0;
  }
  void operator()(const AgentClaimed& e) { s.owner = e.agent; }
  void operator()(const AgentReplied& e) { s.last_active_ms = e.now_ms; }
  void operator()(const AgentWhispered&) {}
  void operator()(const ReturnedToAssistant& e) {
    s.owner = "assistant";
    s.ticket.clear();
    s.last_active_ms = e.now_ms;
  }
  void operator()(const ClaimLost&) { s.owner = "queue"; }
  void operator()(const Transferred&) { s.owner = "queue"; }
  void operator()(const Resolved&) { s.ended = true; }
  void operator()(const AgentActed&) {}
};

}  // namespace

FlowInstance* State::Find(int64_t instance) {
  for (FlowInstance& f : stack) {
    if (f.instance == instance) return &f;
  }
  return nullptr;
}

void Apply(const Event& event, State& state) { std::visit(Applier{state}, event); }

State Fold(std::span<const Event> events) {
  State state;
  for (const Event& event : events) Apply(event, state);
  return state;
}

}  // namespace frontdesk::dialog
