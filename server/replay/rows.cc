#include "server/replay/rows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace frontdesk::server {
namespace {

constexpr size_t kExamples = 20;

}  // namespace

double RiskWeight(std::string_view kind) {
  if (kind == "tool") return 10;
  if (kind == "handoff") return 8;
  if (kind == "slot") return 6;
  if (kind == "route") return 5;
  if (kind == "sentence") return 4;
  if (kind == "prompt") return 3;
  if (kind == "citation") return 2;
  return 1;
}

std::vector<DiffForm> FormsOf(const ReplayResult& result) {
  std::map<std::pair<std::string, std::string>, DiffForm> forms;
  for (size_t i = 0; i < result.conversations.size(); ++i) {
    const dialog::ReplayReport& report = result.conversations[i].report;
    for (const dialog::ChangedTurn& changed : report.changed) {
      const dialog::ReplayDifference& first = report.differences[changed.first];
      DiffForm& form = forms[{first.kind, first.what}];
      form.kind = first.kind;
      form.what = first.what;
      form.turns.push_back({i, changed.turn});
    }
  }
  std::vector<DiffForm> list;
  for (auto& [key, form] : forms) list.push_back(std::move(form));
  std::stable_sort(list.begin(), list.end(), [](const DiffForm& a, const DiffForm& b) {
    return a.turns.size() > b.turns.size();
  });
  return list;
}

std::vector<DiffRow> RowsOf(const std::vector<DiffForm>& forms, int64_t turns) {
  std::map<std::pair<std::string, std::string>, std::vector<const DiffForm*>> groups;
  for (const DiffForm& form : forms) groups[{form.kind, form.cause}].push_back(&form);
  std::vector<DiffRow> rows;
  for (const auto& [key, of] : groups) {
    DiffRow row{.kind = key.first, .cause = key.second, .what = of.front()->what};
    row.forms = static_cast<int64_t>(of.size());
    std::set<size_t> conversations;
    for (const DiffForm* form : of) {
      row.turns += static_cast<int64_t>(form->turns.size());
      for (const TurnPlace& place : form->turns) conversations.insert(place.conversation);
    }
    for (size_t depth = 0; row.examples.size() < kExamples; ++depth) {
      bool any = false;
      for (const DiffForm* form : of) {
        if (depth >= form->turns.size() || row.examples.size() >= kExamples) continue;
        row.examples.push_back(form->turns[depth]);
        any = true;
      }
      if (!any) break;
    }
    row.conversations = static_cast<int64_t>(conversations.size());
    // A rare change of a tool call outranks a frequent change of words.
    const double share = static_cast<double>(row.turns) / static_cast<double>(std::max<int64_t>(turns, 1));
    row.risk = RiskWeight(row.kind) * (1 + std::log10(1 + 999 * share));
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const DiffRow& a, const DiffRow& b) { return a.risk > b.risk; });
  return rows;
}

}  // namespace frontdesk::server
