#include "retrieval/index/posting_cursor.h"

#include <algorithm>

namespace frontdesk::retrieval {

PostingCursor::PostingCursor(const Postings& postings, float weight, const PartScores& part)
    : postings_(postings),
      part_(part),
      weight_(weight),
      bound_scale_(static_cast<float>(static_cast<double>(weight) * part.bound_ratio / 255.0)),
      per_window_(static_cast<double>(postings.df) * kWindow / part.documents) {}

// The two cover the rounding of float products of up to 2^31.
int32_t PostingCursor::BoundScore(uint8_t bound) const {
  const double exact = static_cast<double>(bound) * static_cast<double>(bound_scale_);
  return static_cast<int32_t>(exact * (1 + 1e-6)) + 2;
}

int32_t PostingCursor::Bound(uint32_t low, uint32_t high) {
  if (high <= bound_holds_below_) return bound_;
  // A window over many blocks nearly always meets one with the largest bound.
  constexpr double kManyPostings = 8 * kPackSize;
  if (per_window_ > kManyPostings) {
    bound_holds_below_ = UINT32_MAX;
    return bound_ = BoundScore(postings_.blocks > 1 ? postings_.bound : postings_.bounds[0]);
  }
  MoveToBlockOf(low);
  uint8_t bound = 0;
  for (uint32_t block = block_; block < postings_.blocks; ++block) {
    if (block > 0 && postings_.LastDocument(block - 1, 0) + 1 >= high) break;
    bound = std::max(bound, postings_.bounds[block]);
    const uint32_t end = LastDocument(block) + 1;
    if (end >= high) {
      if (block == block_) bound_holds_below_ = end;
      break;
    }
  }
  return bound_ = bound == 0 ? 0 : BoundScore(bound);
}

void PostingCursor::DecodeDocuments() {
  size_ = postings_.DecodeDocuments(block_, numbers_.data());
  std::fill_n(numbers_.begin() + size_, kBlockPadding, kPastTheBlock);
  decoded_ = block_;
  place_ = 0;
}

void PostingCursor::DecodeCodes() {
  if (codes_of_ == block_) return;
  postings_.DecodeCodes(block_, codes_.data());
  codes_of_ = block_;
}

template <typename Visit>
void PostingCursor::ForEachBlock(uint32_t low, uint32_t high, int32_t least, Visit visit) {
  MoveToBlockOf(low);
  for (; block_ < postings_.blocks; ++block_) {
    if (block_ > 0 && postings_.LastDocument(block_ - 1, 0) + 1 >= high) return;
    const bool ends_here = LastDocument(block_) < high;
    if (decoded_ != block_) {
      if (BoundScore(postings_.bounds[block_]) < least) {
        if (ends_here) continue;
        return;
      }
      DecodeDocuments();
    }
    while (numbers_[place_] < low) ++place_;
    const uint32_t from = place_;
    if (size_ == 0 || numbers_[size_ - 1] < high) {
      place_ = size_;
    } else {
      place_ = static_cast<uint32_t>(
          std::lower_bound(numbers_.begin() + from, numbers_.begin() + size_, high) -
          numbers_.begin());
    }
    if (place_ > from) {
      DecodeCodes();
      visit(from, place_);
    }
    if (!ends_here) return;
  }
}

void PostingCursor::AddTo(uint32_t low, uint32_t high, int32_t least, int32_t* sums) {
  ForEachBlock(low, high, least, [&](uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; ++i) {
      const uint32_t document = numbers_[i];
      sums[document - low] += ScoreAt(document, codes_[i]);
    }
  });
}

void PostingCursor::AddAndTouch(uint32_t low, uint32_t high, int32_t least, int32_t* sums,
                                uint64_t* touched) {
  ForEachBlock(low, high, least, [&](uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; ++i) {
      const uint32_t document = numbers_[i];
      const uint32_t offset = document - low;
      sums[offset] += ScoreAt(document, codes_[i]);
      touched[offset / 64] |= uint64_t{1} << (offset % 64);
    }
  });
}

void PostingCursor::AddToThose(uint32_t low, std::span<const uint32_t> offsets, int32_t least,
                               int32_t* sums) {
  std::array<BlockMatch, kPackSize + 1> matches;
  for (size_t i = 0; i < offsets.size();) {
    MoveToBlockOf(low + offsets[i]);
    if (block_ == postings_.blocks) return;
    // Those of the block, at most as many as there is room for.
    const uint32_t last = LastDocument(block_);
    const size_t most = std::min(offsets.size(), i + kPackSize);
    size_t end = i + 1;
    if (low + offsets[most - 1] <= last) {
      end = most;
    } else {
      while (low + offsets[end] <= last) ++end;
    }
    const std::span<const uint32_t> here = offsets.subspan(i, end - i);
    i = end;
    if (decoded_ != block_) {
      int32_t best = 0;
      for (const uint32_t offset : here) best = std::max(best, sums[offset]);
      if (int64_t{best} + BoundScore(postings_.bounds[block_]) < least) continue;
      DecodeDocuments();
    }
    const size_t found =
        MatchRising(numbers_.data(), &place_, low, here.data(), here.size(), matches.data());
    for (size_t m = 0; m < found; ++m) {
      const auto [offset, place] = matches[m];
      const uint32_t code = codes_of_ == block_ ? codes_[place] : postings_.CodeAt(block_, place);
      sums[offset] += ScoreAt(low + offset, code);
    }
  }
}

}  // namespace frontdesk::retrieval
