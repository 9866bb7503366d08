// One term's place in the postings of one part, for a search that moves over windows of documents.
//
// Belongs to one search. Windows [low, high) must not move back; a window's size is at most
// kWindow. Blocks are decoded when a posting of theirs is needed, count codes apart from documents.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "retrieval/index/query_terms.h"
#include "retrieval/index/rising_match.h"
#include "retrieval/index/segment.h"
#include "retrieval/index/window_sums.h"

namespace frontdesk::retrieval {

// What all terms of a part share.
struct PartScores {
  const float* units = nullptr;      // [count code, length code]
  const uint8_t* lengths = nullptr;  // length code by document
  uint32_t documents = 0;
  double bound_ratio = 1;  // what a stored bound has to be multiplied with: docs/bm25.md
};

class PostingCursor {
 public:
  PostingCursor(const Postings& postings, float weight, const PartScores& part);

  // At least what the term adds to any document of [low, high); 0 when it has none there.
  // Cost: the bounds of a few blocks, and nothing while the window lies in the block seen last.
  int32_t Bound(uint32_t low, uint32_t high);

  // How many postings a window is expected to hold.
  double PostingsPerWindow() const { return per_window_; }

  // Adds the term's scores of [low, high) to sums[document - low]. Blocks in which no posting
  // reaches `least` may be left out.
  void AddTo(uint32_t low, uint32_t high, int32_t least, int32_t* sums);
  // The same, and sets the bit of each of these documents in `touched`.
  void AddAndTouch(uint32_t low, uint32_t high, int32_t least, int32_t* sums, uint64_t* touched);

  // Adds the term's scores of the documents low + offsets[i] (rising) to sums[offsets[i]]. Where
  // sum and score together stay below `least`, the score may be left out.
  void AddToThose(uint32_t low, std::span<const uint32_t> offsets, int32_t least, int32_t* sums);

 private:
  static constexpr uint32_t kNothing = UINT32_MAX;

  int32_t BoundScore(uint8_t bound) const;
  uint32_t LastDocument(uint32_t block) const {
    return postings_.LastDocument(block, part_.documents - 1);
  }
  // Moves on to the block that may hold the document, or behind the last block.
  void MoveToBlockOf(uint32_t document) {
    while (block_ < postings_.blocks && LastDocument(block_) < document) ++block_;
  }
  void DecodeDocuments();
  void DecodeCodes();
  // Calls visit(from, to) with the places of the decoded postings in [low, high), block by block.
  template <typename Visit>
  void ForEachBlock(uint32_t low, uint32_t high, int32_t least, Visit visit);
  int32_t ScoreAt(uint32_t document, uint32_t code) const {
    return PostingScore(weight_, part_.units[code * 256 + part_.lengths[document]]);
  }

  const Postings postings_;
  const PartScores part_;
  const float weight_;
  const float bound_scale_;
  const double per_window_;
  uint32_t block_ = 0;               // no document asked for is before it
  uint32_t decoded_ = kNothing;      // the block whose documents are in numbers_
  uint32_t codes_of_ = kNothing;     // the block whose count codes are in codes_
  uint32_t place_ = 0;               // in numbers_: no posting asked for is before it
  uint32_t size_ = 0;                // of numbers_
  uint32_t bound_holds_below_ = 0;   // bound_ is right for windows that end here or before
  int32_t bound_ = 0;
  alignas(64) std::array<uint32_t, kPackSize + kBlockPadding> numbers_;
  alignas(64) std::array<uint32_t, kPackSize> codes_;
};

}  // namespace frontdesk::retrieval
