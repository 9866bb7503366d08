#include "dialog/understand/slots/slot_reader.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dialog/understand/cues.h"
#include "dialog/understand/slots/choice_dictionary.h"
#include "dialog/understand/slots/mention.h"
#include "re2/re2.h"

namespace frontdesk::understand {

namespace {

constexpr std::string_view kAnyOrderNumber = "[A-Z]{0,4}[0-9]{3,20}[A-Z]{0,2}";
constexpr size_t kLongestPlainAnswer = 8;  // tokens

constexpr std::string_view kTypes[] = {
    slot_type::kOrderNumber, slot_type::kEmail,  slot_type::kPhone,   slot_type::kDate,
    slot_type::kAmount,      slot_type::kQuantity, slot_type::kChoice, slot_type::kProduct,
    slot_type::kBoolean,     slot_type::kName,   slot_type::kPostcode, slot_type::kText};

bool HasChoices(const SlotRequest& slot) {
  return slot.type == slot_type::kChoice || slot.type == slot_type::kProduct;
}

absl::Status CheckSlot(const SlotRequest& slot) {
  const std::string place = absl::StrCat("Slot \"", slot.name, "\" of flow \"", slot.flow, "\"");
  if (std::find(std::begin(kTypes), std::end(kTypes), slot.type) == std::end(kTypes)) {
    return absl::InvalidArgumentError(absl::StrCat(place, " has the unknown type \"", slot.type,
                                                   "\"; see docs/understanding.md for the types."));
  }
  if (slot.name.empty()) return absl::InvalidArgumentError(absl::StrCat(place, " has no name."));
  if (!slot.pattern.empty() && !RE2(slot.pattern, RE2::Quiet).ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        place, " has a pattern that is no RE2 regular expression: ", slot.pattern, "."));
  }
  return absl::OkStatus();
}

SlotValue ToSlotValue(const Message& m, const Mention& mention) {
  SlotValue value;
  value.slot = mention.type;
  value.type = mention.type;
  value.value = mention.value;
  value.p = mention.p;
  value.alternatives = mention.alternatives;
  if (mention.first < mention.last) {
    value.begin = m.tokens[mention.first].begin;
    value.end = m.tokens[mention.last - 1].end;
    value.surface = std::string(m.Surface(mention.first, mention.last));
  }
  return value;
}

// An open date ("Monday", "the 3rd") is read on the side of today that the slot allows.
void FitDate(const UtteranceInput& input, const SlotRequest& slot, const nlohmann::json& swung,
             SlotValue* value) {
  if (!slot.from_day && !slot.to_day) return;
  const auto allowed = [&](const nlohmann::json& iso) {
    absl::CivilDay day;
    if (!iso.is_string() || !absl::ParseCivilTime(iso.get<std::string>(), &day)) return false;
    const int64_t ahead = day - input.today;
    return (!slot.from_day || ahead >= *slot.from_day) && (!slot.to_day || ahead <= *slot.to_day);
  };
  std::vector<nlohmann::json>& others = value->alternatives;
  std::erase_if(others, [&](const nlohmann::json& other) { return !allowed(other); });
  if (allowed(value->value)) return;
  if (!others.empty()) {
    value->value = others.front();
    others.erase(others.begin());
  } else if (allowed(swung)) {
    value->value = swung;
  }
}

// Whether the slot got another value in this message already.
bool Given(const std::vector<SlotValue>& slots, const SlotRequest& slot, const SlotValue& value) {
  return std::any_of(slots.begin(), slots.end(), [&](const SlotValue& given) {
    return given.slot == slot.name && given.flow == slot.flow && given.value != value.value;
  });
}

bool Holds(const UtteranceInput& input, const SlotRequest& slot) {
  return slot.flow == input.flow &&
         std::any_of(input.filled.begin(), input.filled.end(),
                     [&](const FilledSlot& filled) { return filled.name == slot.name; });
}

// Whether the message brings the items that this slot is chosen from: then its names in general
// are not looked for.
bool ListedNow(const UtteranceInput& input, const SlotRequest& slot) {
  return std::any_of(input.extra_slots.begin(), input.extra_slots.end(),
                     [&](const SlotRequest& listed) {
                       return listed.flow == slot.flow && listed.name == slot.name;
                     });
}

// A new value for a slot that holds another takes the old one back; nothing was said of it, so it
// has no place in the message.
void TakeBackFilled(const UtteranceInput& input, const SlotValue& now,
                    std::vector<SlotValue>* rejected) {
  for (const FilledSlot& filled : input.filled) {
    if (filled.name != now.slot || filled.value == now.value) continue;
    SlotValue old = now;
    old.value = filled.value;
    old.surface.clear();
    old.begin = old.end = 0;
    old.alternatives.clear();
    rejected->push_back(std::move(old));
  }
}

}  // namespace

struct SlotReader::Parts {
  std::vector<SlotRequest> slots;
  ChoiceDictionary dictionary;

