// What depends on what: corrections, going back, and going on after a human.
//
// A name (slot or saved result) is changed; everything computed from it is void,
// transitively: results of calls whose arguments read it, slots that depend on it,
// the open confirmation. The flow then goes back to the first step of its trace that
// read one of these names and walks forward again; what is still valid is passed
// without a word. docs/flows.md has the worked example.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dialog/bundle/check_paths.h"
#include "dialog/bundle/read_settings.h"
#include "dialog/flows/front.h"
#include "dialog/flows/machine.h"

namespace frontdesk::dialog {
namespace {

bool Reads(const Step& step, const std::set<std::string>& names) {
  for (const std::string& path : PathsOf(step)) {
    if (names.contains(RootOf(path))) return true;
  }
  return false;
}

// Names that a step reads besides its texts: what it verifies or saves again.
bool DependsOn(const Flow& flow, const Step& step, const std::set<std::string>& names) {
  if (Reads(step, names)) return true;
  if (auto* call = std::get_if<CallStep>(&step.action)) return names.contains(call->save);
  if (auto* collect = std::get_if<CollectStep>(&step.action)) return names.contains(collect->slot);
  if (auto* verify = std::get_if<VerifyStep>(&step.action)) {
    if (names.contains("email") || (!verify->slot.empty() && names.contains(verify->slot)))
      return true;
    if (!verify->slot.empty()) return false;
    return std::any_of(flow.slots.begin(), flow.slots.end(), [&](const SlotSpec& slot) {
      return slot.type == SlotType::kOrderNumber && names.contains(slot.name);
    });
  }
  return false;
}

// One round: names that newly depend on `changed`.
std::set<std::string> Dependents(const Front& front, const std::set<std::string>& changed) {
  std::set<std::string> found;
  for (const auto& [name, result] : front.instance->results) {
    const Step* step = front.flow->FindStep(result.step);
    if (!changed.contains(name) && step != nullptr && Reads(*step, changed)) found.insert(name);
  }
  for (const SlotSpec& slot : front.flow->slots) {
    if (changed.contains(slot.name) || !front.instance->slots.contains(slot.name)) continue;
    bool depends = std::any_of(slot.depends_on.begin(), slot.depends_on.end(),
                               [&](const std::string& name) { return changed.contains(name); });
    depends |= !slot.choices_from.empty() && changed.contains(RootOf(slot.choices_from));
    if (depends) found.insert(slot.name);
  }
  return found;
}

bool WriteUsed(const FlowInstance& instance, const Flow& flow, const std::string& slot) {
  for (const WriteDone& write : instance.writes) {
    const Step* step = flow.FindStep(write.step);
    if (step != nullptr && Reads(*step, {slot})) return true;
  }
  return false;
}

// "a, b and c".
std::string Joined(std::vector<std::string> pieces, std::string_view language) {
  if (pieces.size() < 2) return absl::StrJoin(pieces, "");
  std::string last = std::move(pieces.back());
  pieces.pop_back();
  const bool german = language.substr(0, 2) == "de";
  return absl::StrCat(absl::StrJoin(pieces, ", "), german ? " und " : " and ", last);
}

std::string Named(const std::set<std::string>& names, std::string_view language) {
  std::vector<std::string> labels;
  const bool german = language.substr(0, 2) == "de";
  for (const std::string& name : names) {
    labels.push_back(absl::StrCat(german ? "" : "the ", LabelOf(name)));
  }
  return Joined(std::move(labels), language);
}

std::string Shown(const Turn& turn, const SlotSpec* spec, const GivenSlot& given) {
  if (spec != nullptr) return ShownValue(*spec, given.value, StyleOf(turn));
  return given.value.is_string() ? given.value.get<std::string>() : given.value.dump();
}

// Sets a value that came beside a correction. True when it took the place of another one.
bool TakeBesides(Turn& turn, const GivenSlot& given) {
  const Front front = FrontOf(turn);
  const auto filled = front.instance->slots.find(given.slot);
  if (filled == front.instance->slots.end()) {
    TakeValue(turn, given);
    return false;
  }
  const SlotSpec* spec = front.flow->FindSlot(given.slot);
  if (spec == nullptr || WriteUsed(*front.instance, *front.flow, given.slot) ||
      !WrongWith(*spec, given.value, *front.instance, turn).empty()) {
    return false;
  }
  const nlohmann::json previous = filled->second.value;
  turn.Emit(SlotSet{front.instance->instance, given.slot, given.value, given.type, given.surface,
                    "customer", true, previous});
  return true;
}

// The instance that holds the slot: in front, or else the nearest one waiting behind,
// which is brought to the front.
bool BringUpHolder(Turn& turn, const std::string& slot) {
  const auto& stack = turn.state().stack;
  for (auto at = stack.rbegin(); at != stack.rend(); ++at) {
    if (!at->slots.contains(slot)) continue;
    if (at == stack.rbegin()) return true;
    const int64_t instance = at->instance;
    turn.Emit(FlowSuspended{stack.back().instance});
    turn.Emit(FlowResumed{instance});
    return true;
  }
  return false;
}

}  // namespace

std::set<std::string> VoidDependents(Turn& turn, const std::set<std::string>& changed,
                                     const std::string& because) {
  std::set<std::string> all = changed, voided;
  Front front = FrontOf(turn);
  if (!front) return voided;
  const int64_t instance = front.instance->instance;
  for (std::set<std::string> round = Dependents(front, all); !round.empty();
       round = Dependents(FrontOf(turn), all)) {
    for (const std::string& name : round) {
      const bool result = FrontOf(turn).instance->results.contains(name);
      turn.Emit(Invalidated{instance, result ? "result" : "slot", name, because});
      voided.insert(name);
      all.insert(name);
    }
  }
  if (front.instance->confirmation || front.instance->confirmed) {
    const ConfirmationAsked& open =
        front.instance->confirmation ? *front.instance->confirmation : *front.instance->confirmed;
    turn.Emit(Invalidated{instance, "confirmation", open.step, because});
  }
  return voided;
}

std::string FirstDependentStep(const Front& front, const std::set<std::string>& names) {
  for (const std::string& id : front.instance->trace) {
    const Step* step = front.flow->FindStep(id);
    if (step != nullptr && DependsOn(*front.flow, *step, names)) return id;
  }
  return "";
}

PartedValues PartCorrections(const Turn& turn, const std::vector<GivenSlot>& values) {
  PartedValues parted;
  const Front front = FrontOf(turn);
  const bool begun = front.instance != nullptr && !front.instance->trace.empty();
  for (GivenSlot given : values) {
    const SlotSpec* spec = front.flow != nullptr ? front.flow->FindSlot(given.slot) : nullptr;
    if (begun && spec != nullptr && given.value.is_array()) {
      // Readings of a general name: settled by the list when that is read, else by what is held.
      const std::vector<SlotChoice> choices = ChoicesOf(*spec, *front.instance);
      const auto listed = AmongChoices({given.value.begin(), given.value.end()}, choices);
      if (listed.size() == 1) given.value = listed[0];
      if (listed.size() != 1 && (!choices.empty() || front.instance->slots.contains(given.slot))) continue;
    }
    bool corrects = false;
    if (begun) {
      const auto held = front.instance->slots.find(given.slot);
      corrects = held != front.instance->slots.end() && !held->second.value.is_null() &&
                 held->second.value != given.value;
    }
    (corrects ? parted.corrections : parted.fresh).push_back(given);
  }
  return parted;
}

void CorrectValue(Turn& turn, const CorrectSlot& command) {
  const GivenSlot& given = command.slot;
  if (!BringUpHolder(turn, given.slot)) {
    ContinueFlow all{command.more};
    all.slots.insert(all.slots.begin(), given);
    ContinueFront(turn, all);
    return;
  }
  Front front = FrontOf(turn);
  if (!front) return;
  const SlotSpec* spec = front.flow->FindSlot(given.slot);
  if (WriteUsed(*front.instance, *front.flow, given.slot)) {
    Speak(turn, "already_done");
    turn.asked_last = true;
    return;
  }
  if (spec != nullptr && !WrongWith(*spec, given.value, *front.instance, turn).empty()) {
    turn.Emit(SlotRefused{front.instance->instance, given.slot, "invalid"});
    Speak(turn, "slot_invalid");
    RunFlows(turn);
    return;
  }
  const nlohmann::json previous = front.instance->slots.at(given.slot).value;
  turn.Emit(SlotSet{front.instance->instance, given.slot, given.value, given.type, given.surface,
                    "customer", true, previous});
  std::set<std::string> changed = {given.slot};
  std::vector<std::string> shown = {Shown(turn, spec, given)};
  for (const GivenSlot& more : command.more) {
    if (!TakeBesides(turn, more)) continue;
    changed.insert(more.slot);
    shown.push_back(Shown(turn, front.flow->FindSlot(more.slot), more));
  }
  std::set<std::string> voided = VoidDependents(turn, changed, given.slot);
  front = FrontOf(turn);
  const std::string& language = turn.state().language;
  nlohmann::json holes = {{"slot", LabelOf(given.slot)},
                          {"value", Joined(std::move(shown), language)},
                          {"again", Named(voided, language)}};
  Speak(turn, voided.empty() ? "corrected" : "corrected_again", holes);
  voided.insert(changed.begin(), changed.end());
  if (std::string step = FirstDependentStep(front, voided); !step.empty()) {
    Enter(turn, step, absl::StrCat("rewind ", given.slot));
  }
  RunFlows(turn);
}

void StepBack(Turn& turn) {
  Front front = FrontOf(turn);
  if (!front || front.step == nullptr) {
    Speak(turn, "cannot_go_back");
    return;
  }
  // The last question before the one that is open now, with no write in between.
  const auto& trace = front.instance->trace;
  for (size_t i = trace.size(); i-- > 0;) {
    const Step* step = front.flow->FindStep(trace[i]);
    if (step == nullptr) break;
    if (auto* call = std::get_if<CallStep>(&step->action)) {
      const tools::ToolSpec* spec = turn.bundle.tools.Find(call->tool);
      if (spec != nullptr && spec->effect == tools::Effect::kWrite) break;
    }
    auto* collect = std::get_if<CollectStep>(&step->action);
    if (collect == nullptr || i + 1 == trace.size()) continue;
    auto filled = front.instance->slots.find(collect->slot);
    if (filled == front.instance->slots.end()) continue;
    const std::string slot = collect->slot, id = step->id;
    turn.Emit(Invalidated{front.instance->instance, "slot", slot, "back"});
    VoidDependents(turn, {slot}, "back");
    Speak(turn, "went_back");
    Enter(turn, id, "rewind back");
    RunFlows(turn);
    return;
  }
  Speak(turn, "cannot_go_back");
  RunFlows(turn);
}

void ResumeAfterHuman(Turn& turn) {
  for (const FlowInstance& instance : turn.state().stack) {
    std::vector<Invalidated> stale;
    for (const auto& [name, result] : instance.results) {
      stale.push_back({instance.instance, "result", name, "returned"});
    }
    if (instance.confirmation) {
      stale.push_back({instance.instance, "confirmation", instance.confirmation->step, "returned"});
    }
    for (const Invalidated& event : stale) turn.Emit(event);
  }
  Front front = FrontOf(turn);
  if (!front) return;
  if (front.instance->suspended) turn.Emit(FlowResumed{front.instance->instance});
  front = FrontOf(turn);
  std::set<std::string> names;
  for (const auto& [name, result] : front.instance->results) names.insert(name);
  Speak(turn, front.instance->trace.empty() ? "next_up" : "resumed",
        {{"flow", front.flow->label.In(turn.state().language)}});
  if (front.instance->trace.empty()) {
    Enter(turn, front.flow->steps.front().id, "start");
  } else if (std::string step = FirstDependentStep(front, names); !step.empty()) {
    Enter(turn, step, "rewind returned");
  }
  RunFlows(turn);
}

}  // namespace frontdesk::dialog
