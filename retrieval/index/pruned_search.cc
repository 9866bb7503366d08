// MaxScore with block-max bounds over windows of documents: docs/bm25.md.
//
// Invariants, for a window [low, high) of a part's documents:
//   1. bound[i] is at least what term i adds to any document of the window.
//   2. The optional terms are those, of smallest bounds, whose bounds together stay below the
//      threshold: a document that holds only optional terms cannot enter the result.
//   3. After the required terms are added up, sums_[d - low] is their whole share of document d,
//      so sums_ + the optional bounds decides whether d is looked at again.
//   4. Cursors only move forward.
#include <algorithm>
#include <array>
#include <vector>

#include "retrieval/index/bm25.h"
#include "retrieval/index/index_snapshot.h"
#include "retrieval/index/query_terms.h"
#include "retrieval/index/top_documents.h"
#include "retrieval/index/window_sums.h"

namespace frontdesk::retrieval {
namespace {

constexpr uint32_t kNothingDecoded = UINT32_MAX;

// One term's place in the postings of one part.
class Cursor {
 public:
  // bound_ratio: what a stored bound has to be multiplied with (see BoundRatio).
  Cursor(const Postings& postings, float weight, double bound_ratio, uint32_t documents)
      : postings_(postings),
        weight_(weight),
        bound_scale_(static_cast<float>(static_cast<double>(weight) * bound_ratio / 255.0)),
        last_document_(documents - 1) {}

  // The most that the term adds to a document in [low, high); 0 when it has none there.
  int32_t Bound(uint32_t low, uint32_t high) {
    MoveToBlockOf(low);
    uint8_t bound = 0;
    for (uint32_t b = block_; b < postings_.blocks; ++b) {
      if (b > 0 && postings_.LastDocument(b - 1, 0) + 1 >= high) break;
      bound = std::max(bound, postings_.bounds[b]);
      if (LastDocument(b) + 1 >= high) break;
    }
    return bound == 0 ? 0 : BoundScore(bound);
  }

  // Adds the term's scores of [low, high) to sums[document - low].
  void AddTo(uint32_t low, uint32_t high, const float* units, const uint8_t* lengths,
             int32_t* sums) {
    ForEachBlock(low, high, INT32_MIN, [&](uint32_t from, uint32_t to) {
      for (uint32_t i = from; i < to; ++i) {
        const uint32_t document = numbers_[i];
        sums[document - low] += PostingScore(weight_, units[codes_[i] * 256 + lengths[document]]);
      }
    });
  }

  // Calls visit(document, score) for the postings in [low, high), leaving out blocks whose bound
  // is below `least`.
  template <typename Visit>
  void ForEach(uint32_t low, uint32_t high, int32_t least, const float* units,
               const uint8_t* lengths, Visit visit) {
    ForEachBlock(low, high, least, [&](uint32_t from, uint32_t to) {
      for (uint32_t i = from; i < to; ++i) {
        const uint32_t document = numbers_[i];
        visit(document, PostingScore(weight_, units[codes_[i] * 256 + lengths[document]]));
      }
    });
  }

  // The term's score of a document not before any asked for, 0 when it lacks the term. Gives -1
  // without decoding when the block's bound is below `least`.
  int32_t ScoreOf(uint32_t document, int32_t least, const float* units, const uint8_t* lengths) {
    MoveToBlockOf(document);
    if (block_ == postings_.blocks) return 0;
    if (decoded_ != block_) {
      if (BoundScore(postings_.bounds[block_]) < least) return -1;
      Decode();
    }
    const uint32_t* begin = numbers_.data() + position_;
    const uint32_t* end = numbers_.data() + size_;
    const uint32_t* at = std::lower_bound(begin, end, document);
    position_ = static_cast<uint32_t>(at - numbers_.data());
    if (position_ == size_ || *at != document) return 0;
    return PostingScore(weight_, units[codes_[position_] * 256 + lengths[document]]);
  }

 private:
  // The two cover the rounding of float products of up to 2^31.
  int32_t BoundScore(uint8_t bound) const {
    const double exact = static_cast<double>(bound) * static_cast<double>(bound_scale_);
    return static_cast<int32_t>(exact * (1 + 1e-6)) + 2;
  }
  uint32_t LastDocument(uint32_t block) const {
    return postings_.LastDocument(block, last_document_);
  }
  void MoveToBlockOf(uint32_t document) {
    while (block_ < postings_.blocks && LastDocument(block_) < document) ++block_;
  }
  void Decode() {
    size_ = postings_.Decode(block_, numbers_.data(), codes_.data());
    decoded_ = block_;
    position_ = 0;
  }

  // Decodes each block that reaches into [low, high) and calls visit(from, to) with the places of
  // its postings there; leaves the cursor at the first posting not below high.
  template <typename Visit>
  void ForEachBlock(uint32_t low, uint32_t high, int32_t least, Visit visit) {
    MoveToBlockOf(low);
    for (; block_ < postings_.blocks; ++block_) {
      if (block_ > 0 && postings_.LastDocument(block_ - 1, 0) + 1 >= high) return;
      const bool ends_here = LastDocument(block_) < high;
      if (decoded_ != block_) {
        if (BoundScore(postings_.bounds[block_]) < least) {
          if (ends_here) continue;
          return;
        }
        Decode();
      }
      uint32_t from = position_;
      while (from < size_ && numbers_[from] < low) ++from;
      uint32_t to = size_;
      if (size_ > 0 && numbers_[size_ - 1] >= high) {
        to = static_cast<uint32_t>(
            std::lower_bound(numbers_.begin() + from, numbers_.begin() + size_, high) -
            numbers_.begin());
      }
      visit(from, to);
      position_ = to;
      if (!ends_here) return;
    }
  }

