// Collects passages and turns them into the bytes of a segment; merges segments into one.
//
// A builder belongs to one thread. The same passages in the same order give the same bytes.
//
//   SegmentBuilder builder;
//   builder.Add(id, {.title = t, .body = text});
//   auto segment = Segment::OpenOwned(std::move(builder).Finish());
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "retrieval/index/index_snapshot.h"
#include "retrieval/index/segment_writer.h"
#include "retrieval/index/term_counter.h"

namespace frontdesk::retrieval {

class SegmentBuilder {
 public:
  // Adds the next document; its number is the count of those before. key: see SegmentDocument.
  // Cost: about 50 ns a word once the vocabulary is known.
  void Add(uint64_t key, const PassageFields& fields);

  uint32_t documents() const { return static_cast<uint32_t>(documents_.size()); }

  // Cost: a counting sort of the postings, and coding them.
  std::string Finish() &&;

 private:
  struct Posting {
    uint32_t term;
    uint32_t document;
    uint32_t quarters;
  };
  TermCounter counter_;
  std::vector<SegmentDocument> documents_;
  std::vector<Posting> postings_;
};

// One segment with the live documents of several, in their order; deleted ones are gone. Scores
// stay what they were. Cost: decoding and coding every posting.
std::string MergeSegments(const std::vector<IndexPart>& parts);

// Counts listed by falling frequency, at most 256; the smallest is always among them.
std::vector<uint32_t> CountTable(const std::vector<uint64_t>& frequency_by_quarters);

}  // namespace frontdesk::retrieval
