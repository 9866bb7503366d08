// Writes the bytes of a segment: documents first, then terms in byte order.
//
// Belongs to one thread. The same calls give the same bytes.
//
//   SegmentWriter writer(documents, counts);
//   writer.AddTerm("refund", numbers, quarters);   // terms rising
//   std::string bytes = std::move(writer).Finish();
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "retrieval/index/segment_format.h"

namespace frontdesk::retrieval {

struct SegmentDocument {
  uint64_t key = 0;  // orders documents of equal score
  uint8_t length_code = 0;
};

class SegmentWriter {
 public:
  // counts: every weighted count (quarters) that will occur, at most 256 of them; a count that is
  // not listed is written as the next lower one that is.
  SegmentWriter(std::vector<SegmentDocument> documents, std::vector<uint32_t> counts);

  // numbers: rising document numbers; quarters: their weighted counts. Both of the same size, not
  // empty. Terms must come in byte order, each once.
  void AddTerm(std::string_view term, std::span<const uint32_t> numbers,
               std::span<const uint32_t> quarters);

  std::string Finish() &&;

 private:
  uint8_t CodeOf(uint32_t quarters) const;
  uint8_t BoundOf(std::span<const uint32_t> numbers, std::span<const uint32_t> codes) const;

  std::vector<SegmentDocument> documents_;
  std::vector<uint32_t> counts_;     // by code, most frequent first as given
  std::vector<uint8_t> code_of_;     // by quarters
  std::vector<uint8_t> unit_bound_;  // [code, length code]: ceil(255 unit)
  double average_length_ = 1;
  std::string groups_, dictionary_, postings_;
  std::string last_term_;
  uint32_t terms_ = 0;
};

}  // namespace frontdesk::retrieval
