#include "dialog/screen/screen.h"

#include <algorithm>

#include "re2/re2.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

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

}  // namespace

Screened ScreenText(std::string_view text, const std::vector<ScreenRule>& rules) {
  const std::string folded = text::FoldText(text, {.confusables = true});
  for (const ScreenRule& rule : rules) {
    if (!Matches(rule.any, folded) || Matches(rule.none, folded)) continue;
    return {rule.screen_class, rule.id, NameOfAction(rule.action), 1'000'000};
  }
  return {"pass", "", "pass", 0};
}

bool HoldsInstructions(std::string_view text, const std::vector<ScreenRule>& rules) {
  const std::string folded = text::FoldText(text, {.confusables = true});
  return std::any_of(rules.begin(), rules.end(), [&](const ScreenRule& rule) {
    return rule.screen_class == "injection" && Matches(rule.any, folded) &&
           !Matches(rule.none, folded);
  });
}

}  // namespace frontdesk::dialog
