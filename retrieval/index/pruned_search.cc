// MaxScore with block-max bounds over windows of documents: docs/bm25.md.
//
// Invariants, for a window [low, high) of a part's documents:
//   1. bounds_[i] is at least what term i adds to any document of the window.
//   2. The optional terms are those, of smallest bounds, whose bounds together stay below the
//      threshold: a document that holds only optional terms cannot enter the result.
//   3. After the required terms are added up, sums[d - low] is their whole share of document d; a
//      candidate is a document whose share and the optional bounds together reach the threshold.
//   4. After an optional term was looked up for the candidates, those stay for whom the same holds
//      with the bounds of the terms that are left.
//   5. Cursors only move forward.
#include <algorithm>
#include <vector>

#include "retrieval/index/index_snapshot.h"
#include "retrieval/index/known_scores.h"
#include "retrieval/index/posting_cursor.h"
#include "retrieval/index/query_terms.h"
#include "retrieval/index/top_documents.h"
#include "retrieval/index/window_sums.h"

namespace frontdesk::retrieval {
namespace {

// The first windows are small, so that a threshold is known soon.
constexpr uint32_t kFirstWindow = 256;

// Windows with fewer postings than this are looked through by the bits of what was touched.
constexpr double kSparse = kWindow / 8.0;

// Block bounds were computed with the average length of their segment. A larger average now
// makes units larger, at most by the ratio of the averages.
double BoundRatio(double average_now, double average_then) {
  return std::max(1.0, average_now / average_then);
}

// The search of one part.
class PartSearch {
 public:
  PartSearch(const IndexSnapshot& index, size_t part, const std::vector<LookedUpTerm>& terms,
             WindowScratch* window, TopDocuments* top)
      : part_(index.parts()[part]),
        part_number_(static_cast<uint32_t>(part)),
        window_(*window),
        top_(top) {
    const Segment& segment = *part_.segment;
    const PartScores scores = {
        .units = index.units(part),
        .lengths = segment.length_codes(),
        .documents = segment.documents(),
        .bound_ratio = BoundRatio(index.average_length(), segment.bound_average_length())};
    cursors_.reserve(terms.size());
    for (const LookedUpTerm& term : terms) {
      if (!term.postings[part]) continue;
      order_.push_back(static_cast<uint32_t>(cursors_.size()));
      cursors_.emplace_back(*term.postings[part], term.weight, scores);
    }
    bounds_.resize(cursors_.size());
  }

  void Run() {
    const uint64_t documents = part_.segment->documents();
    uint64_t size = kFirstWindow;
    for (uint64_t low = 0; low < documents; low += size) {
      if (low >= 2 * size) size = std::min<uint64_t>(kWindow, 2 * size);
      SearchWindow(static_cast<uint32_t>(low),
                   static_cast<uint32_t>(std::min(documents, low + size)));
    }
  }

 private:
  void SearchWindow(uint32_t low, uint32_t high) {
    const int32_t threshold = top_->threshold();
    int64_t total = 0;
    for (size_t i = 0; i < cursors_.size(); ++i) {
      bounds_[i] = cursors_[i].Bound(low, high);
      total += bounds_[i];
    }
    if (total < threshold) return;
    SortByBound();
    size_t optional = 0;
    int64_t optional_bound = 0;
    while (optional_bound + bounds_[order_[optional]] < threshold) {
      optional_bound += bounds_[order_[optional++]];
    }
    const bool sparse = PostingsExpected(optional) < kSparse;
    size_t found =
        AddRequired(low, high, optional, AtLeast(threshold - optional_bound), sparse);
    while (optional > 0 && found > 0 && optional_bound > 0) {
      const uint32_t term = order_[--optional];
      optional_bound -= bounds_[term];
      const int32_t least = AtLeast(threshold - optional_bound);
      cursors_[term].AddToThose(low, {window_.candidates.data(), found}, least, window_.sums.data());
      found = KeepAtLeast(window_.sums.data(), least, window_.candidates.data(), found);
    }
    for (size_t i = 0; i < found; ++i) {
      const int32_t score = window_.sums[window_.candidates[i]];
      window_.sums[window_.candidates[i]] = 0;
      const uint32_t document = low + window_.candidates[i];
      if (score < top_->threshold() || !part_.IsLive(document)) continue;
      top_->Offer({part_number_, document, part_.segment->Key(document), score});
    }
    if (!sparse) std::fill_n(window_.sums.begin(), high - low, 0);
  }

  static int32_t AtLeast(int64_t score) {
    return static_cast<int32_t>(std::clamp<int64_t>(score, 1, INT32_MAX));
  }

  // order_ by rising bounds, equal ones by number; it is nearly so from the window before.
  void SortByBound() {
    const auto before = [&](uint32_t a, uint32_t b) {
      return bounds_[a] != bounds_[b] ? bounds_[a] < bounds_[b] : a < b;
    };
    for (size_t i = 1; i < order_.size(); ++i) {
      const uint32_t term = order_[i];
      size_t at = i;
      for (; at > 0 && before(term, order_[at - 1]); --at) order_[at] = order_[at - 1];
      order_[at] = term;
    }
  }

  // Postings of the terms from order_[first] on that a window may hold.
  double PostingsExpected(size_t first) const {
    double sum = 0;
    for (size_t i = first; i < order_.size(); ++i) sum += cursors_[order_[i]].PostingsPerWindow();
    return sum;
  }

  // Adds up the terms from order_[first] on, and takes the candidates that reach `least`. In a
  // sparse window, the sums of all other documents are 0 afterwards.
  size_t AddRequired(uint32_t low, uint32_t high, size_t first, int32_t least, bool sparse) {
    // Of a single required term, blocks that do not reach it alone are left out.
    const int32_t least_of_one = first + 1 == order_.size() ? least : INT32_MIN;
    for (size_t i = first; i < order_.size(); ++i) {
      PostingCursor& term = cursors_[order_[i]];
      if (sparse) {
        term.AddAndTouch(low, high, least_of_one, window_.sums.data(), window_.touched.data());
      } else {
        term.AddTo(low, high, least_of_one, window_.sums.data());
      }
    }
    return sparse ? TakeTouchedAtLeast(window_.sums.data(), window_.touched.data(), (high - low + 63) / 64, least,
                                       window_.candidates.data())
                  : TakeAtLeast(window_.sums.data(), high - low, least, window_.candidates.data());
  }

  const IndexPart& part_;
  const uint32_t part_number_;
  WindowScratch& window_;
  TopDocuments* const top_;
  std::vector<PostingCursor> cursors_;
  std::vector<int32_t> bounds_;  // by cursor, of the window
  std::vector<uint32_t> order_;  // cursors by rising bound
};

}  // namespace

std::vector<ScoredDocument> IndexSnapshot::Search(std::span<const WeightedTerm> terms,
                                                  int k) const {
  const std::vector<LookedUpTerm> found = LookUp(*this, terms);
  TopDocuments top(k);
  WindowScratch window;
  for (size_t part = 0; part < parts_.size() && !found.empty(); ++part) {
    top.RaiseThreshold(ScoreReachedBy(k, *this, part, found));
    PartSearch(*this, part, found, &window, &top).Run();
  }
  return std::move(top).Best();
}

}  // namespace frontdesk::retrieval
