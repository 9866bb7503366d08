#include "tools/pii/measure.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace frontdesk::tools {
namespace {

constexpr std::array<PiiType, 7> kStructured = {
    PiiType::kEmail, PiiType::kPhone, PiiType::kCreditCard, PiiType::kIban,
    PiiType::kSsn,   PiiType::kIp,    PiiType::kUrl};
constexpr std::array<PiiType, 2> kLearned = {PiiType::kPerson, PiiType::kAddress};

bool IsMeasured(PiiType type) {
  return std::find(kStructured.begin(), kStructured.end(), type) != kStructured.end() ||
         std::find(kLearned.begin(), kLearned.end(), type) != kLearned.end();
}

// Byte offset of every code point, and of the end.
std::vector<std::uint32_t> CodePointOffsets(std::string_view text) {
  std::vector<std::uint32_t> offsets;
  for (std::uint32_t i = 0; i < text.size(); ++i) {
    if ((text[i] & 0xC0) != 0x80) offsets.push_back(i);
  }
  offsets.push_back(static_cast<std::uint32_t>(text.size()));
  return offsets;
}

struct Item {
  std::string text;
  std::vector<PiiSpan> gold;  // of measured types
  std::vector<std::string> annotated;
};

absl::StatusOr<Item> ParseItem(std::string_view line, int number) {
  const auto wrong = [&](std::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(
        "line ", number, ": ", std::string(what),
        "; expected {\"text\",\"spans\":[{\"start\",\"end\",\"type\"}],\"annotated\"}"));
  };
  const auto json = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
  if (!json.is_object() || !json.contains("text") || !json["text"].is_string()) {
    return wrong("no JSON object with a text");
  }
  Item item;
  item.text = json["text"].get<std::string>();
  const std::vector<std::uint32_t> offsets = CodePointOffsets(item.text);
  const auto spans = json.find("spans");
  if (spans == json.end() || !spans->is_array()) return wrong("no spans");
  for (const auto& span : *spans) {
    if (!span.is_object() || !span.contains("start") || !span["start"].is_number_unsigned() ||
        !span.contains("end") || !span["end"].is_number_unsigned() || !span.contains("type") ||
        !span["type"].is_string()) {
      return wrong("a span lacks start, end or type");
    }
    const auto begin = span["start"].get<std::size_t>(), end = span["end"].get<std::size_t>();
    if (begin >= end || end >= offsets.size()) return wrong("a span lies outside its text");
    const auto type = PiiTypeFromName(span["type"].get<std::string>());
    if (!type || !IsMeasured(*type)) continue;
    item.gold.push_back({offsets[begin], offsets[end], *type, "", 1, ""});
  }
  if (const auto annotated = json.find("annotated");
      annotated != json.end() && annotated->is_array()) {
    for (const auto& name : *annotated) {
      if (name.is_string()) item.annotated.push_back(name.get<std::string>());
    }
  }
  return item;
}

double Overlap(const PiiSpan& a, const PiiSpan& b) {
  const double both = static_cast<double>(std::min(a.end, b.end)) - std::max(a.begin, b.begin);
  const double either = static_cast<double>(std::max(a.end, b.end)) - std::min(a.begin, b.begin);
  return both <= 0 ? 0 : both / either;
}

// True when some byte of gold lies in no found span.
bool Leaks(const PiiSpan& gold, const std::vector<PiiSpan>& found) {
  for (std::uint32_t i = gold.begin; i < gold.end; ++i) {
    const bool covered = std::any_of(found.begin(), found.end(), [&](const PiiSpan& span) {
      return span.begin <= i && i < span.end;
    });
    if (!covered) return true;
  }
  return false;
}

void Add(PiiScore& to, const PiiScore& from) {
  to.gold += from.gold;
  to.predicted += from.predicted;
  to.right += from.right;
  to.leaked += from.leaked;
}

nlohmann::json SpanJson(const Item& item, const PiiSpan& span) {
  return {{"start", span.begin},
          {"end", span.end},
          {"type", PiiTypeName(span.type)},
          {"text", item.text.substr(span.begin, span.end - span.begin)}};
}

void Compare(const Item& item, const std::vector<PiiSpan>& found, PiiReport& report) {
  std::vector<bool> used(found.size());
  nlohmann::json missed = nlohmann::json::array(), extra = missed, right = missed;
  for (const PiiSpan& gold : item.gold) {
    PiiScore& score = report.types[std::string(PiiTypeName(gold.type))];
    ++score.gold;
    if (Leaks(gold, found)) ++score.leaked;
    bool matched = false;
    for (std::size_t i = 0; i < found.size() && !matched; ++i) {
      if (used[i] || found[i].type != gold.type || Overlap(gold, found[i]) < 0.5) continue;
      used[i] = matched = true;
      ++score.right;
      ++score.predicted;
      right.push_back(SpanJson(item, found[i]));
    }
    if (!matched) missed.push_back(SpanJson(item, gold));
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::string name(PiiTypeName(found[i].type));
    const bool counts =
        std::find(item.annotated.begin(), item.annotated.end(), name) != item.annotated.end();
    if (used[i] || !IsMeasured(found[i].type) || !counts) continue;
    ++report.types[name].predicted;
    extra.push_back(SpanJson(item, found[i]));
  }
  const nlohmann::json line = {
      {"text", item.text}, {"right", right}, {"missed", missed}, {"extra", extra}};
  report.predictions += line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

nlohmann::json ScoreJson(const PiiScore& score) {
  return {{"precision", score.precision()},
          {"recall", score.recall()},
          {"f1", score.f1()},
          {"leak", score.leak()},
          {"gold", score.gold}};
}

}  // namespace

