// Can the passages answer the question at all? What the answer hangs on: refuse, or quote.
//
// Signals over what was chosen to be quoted: how sure the choice was, how near it is to the question,
// which words of the question nothing takes up. Pure; docs/answering.md has the figures.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dialog/answer/unit_signals.h"

namespace frontdesk::dialog {

inline constexpr size_t kAnswerSignals = 26;
using AnswerSignals = std::array<float, kAnswerSignals>;

std::string_view AnswerSignalName(size_t signal);

// signals and probabilities (millionths): by unit of the reader. chosen: not empty, best first.
AnswerSignals SignalsOfAnswer(const UnitReader& reader, const std::vector<FoundPassage>& passages,
                              const std::vector<AnswerUnit>& units,
                              const std::vector<UnitSignals>& signals,
                              const std::vector<int64_t>& probabilities,
                              const std::vector<size_t>& chosen);

}  // namespace frontdesk::dialog
