#include "server/commands/peer_figures.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/commands/json_lines.h"

namespace frontdesk::server {
namespace {

std::string Figure(const nlohmann::json& row, const std::string& key) {
  const auto found = row.find(key);
  if (found == row.end() || !found->is_number()) return "-";
  const double value = *found;
  return std::fabs(value) < 100 ? absl::StrFormat("%.4f", value) : absl::StrFormat("%.0f", value);
}

}  // namespace

absl::StatusOr<std::vector<NamedFigures>> ReadPeerFigures(const std::string& path, int n,
                                                          std::string_view set) {
  std::vector<NamedFigures> peers;
  const absl::Status read = ForEachJsonLine(path, [&](const nlohmann::json& row) {
    if (!row.contains("peer") || !row["peer"].is_string() || !row.contains("n") ||
        !row["n"].is_number_integer()) {
      return absl::InvalidArgumentError(
          R"(needs {"peer": name, "n": items, …}; bench/peers/ prints such lines)");
    }
    const std::string peer = row["peer"];
    if (row.contains("set") && row["set"] != set) return absl::OkStatus();
    if (row["n"] != n) {
      return absl::InvalidArgumentError(
          absl::StrCat(peer, " was measured on ", row["n"].dump(), " items, ours on ", n,
                       "; measure both on the same file"));
    }
    peers.emplace_back(peer, row);
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  return peers;
}

std::string BesidePeers(std::span<const NamedFigures> ours, std::span<const NamedFigures> peers,
                        std::span<const std::string> keys) {
  std::string table = absl::StrFormat("%-20s", "beside peers");
  for (const std::string& key : keys) absl::StrAppendFormat(&table, " %15s", key);
  for (const auto rows : {ours, peers}) {
    for (const auto& [name, figures] : rows) {
      absl::StrAppendFormat(&table, "\n%-20s", name);
      for (const std::string& key : keys) absl::StrAppendFormat(&table, " %15s", Figure(figures, key));
    }
  }
  return absl::StrCat(table, "\n");
}

}  // namespace frontdesk::server
