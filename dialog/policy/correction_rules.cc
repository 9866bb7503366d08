// Rules for another value than the one that is held: while a flow runs, and right after it ended.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "dialog/policy/moment.h"

namespace frontdesk::dialog {
namespace {

namespace cue = understand::cue;
using understand::SlotValue;

bool IsGiven(const std::vector<GivenSlot>& given, std::string_view slot) {
  return std::any_of(given.begin(), given.end(),
                     [&](const GivenSlot& one) { return one.slot == slot; });
}

// Whether a value could be meant for the open question: one of its type, and of its choices.
bool MayAnswer(const SlotSpec& open, const GivenSlot& given) {
  if (NameOf(open.type) != given.type) return false;
  if (open.choices.empty()) return true;
  return std::any_of(open.choices.begin(), open.choices.end(),
                     [&](const SlotChoice& choice) { return given.value == nlohmann::json(choice.canonical); });
}

// "12" "What is the budget?" "Sorry, I meant 14": a bare number said in correction goes to the number
// given last, not to the amount that is asked.
std::optional<GivenSlot> LastNumberCorrected(const Moment& m) {
  const SlotSpec* open = m.AskedSlot();
  if (open == nullptr || open->type != SlotType::kAmount || !m.Cue(cue::kCorrection)) {
    return std::nullopt;
  }
  const SlotState* last = nullptr;
  std::string name;
  for (const auto& [slot, state] : m.front->slots) {
    if (last == nullptr || state.turn > last->turn) last = &state, name = slot;
  }
  if (last == nullptr || last->type != NameOf(SlotType::kQuantity)) return std::nullopt;
  for (const SlotValue& value : m.meaning.slots) {
    int64_t number = 0;
    if (value.slot != m.front->asked || !absl::SimpleAtoi(value.surface, &number)) continue;
    if (last->value == number) return std::nullopt;
    return GivenSlot{name, last->type, number, value.surface};
  }
  return std::nullopt;
}

// What the customer took back in so many words; a new value alone takes nothing back.
bool TookBack(const Moment& m) {
  return std::any_of(m.meaning.rejected.begin(), m.meaning.rejected.end(),
                     [](const SlotValue& rejected) { return !rejected.surface.empty(); });
}

}  // namespace

std::optional<Decision> CorrectionRule(const Moment& m) {
  if (m.front == nullptr || m.flow == nullptr) return std::nullopt;
  const bool took_back = TookBack(m);
  const SlotSpec* open = m.AskedSlot();
  const bool own_words = open != nullptr && (open->type == SlotType::kText ||
                                             open->type == SlotType::kName);
  const bool corrects = m.Cue(cue::kCorrection) || took_back ||
                        (!own_words && m.meaning.affirmation && !*m.meaning.affirmation);
  // An answer in the customer's own words may hold anything: it corrects only where it says so.
  if (own_words && !corrects) return std::nullopt;
  if (std::optional<GivenSlot> number = LastNumberCorrected(m)) {
    const std::string because = absl::StrCat(number->slot, " was given as another number");
    return Just(CorrectSlot{*std::move(number), {}}, "slot.correct", because);
  }
  std::optional<CorrectSlot> correction;
  std::vector<GivenSlot> besides;
  for (const GivenSlot& given : GivenFor(m, m.front->flow)) {
    auto filled = m.front->slots.find(given.slot);
    const bool asked = m.front->asked == given.slot;  // it was asked, perhaps again
    if (asked || filled == m.front->slots.end()) {
      besides.push_back(given);
      continue;
    }
    if (!IsOtherThan(given, filled->second.value)) continue;
    // Without a word of correction only a value that can mean nothing else counts:
    // while another slot of the same type is asked, the value is for that one.
    if (!corrects && open != nullptr && MayAnswer(*open, given)) continue;
    // "And where is 47102?" asks about another order, it corrects nothing. "Pause then" to a
    // question whether to end it is another choice of this flow.
    const bool chooses = m.Confirming() && given.type == NameOf(SlotType::kChoice);
    if (!corrects && !chooses && Digression(m) != nullptr) continue;
    if (correction) {
      correction->more.push_back(given);
    } else {
      correction = CorrectSlot{given, {}};
    }
  }
  if (!correction) return std::nullopt;
  const std::string because = absl::StrCat(correction->slot.slot, " had another value");
  correction->more.insert(correction->more.end(), besides.begin(), besides.end());
  Decision decision = Just(*std::move(correction), "slot.correct", because);
  decision[0].reason.scores = {{"correction_cue", corrects ? 1 : 0}};
  return decision;
}

std::optional<Decision> AfterthoughtRule(const Moment& m) {
  const FinishedFlow* done = m.state.JustFinished();
  if (done == nullptr || done->outcome == "cancelled" || m.bundle.FindFlow(done->flow) == nullptr) {
    return std::nullopt;
  }
  const bool took_back = TookBack(m);
  const bool corrects = m.Cue(cue::kCorrection) || took_back;
  // A sure wish for something else goes its own way.
  for (const understand::DetectedIntent& wish : m.meaning.detected) {
    const Intent* intent = m.bundle.FindIntent(wish.intent);
    if (intent == nullptr || wish.p < m.at().answer || wish.out_of_scope_p >= m.at().out_of_scope) {
      continue;
    }
    const DoesFlow* flow = std::get_if<DoesFlow>(&intent->does);
    const bool talk = std::holds_alternative<DoesSay>(intent->does);
    if (flow != nullptr ? flow->flow != done->flow : !talk) return std::nullopt;
  }
  const std::vector<GivenSlot> given = GivenFor(m, done->flow);
  const bool other = std::any_of(given.begin(), given.end(), [&](const GivenSlot& one) {
    const auto filled = done->slots.find(one.slot);
    return filled != done->slots.end() && IsOtherThan(one, filled->second.value);
  });
  // "And when will it be sunny?": a value that was not given before refines what came out.
  const bool refines = std::any_of(given.begin(), given.end(), [&](const GivenSlot& one) {
    return !done->slots.contains(one.slot);
  });
  const bool takes_leave = m.Cue(cue::kThanks) || m.Cue(cue::kBye);
  if (done->wrote) {
    const bool leaves = takes_leave || m.Cue(cue::kQuestion);
    if (!corrects || (leaves && !other && !took_back)) return std::nullopt;
    return Just(SayReply{"already_done"}, "slot.too_late",
                "a correction of something that is done");
  }
  if (!other && !refines) return std::nullopt;
  // "Thanks, Tuesday it is then. Bye!" names a value and wants nothing more.
  if (takes_leave && !corrects && !m.Cue(cue::kQuestion)) return std::nullopt;
  // What held for the value given before is asked or found anew.
  const auto depends_on_new = [&](const std::string& name) {
    const SlotSpec* spec = m.bundle.FindFlow(done->flow)->FindSlot(name);
    return spec != nullptr &&
           std::any_of(spec->depends_on.begin(), spec->depends_on.end(),
                       [&](const std::string& on) { return IsGiven(given, on); });
  };
  std::vector<GivenSlot> all = given;
  for (const auto& [name, slot] : done->slots) {
    if (IsGiven(given, name) || slot.value.is_null() || depends_on_new(name)) continue;
    all.push_back({name, slot.type, slot.value, slot.surface});
  }
  return Just(StartFlow{done->flow, "", std::move(all)}, "slot.again",
              "another value for what has just ended without a change");
}

}  // namespace frontdesk::dialog