double PiiScore::precision() const {
  return predicted == 0 ? 1 : static_cast<double>(right) / static_cast<double>(predicted);
}
double PiiScore::recall() const {
  return gold == 0 ? 1 : static_cast<double>(right) / static_cast<double>(gold);
}
double PiiScore::f1() const {
  const double sum = precision() + recall();
  return sum == 0 ? 0 : 2 * precision() * recall() / sum;
}
double PiiScore::leak() const {
  return gold == 0 ? 0 : static_cast<double>(leaked) / static_cast<double>(gold);
}

absl::StatusOr<PiiReport> RunPiiEval(std::string_view jsonl, const RedactOptions& options) {
  PiiReport report;
  std::vector<Item> items;
  int number = 0;
  while (!jsonl.empty()) {
    const std::size_t end = std::min(jsonl.find('\n'), jsonl.size());
    const std::string_view line = jsonl.substr(0, end);
    jsonl.remove_prefix(std::min(end + 1, jsonl.size()));
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto item = ParseItem(line, number);
    if (!item.ok()) return item.status();
    items.push_back(*std::move(item));
  }
  const Redactor redactor;
  std::vector<std::vector<PiiSpan>> found;
  const auto start = std::chrono::steady_clock::now();
  for (const Item& item : items) found.push_back(redactor.Find(item.text, options));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Compare(items[i], found[i], report);
    report.characters += static_cast<std::int64_t>(CodePointOffsets(items[i].text).size()) - 1;
  }
  report.texts = static_cast<std::int64_t>(items.size());
  report.chars_per_second =
      seconds.count() > 0 ? static_cast<double>(report.characters) / seconds.count() : 0;
  for (const auto& [name, score] : report.types) {
    const auto type = PiiTypeFromName(name);
    if (std::find(kStructured.begin(), kStructured.end(), *type) != kStructured.end()) {
      Add(report.structured, score);
    }
    Add(report.all, score);
  }
  return report;
}

std::string PiiReportJson(const PiiReport& report) {
  nlohmann::json json = {{"structured", ScoreJson(report.structured)},
                         {"all", ScoreJson(report.all)},
                         {"types", nlohmann::json::object()},
                         {"n", report.texts},
                         {"chars_per_second", report.chars_per_second}};
  for (const auto& [name, score] : report.types) json["types"][name] = ScoreJson(score);
  return json.dump();
}

absl::StatusOr<std::string> PiiPeerTable(const PiiReport& report, std::string_view peer) {
  while (!peer.empty() && (peer.back() == '\n' || peer.back() == '\r')) peer.remove_suffix(1);
  peer.remove_prefix(peer.rfind('\n') + 1);  // npos + 1 is 0
  const auto json = nlohmann::json::parse(peer.begin(), peer.end(), nullptr, false);
  const auto figure = [](const nlohmann::json& of, const char* name) {
    const bool there = of.is_object() && of.contains(name) && of[name].is_number();
    return there ? of[name].get<double>() : -1;
  };
  if (!json.is_object() || !json.contains("types") || figure(json.value("structured", json), "f1") < 0) {
    return absl::InvalidArgumentError("the peer's last line is no report of run_presidio.py --json");
  }
  std::string table = absl::StrFormat("%-12s %8s %8s %8s %8s\n", "type", "our f1", "peer f1", "our leak", "peer leak");
  const auto row = [&](const std::string& name, const PiiScore& ours, const nlohmann::json& theirs) {
    absl::StrAppendFormat(&table, "%-12s %8.3f %8.3f %8.3f %8.3f\n", name, ours.f1(), figure(theirs, "f1"),
                          ours.leak(), figure(theirs, "leak"));
  };
  for (const auto& [name, theirs] : json["types"].items()) {
    const auto ours = report.types.find(name);
    if (ours != report.types.end()) row(name, ours->second, theirs);
  }
  row("structured", report.structured, json["structured"]);
  return table;
}

std::string PiiReportTable(const PiiReport& report) {
  std::string table = absl::StrFormat("%-12s %6s %6s %9s %7s %6s %6s\n", "type", "gold", "found",
                                      "precision", "recall", "f1", "leak");
  const auto row = [&](const std::string& name, const PiiScore& score) {
    absl::StrAppendFormat(&table, "%-12s %6d %6d %9.3f %7.3f %6.3f %6.3f\n", name, score.gold,
                          score.predicted, score.precision(), score.recall(), score.f1(),
                          score.leak());
  };
  for (const auto& [name, score] : report.types) row(name, score);
  row("structured", report.structured);
  row("all", report.all);
  absl::StrAppendFormat(&table, "%d texts, %.2f M characters a second\n", report.texts,
                        report.chars_per_second / 1e6);
  return table;
}

}  // namespace frontdesk::tools
