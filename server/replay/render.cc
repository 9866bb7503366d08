#include "server/replay/render.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace frontdesk::server {
namespace {

constexpr size_t kShownWhole = 20;  // conversations that differ, in the terminal

std::string Xml(const std::string& text) {
  std::string clean;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    clean += byte < 0x20 && c != '\n' && c != '\t' ? ' ' : c;  // not allowed in XML 1.0
  }
  return absl::StrReplaceAll(
      clean, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string Wide(const std::string& text, size_t width) {
  return text.size() <= width ? text : absl::StrCat(text.substr(0, width - 3), "...");
}

std::string CauseText(const DiffRow& row) { return row.cause.empty() ? "not found" : row.cause; }

std::string Shift(const char* name, int64_t before, int64_t after) {
  return absl::StrFormat("%s %d -> %d", name, before, after);
}

}  // namespace

std::string ToTerminal(const ReplayResult& result, const std::vector<DiffRow>& rows) {
  std::string text;
  size_t shown = 0;
  const bool verify = result.mode == dialog::ReplayMode::kVerify;
  for (const ReplayedConversation& one : result.conversations) {
    if (!one.error.empty()) {
      absl::StrAppend(&text, one.name, ": ", one.error, "\n");
    } else if (verify && !one.identical && !one.erased && ++shown <= kShownWhole) {
      absl::StrAppend(&text, one.report.ToText(), "\n");
    }
  }
  if (verify && shown > kShownWhole)
    absl::StrAppend(&text, "and ", shown - kShownWhole, " more that differ\n");
  if (!rows.empty() && !verify) {
    absl::StrAppendFormat(&text, "%4s %6s %-13s %6s %6s  %-40s %s\n", "rank", "risk", "kind",
                          "turns", "conv.", "cause", "what (most frequent form)");
    for (size_t i = 0; i < rows.size(); ++i) {
      const DiffRow& row = rows[i];
      absl::StrAppendFormat(&text, "%4d %6.1f %-13s %6d %6d  %-40s %s%s\n", i + 1, row.risk,
                            row.kind, row.turns, row.conversations, Wide(CauseText(row), 40),
                            row.what,
                            row.forms > 1 ? absl::StrCat("  (+", row.forms - 1, " forms)") : "");
    }
    absl::StrAppend(&text, "turns: ", Shift("answered", result.recorded.answered, result.replayed.answered),
                    ", ", Shift("refused", result.recorded.refused, result.replayed.refused), ", ",
                    Shift("handoffs", result.recorded.handoffs, result.replayed.handoffs), ", ",
                    Shift("tool calls", result.recorded.tool_calls, result.replayed.tool_calls),
                    ", ", Shift("cited sentences", result.recorded.cited, result.replayed.cited),
                    ", ", Shift("ungrounded", result.recorded.ungrounded, result.replayed.ungrounded), "\n");
  }
  const double seconds = absl::ToDoubleSeconds(result.took);
  const double turns = static_cast<double>(std::max<int64_t>(result.turns, 1));
  absl::StrAppendFormat(
      &text,
      "%d conversations, %d turns, %d events: %d identical, %d differ, %d erased; model output of "
      "%d turns decoded again (%.2f %%, %.1f s); %.1f s, %.0f turns/s\n",
      result.conversations.size(), result.turns, result.events, result.identical, result.differ(),
      result.erased, result.decoded, 100.0 * static_cast<double>(result.decoded) / turns,
      absl::ToDoubleSeconds(result.decode_time), seconds,
      static_cast<double>(result.turns) / std::max(seconds, 1e-9));
  return text;
}

std::string ToJUnit(const ReplayResult& result) {
  std::string cases;
  int64_t failures = 0, errors = 0, skipped = 0;
  for (const ReplayedConversation& one : result.conversations) {
    absl::StrAppend(&cases, "  <testcase classname=\"replay\" name=\"", Xml(one.name), "\"");
    if (one.identical) {
      absl::StrAppend(&cases, "/>\n");
      continue;
    }
    if (!one.error.empty()) {
      ++errors;
      absl::StrAppend(&cases, "><error message=\"", Xml(one.error), "\"/></testcase>\n");
    } else if (one.erased) {
      ++skipped;
      absl::StrAppend(&cases, "><skipped message=\"erased\"/></testcase>\n");
    } else {
      ++failures;
      const auto& differences = one.report.differences;
      const std::string first =
          differences.empty()
              ? "the bundle or the documents are others than recorded"
              : absl::StrCat("turn ", differences.front().turn, ": ", differences.front().kind,
                             ": ", differences.front().what);
      absl::StrAppend(&cases, "><failure message=\"", Xml(first), "\">", Xml(one.report.ToText()),
                      "</failure></testcase>\n");
    }
  }
  return absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"frontdesk replay\" tests=\"",
      result.conversations.size(), "\" failures=\"", failures, "\" errors=\"", errors,
      "\" skipped=\"", skipped, "\" time=\"",
      absl::StrFormat("%.3f", absl::ToDoubleSeconds(result.took)), "\">\n", cases,
      "</testsuite>\n");
}

nlohmann::json ToJson(const ReplayResult& result, const std::vector<DiffRow>& rows) {
  const auto tally = [](const dialog::TurnTally& t) {
    return nlohmann::json{{"turns", t.turns},           {"answered", t.answered},
                          {"refused", t.refused},       {"handoffs", t.handoffs},
                          {"tool_calls", t.tool_calls}, {"cited", t.cited},
                          {"ungrounded", t.ungrounded}};
  };
  nlohmann::json json = {{"conversations", result.conversations.size()},
                         {"turns", result.turns},
                         {"turns_changed", result.turns_changed},
                         {"events", result.events},
                         {"identical", result.identical},
                         {"differ", result.differ()},
                         {"erased", result.erased},
                         {"unreadable", result.unreadable},
                         {"decoded", result.decoded},
                         {"decode_seconds", absl::ToDoubleSeconds(result.decode_time)},
                         {"seconds", absl::ToDoubleSeconds(result.took)},
                         {"recorded", tally(result.recorded)},
                         {"replayed", tally(result.replayed)},
                         {"rows", nlohmann::json::array()},
                         {"reports", nlohmann::json::array()}};
  for (const DiffRow& row : rows) {
    json["rows"].push_back({{"kind", row.kind},
                            {"cause", row.cause},
                            {"what", row.what},
                            {"forms", row.forms},
                            {"turns", row.turns},
                            {"conversations", row.conversations},
                            {"risk", row.risk},
                            {"example", row.examples.empty()
                                            ? ""
                                            : result.conversations[row.examples[0].conversation].name},
                            {"example_turn", row.examples.empty() ? 0 : row.examples[0].turn}});
  }
  for (const ReplayedConversation& one : result.conversations) {
    if (one.identical || one.erased) continue;
    json["reports"].push_back(
        one.error.empty() ? one.report.ToJson()
                          : nlohmann::json{{"conversation", one.name}, {"error", one.error}});
  }
  return json;
}

}  // namespace frontdesk::server
