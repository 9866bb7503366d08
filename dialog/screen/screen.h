// The screen: attacks, abuse and emergencies in a customer's message, by the rules of
// policies/screen.yaml: patterns, and the attack model where a rule names a score.
//
// Pure, thread-safe. Patterns see the folded text (lower case, confusables and
// zero-width characters undone), so disguises of that kind do not help; the model undoes
// more (disguise.h). docs/screen.md.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "dialog/bundle/settings.h"
#include "dialog/events.h"

namespace frontdesk::dialog {

struct Turn;

// Probability that the text is an attack, in millionths, asked at most once. threshold: of
// the rule that asks.
using AttackProbability = std::function<int64_t(int64_t threshold)>;

// The first rule that matches decides; "pass" when none does. A rule of patterns scores
// a million, one of the model its probability; "pass" carries the probability too when
// the model was asked. attack: empty for patterns alone.
// Cost: one RE2 pass per pattern, and the model's.
Screened ScreenText(std::string_view text, const std::vector<ScreenRule>& rules,
                    const AttackProbability& attack = {});

// Screens the message of a turn with the built-in attack model. Asks for an embedding
// only when it could change the verdict; without an encoder words decide, and the turn
// says so (Degraded "embeddings").
Screened ScreenMessage(Turn& turn);

// True when a passage or a tool's text holds words aimed at the assistant: it may be
// quoted as data, but is never put into a prompt. Patterns of class "injection" see the
// whole; the model for planted instructions sees each sentence, at the highest score that
// an injection rule names. Cost: about 20 µs a sentence.
bool HoldsInstructions(std::string_view text, const std::vector<ScreenRule>& rules);

// Stands in a tool's result where a text was that speaks to the assistant.
inline constexpr std::string_view kWithheld = "[withheld]";

// Replaces such texts of a tool's result, at any depth, by kWithheld. True when one stands there
// afterwards, also when it came so (out of a record): the same on every run. Texts of fewer than four
// words are names and codes and stay. Cost: as HoldsInstructions, a text.
bool WithholdInstructions(nlohmann::json& value, const std::vector<ScreenRule>& rules);

}  // namespace frontdesk::dialog
