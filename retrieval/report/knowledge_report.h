// What the owner of a knowledge base should look at: passages that say the same twice, sentences
// of two documents that differ only in their numbers, dates that have passed, and questions that
// found nothing.
//
// Everything in it is a hint for a person and names its place; nothing is changed. Pure, thread-safe,
// the same for the same documents, questions and day.
//
//   KnowledgeReport report = MakeReport(*base.snapshot(), {.today = {2026, 11, 24}});
//   std::puts(ToText(report).c_str());
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json_fwd.hpp"
#include "retrieval/knowledge_snapshot.h"
#include "text/span.h"

namespace frontdesk::retrieval {

struct CalendarDay {
  int year = 1970;
  int month = 1;
  int day = 1;
  friend auto operator<=>(const CalendarDay&, const CalendarDay&) = default;
};

// A stretch of a passage's text. The passage lives as long as the snapshot.
struct ReportPlace {
  const Passage* passage = nullptr;
  text::Span span;
};

struct NearDuplicate {
  const Passage* first = nullptr;
  const Passage* second = nullptr;
  int32_t alike = 0;  // share of their five-word stretches that both have, thousandths
};

// Two sentences of different documents with the same words but other numbers.
struct NumberConflict {
  ReportPlace first, second;
  std::string first_number, second_number;  // the first pair that differs
};

struct StaleDate {
  ReportPlace place;
  CalendarDay day;  // the last day that was meant
};

struct KnowledgeGap {
  std::string question;
  int32_t best = 0;  // the best passage's cosine or, without embeddings, share of words, thousandths
};

struct ReportOptions {
  CalendarDay today;
  int32_t alike_from = 600;  // thousandths: from here on passages are near-duplicates
  int32_t gap_below = 400;   // thousandths: a question whose best passage is below found nothing
  std::vector<std::string> questions;
};

struct KnowledgeReport {
  std::vector<NearDuplicate> duplicates;
  std::vector<NumberConflict> conflicts;
  std::vector<StaleDate> stale;
  std::vector<KnowledgeGap> gaps;

  bool empty() const {
    return duplicates.empty() && conflicts.empty() && stale.empty() && gaps.empty();
  }
};

// Errors: those of the EmbedFn, when there are questions.
// Cost: O(words) and the pairs that share rare words; a search a question.
absl::StatusOr<KnowledgeReport> MakeReport(const KnowledgeSnapshot& snapshot,
                                           const ReportOptions& options);

std::string ToText(const KnowledgeReport& report);
nlohmann::json ToJson(const KnowledgeReport& report);

// The parts of MakeReport.
std::vector<NearDuplicate> FindNearDuplicates(const std::vector<const Passage*>& passages,
                                              int32_t alike_from);
std::vector<NumberConflict> FindNumberConflicts(const std::vector<const Passage*>& passages);
// Dates before today that something ends or is valid until, or that name their day.
std::vector<StaleDate> FindStaleDates(const std::vector<const Passage*>& passages,
                                      const CalendarDay& today);

}  // namespace frontdesk::retrieval
