// Rules for the question that is open: its value, a correction, yes or no.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "dialog/bundle/check_paths.h"
#include "dialog/flows/scope.h"
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
    if (intent == nullptr || wish.p < m.at().digression || m.OnlyValues(wish)) continue;
    auto* flow = std::get_if<DoesFlow>(&intent->does);
    if (flow != nullptr && m.front != nullptr && flow->flow == m.front->flow) continue;
    if (std::holds_alternative<DoesSay>(intent->does)) continue;
    return &wish;
  }
  return nullptr;
}

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
                    (Digression(m) != nullptr || spec->type == SlotType::kName);
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

bool IsGiven(const std::vector<GivenSlot>& given, std::string_view slot) {
  return std::any_of(given.begin(), given.end(),
                     [&](const GivenSlot& one) { return one.slot == slot; });
}

// Whether a value could be meant for the open question: one of its type, and of its choices.
bool MayAnswer(const SlotSpec& open, const GivenSlot& given) {
  if (NameOf(open.type) != given.type) return false;
  if (open.choices.empty()) return true;
  return std::any_of(open.choices.begin(), open.choices.end(),
                     [&](const SlotChoice& choice) { return choice.canonical == given.value; });
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
  const auto& all = m.meaning.slots;
  if (std::none_of(all.begin(), all.end(), competes)) return true;
  return inside(value) && std::none_of(all.begin(), all.end(), [&](const SlotValue& other) {
           return competes(other) && inside(other);
         });
}

// What a value means: itself, or of several readings the one that is in the list it is chosen from
// ("the jacket", and the order holds one).
std::optional<nlohmann::json> OnlyReading(const Moment& m, const Flow& flow, const SlotValue& value) {
  if (value.alternatives.empty()) return value.value;
  const SlotSpec* spec = flow.FindSlot(value.slot);
  if (spec->choices_from.empty() || m.front == nullptr || m.front->flow != flow.name) {
    return std::nullopt;
  }
  const std::vector<SlotChoice> choices = ChoicesOf(*spec, *m.front);
  std::optional<nlohmann::json> only;
  std::vector<nlohmann::json> readings = {value.value};
  readings.insert(readings.end(), value.alternatives.begin(), value.alternatives.end());
  for (const nlohmann::json& reading : readings) {
    const bool listed = std::any_of(choices.begin(), choices.end(), [&](const SlotChoice& choice) {
      return nlohmann::json(choice.canonical) == reading;
    });
    if (!listed) continue;
    if (only) return std::nullopt;
    only = reading;
  }
  return only;
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

std::vector<GivenSlot> GivenFor(const Moment& m, const std::string& flow) {
  std::vector<GivenSlot> given;
  const Flow* to = m.bundle.FindFlow(flow);
  for (const SlotValue& value : m.meaning.slots) {
    if (value.flow != flow && !value.flow.empty()) continue;
    if (to == nullptr || to->FindSlot(value.slot) == nullptr) continue;
    const std::optional<nlohmann::json> meant = OnlyReading(m, *to, value);
    if (!meant) continue;
    // Of several orders the first named is meant; of several items the one that the wish names, or
    // none: the flow asks.
    if (IsGiven(given, value.slot)) continue;
    if (to->FindSlot(value.slot)->type == SlotType::kProduct && !NamedByWish(m, flow, value)) continue;
    // Free text is taken only where it was asked for, and what the bundle says of.
    const bool asked = m.front != nullptr && m.front->flow == flow && m.front->asked == value.slot;
    if (to->FindSlot(value.slot)->type == SlotType::kText) continue;
    if (to->FindSlot(value.slot)->only_asked && !asked) continue;
    if (value.p < m.at().slot) continue;
    given.push_back({value.slot, value.type, *meant, value.surface});
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
    if (filled->second.value == given.value) continue;
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
  const bool took_back =
      std::any_of(m.meaning.rejected.begin(), m.meaning.rejected.end(),
                  [](const SlotValue& rejected) { return !rejected.surface.empty(); });
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
    return filled != done->slots.end() && filled->second.value != one.value;
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
    if (m.Cue(cue::kBye)) return std::nullopt;  // "that is all, thanks" chooses nothing
    return Just(AskAgain{"ambiguous", std::move(options)}, "slot.ambiguous",
                "the value has several readings");
  }
  const SlotSpec* spec = m.AskedSlot();
  std::optional<GivenSlot> value = AskedValue(m);
  if (!value && spec != nullptr && spec->optional &&
      (m.Cue(cue::kDontKnow) || m.SaysNo())) {
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
