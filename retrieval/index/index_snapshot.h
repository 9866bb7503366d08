// The index as one search sees it: segments, which of their documents are live, and the
// statistics of exactly those.
//
// Immutable and thread-safe. Document frequencies, the number of documents and their average
// length count live documents only, so scores do not depend on how the segments came about.
//
//   auto index = IndexSnapshot::Make({{segment, nullptr}});
//   std::vector<ScoredDocument> top = index->Search({{"refund", 1}}, 10);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "retrieval/index/segment.h"

namespace frontdesk::retrieval {

// Which documents of a segment are live.
struct LiveDocuments {
  std::vector<uint64_t> bits;  // bit d mod 64 of word d div 64
  uint32_t count = 0;
  // For each term, how many of its documents in the segment are deleted.
  absl::flat_hash_map<std::string, uint32_t> deleted_df;

  static LiveDocuments All(uint32_t documents);
  bool Contains(uint32_t document) const { return (bits[document / 64] >> (document % 64)) & 1; }
  // Removes a live document with these distinct terms.
  void Delete(uint32_t document, std::span<const std::string> terms);
};

struct IndexPart {
  std::shared_ptr<const Segment> segment;
  std::shared_ptr<const LiveDocuments> live;  // null: all are

  bool IsLive(uint32_t document) const { return live == nullptr || live->Contains(document); }
  uint32_t LiveCount() const { return live ? live->count : segment->documents(); }
};

struct WeightedTerm {
  std::string term;  // analysed
  float weight = 1;  // how often the query has it, or a synonym's share; > 0
};

struct ScoredDocument {
  uint32_t part = 0;
  uint32_t document = 0;
  uint64_t key = 0;
  int32_t score = 0;  // in 1 / kScoreScale

  // Better first: higher score, then lower key.
  friend bool operator<(const ScoredDocument& a, const ScoredDocument& b) {
    return a.score != b.score ? a.score > b.score : a.key < b.key;
  }
  friend bool operator==(const ScoredDocument&, const ScoredDocument&) = default;
};

class IndexSnapshot {
 public:
  static std::shared_ptr<const IndexSnapshot> Make(std::vector<IndexPart> parts);

  // The k best documents that hold a term, best first. At most kMostTerms terms are used, the
  // rarest; terms given twice add up. Blocks and windows that cannot reach the k-th score are
  // skipped; the result is that of SearchExhaustively. k >= 1. Source: docs/bm25.md.
  std::vector<ScoredDocument> Search(std::span<const WeightedTerm> terms, int k) const;

  // The same by scoring every posting: the plain twin for tests and measurements.
  std::vector<ScoredDocument> SearchExhaustively(std::span<const WeightedTerm> terms, int k) const;

  // Scores of given documents (rising within a part) for the terms, in their order.
  std::vector<int32_t> ScoreDocuments(std::span<const WeightedTerm> terms,
                                      std::span<const ScoredDocument> documents) const;

  // Live documents that hold the term.
  uint32_t DocumentFrequency(std::string_view term) const;
  double InverseDocumentFrequencyOf(std::string_view term) const;

  uint64_t documents() const { return documents_; }
  double average_length() const { return average_length_; }
  const std::vector<IndexPart>& parts() const { return parts_; }
  // What a posting earns before its term's weight: [count code, length code] of a part.
  const float* units(size_t part) const { return units_[part].data(); }

  static constexpr size_t kMostTerms = 256;

 private:
  std::vector<IndexPart> parts_;
  std::vector<std::vector<float>> units_;
  uint64_t documents_ = 0;
  double average_length_ = 1;
};

}  // namespace frontdesk::retrieval
