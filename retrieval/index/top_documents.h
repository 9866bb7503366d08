// The k best documents seen so far.
//
// A heap whose root is the worst that is kept. Belongs to one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "retrieval/index/index_snapshot.h"

namespace frontdesk::retrieval {

class TopDocuments {
 public:
  explicit TopDocuments(int k) : k_(static_cast<size_t>(k)) { heap_.reserve(k_ + 1); }

  // The least score that may still enter: documents below it need not be offered. A document with
  // just this score enters when its key is lower than that of the worst one.
  int32_t threshold() const { return threshold_; }

  // Makes the threshold at least this. Precondition: k live documents of the index have a score
  // of at least `score`.
  void RaiseThreshold(int32_t score) { threshold_ = std::max(threshold_, score); }

  void Offer(const ScoredDocument& document) {
    if (heap_.size() == k_) {
      if (!(document < heap_.front())) return;
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.back() = document;
    } else {
      heap_.push_back(document);
    }
    std::push_heap(heap_.begin(), heap_.end());
    if (heap_.size() == k_) threshold_ = std::max(threshold_, heap_.front().score);
  }

  std::vector<ScoredDocument> Best() && {
    std::sort(heap_.begin(), heap_.end());
    return std::move(heap_);
  }

 private:
  const size_t k_;
  int32_t threshold_ = 1;
  std::vector<ScoredDocument> heap_;  // heap by operator<, so the front is the worst
};

}  // namespace frontdesk::retrieval
