// What other programs reached on the same files, shown beside our figures.
//
// The scripts under bench/peers/ print one JSON object a line: "peer" (its name), "n" (items
// measured), perhaps "set" (which files), and figures under the same keys as ours. Pure but for
// reading the file.
//
//   auto peers = ReadPeerFigures("peers.jsonl", report.n, "hwu64");
//   std::puts(BesidePeers({{"ours", report.ToJson()}}, *peers, {"accuracy", "oos_auroc"}).c_str());
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace frontdesk::server {

// A row of the table: its name and its figures.
using NamedFigures = std::pair<std::string, nlohmann::json>;

// The peers of a file, in its order, that were measured on `set` (lines without a set count too).
// Errors: NOT_FOUND; INVALID_ARGUMENT, with file and line, where a line is no such object or its
// "n" is not `n`: figures over other items stand beside nothing.
absl::StatusOr<std::vector<NamedFigures>> ReadPeerFigures(const std::string& path, int n,
                                                          std::string_view set);

// A table of ours and theirs; a figure that a row lacks is "-".
std::string BesidePeers(std::span<const NamedFigures> ours, std::span<const NamedFigures> peers,
                        std::span<const std::string> keys);

}  // namespace frontdesk::server
