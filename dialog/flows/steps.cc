// The steps that need neither an answer nor a tool, and the dispatch over all.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialog/answer/answer.h"
#include "dialog/flows/front.h"
#include "spdlog/spdlog.h"

namespace frontdesk::dialog {
namespace {

StepResult Fail(Turn& turn, const Front& front, std::string_view what, const absl::Status& status) {
  const std::string place = absl::StrCat(front.flow->name, ".", front.step->id);
  spdlog::error("step={} problem=\"{}\"", place, std::string(status.message()));
  turn.Emit(Degraded{absl::StrCat("step:", place), std::string(what)});
  turn.failed = absl::StrCat("step ", place, ": ", std::string(what));
  return HandOffFront(turn, "step_failed");
}

struct Performer {
  Turn& turn;
  const Front& front;

  StepResult operator()(const CollectStep& step) { return PerformCollect(turn, front, step); }
  StepResult operator()(const VerifyStep& step) { return PerformVerify(turn, front, step); }
  StepResult operator()(const CallStep& step) { return PerformCall(turn, front, step); }
  StepResult operator()(const ConfirmStep& step) { return PerformConfirm(turn, front, step); }
  StepResult operator()(const OfferStep& step) { return PerformOffer(turn, front, step); }

  StepResult operator()(const SayStep& step) {
    if (!SayOfFlow(turn, front, step.text, front.instance->visits.at(front.step->id) - 1)) {
      return Fail(turn, front, "a hole of its text has no value",
                  absl::NotFoundError("see the event"));
    }
    return GoOn(turn, front);
  }

  StepResult operator()(const BranchStep& step) {
    const nlohmann::json scope = ScopeOf(turn, front);
    for (const BranchStep::Arm& arm : step.arms) {
      if (!arm.when) return StepResult::Go(arm.go, "else");
      if (Holds(*arm.when, scope))
        return StepResult::Go(arm.go, absl::StrCat("if ", arm.when->source));
    }
    return Fail(turn, front, "no arm holds", absl::InternalError("a branch without else"));
  }

  StepResult operator()(const HandoffStep& step) {
    if (!step.text.empty()) SayOfFlow(turn, front, step.text, 0);
    return HandOffFront(turn, step.reason, step.team, step.priority);
  }

  StepResult operator()(const SetStep& step) {
    absl::StatusOr<nlohmann::json> values =
        Arguments(step.values, ScopeOf(turn, front), StyleOf(turn));
    if (!values.ok()) return Fail(turn, front, "a value is missing", values.status());
    for (const auto& [name, value] : values->items()) {
      const SlotSpec* slot = front.flow->FindSlot(name);
      turn.Emit(SlotSet{front.instance->instance, name, value, std::string(NameOf(slot->type)), "",
                        "set", false, nullptr});
    }
    return GoOn(turn, front);
  }

  StepResult operator()(const AnswerStep& step) {
    absl::StatusOr<std::string> question =
        Render(step.question, ScopeOf(turn, front), StyleOf(turn));
    if (!question.ok()) return Fail(turn, front, "the question is missing", question.status());
    AnswerFromKnowledge(turn, *question);
    return GoOn(turn, FrontOf(turn));
  }

  StepResult operator()(const ConsentStep& step) {
    turn.Emit(ConsentChanged{step.purpose, step.granted, "chat",
                             absl::StrCat(front.flow->name, ".", front.step->id), turn.now_ms()});
    // In the ledger before the next step: what uses the consent reads it there.
    if (!turn.log.Commit(turn.now).ok()) return StepResult::Wait();
    return GoOn(turn, front);
  }

  StepResult operator()(const EndStep&) { return GoOn(turn, front); }
};

}  // namespace

StepResult Perform(Turn& turn, const Front& front) {
  return std::visit(Performer{turn, front}, front.step->action);
}

bool SayOfFlow(Turn& turn, const Front& front, const Texts& texts, int64_t variant) {
  const Style style = StyleOf(turn);
  const Template& wording =
      texts.contains(style.language.substr(0, 2))
          ? WordingOf(texts, style.language, variant)
          : WordingOf(texts, turn.bundle.assistant.languages.front(), variant);
  absl::StatusOr<std::string> text = Render(wording, ScopeOf(turn, front), style);
  const std::string source = absl::StrCat(front.flow->name, ".", front.step->id);
  if (!text.ok()) {
    spdlog::error("step={} problem=\"{}\"", source, std::string(text.status().message()));
    return false;
  }
  // A correction walks the flow again: what was said already need not be said twice,
  // unless it is a question.
  const bool question = std::holds_alternative<CollectStep>(front.step->action) ||
                        std::holds_alternative<ConfirmStep>(front.step->action) ||
                        std::holds_alternative<VerifyStep>(front.step->action);
  if (!question && front.instance->told.contains(absl::StrCat(source, "\n", *text)) &&
      front.instance->visits.at(front.step->id) > 1 && front.instance->rewound) {
    return true;
  }
  SayText(turn, *std::move(text), "template", source, variant);
  return true;
}

}  // namespace frontdesk::dialog
