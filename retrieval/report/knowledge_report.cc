#include "retrieval/report/knowledge_report.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"
#include "retrieval/ranking/fusion.h"
#include "text/analyse.h"
#include "text/segment.h"

namespace frontdesk::retrieval {
namespace {

std::string Quote(const ReportPlace& place) {
  constexpr size_t kLongest = 160;
  const std::string_view said = text::Slice(place.passage->text, place.span);
  std::string out;
  for (const char c : said) out += c == '\n' ? ' ' : c;
  if (out.size() <= kLongest) return out;
  size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
  return out.substr(0, end) + "…";
}

std::string Where(const Passage& passage) {
  std::string out = passage.document_id;
  for (const std::string& heading : passage.headings) absl::StrAppend(&out, " › ", heading);
  return out;
}

// How well the best passage fits: its cosine or, without embeddings, its share of the question's
// terms, thousandths.
absl::StatusOr<int32_t> BestFit(const KnowledgeSnapshot& snapshot, const std::string& question) {
  const absl::StatusOr<std::vector<Hit>> hits = snapshot.Search(question, {.k = 10});
  if (!hits.ok()) return hits.status();
  int32_t best = 0;
  for (const Hit& hit : *hits) {
    if (snapshot.has_embeddings()) {
      best = std::max(best, static_cast<int32_t>(Quantise(hit.cosine) / 1000));
      continue;
    }
    std::set<std::string> held, asked;
    for (const auto& token : text::Analyse(hit.passage->text, hit.passage->language)) {
      held.insert(token.term);
    }
    for (const auto& token :
         text::Analyse(question, hit.passage->language, {.drop_stop_words = true})) {
      asked.insert(token.term);
    }
    if (asked.empty()) continue;
    const auto found = std::count_if(asked.begin(), asked.end(),
                                     [&](const std::string& term) { return held.contains(term); });
    best = std::max(best, static_cast<int32_t>(found * 1000 / static_cast<long>(asked.size())));
  }
  return best;
}

nlohmann::json PlaceJson(const ReportPlace& place) {
  return {{"document", place.passage->document_id},
          {"passage", place.passage->hash.Hex()},
          {"begin", place.span.begin},
          {"end", place.span.end},
          {"text", Quote(place)}};
}

std::string DayText(const CalendarDay& day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year, day.month, day.day);
}

}  // namespace

absl::StatusOr<KnowledgeReport> MakeReport(const KnowledgeSnapshot& snapshot,
                                           const ReportOptions& options) {
  const std::vector<const Passage*> passages = snapshot.Passages();
  KnowledgeReport out{.duplicates = FindNearDuplicates(passages, options.alike_from),
                      .conflicts = FindNumberConflicts(passages),
                      .stale = FindStaleDates(passages, options.today)};
  for (const std::string& question : options.questions) {
    const absl::StatusOr<int32_t> best = BestFit(snapshot, question);
    if (!best.ok()) return best.status();
    if (*best < options.gap_below) out.gaps.push_back({question, *best});
  }
  return out;
}

std::string ToText(const KnowledgeReport& report) {
  std::string out;
  absl::StrAppend(&out, "Near-duplicates: ", report.duplicates.size(), "\n");
  for (const NearDuplicate& found : report.duplicates) {
    absl::StrAppendFormat(&out, "  %.1f %% alike: %s | %s\n", found.alike / 10.0,
                          Where(*found.first), Where(*found.second));
  }
  absl::StrAppend(&out, "Numbers that contradict each other: ", report.conflicts.size(), "\n");
  for (const NumberConflict& found : report.conflicts) {
    absl::StrAppend(&out, "  ", found.first_number, " or ", found.second_number, "?\n    ",
                    Where(*found.first.passage), ": ", Quote(found.first), "\n    ",
                    Where(*found.second.passage), ": ", Quote(found.second), "\n");
  }
  absl::StrAppend(&out, "Dates that have passed: ", report.stale.size(), "\n");
  for (const StaleDate& found : report.stale) {
    absl::StrAppend(&out, "  ", DayText(found.day), " ", Where(*found.place.passage), ": ",
                    Quote(found.place), "\n");
  }
  absl::StrAppend(&out, "Questions that found nothing: ", report.gaps.size(), "\n");
  for (const KnowledgeGap& found : report.gaps) {
    absl::StrAppendFormat(&out, "  %.3f %s\n", found.best / 1000.0, found.question);
  }
  return out;
}

nlohmann::json ToJson(const KnowledgeReport& report) {
  nlohmann::json out = {{"near_duplicates", nlohmann::json::array()},
                        {"number_conflicts", nlohmann::json::array()},
                        {"stale_dates", nlohmann::json::array()},
                        {"gaps", nlohmann::json::array()}};
  for (const NearDuplicate& found : report.duplicates) {
    out["near_duplicates"].push_back({{"first", found.first->document_id},
                                      {"first_passage", found.first->hash.Hex()},
                                      {"second", found.second->document_id},
                                      {"second_passage", found.second->hash.Hex()},
                                      {"alike", found.alike / 1000.0}});
  }
  for (const NumberConflict& found : report.conflicts) {
    out["number_conflicts"].push_back({{"first", PlaceJson(found.first)},
                                       {"second", PlaceJson(found.second)},
                                       {"numbers", {found.first_number, found.second_number}}});
  }
  for (const StaleDate& found : report.stale) {
    nlohmann::json entry = PlaceJson(found.place);
    entry["date"] = DayText(found.day);
    out["stale_dates"].push_back(std::move(entry));
  }
  for (const KnowledgeGap& found : report.gaps) {
    out["gaps"].push_back({{"question", found.question}, {"best", found.best / 1000.0}});
  }
  return out;
}

}  // namespace frontdesk::retrieval
