#include "retrieval/index/segment_builder.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "retrieval/index/bm25.h"

namespace frontdesk::retrieval {

std::vector<uint32_t> CountTable(const std::vector<uint64_t>& frequency_by_quarters) {
  constexpr size_t kMost = 256;
  std::vector<uint32_t> counts;
  for (uint32_t q = 0; q < frequency_by_quarters.size(); ++q) {
    if (frequency_by_quarters[q] > 0) counts.push_back(q);
  }
  if (counts.empty()) return counts;
  const uint32_t smallest = counts.front();
  std::stable_sort(counts.begin(), counts.end(), [&](uint32_t a, uint32_t b) {
    return frequency_by_quarters[a] > frequency_by_quarters[b];
  });
  if (counts.size() > kMost) {
    counts.resize(kMost);
    if (std::find(counts.begin(), counts.end(), smallest) == counts.end()) counts.back() = smallest;
  }
  return counts;
}

void SegmentBuilder::Add(uint64_t key, const PassageFields& fields) {
  const uint32_t number = documents();
  for (const auto& [term, quarters] : counter_.Count(fields)) {
    postings_.push_back({term, number, quarters});
  }
  documents_.push_back({key, EncodeLength(counter_.length())});
}

std::string SegmentBuilder::Finish() && {
  std::vector<uint64_t> frequency(kMaxQuarters + 1, 0);
  std::vector<uint64_t> begin(counter_.size() + 1, 0);
  for (const Posting& posting : postings_) {
    ++frequency[posting.quarters];
    ++begin[posting.term + 1];
  }
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<uint32_t> numbers(postings_.size()), quarters(postings_.size());
  std::vector<uint64_t> next(begin.begin(), begin.end() - 1);
  for (const Posting& posting : postings_) {
    const uint64_t at = next[posting.term]++;
    numbers[at] = posting.document;
    quarters[at] = posting.quarters;
  }
  std::vector<Posting>().swap(postings_);

  std::vector<uint32_t> order(counter_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return counter_.term(a) < counter_.term(b); });
  SegmentWriter writer(std::move(documents_), CountTable(frequency));
  for (const uint32_t term : order) {
    const size_t size = begin[term + 1] - begin[term];
    if (size == 0) continue;
    writer.AddTerm(counter_.term(term), std::span(numbers).subspan(begin[term], size),
                   std::span(quarters).subspan(begin[term], size));
  }
  return std::move(writer).Finish();
}

std::string MergeSegments(const std::vector<IndexPart>& parts) {
  constexpr uint32_t kGone = UINT32_MAX;
  std::vector<SegmentDocument> documents;
  std::vector<std::vector<uint32_t>> renumbered(parts.size());
  std::vector<uint64_t> frequency(kMaxQuarters + 1, 0);
  // Terms of all segments in byte order, each with the postings it has in every segment.
  std::map<std::string, std::vector<std::pair<size_t, Postings>>, std::less<>> terms;
  for (size_t p = 0; p < parts.size(); ++p) {
    const Segment& segment = *parts[p].segment;
    renumbered[p].assign(segment.documents(), kGone);
    for (uint32_t d = 0; d < segment.documents(); ++d) {
      if (!parts[p].IsLive(d)) continue;
      renumbered[p][d] = static_cast<uint32_t>(documents.size());
      documents.push_back({segment.Key(d), segment.LengthCode(d)});
    }
    for (const uint32_t count : segment.counts()) ++frequency[count];
    segment.ForEachTerm([&](std::string_view term, const Postings& postings) {
      terms[std::string(term)].emplace_back(p, postings);
    });
  }
  SegmentWriter writer(std::move(documents), CountTable(frequency));
  std::array<uint32_t, kPackSize> block_numbers, block_codes;
  std::vector<uint32_t> numbers, quarters;
  for (const auto& [term, lists] : terms) {
    numbers.clear();
    quarters.clear();
    for (const auto& [p, postings] : lists) {
      for (uint32_t block = 0; block < postings.blocks; ++block) {
        const uint32_t size = postings.Decode(block, block_numbers.data(), block_codes.data());
        for (uint32_t i = 0; i < size; ++i) {
          const uint32_t number = renumbered[p][block_numbers[i]];
          if (number == kGone) continue;
          numbers.push_back(number);
          quarters.push_back(parts[p].segment->counts()[block_codes[i]]);
        }
      }
    }
    if (!numbers.empty()) writer.AddTerm(term, numbers, quarters);
  }
  return std::move(writer).Finish();
}

}  // namespace frontdesk::retrieval
