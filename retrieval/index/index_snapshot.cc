#include "retrieval/index/index_snapshot.h"

#include <algorithm>
#include <array>
#include <map>

#include "retrieval/index/bm25.h"
#include "retrieval/index/query_terms.h"
#include "retrieval/index/top_documents.h"

namespace frontdesk::retrieval {
namespace {

uint32_t LiveDf(const IndexPart& part, std::string_view term, uint32_t df) {
  if (part.live == nullptr) return df;
  const auto deleted = part.live->deleted_df.find(std::string(term));
  return deleted == part.live->deleted_df.end() ? df : df - std::min(df, deleted->second);
}

}  // namespace

LiveDocuments LiveDocuments::All(uint32_t documents) {
  LiveDocuments out;
  out.bits.assign((documents + 63) / 64, ~uint64_t{0});
  if (documents % 64 != 0) out.bits.back() = (uint64_t{1} << (documents % 64)) - 1;
  out.count = documents;
  return out;
}

void LiveDocuments::Delete(uint32_t document, std::span<const std::string> terms) {
  bits[document / 64] &= ~(uint64_t{1} << (document % 64));
  --count;
  for (const std::string& term : terms) ++deleted_df[term];
}

std::shared_ptr<const IndexSnapshot> IndexSnapshot::Make(std::vector<IndexPart> parts) {
  auto out = std::make_shared<IndexSnapshot>();
  out->parts_ = std::move(parts);
  uint64_t total_length = 0;
  for (const IndexPart& part : out->parts_) {
    out->documents_ += part.LiveCount();
    for (uint32_t d = 0; d < part.segment->documents(); ++d) {
      if (part.IsLive(d)) total_length += DecodeLength(part.segment->LengthCode(d));
    }
  }
  if (out->documents_ > 0 && total_length > 0) {
    out->average_length_ = static_cast<double>(total_length) / static_cast<double>(out->documents_);
  }
  for (const IndexPart& part : out->parts_) {
    std::vector<float>& units = out->units_.emplace_back();
    for (const uint32_t quarters : part.segment->counts()) {
      for (int length = 0; length < 256; ++length) {
        units.push_back(
            TermUnit(quarters, DecodeLength(static_cast<uint8_t>(length)), out->average_length_));
      }
    }
  }
  return out;
}

uint32_t IndexSnapshot::DocumentFrequency(std::string_view term) const {
  uint32_t df = 0;
  for (const IndexPart& part : parts_) {
    if (const auto postings = part.segment->Find(term)) df += LiveDf(part, term, postings->df);
  }
  return df;
}

double IndexSnapshot::InverseDocumentFrequencyOf(std::string_view term) const {
  return InverseDocumentFrequency(documents_, DocumentFrequency(term));
}

std::vector<LookedUpTerm> LookUp(const IndexSnapshot& index, std::span<const WeightedTerm> terms) {
  constexpr double kMostTotalWeight = 2'000'000'000.0;
  std::map<std::string_view, double> wanted;
  for (const WeightedTerm& term : terms) wanted[term.term] += static_cast<double>(term.weight);
  std::vector<LookedUpTerm> out;
  double total = 0;
  for (const auto& [term, times] : wanted) {
    LookedUpTerm found{.term = std::string(term)};
    for (const IndexPart& part : index.parts()) {
      found.postings.push_back(part.segment->Find(term));
      if (found.postings.back()) found.df += LiveDf(part, term, found.postings.back()->df);
    }
    if (found.df == 0) continue;
    const double weight =
        times * InverseDocumentFrequency(index.documents(), found.df) * (kK1 + 1) * kScoreScale;
    found.weight = static_cast<float>(weight);
    out.push_back(std::move(found));
  }
  if (out.size() > IndexSnapshot::kMostTerms) {
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.df < b.df; });
    out.resize(IndexSnapshot::kMostTerms);
  }
  for (const LookedUpTerm& term : out) total += static_cast<double>(term.weight);
  if (total > kMostTotalWeight) {
    const float share = static_cast<float>(kMostTotalWeight / total);
    for (LookedUpTerm& term : out) term.weight *= share;
  }
  return out;
}

std::vector<ScoredDocument> IndexSnapshot::SearchExhaustively(std::span<const WeightedTerm> terms,
                                                              int k) const {
  const std::vector<LookedUpTerm> found = LookUp(*this, terms);
  std::vector<ScoredDocument> all;
  std::array<uint32_t, kPackSize> numbers, codes;
  for (size_t p = 0; p < parts_.size(); ++p) {
    const Segment& segment = *parts_[p].segment;
    std::vector<int32_t> scores(segment.documents(), 0);
    for (const LookedUpTerm& term : found) {
      if (!term.postings[p]) continue;
      for (uint32_t block = 0; block < term.postings[p]->blocks; ++block) {
        const uint32_t size = term.postings[p]->Decode(block, numbers.data(), codes.data());
        for (uint32_t i = 0; i < size; ++i) {
          const float unit = units(p)[codes[i] * 256 + segment.LengthCode(numbers[i])];
          scores[numbers[i]] += PostingScore(term.weight, unit);
        }
      }
    }
    for (uint32_t d = 0; d < segment.documents(); ++d) {
      if (scores[d] > 0 && parts_[p].IsLive(d)) {
        all.push_back({static_cast<uint32_t>(p), d, segment.Key(d), scores[d]});
      }
    }
  }
  std::sort(all.begin(), all.end());
  if (all.size() > static_cast<size_t>(k)) all.resize(static_cast<size_t>(k));
  return all;
}

std::vector<int32_t> IndexSnapshot::ScoreDocuments(
    std::span<const WeightedTerm> terms, std::span<const ScoredDocument> documents) const {
  const std::vector<LookedUpTerm> found = LookUp(*this, terms);
  std::vector<int32_t> out(documents.size(), 0);
  std::array<uint32_t, kPackSize> numbers, codes;
  for (const LookedUpTerm& term : found) {
    uint32_t decoded_part = UINT32_MAX, decoded_block = 0, size = 0, block = 0;
    for (size_t i = 0; i < documents.size(); ++i) {
      const auto& [part, document, key, score] = documents[i];
      if (!term.postings[part]) continue;
      const Postings& postings = *term.postings[part];
      if (part != decoded_part) block = 0;
      while (block + 1 < postings.blocks && postings.LastDocument(block, 0) < document) ++block;
      if (part != decoded_part || block != decoded_block) {
        size = postings.Decode(block, numbers.data(), codes.data());
        decoded_part = part;
        decoded_block = block;
      }
      const auto at = std::lower_bound(numbers.begin(), numbers.begin() + size, document);
      if (at == numbers.begin() + size || *at != document) continue;
      const uint32_t code = codes[static_cast<size_t>(at - numbers.begin())];
      out[i] += PostingScore(term.weight,
                             units(part)[code * 256 + parts_[part].segment->LengthCode(document)]);
    }
  }
  return out;
}

}  // namespace frontdesk::retrieval
