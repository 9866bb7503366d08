// Which values of a message are meant for which slots of a flow.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "dialog/flows/scope.h"
#include "dialog/policy/moment.h"

namespace frontdesk::dialog {
namespace {

using understand::SlotValue;

// How often some words stand in the message.
size_t TimesSaid(const Moment& m, const std::string& words) {
  const std::string text = absl::AsciiStrToLower(m.text), wanted = absl::AsciiStrToLower(words);
  size_t times = 0;
  for (size_t at = text.find(wanted); !wanted.empty() && at != std::string::npos;
       at = text.find(wanted, at + wanted.size())) {
    ++times;
  }
  return times;
}

// "I ordered socks and a jacket, the jacket is torn": whether no other item is named for the slot, at
// least not in the clause that makes the wish.
bool NamedByWish(const Moment& m, const std::string& flow, const SlotValue& value) {
  size_t begin = 0, end = m.text.size();
  for (const understand::DetectedIntent& wish : m.meaning.detected) {
    const Intent* intent = m.bundle.FindIntent(wish.intent);
    const DoesFlow* does = intent != nullptr ? std::get_if<DoesFlow>(&intent->does) : nullptr;
    if (does != nullptr && does->flow == flow && wish.end > wish.begin) {
      begin = wish.begin;
      end = wish.end;
      break;
    }
  }
  const auto competes = [&](const SlotValue& other) {
    return other.slot == value.slot && other.flow == value.flow && other.value != value.value;
  };
  const auto inside = [&](const SlotValue& one) { return one.begin >= begin && one.end <= end; };
  const auto said_less = [&](const SlotValue& other) {
    return !competes(other) || TimesSaid(m, other.surface) < TimesSaid(m, value.surface);
  };
  const auto& all = m.meaning.slots;
  // What a message comes back to is what it is about; that includes to be named alone.
  if (std::all_of(all.begin(), all.end(), said_less)) return true;
  return inside(value) && std::none_of(all.begin(), all.end(), [&](const SlotValue& other) {
           return competes(other) && inside(other);
         });
}

// What a value means: itself, or of several readings the one that is in the list it is chosen from
// ("the jacket", and the order holds one). While that list is not read, all its readings.
std::optional<nlohmann::json> MeantBy(const Moment& m, const Flow& flow, const SlotValue& value) {
  if (value.alternatives.empty()) return value.value;
  const SlotSpec* spec = flow.FindSlot(value.slot);
  if (spec->choices_from.empty()) return std::nullopt;
  const bool here = m.front != nullptr && m.front->flow == flow.name;
  std::vector<nlohmann::json> readings = {value.value};
  readings.insert(readings.end(), value.alternatives.begin(), value.alternatives.end());
  const std::vector<SlotChoice> choices = here ? ChoicesOf(*spec, *m.front) : std::vector<SlotChoice>();
  // What may be left open is asked for without a word that the wish itself was made of.
  if (choices.empty()) return spec->optional ? std::nullopt : std::optional<nlohmann::json>(readings);
  std::vector<nlohmann::json> listed = AmongChoices(readings, choices);
  return listed.size() == 1 ? std::optional(listed[0]) : std::nullopt;
}

bool IsGivenFor(const std::vector<GivenSlot>& given, std::string_view slot) {
  return std::any_of(given.begin(), given.end(),
                     [&](const GivenSlot& one) { return one.slot == slot; });
}

// "Looking for a tent": of two choices read for a slot the surer one is meant, the first of equals.
bool IsOutdone(const Moment& m, const SlotValue& value) {
  return value.type == understand::slot_type::kChoice &&
         std::any_of(m.meaning.slots.begin(), m.meaning.slots.end(), [&](const SlotValue& other) {
           return other.slot == value.slot && other.flow == value.flow && other.p > value.p;
         });
}

// Whether understanding looked for the values of the flow: the one in front, and those wished for.
bool WasRead(const Moment& m, const std::string& flow) {
  if (m.front != nullptr && m.front->flow == flow) return true;
  return std::any_of(m.meaning.detected.begin(), m.meaning.detected.end(),
                     [&](const understand::DetectedIntent& wish) {
                       const Intent* intent = m.bundle.FindIntent(wish.intent);
                       const DoesFlow* does = intent != nullptr ? std::get_if<DoesFlow>(&intent->does) : nullptr;
                       return does != nullptr && does->flow == flow;
                     });
}

}  // namespace

bool IsOtherThan(const GivenSlot& given, const nlohmann::json& held) {
  if (!given.value.is_array() || held.is_array()) return given.value != held;
  return std::find(given.value.begin(), given.value.end(), held) == given.value.end();
}

std::vector<GivenSlot> GivenFor(const Moment& m, const std::string& flow) {
  std::vector<GivenSlot> given;
  const Flow* to = m.bundle.FindFlow(flow);
  for (const SlotValue& value : m.meaning.slots) {
    if (value.flow != flow && !value.flow.empty()) continue;
    const SlotSpec* slot = to != nullptr ? to->FindSlot(value.slot) : nullptr;
    if (slot == nullptr) continue;
    const std::optional<nlohmann::json> meant = MeantBy(m, *to, value);
    if (!meant) continue;
    // Of several orders the first named is meant; of several items the one that the wish names, or
    // none: the flow asks.
    if (IsGivenFor(given, value.slot) || IsOutdone(m, value)) continue;
    if (slot->type == SlotType::kProduct && !NamedByWish(m, flow, value)) continue;
    // Free text is taken only where it was asked for, and what the bundle says of.
    const bool asked = m.front != nullptr && m.front->flow == flow && m.front->asked == value.slot;
    if (slot->type == SlotType::kText) continue;
    if (slot->only_asked && !asked) continue;
    if (value.p < m.at().slot) continue;
    given.push_back({value.slot, value.type, *meant, value.surface});
  }
  if (to == nullptr) return given;
  // Order number and address help every flow that needs them, whatever it calls them.
  for (const SlotValue& mention : m.meaning.mentions) {
    for (const SlotSpec& slot : to->slots) {
      // What understanding has read for its flow is settled above.
      const bool product = slot.type == SlotType::kProduct && !slot.only_asked && !WasRead(m, flow) &&
                           mention.p >= m.at().slot;
      const bool wanted =
          slot.type == SlotType::kOrderNumber || slot.type == SlotType::kEmail || product;
      if (!wanted || NameOf(slot.type) != mention.type) continue;
      const bool there = IsGivenFor(given, slot.name);
      bool taken_back = std::any_of(m.meaning.rejected.begin(), m.meaning.rejected.end(),
                                    [&](const SlotValue& r) { return r.value == mention.value; });
      if (there || taken_back) continue;
      understand::SlotValue value = mention;
      value.slot = slot.name;
      const std::optional<nlohmann::json> meant = product ? MeantBy(m, *to, value) : mention.value;
      if (meant) given.push_back({slot.name, mention.type, *meant, mention.surface});
    }
    if (mention.type == "email" && to->FindSlot(kEmailSlot) == nullptr &&
        !IsGivenFor(given, kEmailSlot)) {
      given.push_back({kEmailSlot, "email", mention.value, mention.surface});
    }
  }
  return given;
}

}  // namespace frontdesk::dialog