  Postings postings_;
  float weight_;
  float bound_scale_;
  uint32_t last_document_;
  uint32_t block_ = 0;
  uint32_t decoded_ = kNothingDecoded;
  uint32_t position_ = 0;
  uint32_t size_ = 0;
  alignas(64) std::array<uint32_t, kPackSize> numbers_;
  alignas(64) std::array<uint32_t, kPackSize> codes_;
};

// Block bounds were computed with the average length of their segment. A larger average now
// makes units larger, at most by the ratio of the averages.
double BoundRatio(double average_now, double average_then) {
  return std::max(1.0, average_now / average_then);
}

// The search of one part.
class PartSearch {
 public:
  PartSearch(const IndexSnapshot& index, size_t part, const std::vector<LookedUpTerm>& terms,
             TopDocuments* top)
      : part_(index.parts()[part]),
        part_number_(static_cast<uint32_t>(part)),
        units_(index.units(part)),
        lengths_(part_.segment->length_codes()),
        top_(top) {
    const double ratio = BoundRatio(index.average_length(), part_.segment->bound_average_length());
    cursors_.reserve(terms.size());
    for (const LookedUpTerm& term : terms) {
      if (!term.postings[part]) continue;
      cursors_.emplace_back(*term.postings[part], term.weight, ratio, part_.segment->documents());
    }
    order_.reserve(cursors_.size());
    bounds_.resize(cursors_.size());
  }

  void Run() {
    const uint32_t documents = part_.segment->documents();
    for (uint32_t low = 0; low < documents;) {
      const uint32_t high = std::min<uint64_t>(documents, uint64_t{low} + kWindow);
      SearchWindow(low, high);
      low = high;
    }
  }

 private:
  void SearchWindow(uint32_t low, uint32_t high) {
    const int32_t threshold = top_->threshold();
    int64_t total = 0;
    order_.clear();
    for (uint32_t i = 0; i < cursors_.size(); ++i) {
      bounds_[i] = cursors_[i].Bound(low, high);
      total += bounds_[i];
      if (bounds_[i] > 0) order_.push_back(i);
    }
    if (total < threshold || order_.empty()) return;
    std::sort(order_.begin(), order_.end(), [&](uint32_t a, uint32_t b) {
      return bounds_[a] != bounds_[b] ? bounds_[a] < bounds_[b] : a < b;
    });
    size_t optional = 0;
    int64_t optional_bound = 0;
    while (optional_bound + bounds_[order_[optional]] < threshold) {
      optional_bound += bounds_[order_[optional++]];
    }
    if (optional + 1 == order_.size()) {
      SearchOneRequired(low, high, optional, optional_bound);
    } else {
      SearchSums(low, high, optional, optional_bound);
    }
  }

  // One required term: its postings are the candidates.
  void SearchOneRequired(uint32_t low, uint32_t high, size_t optional, int64_t optional_bound) {
    const auto least =
        static_cast<int32_t>(std::max<int64_t>(1, top_->threshold() - optional_bound));
    cursors_[order_[optional]].ForEach(low, high, least, units_, lengths_,
                                       [&](uint32_t document, int32_t score) {
                                         Complete(document, score, optional, optional_bound);
                                       });
  }

  void SearchSums(uint32_t low, uint32_t high, size_t optional, int64_t optional_bound) {
    for (size_t i = optional; i < order_.size(); ++i) {
      cursors_[order_[i]].AddTo(low, high, units_, lengths_, sums_.data());
    }
    const auto least =
        static_cast<int32_t>(std::max<int64_t>(1, top_->threshold() - optional_bound));
    const size_t found = TakeCandidates(sums_.data(), high - low, least, candidates_.data());
    for (size_t i = 0; i < found; ++i) {
      Complete(low + candidates_[i].offset, candidates_[i].sum, optional, optional_bound);
    }
  }

  // Adds the optional terms to a candidate, largest bound first, as long as it can still enter.
  void Complete(uint32_t document, int32_t score, size_t optional, int64_t remaining) {
    const int32_t threshold = top_->threshold();
    for (size_t i = optional; i-- > 0;) {
      if (score + remaining < threshold) return;
      const uint32_t term = order_[i];
      remaining -= bounds_[term];
      const int64_t least = threshold - score - remaining;
      const int32_t added = cursors_[term].ScoreOf(
          document, static_cast<int32_t>(std::clamp<int64_t>(least, INT32_MIN, INT32_MAX)), units_,
          lengths_);
      if (added < 0) return;
      score += added;
    }
    if (score < threshold || !part_.IsLive(document)) return;
    top_->Offer({part_number_, document, part_.segment->Key(document), score});
  }

  const IndexPart& part_;
  const uint32_t part_number_;
  const float* const units_;
  const uint8_t* const lengths_;
  TopDocuments* const top_;
  std::vector<Cursor> cursors_;
  std::vector<int32_t> bounds_;  // by cursor, of the window
  std::vector<uint32_t> order_;  // cursors with postings in the window, by rising bound
  alignas(64) std::array<int32_t, kWindow> sums_{};
  std::array<WindowCandidate, kWindow> candidates_;
};

}  // namespace

std::vector<ScoredDocument> IndexSnapshot::Search(std::span<const WeightedTerm> terms,
                                                  int k) const {
  const std::vector<LookedUpTerm> found = LookUp(*this, terms);
  TopDocuments top(k);
  for (size_t part = 0; part < parts_.size() && !found.empty(); ++part) {
    PartSearch(*this, part, found, &top).Run();
  }
  return std::move(top).Best();
}

}  // namespace frontdesk::retrieval
