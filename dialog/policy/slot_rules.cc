// Rules for the question that is open: its value, yes or no, something that does not fit.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialog/bundle/check_paths.h"
#include "dialog/flows/scope.h"
#include "dialog/policy/judge_wish.h"
#include "dialog/policy/moment.h"

namespace frontdesk::dialog {
namespace {

namespace cue = understand::cue;
using understand::SlotValue;

constexpr size_t kMostReadings = 5;  // a question that names more is no help

// Whether the flow answers what is given for the slot from the documents: then it may be a question.
bool WantsQuestion(const Moment& m, const SlotSpec& slot) {
  return std::any_of(m.flow->steps.begin(), m.flow->steps.end(), [&](const Step& step) {
    if (!std::holds_alternative<AnswerStep>(step.action)) return false;
    const std::vector<std::string> paths = PathsOf(step);
    return std::any_of(paths.begin(), paths.end(),
                       [&](const std::string& path) { return RootOf(path) == slot.name; });
  });
}

// "Is the Tarn 2 in stock?" while one of the order's items is asked for: a question about something
// that is not in the list is none of its items.
bool AsksAboutAnother(const Moment& m, const SlotSpec& slot, const SlotValue& value) {
  if (slot.choices_from.empty() || !m.Cue(cue::kQuestion)) return false;
  const std::vector<SlotChoice> choices = ChoicesOf(slot, *m.front);
  return !choices.empty() &&
         std::none_of(choices.begin(), choices.end(), [&](const SlotChoice& choice) {
           return nlohmann::json(choice.canonical) == value.value;
         });
}

// "How much discount do we get?" to "What do you need?": one short question that is likely about
// something else than what is going on.
bool AsksOutright(const Moment& m) {
  constexpr size_t kShortQuestion = 80;
  if (!m.text.ends_with('?') || m.text.size() > kShortQuestion || m.meaning.detected.size() != 1) {
    return false;
  }
  const understand::DetectedIntent& wish = m.meaning.detected[0];
  const Intent* intent = m.bundle.FindIntent(wish.intent);
  if (intent == nullptr || wish.p < m.at().clarify) return false;
  const DoesFlow* flow = std::get_if<DoesFlow>(&intent->does);
  const bool talk = std::holds_alternative<DoesSay>(intent->does);
  return !talk && (flow == nullptr || flow->flow != m.front->flow);
}

// The value given for the slot that was asked, if the message holds one.
std::optional<GivenSlot> AskedValue(const Moment& m) {
  const std::string& asked = m.front->asked;
  const SlotSpec* spec = m.AskedSlot();
  // Free text is whatever is said, unless it is clearly something else. An answer in the customer's
  // own words often looks like a wish ("it no longer charges"), so that only a question counts as
  // something else here; a name is no question at all.
  const bool own_words = spec != nullptr &&
                         (spec->type == SlotType::kText || spec->type == SlotType::kName);
  const bool asks = m.Cue(cue::kQuestion) && own_words && !WantsQuestion(m, *spec) &&
                    (Digression(m) != nullptr || spec->type == SlotType::kName || AsksOutright(m));
  const bool unknown = m.Cue(cue::kDontKnow) && m.text.size() < 40;
  const bool declined = spec != nullptr && spec->optional && m.SaysNo();
  // "Yes", "no" or "great, thanks" describe nothing and name nobody.
  const bool says_nothing =
      spec != nullptr && !spec->optional &&
      ((m.Cue(cue::kPlainAnswer) && m.meaning.affirmation) ||
       ((m.Cue(cue::kThanks) || m.Cue(cue::kBye)) && m.text.size() < 20));
  const bool something_else = own_words && (asks || unknown || declined || says_nothing);
  for (const SlotValue& value : m.meaning.slots) {
    if (something_else && !value.surface.starts_with("<")) continue;
    if (value.slot == asked && (value.flow.empty() || value.flow == m.front->flow)) {
      if (spec != nullptr && AsksAboutAnother(m, *spec, value)) continue;
      return GivenSlot{asked, value.type, value.value, value.surface};
    }
  }
  // The address that verifies an order needs no slot of the flow.
  const std::string_view type = spec != nullptr       ? NameOf(spec->type)
                                : asked == kEmailSlot ? "email"
                                                      : "";
  for (const SlotValue& value : m.meaning.mentions) {
    if (something_else && !value.surface.starts_with("<")) continue;
    if (spec != nullptr && AsksAboutAnother(m, *spec, value)) continue;
    if (value.type == type) return GivenSlot{asked, value.type, value.value, value.surface};
  }
  if (spec != nullptr && spec->type == SlotType::kBoolean && m.meaning.affirmation) {
    return GivenSlot{asked, "boolean", *m.meaning.affirmation, m.text};
  }
  if (own_words && !something_else) {
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

// "48213, and how long does a refund take?": what is asked behind a value at the start of a message
// that is one wish for something else; or "".
std::string QuestionBehind(const Moment& m, const std::string& surface) {
  constexpr size_t kShortestQuestion = 12;
  if (m.meaning.detected.size() != 1 || !m.Cue(cue::kQuestion) || Digression(m) == nullptr ||
      surface.empty() || !m.text.starts_with(surface)) {
    return "";
  }
  std::string_view rest = std::string_view(m.text).substr(surface.size());
  const size_t from = rest.find_first_not_of(" ,;.!");
  if (from == std::string_view::npos || from == 0 || rest.substr(from).size() < kShortestQuestion) {
    return "";
  }
  return std::string(rest.substr(from));
}

}  // namespace

const understand::DetectedIntent* Digression(const Moment& m) {
  for (const JudgedWish& one : JudgeWishes(m)) {
    if (one.judgement != WishJudgement::kCounts || one.wish->p < m.at().digression) continue;
    const DoesFlow* flow = std::get_if<DoesFlow>(&one.intent->does);
    if (flow != nullptr && m.front != nullptr && flow->flow == m.front->flow) continue;
    return one.wish;
  }
  return nullptr;
}

std::optional<Decision> ConfirmationRule(const Moment& m) {
  if (!m.Confirming() || !m.meaning.affirmation) return std::nullopt;
  // "Yes, and what is the deadline?": the wish is carried out after the answer.
  Decision decision =
      Just(AnswerConfirmation{*m.meaning.affirmation}, "confirm.answer",
           *m.meaning.affirmation ? "the customer said yes" : "the customer said no");
  if (const understand::DetectedIntent* wish = Digression(m)) {
    const Intent& intent = *m.bundle.FindIntent(wish->intent);
    for (ReasonedCommand& command : CommandsFor(m, intent, m.PartOf(*wish),
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
    if (m.Cue(cue::kBye)) return std::nullopt;  // "that is all, thanks" chooses nothing
    return Just(AskAgain{"ambiguous", std::move(options)}, "slot.ambiguous",
                "the value has several readings");
  }
  const SlotSpec* spec = m.AskedSlot();
  std::optional<GivenSlot> value = AskedValue(m);
  if (!value && spec != nullptr && spec->optional) {
    // "No, just cancel it": the wish itself once more is no answer either.
    const bool insists = WishesFront(m) && !m.Cue(cue::kQuestion);
    if (m.Cue(cue::kDontKnow) || m.SaysNo() || insists) {
      return Just(SkipSlot{}, "slot.skip",
                  insists ? "the customer wants to get on with it" : "the customer leaves it open");
    }
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
    Decision besides = CommandsFor(m, intent, m.PartOf(*wish),
                                   {"intent.besides",
                                    "also asked",
                                    {{"digression", m.at().digression}},
                                    {{intent.name, wish->p}}});
    decision.push_back(std::move(besides[0]));
  } else if (const std::string question = QuestionBehind(m, value->surface); !question.empty()) {
    decision.push_back({AnswerQuestion{question, ""},
                        {"question.besides", "a question stands behind the value", {}, {}}});
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
