#include "bench/dialog/star_data.h"

#include <algorithm>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace frontdesk::bench {
namespace {

using nlohmann::json;

// "api.is_equal_to(\"Hilton Hotel\")" and "\"Hilton Hotel\"" are both Hilton Hotel.
std::string Bare(const std::string& written) {
  const size_t first = written.find('"'), last = written.rfind('"');
  if (first == std::string::npos || last <= first) return written;
  return written.substr(first + 1, last - first - 1);
}

}  // namespace

absl::StatusOr<std::vector<StarDialog>> ReadStar(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  std::vector<StarDialog> dialogs;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const json recorded = json::parse(line, nullptr, false);
    if (!recorded.is_object() || !recorded.contains("events")) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": not a dialog"));
    }
    if (recorded.value("multi", false)) continue;
    StarDialog dialog{recorded["tasks"][0], recorded.value("happy", false), {}};
    for (const json& e : recorded["events"]) {
      const std::string who = e.value("s", "");
      StarEvent event;
      if (who == "user") {
        event.text = e.value("t", "");
      } else if (who == "kb") {
        event.kind = StarEvent::kKnowledge;
        event.item = e.value("item", json::object());
        if (!event.item.is_object()) event.item = json::object();
      } else {
        event.kind = StarEvent::kSystem;
        if (e.contains("a") && e["a"].is_string()) event.text = e["a"];
        event.constraints = e.value("c", json::array());
      }
      dialog.events.push_back(std::move(event));
    }
    dialogs.push_back(std::move(dialog));
  }
  return dialogs;
}

std::vector<std::string> ValuesOf(const std::vector<StarDialog>& dialogs, const std::string& task,
                                  const std::string& field) {
  std::map<std::string, int> counts;
  for (const StarDialog& dialog : dialogs) {
    if (dialog.task != task) continue;
    for (const StarEvent& event : dialog.events) {
      if (!event.constraints.is_array()) continue;
      for (const json& one : event.constraints) {
        if (one.is_object() && one.contains(field) && one[field].is_string()) {
          ++counts[Bare(one[field].get<std::string>())];
        }
      }
    }
  }
  std::vector<std::string> values;
  for (const auto& [value, times] : counts) {
    if (!value.empty() && value.size() < 40) values.push_back(value);
  }
  std::stable_sort(values.begin(), values.end(), [&](const std::string& a, const std::string& b) {
    return counts[a] > counts[b];
  });
  return values;
}

ActionBigrams::ActionBigrams(const std::vector<StarDialog>& train) {
  for (const StarDialog& dialog : train) {
    std::string before;
    for (const StarEvent& event : dialog.events) {
      if (event.kind != StarEvent::kSystem || event.text.empty()) continue;
      ++counts_[absl::StrCat(dialog.task, " ", before)][event.text];
      before = event.text;
    }
  }
}

std::string ActionBigrams::Next(const std::string& task, const std::string& before) const {
  const auto found = counts_.find(absl::StrCat(task, " ", before));
  if (found == counts_.end()) return "";
  return std::max_element(found->second.begin(), found->second.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

}  // namespace frontdesk::bench
