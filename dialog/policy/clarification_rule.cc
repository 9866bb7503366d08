// Rules for the question which of several intents is meant: put, answered, put again.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialog/policy/judge_wish.h"
#include "dialog/policy/moment.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

namespace cue = understand::cue;

constexpr int64_t kAskedAgainAtMost = 1;  // then the likeliest is meant

int Ordinal(const std::string& folded) {
  static const std::pair<const char*, int> kWords[] = {
      {"first", 1},  {"1", 1}, {"former", 1}, {"erste", 1},  {"ersteres", 1},
      {"second", 2}, {"2", 2}, {"latter", 2}, {"zweite", 2}, {"letzteres", 2},
      {"third", 3},  {"3", 3}, {"dritte", 3}};
  for (const auto& [word, number] : kWords) {
    size_t at = folded.find(word);
    if (at == std::string::npos) continue;
    const bool begins = at == 0 || folded[at - 1] == ' ';
    const size_t end = at + std::string_view(word).size();
    const bool ends =
        end == folded.size() || !std::isalnum(static_cast<unsigned char>(folded[end]));
    if (begins && (ends || std::string_view(word).size() > 3)) return number;
  }
  return 0;
}

// Whether the message has a wish of its own, beyond saying yes.
bool WishesSomething(const Moment& m) {
  const std::vector<JudgedWish> wishes = JudgeWishes(m);
  return std::any_of(wishes.begin(), wishes.end(), [](const JudgedWish& one) {
    return one.judgement == WishJudgement::kCounts;
  });
}

bool HoldsSlot(const std::vector<GivenSlot>& slots, const std::string& name) {
  return std::any_of(slots.begin(), slots.end(),
                     [&](const GivenSlot& given) { return given.slot == name; });
}

// Adds values said before to those said now; what was said now is newer.
void AddEarlier(const std::vector<GivenSlot>& earlier, std::vector<GivenSlot>& now) {
  for (const GivenSlot& given : earlier) {
    if (!HoldsSlot(now, given.slot)) now.push_back(given);
  }
}

// The chosen intent with its words and values of the message that had to be clarified.
std::optional<Decision> Choose(const Moment& m, const std::string& chosen, std::string because) {
  const ClarificationAsked& open = *m.state.clarification;
  const Intent* intent = m.bundle.FindIntent(chosen);
  if (intent == nullptr) return std::nullopt;
  Decision decision = CommandsFor(m, *intent, open.about, {"clarify.chosen", std::move(because), {}, {}});
  if (StartFlow* start = std::get_if<StartFlow>(&decision[0].command)) {
    if (const auto earlier = open.given.find(start->flow); earlier != open.given.end()) {
      AddEarlier(earlier->second, start->slots);
    }
  }
  return decision;
}

// What came chooses none of the intents. They are put once more; after that the likeliest is meant,
// which asks before it changes anything.
std::optional<Decision> PutAgain(const Moment& m, std::string because) {
  const ClarificationAsked& open = *m.state.clarification;
  if (open.again >= kAskedAgainAtMost) {
    return Choose(m, open.intents.front(), "asked twice: the likeliest of the options");
  }
  Clarify again = ClarifyAbout(m, open.intents, open.about);
  again.again = open.again + 1;
  return Just(std::move(again), "clarify.again", std::move(because));
}

}  // namespace

Clarify ClarifyAbout(const Moment& m, std::vector<std::string> intents, std::string_view about) {
  Clarify clarify{std::move(intents), std::string(about)};
  for (const std::string& name : clarify.intents) {
    const Intent* intent = m.bundle.FindIntent(name);
    const DoesFlow* does = intent != nullptr ? std::get_if<DoesFlow>(&intent->does) : nullptr;
    if (does == nullptr) continue;
    std::vector<GivenSlot> given = GivenFor(m, does->flow);
    if (m.state.clarification) {
      const auto& before = m.state.clarification->given;
      if (const auto earlier = before.find(does->flow); earlier != before.end()) {
        AddEarlier(earlier->second, given);
      }
    }
    if (!given.empty()) clarify.given[does->flow] = std::move(given);
  }
  return clarify;
}

std::optional<Decision> ClarificationRule(const Moment& m) {
  if (!m.state.clarification || m.Cue(cue::kCancel)) return std::nullopt;
  const ClarificationAsked& open = *m.state.clarification;
  std::string chosen, because;
  const std::string folded = text::FoldText(m.text);
  const int ordinal = m.text.size() < 40 ? Ordinal(folded) : 0;
  if (ordinal > 0 && ordinal <= static_cast<int>(open.intents.size())) {
    chosen = open.intents[ordinal - 1];
    because = absl::StrCat("the customer chose number ", ordinal);
  }
  // The label's own words, or the intent that is now likelier among those offered.
  for (size_t i = 0; chosen.empty() && i < open.labels.size(); ++i) {
    if (folded == text::FoldText(open.labels[i])) {
      chosen = open.intents[i];
      because = "the customer repeated an option";
    }
  }
  if (chosen.empty() && open.intents.size() == 1 && m.meaning.affirmation == true) {
    chosen = open.intents[0];
    because = "the customer said yes";
  }
  if (chosen.empty() && m.meaning.affirmation == false) return std::nullopt;
  if (chosen.empty()) {
    int64_t best = 0;
    for (const understand::IntentScore& score : m.meaning.intents) {
      bool offered =
          std::find(open.intents.begin(), open.intents.end(), score.intent) != open.intents.end();
      if (offered && score.p > best) {
        best = score.p;
        chosen = score.intent;
      }
    }
    if (chosen.empty() && m.meaning.affirmation == true && !WishesSomething(m)) {
      return PutAgain(m, "a yes chooses none of several intents");
    }
    // A new wish that is surer than any option goes its own way, and so does what is about none of them.
    const bool another = m.BestP() > best && m.BestP() >= m.at().answer;
    const bool nothing = best < m.at().clarify && m.meaning.out_of_scope_p >= m.at().out_of_scope;
    if (chosen.empty() || another || nothing) return std::nullopt;
    because = "the likeliest of the options";
  }
  return Choose(m, chosen, because);
}

std::optional<Decision> ValueAloneRule(const Moment& m) {
  if (m.front != nullptr || m.meaning.mentions.empty()) return std::nullopt;
  const bool known = std::any_of(m.meaning.mentions.begin(), m.meaning.mentions.end(),
                                 [](const understand::SlotValue& mention) {
                                   return mention.type == "order_number" || mention.type == "email";
                                 });
  const bool only = m.meaning.detected.empty() || m.OnlyValues(m.meaning.detected[0]);
  if (!known || !only) return std::nullopt;
  if (m.state.clarification) {
    return PutAgain(m, "a value came instead of a choice between the intents");
  }
  return Just(SayReply{"value_noted"}, "value.alone", "a value, and nothing asks for it yet");
}

}  // namespace frontdesk::dialog