  // Declared slots and those of this message alone, in one numbering.
  std::vector<const SlotRequest*> All(const UtteranceInput& input) const;
  Reading Start(const Message& message, const UtteranceInput& input,
                const std::vector<const SlotRequest*>& all) const;
  void FindChoices(Reading* r, const std::vector<const SlotRequest*>& all,
                   const std::set<std::string>& flows) const;
  void FindAll(Reading* r, const std::vector<const SlotRequest*>& all,
               const std::set<std::string>& flows) const;
};

absl::StatusOr<SlotReader> SlotReader::Create(std::vector<SlotRequest> slots) {
  for (const SlotRequest& slot : slots) {
    if (absl::Status s = CheckSlot(slot); !s.ok()) return s;
  }
  auto parts = std::make_unique<Parts>();
  parts->slots = std::move(slots);
  for (size_t i = 0; i < parts->slots.size(); ++i) {
    const SlotRequest& slot = parts->slots[i];
    if (HasChoices(slot)) {
      parts->dictionary.Add(i, slot.choices, slot.type == slot_type::kProduct);
    }
  }
  parts->dictionary.Build();
  return SlotReader(std::move(parts));
}

std::vector<const SlotRequest*> SlotReader::Parts::All(const UtteranceInput& input) const {
  std::vector<const SlotRequest*> all;
  for (const SlotRequest& slot : slots) all.push_back(&slot);
  for (const SlotRequest& slot : input.extra_slots) all.push_back(&slot);
  return all;
}

Reading SlotReader::Parts::Start(const Message& message, const UtteranceInput& input,
                                 const std::vector<const SlotRequest*>& all) const {
  Reading r{message, input, Phrasebook::Get(), {}, {}, {}, false, std::vector<bool>(message.size()), {}};
  const bool corrects = input.asked == "confirm" && (r.book.no.Match(message, 0) > 0 ||
                                                     r.book.correction.In(message));
  for (const SlotRequest* slot : all) {
    const bool in_flow = slot->flow == input.flow || slot->flow.empty();
    if (in_flow && slot->name == input.asked) r.asked_type = slot->type;
    r.corrects_quantity |= corrects && slot->type == slot_type::kQuantity && Holds(input, *slot);
  }
  for (const SlotRequest* slot : all) {
    if (slot->type != slot_type::kOrderNumber) continue;
    for (const absl::string_view word : absl::StrSplit(slot->name, '_')) {
      r.order_names.emplace_back(word);
    }
    if (slot->pattern.empty()) continue;
    const bool asked = slot->flow == input.flow && slot->name == input.asked;
    if (r.order_pattern.empty() || asked) r.order_pattern = slot->pattern;
  }
  if (r.order_pattern.empty()) r.order_pattern = std::string(kAnyOrderNumber);
  return r;
}

void SlotReader::Parts::FindChoices(Reading* r, const std::vector<const SlotRequest*>& all,
                                    const std::set<std::string>& flows) const {
  std::vector<size_t> requests, by_parts, by_heads;
  ChoiceDictionary extra;
  for (size_t i = 0; i < all.size(); ++i) {
    const SlotRequest& slot = *all[i];
    if (!HasChoices(slot) || !flows.contains(slot.flow)) continue;
    const bool listed = i >= slots.size();  // its items are known only now
    if (!listed && ListedNow(r->input, slot)) continue;
    requests.push_back(i);
    const bool asked = slot.name == r->input.asked && slot.flow == r->input.flow;
    if (listed) extra.Add(i, slot.choices, true);
    // "No, the jacket" to a confirmation corrects like "I meant the jacket".
    const bool corrects = r->book.correction.In(r->message) ||
                          (r->input.asked == "confirm" && r->book.no.Match(r->message, 0) > 0);
    if (asked ? listed || slot.type == slot_type::kProduct : listed && corrects) {
      by_parts.push_back(i);
    } else if (!listed && slot.type == slot_type::kProduct) {
      by_heads.push_back(i);
    }
  }
  if (requests.empty()) return;
  extra.Build();
  const std::vector<bool> taken = r->taken;
  std::vector<ChoiceDictionary::Found> found =
      dictionary.Find(r->message, taken, requests, by_parts, by_heads);
  for (const auto& more : extra.Find(r->message, taken, requests, by_parts, {})) found.push_back(more);
  for (const ChoiceDictionary::Found& f : found) {
    // The same product in the slots of two flows is one mention.
    const auto same = std::find_if(r->mentions.begin(), r->mentions.end(), [&](const Mention& m) {
      return !m.requests.empty() && m.first == f.first && m.last == f.last &&
             m.type == all[f.request]->type && m.value == f.canonical &&
             m.alternatives.empty() == f.others.empty();
    });
    if (same != r->mentions.end()) {
      same->requests.push_back(f.request);
      continue;
    }
    r->Add(all[f.request]->type, f.canonical, f.first, f.last);
    Mention& mention = r->mentions.back();
    mention.requests = {f.request};
    mention.p = f.quality * (kCertain / 1000);
    for (const std::string& other : f.others) mention.alternatives.push_back(other);
  }
}

