// One immutable piece of the inverted index: its bytes, and how to read them.
//
// A segment holds documents numbered 0 … documents() − 1 (here a document is a passage), for each
// a rank key and a length, and for each term its postings: document numbers and weighted counts
// in blocks of 128 with an upper bound of what a posting in the block can earn. The bytes may be
// in memory or mapped from a file; docs/index_format.md specifies them. Thread-safe.
//
//   auto segment = Segment::Open(bytes);
//   if (auto postings = (*segment)->Find("refund")) Walk(*postings);
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "retrieval/index/bit_packing.h"
#include "retrieval/index/segment_format.h"

namespace frontdesk::retrieval {

// The postings of one term in one segment. Points into the segment's bytes.
struct Postings {
  uint32_t df = 0;      // postings, documents deleted since included
  uint32_t blocks = 0;  // ceil(df / 128)
  // blocks > 1 only: for each block its last document and where it begins in `data`, as
  // little-endian uint32 without alignment; for one block they are not stored.
  const uint8_t* last_documents = nullptr;
  const uint8_t* offsets = nullptr;
  const uint8_t* bounds = nullptr;  // for each block: what a posting earns at most, 1/255
  const uint8_t* widths = nullptr;  // for each block two bytes: bits of a gap, bits of a count code
  const uint8_t* data = nullptr;
  uint8_t bound = 0;  // the largest of bounds

  uint32_t BlockSize(uint32_t block) const {
    return block + 1 < blocks ? kPackSize : df - block * static_cast<uint32_t>(kPackSize);
  }
  // The last document of a block; `if_single` for the only block of a short list.
  uint32_t LastDocument(uint32_t block, uint32_t if_single) const {
    return blocks == 1 ? if_single : LoadAs<uint32_t>(last_documents + 4 * block);
  }
  // Decodes a block: documents rising, count codes beside them. Both arrays hold 128.
  // Returns the number of postings. Cost: about 60 ns.
  uint32_t Decode(uint32_t block, uint32_t* documents, uint32_t* codes) const {
    DecodeCodes(block, codes);
    return DecodeDocuments(block, documents);
  }
  // The halves of it, and one count code by itself (place < BlockSize(block)).
  uint32_t DecodeDocuments(uint32_t block, uint32_t* documents) const;
  void DecodeCodes(uint32_t block, uint32_t* codes) const;
  uint32_t CodeAt(uint32_t block, uint32_t place) const {
    const int width = widths[2 * block + 1];
    const uint32_t size = BlockSize(block);
    const uint8_t* const at = BlockData(block) + GapBytes(block, size);
    return size == kPackSize ? PackedAt(at, width, place) : TailAt(at, width, place);
  }

 private:
  const uint8_t* BlockData(uint32_t block) const {
    return blocks > 1 ? data + LoadAs<uint32_t>(offsets + 4 * block) : data;
  }
  size_t GapBytes(uint32_t block, uint32_t size) const {
    const int width = widths[2 * block];
    return size == kPackSize ? PackBytes(width) : TailBytes(size, width);
  }
};

class Segment {
 public:
  // Takes bytes that SegmentWriter made. `owner` keeps them alive (a string, a mapping).
  // Errors: DATA_LOSS (not a segment, truncated, checksum), FAILED_PRECONDITION (newer format).
  // Cost: one pass over the bytes for the checksum.
  static absl::StatusOr<std::shared_ptr<const Segment>> Open(std::string_view bytes,
                                                             std::shared_ptr<const void> owner);
  static absl::StatusOr<std::shared_ptr<const Segment>> OpenOwned(std::string bytes);
  // Maps a file read-only. Errors: NOT_FOUND, and as Open, naming the file.
  static absl::StatusOr<std::shared_ptr<const Segment>> OpenFile(const std::string& path);

  uint32_t documents() const { return documents_; }
  uint32_t terms() const { return terms_; }
  std::string_view bytes() const { return bytes_; }

  uint64_t Key(uint32_t document) const;
  uint8_t LengthCode(uint32_t document) const { return lengths_[document]; }
  const uint8_t* length_codes() const { return lengths_; }

  // Weighted counts, in quarters, by count code.
  std::span<const uint32_t> counts() const { return counts_; }
  // The average length that block bounds were computed with.
  double bound_average_length() const { return bound_average_length_; }

  // The postings of a term, or nothing. Cost: a binary search and up to 16 dictionary entries.
  std::optional<Postings> Find(std::string_view term) const;

  // Calls visit(term, postings) for every term in byte order.
  void ForEachTerm(const std::function<void(std::string_view, const Postings&)>& visit) const;

 private:
  Segment() = default;
  absl::Status Read();
  Postings PostingsAt(uint64_t offset, uint32_t df) const;

  std::shared_ptr<const void> owner_;
  std::string_view bytes_;
  uint32_t documents_ = 0;
  uint32_t terms_ = 0;
  double bound_average_length_ = 0;
  const uint8_t* keys_ = nullptr;
  const uint8_t* lengths_ = nullptr;
  std::vector<uint32_t> counts_;
  // One entry for each group of 16 terms: the first term's first eight bytes (big-endian) and
  // where the group stands in the dictionary.
  std::vector<uint64_t> group_prefix_;
  std::vector<uint32_t> group_offset_;
  std::vector<uint64_t> group_postings_;
  std::string_view dictionary_;
  std::string_view postings_;
};

}  // namespace frontdesk::retrieval
