// How far several reviewers agree: Krippendorff's alpha.
//
// Pure. Any number of reviewers, each of whom may have scored any of the units; a unit that fewer
// than two scored says nothing about agreement. Source: K. Krippendorff, "Computing Krippendorff's
// Alpha-Reliability" (2011), sections C to E; its worked example is in the test.
//
//   std::optional<double> alpha = KrippendorffAlpha({{2, 2, 1}, {0, 0}}, 3, Scale::kOrdinal);
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace frontdesk::server {

// nominal: two answers are the same or not. ordinal: farther apart on the scale is worse.
enum class Scale { kNominal, kOrdinal };

// units: the scores each unit got, 0 to values - 1. 1: always agreed; 0: as if by chance; below 0:
// systematically apart. Nullopt: no unit was scored twice, or all its scores are equal.
std::optional<double> KrippendorffAlpha(std::span<const std::vector<int64_t>> units, int values,
                                        Scale scale);

}  // namespace frontdesk::server
