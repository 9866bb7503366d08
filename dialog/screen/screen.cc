#include "dialog/screen/screen.h"

#include <algorithm>

#include "dialog/screen/attack_model.h"
#include "dialog/turn.h"
#include "re2/re2.h"
#include "text/normalise.h"
#include "text/segment.h"
#include "tools/pii/vault_namer.h"

namespace frontdesk::dialog {
namespace {

constexpr int64_t kCertain = 1'000'000;

bool Matches(const std::vector<std::shared_ptr<const RE2>>& patterns, const std::string& text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& pattern) { return RE2::PartialMatch(text, *pattern); });
}

const char* NameOfAction(ScreenRule::Action action) {
  switch (action) {
    case ScreenRule::kRefuse:
      return "refuse";
    case ScreenRule::kWarn:
      return "warn";
    case ScreenRule::kHandoff:
      return "handoff";
  }
  return "refuse";
}

// The message without vault tokens: redaction wrote those, and their brackets and capitals look
// like an attack to a model that judges the customer's own words.
std::string OwnWords(std::string_view text) {
  std::string words;
  size_t from = 0;
  for (const tools::TokenSpan& token : tools::FindTokens(text)) {
    words.append(text, from, token.begin - from).push_back(' ');
    from = token.end;
  }
  return words.append(text, from);
}

}  // namespace

Screened ScreenText(std::string_view text, const std::vector<ScreenRule>& rules,
                    const AttackProbability& attack) {
  const std::string folded = text::FoldText(text, {.confusables = true});
  int64_t probability = -1;
  for (const ScreenRule& rule : rules) {
    if (Matches(rule.any, folded) && !Matches(rule.none, folded)) {
      return {rule.screen_class, rule.id, NameOfAction(rule.action), kCertain};
    }
    if (rule.score == 0 || !attack) continue;
    if (probability < 0) probability = attack(rule.score);
    if (probability >= rule.score && !Matches(rule.none, folded)) {
      return {rule.screen_class, rule.id, NameOfAction(rule.action), probability};
    }
  }
  return {"pass", "", "pass", std::max<int64_t>(probability, 0)};
}

Screened ScreenMessage(Turn& turn) {
  const std::string& text = turn.state().turn->received.text;
  const std::string words = OwnWords(text);
  const screen::AttackModel& model = screen::AttackModel::Shipped();
  return ScreenText(text, turn.bundle.screen, [&](int64_t threshold) {
    if (!model.EmbeddingMatters(words, threshold)) return model.Message(words, {});
    const auto embedded = turn.effects.Embed(screen::AttackModel::EmbeddedTexts(words));
    if (embedded.ok() && !embedded->empty()) return model.Message(words, *embedded);
    turn.Emit(Degraded{"embeddings", std::string(absl::StatusCodeToString(embedded.status().code()))});
    return model.Message(words, {});
  });
}

bool HoldsInstructions(std::string_view text, const std::vector<ScreenRule>& rules) {
  const std::string folded = text::FoldText(text, {.confusables = true});
  int64_t score = 0;
  for (const ScreenRule& rule : rules) {
    if (rule.screen_class != "injection") continue;
    if (Matches(rule.any, folded) && !Matches(rule.none, folded)) return true;
    score = std::max(score, rule.score);
  }
  if (score == 0) return false;
  const std::vector<text::Span> sentences = text::Sentences(text, "en");
  return std::any_of(sentences.begin(), sentences.end(), [&](const text::Span& sentence) {
    return screen::AttackModel::Shipped().Planted(text::Slice(text, sentence)) >= score;
  });
}

bool WithholdInstructions(nlohmann::json& value, const std::vector<ScreenRule>& rules) {
  constexpr std::ptrdiff_t kFewestSpaces = 3;
  if (value.is_structured()) {
    bool withheld = false;
    for (nlohmann::json& part : value) withheld |= WithholdInstructions(part, rules);
    return withheld;
  }
  if (!value.is_string()) return false;
  const std::string& text = value.get_ref<const std::string&>();
  if (text == kWithheld) return true;
  if (std::count(text.begin(), text.end(), ' ') < kFewestSpaces || !HoldsInstructions(text, rules))
    return false;
  value = std::string(kWithheld);
  return true;
}

}  // namespace frontdesk::dialog