void SlotReader::Parts::FindAll(Reading* r, const std::vector<const SlotRequest*>& all,
                                const std::set<std::string>& flows) const {
  FindContacts(r);
  // "Within three months" is the choice that was offered, before it is a date.
  const bool choice_asked = r->Asked(slot_type::kChoice) || r->Asked(slot_type::kProduct);
  if (choice_asked) FindChoices(r, all, flows);
  FindAskedPostcode(r);
  FindDates(r);
  FindPhones(r);
  FindOtherNumbers(r);
  FindAmounts(r);
  if (!choice_asked) FindChoices(r, all, flows);
  FindQuantities(r);
  FindPointers(r);
  FindOrderNumbers(r);
  FindAskedWords(r);
  ResolveCorrections(r);
}

Extraction SlotReader::Read(const Message& message, const UtteranceInput& input,
                            std::span<const std::string> flows) const {
  const std::vector<const SlotRequest*> all = parts_->All(input);
  Reading r = parts_->Start(message, input, all);
  std::set<std::string> active = {input.flow};
  active.insert(flows.begin(), flows.end());
  parts_->FindAll(&r, all, active);

  Extraction out;
  if (r.asked_type == slot_type::kBoolean) {
    if (const auto yes = FindAffirmation(message, true)) {
      Mention mention;
      mention.type = slot_type::kBoolean;
      mention.value = *yes;
      mention.last = message.size();
      r.mentions.push_back(std::move(mention));
    }
  }
  std::vector<std::string> ordered = {input.flow};
  for (const std::string& flow : flows) {
    if (std::find(ordered.begin(), ordered.end(), flow) == ordered.end()) ordered.push_back(flow);
  }
  for (const Mention& mention : r.mentions) {
    const SlotValue value = ToSlotValue(message, mention);
    std::vector<SlotValue> assigned;
    for (const std::string& flow : ordered) {
      std::vector<const SlotRequest*> takers;  // slots the value may be for, the asked one first
      for (size_t i = 0; i < all.size(); ++i) {
        if (all[i]->flow != flow || all[i]->type != mention.type) continue;
        if (i < parts_->slots.size() && ListedNow(input, *all[i])) continue;
        if (HasChoices(*all[i]) &&
            std::find(mention.requests.begin(), mention.requests.end(), i) ==
                mention.requests.end() &&
            !(mention.requests.empty() && all[i]->name == input.asked)) {
          continue;
        }
        const bool asked = flow == input.flow && all[i]->name == input.asked;
        const bool words = mention.type == slot_type::kText || mention.type == slot_type::kName;
        if (words && !asked && !value.surface.starts_with("<")) continue;
        takers.insert(asked ? takers.begin() : takers.end(), all[i]);
      }
      const SlotRequest* slot = takers.empty() ? nullptr : takers.front();
      // "3 May until 9 May": a second value is for the next open slot of its type.
      for (size_t t = 1; t < takers.size() && Given(out.slots, *slot, value); ++t) {
        if (!Holds(input, *takers[t])) slot = takers[t];
      }
      if (slot == nullptr) continue;
      assigned.push_back(value);
      assigned.back().slot = slot->name;
      assigned.back().flow = flow;
      if (slot->type == slot_type::kDate) FitDate(input, *slot, mention.swung, &assigned.back());
      if (!mention.rejected && flow == input.flow) {
        TakeBackFilled(input, assigned.back(), &out.rejected);
      }
    }
    if (mention.rejected) {
      if (assigned.empty()) assigned.push_back(value);
      out.rejected.insert(out.rejected.end(), assigned.begin(), assigned.end());
      continue;
    }
    out.mentions.push_back(value);
    out.slots.insert(out.slots.end(), assigned.begin(), assigned.end());
  }
  return out;
}

bool SlotReader::AnswersAsked(const Message& message, const UtteranceInput& input) const {
  if (input.asked.empty() || message.tokens.empty() || message.size() > kLongestPlainAnswer) {
    return false;
  }
  const std::vector<const SlotRequest*> all = parts_->All(input);
  Reading r = parts_->Start(message, input, all);
  const Phrasebook& book = r.book;
  if (input.asked == "confirm" || r.asked_type == slot_type::kBoolean) {
    return IsPlainAnswer(message);
  }
  const bool by_pattern = !r.asked_type.empty() && r.asked_type != slot_type::kText &&
                          r.asked_type != slot_type::kName;
  if (!by_pattern) return false;
  parts_->FindAll(&r, all, {input.flow});
  const bool answered = std::any_of(
      r.mentions.begin(), r.mentions.end(),
      [&](const Mention& m) { return m.type == r.asked_type && !m.rejected; });
  for (size_t i = 0; i < message.size(); ++i) {
    if (r.taken[i] || message.tokens[i].kind == MessageToken::kMark) continue;
    if (book.light_words.Match(message, i) == 0 && book.fillers.Match(message, i) == 0) return false;
  }
  return answered;
}

const std::vector<SlotRequest>& SlotReader::slots() const { return parts_->slots; }

SlotReader::SlotReader(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
SlotReader::SlotReader(SlotReader&&) noexcept = default;
SlotReader& SlotReader::operator=(SlotReader&&) noexcept = default;
SlotReader::~SlotReader() = default;

}  // namespace frontdesk::understand
