#include "retrieval/index/known_scores.h"

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

namespace frontdesk::retrieval {
namespace {

constexpr int kMostWanted = 100;
constexpr uint32_t kLeastDocuments = 65'536;
constexpr size_t kTermsTried = 2;
constexpr uint32_t kBlocksRead = 4;

using Block = std::array<uint32_t, kPackSize>;

// Appends the k live documents to which the term alone gives most, of its best blocks.
void AppendBest(size_t k, const LookedUpTerm& term, const IndexSnapshot& index, size_t part,
                std::vector<uint32_t>* documents) {
  const Postings& postings = *term.postings[part];
  const uint8_t* const lengths = index.parts()[part].segment->length_codes();
  const float* const units = index.units(part);
  std::vector<uint32_t> blocks(postings.blocks);
  for (uint32_t b = 0; b < postings.blocks; ++b) blocks[b] = b;
  if (blocks.size() > kBlocksRead) {
    std::nth_element(blocks.begin(), blocks.begin() + kBlocksRead, blocks.end(),
                     [&](uint32_t a, uint32_t b) {
                       return postings.bounds[a] != postings.bounds[b]
                                  ? postings.bounds[a] > postings.bounds[b]
                                  : a < b;
                     });
    blocks.resize(kBlocksRead);
  }
  Block numbers, codes;
  std::vector<std::pair<float, uint32_t>> found;  // less is better: minus the unit
  for (const uint32_t block : blocks) {
    const uint32_t size = postings.Decode(block, numbers.data(), codes.data());
    for (uint32_t i = 0; i < size; ++i) {
      if (!index.parts()[part].IsLive(numbers[i])) continue;
      found.emplace_back(-units[codes[i] * 256 + lengths[numbers[i]]], numbers[i]);
    }
  }
  if (found.size() > k) {
    std::nth_element(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(k), found.end());
    found.resize(k);
  }
  for (const auto& [unit, document] : found) documents->push_back(document);
}

// Adds the term's scores of the rising documents to `scores`.
void AddScores(const LookedUpTerm& term, const IndexSnapshot& index, size_t part,
               std::span<const uint32_t> documents, std::vector<int32_t>* scores) {
  const Postings& postings = *term.postings[part];
  const uint8_t* const lengths = index.parts()[part].segment->length_codes();
  const float* const units = index.units(part);
  Block numbers;
  uint32_t block = 0, decoded = UINT32_MAX, size = 0;
  for (size_t i = 0; i < documents.size(); ++i) {
    const uint32_t document = documents[i];
    // The first block that does not end before the document.
    for (uint32_t end = postings.blocks - 1; block < end;) {
      const uint32_t middle = (block + end) / 2;
      if (postings.LastDocument(middle, 0) < document) {
        block = middle + 1;
      } else {
        end = middle;
      }
    }
    if (decoded != block) {
      size = postings.DecodeDocuments(block, numbers.data());
      decoded = block;
    }
    const auto* const at = std::lower_bound(numbers.data(), numbers.data() + size, document);
    if (at == numbers.data() + size || *at != document) continue;
    const uint32_t code = postings.CodeAt(block, static_cast<uint32_t>(at - numbers.data()));
    (*scores)[i] += PostingScore(term.weight, units[code * 256 + lengths[document]]);
  }
}

}  // namespace

int32_t ScoreReachedBy(int k, const IndexSnapshot& index, size_t part,
                       std::span<const LookedUpTerm> terms) {
  if (k > kMostWanted || index.parts()[part].segment->documents() < kLeastDocuments) return 1;
  std::vector<const LookedUpTerm*> here;
  for (const LookedUpTerm& term : terms) {
    if (term.postings[part]) here.push_back(&term);
  }
  std::stable_sort(here.begin(), here.end(),
                   [](const auto* a, const auto* b) { return a->weight > b->weight; });
  std::vector<uint32_t> documents;
  for (size_t i = 0; i < std::min(kTermsTried, here.size()); ++i) {
    AppendBest(static_cast<size_t>(k), *here[i], index, part, &documents);
  }
  std::sort(documents.begin(), documents.end());
  documents.erase(std::unique(documents.begin(), documents.end()), documents.end());
  if (documents.size() < static_cast<size_t>(k)) return 1;
  std::vector<int32_t> scores(documents.size(), 0);
  for (const LookedUpTerm* term : here) AddScores(*term, index, part, documents, &scores);
  const auto kth = scores.begin() + (k - 1);
  std::nth_element(scores.begin(), kth, scores.end(), std::greater<>());
  return std::max(1, *kth);
}

}  // namespace frontdesk::retrieval
