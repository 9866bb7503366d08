// What probably comes next in a run: tokens that are computed ahead, and kept only when they are the very
// tokens that would have been chosen. Decides time, never output.
//
// Two sources. Prompt lookup: an answer quotes its passages, so what followed the last tokens when they stood
// before is proposed. Forced text: where a constraint leaves the bytes no choice, as inside a quoted
// sentence, those bytes are proposed in the tokens that they are usually written with. Source: docs/model_runtime.md.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "llm/constraint/token_filter.h"
#include "llm/tokenizer/tokenizer.h"

namespace frontdesk::llm {

// What followed the last three, else two, of these tokens when they last stood before; at most `most` tokens, 1...
// ahead: a filter of the run's constraint that has taken what the run has, for looking ahead only; or null. With
// it, only as far as it allows, and of an earlier place where a later one is refused.
std::vector<int32_t> LookUpDraft(std::span<const int32_t> tokens, int most, TokenFilter* ahead);

// The text that the constraint forces next, as tokens; at most `most`. ahead: as above.
std::vector<int32_t> ForcedDraft(int most, TokenFilter& ahead, const Tokenizer& tokenizer);

}  // namespace frontdesk::llm
