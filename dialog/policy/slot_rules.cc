// Rules for the question that is open: its value, a correction, yes or no.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialog/policy/moment.h"

namespace frontdesk::dialog {
namespace {

namespace cue = understand::cue;
using understand::SlotValue;

constexpr size_t kMostReadings = 5;  // a question that names more is no help

// A wish for something else than what is going on, surer than `threshold`.
const understand::DetectedIntent* Digression(const Moment& m) {
  for (const understand::DetectedIntent& wish : m.meaning.detected) {
    const Intent* intent = m.bundle.FindIntent(wish.intent);
    if (intent == nullptr || wish.p < m.at().digression) continue;
    auto* flow = std::get_if<DoesFlow>(&intent->does);
    if (flow != nullptr && m.front != nullptr && flow->flow == m.front->flow) continue;
    if (std::holds_alternative<DoesSay>(intent->does)) continue;
    return &wish;
  }
  return nullptr;
}

// The value given for the slot that was asked, if the message holds one.
std::optional<GivenSlot> AskedValue(const Moment& m) {
  const std::string& asked = m.front->asked;
  const SlotSpec* spec = m.AskedSlot();
  for (const SlotValue& value : m.meaning.slots) {
    if (value.slot == asked && (value.flow.empty() || value.flow == m.front->flow)) {
      return GivenSlot{asked, value.type, value.value, value.surface};
    }
  }
  // The address that verifies an order needs no slot of the flow.
  const std::string_view type = spec != nullptr       ? NameOf(spec->type)
                                : asked == kEmailSlot ? "email"
                                                      : "";
  for (const SlotValue& value : m.meaning.mentions) {
    if (value.type == type) return GivenSlot{asked, value.type, value.value, value.surface};
  }
  if (spec != nullptr && spec->type == SlotType::kBoolean && m.meaning.affirmation) {
    return GivenSlot{asked, "boolean", *m.meaning.affirmation, m.text};
  }
  // Free text is whatever is said, unless it is clearly something else.
  // An answer in the customer's own words often looks like a wish ("it no longer charges"),
  // so that only a question counts as something else here.
  const bool asks = m.Cue(cue::kQuestion) && Digression(m) != nullptr;
  const bool unknown = m.Cue(cue::kDontKnow) && m.text.size() < 40;
  const bool declined = spec != nullptr && spec->optional && m.text.size() < 20 &&
                        m.meaning.affirmation && !*m.meaning.affirmation;
  if (spec != nullptr && (spec->type == SlotType::kText || spec->type == SlotType::kName) &&
      !asks && !unknown && !declined) {
    return GivenSlot{asked, std::string(NameOf(spec->type)), m.text, m.text};
  }
  return std::nullopt;
}

// Values between which the customer has to choose: readings of one, or several given at once.
std::vector<nlohmann::json> Readings(const Moment& m) {
  std::vector<nlohmann::json> readings;
  const auto add = [&](const nlohmann::json& value) {
    if (std::find(readings.begin(), readings.end(), value) == readings.end())
      readings.push_back(value);
  };
  const SlotSpec* spec = m.AskedSlot();
  const bool words = spec != nullptr && (spec->type == SlotType::kText ||
                                         spec->type == SlotType::kName);
  for (const SlotValue& value : m.meaning.slots) {
    if (value.slot != m.front->asked || words) continue;
    if (!value.flow.empty() && value.flow != m.front->flow) continue;
    add(value.value);
    for (const nlohmann::json& other : value.alternatives) add(other);
  }
  if (readings.size() < 2 || readings.size() > kMostReadings) readings.clear();
  return readings;
}

}  // namespace

std::vector<GivenSlot> GivenFor(const Moment& m, const std::string& flow) {
  std::vector<GivenSlot> given;
  const Flow* to = m.bundle.FindFlow(flow);
  for (const SlotValue& value : m.meaning.slots) {
    if (value.flow != flow && !value.flow.empty()) continue;
    if (to == nullptr || to->FindSlot(value.slot) == nullptr || !value.alternatives.empty())
      continue;
    // Free text is taken only where it was asked for.
    if (to->FindSlot(value.slot)->type == SlotType::kText) continue;
    if (value.p < m.at().slot) continue;
    given.push_back({value.slot, value.type, value.value, value.surface});
  }
  if (to == nullptr) return given;
  // Order number and address help every flow that needs them, whatever it calls them.
  for (const SlotValue& mention : m.meaning.mentions) {
    for (const SlotSpec& slot : to->slots) {
      const bool wanted = slot.type == SlotType::kOrderNumber || slot.type == SlotType::kEmail;
      if (!wanted || NameOf(slot.type) != mention.type) continue;
      bool there = std::any_of(given.begin(), given.end(),
                               [&](const GivenSlot& g) { return g.slot == slot.name; });
      bool taken_back = std::any_of(m.meaning.rejected.begin(), m.meaning.rejected.end(),
                                    [&](const SlotValue& r) { return r.value == mention.value; });
      if (!there && !taken_back)
        given.push_back({slot.name, mention.type, mention.value, mention.surface});
    }
    if (mention.type == "email" && to->FindSlot(kEmailSlot) == nullptr &&
        std::none_of(given.begin(), given.end(),
                     [](const GivenSlot& g) { return g.slot == kEmailSlot; })) {
      given.push_back({kEmailSlot, "email", mention.value, mention.surface});
    }
  }
  return given;
}

std::optional<Decision> CorrectionRule(const Moment& m) {
  if (m.front == nullptr || m.flow == nullptr) return std::nullopt;
  // What the customer took back in so many words; a new value alone takes nothing back.
  const bool took_back =
      std::any_of(m.meaning.rejected.begin(), m.meaning.rejected.end(),
                  [](const SlotValue& rejected) { return !rejected.surface.empty(); });
  const SlotSpec* open = m.AskedSlot();
  const bool own_words = open != nullptr && (open->type == SlotType::kText ||
                                             open->type == SlotType::kName);
  const bool corrects = m.Cue(cue::kCorrection) || took_back ||
                        (!own_words && m.meaning.affirmation && !*m.meaning.affirmation);
  // An answer in the customer's own words may hold anything: it corrects only where it says so.
  if (own_words && !corrects) return std::nullopt;
  for (const GivenSlot& given : GivenFor(m, m.front->flow)) {
    auto filled = m.front->slots.find(given.slot);
    if (filled == m.front->slots.end() || filled->second.value == given.value) continue;
    if (m.front->asked == given.slot) continue;  // it was asked again
    // Without a word of correction only a value that can mean nothing else counts:
    // while another slot of the same type is asked, the value is for that one.
    if (!corrects && open != nullptr && NameOf(open->type) == given.type) continue;
    // "And where is 47102?" asks about another order, it corrects nothing. "Pause then" to a
    // question whether to end it is another choice of this flow.
    const bool chooses = m.Confirming() && given.type == NameOf(SlotType::kChoice);
    if (!corrects && !chooses && Digression(m) != nullptr) continue;
    Decision decision =
        Just(CorrectSlot{given}, "slot.correct", absl::StrCat(given.slot, " had another value"));
    decision[0].reason.scores = {{"correction_cue", corrects ? 1 : 0}};
    return decision;
  }
  return std::nullopt;
}

std::optional<Decision> ConfirmationRule(const Moment& m) {
  if (!m.Confirming() || !m.meaning.affirmation) return std::nullopt;
  // "Yes, and what is the deadline?": the wish is carried out after the answer.
  Decision decision =
      Just(AnswerConfirmation{*m.meaning.affirmation}, "confirm.answer",
           *m.meaning.affirmation ? "the customer said yes" : "the customer said no");
  if (const understand::DetectedIntent* wish = Digression(m)) {
    const Intent& intent = *m.bundle.FindIntent(wish->intent);
    std::string part = m.text.substr(wish->begin, wish->end - wish->begin);
    for (ReasonedCommand& command : CommandsFor(m, intent, part,
                                                {"intent.besides",
                                                 "also asked",
                                                 {{"digression", m.at().digression}},
                                                 {{intent.name, wish->p}}})) {
      decision.push_back(std::move(command));
    }
  }
  return decision;
}

std::optional<Decision> AskedSlotRule(const Moment& m) {
  if (!m.Asked()) return std::nullopt;
  if (std::vector<nlohmann::json> options = Readings(m); !options.empty()) {
    return Just(AskAgain{"ambiguous", std::move(options)}, "slot.ambiguous",
                "the value has several readings");
  }
  const SlotSpec* spec = m.AskedSlot();
  std::optional<GivenSlot> value = AskedValue(m);
  if (!value && spec != nullptr && spec->optional &&
      (m.Cue(cue::kDontKnow) || (m.meaning.affirmation && !*m.meaning.affirmation))) {
    return Just(SkipSlot{}, "slot.skip", "the customer leaves it open");
  }
  std::vector<GivenSlot> given = GivenFor(m, m.front->flow);
  std::erase_if(given, [&](const GivenSlot& g) {
    return (value && g.slot == value->slot) || m.front->slots.contains(g.slot);
  });
  if (!value) {
    // Other slots of this flow, given in another order than asked, are welcome.
    if (given.empty() || Digression(m) != nullptr) return std::nullopt;
    return Just(ContinueFlow{std::move(given)}, "slot.other",
                "a value for another slot of the flow");
  }
  given.insert(given.begin(), *value);
  Decision decision =
      Just(ContinueFlow{std::move(given)}, "slot.given", absl::StrCat("a value for ", value->slot));
  // "48213, and what does express cost?": the other part is a wish of its own.
  const understand::DetectedIntent* wish = m.meaning.detected.size() > 1 ? Digression(m) : nullptr;
  const size_t at = m.text.find(value->surface);
  if (wish != nullptr && value->surface != m.text && (at < wish->begin || at >= wish->end)) {
    const Intent& intent = *m.bundle.FindIntent(wish->intent);
    std::string part = m.text.substr(wish->begin, wish->end - wish->begin);
    Decision besides = CommandsFor(m, intent, part,
                                   {"intent.besides",
                                    "also asked",
                                    {{"digression", m.at().digression}},
                                    {{intent.name, wish->p}}});
    decision.push_back(std::move(besides[0]));
  }
  return decision;
}

std::optional<Decision> OpenQuestionRule(const Moment& m) {
  const bool open = m.Asked() || m.Confirming();
  if (!open) return std::nullopt;
  if (m.Cue(cue::kQuestion) && m.text.size() > 12) {
    Decision decision =
        Just(AnswerQuestion{m.text, ""}, "question.back", "a question came instead of an answer");
    decision[0].reason.scores = {{"best", m.BestP()}};
    return decision;
  }
  return Just(AskAgain{m.Cue(cue::kDontKnow) ? "dont_know" : "no_match", {}}, "slot.no_match",
              m.Confirming() ? "neither yes nor no" : "no value for what was asked");
}

}  // namespace frontdesk::dialog
