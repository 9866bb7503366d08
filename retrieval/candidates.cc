#include "retrieval/candidates.h"

#include <algorithm>

#include "retrieval/index/bm25.h"

namespace frontdesk::retrieval {
namespace {

// The live passages near to the query by the graphs: about `count` of them.
std::vector<PassagePlace> PlacesByGraph(const SnapshotParts& parts, const Int8Query& query,
                                        size_t count) {
  // A shard holds a sixteenth of the passages; it is asked for three times its share.
  const size_t share = std::max<size_t>(16, 3 * count / kGraphShards);
  std::vector<PassagePlace> out;
  for (const GraphShard& shard : parts.graphs) {
    for (const uint32_t i : shard.graph->Near(query, share, std::max<size_t>(64, 2 * share))) {
      out.push_back(parts.by_hash[shard.begin + i].second);
    }
  }
  return out;
}

struct NearPassage {
  float dot;
  uint64_t key;
  PassagePlace place;
};

// Every live passage with its eight-bit product.
std::vector<NearPassage> ScanAll(const SnapshotParts& parts, const Int8Query& query) {
  std::vector<NearPassage> out;
  std::vector<float> dots;
  for (uint32_t p = 0; p < parts.parts.size(); ++p) {
    const Int8Vectors& vectors = parts.parts[p]->vectors;
    const IndexPart& index_part = parts.index->parts()[p];
    dots.resize(vectors.size());
    vectors.Dots(query, dots.data());
    for (uint32_t d = 0; d < vectors.size(); ++d) {
      if (index_part.IsLive(d)) out.push_back({dots[d], index_part.segment->Key(d), {p, d}});
    }
  }
  return out;
}

// What one occurrence of every term in a passage of average length would earn.
double IdealScore(const IndexSnapshot& index, std::span<const WeightedTerm> terms) {
  double sum = 0;
  for (const WeightedTerm& term : terms) {
    sum += static_cast<double>(term.weight) * index.InverseDocumentFrequencyOf(term.term);
  }
  return sum * kScoreScale;
}

std::vector<Candidate> Union(const SnapshotParts& parts, std::span<const WeightedTerm> terms,
                             const std::vector<ScoredDocument>& by_words,
                             std::vector<Candidate> by_meaning, std::span<const float> query) {
  const auto place = [](const Candidate& c) { return std::pair(c.part, c.number); };
  std::sort(by_meaning.begin(), by_meaning.end(),
            [&](const Candidate& a, const Candidate& b) { return place(a) < place(b); });
  std::vector<ScoredDocument> documents;
  for (const Candidate& c : by_meaning) documents.push_back({c.part, c.number, c.key, 0});
  const std::vector<int32_t> scores = parts.index->ScoreDocuments(terms, documents);
  for (size_t i = 0; i < by_meaning.size(); ++i) by_meaning[i].bm25 = scores[i];
  const size_t near = by_meaning.size();
  for (const ScoredDocument& hit : by_words) {
    const Candidate wanted{
        .part = hit.part, .number = hit.document, .key = hit.key, .bm25 = hit.score};
    const auto end = by_meaning.begin() + static_cast<std::ptrdiff_t>(near);
    const auto at = std::lower_bound(
        by_meaning.begin(), end, wanted,
        [&](const Candidate& a, const Candidate& b) { return place(a) < place(b); });
    if (at != end && place(*at) == place(wanted)) continue;
    by_meaning.push_back(wanted);
    by_meaning.back().cosine = ExactDot(query, parts.parts[hit.part]->embedding(hit.document));
  }
  return by_meaning;
}

}  // namespace

std::vector<Candidate> NearestPassages(const SnapshotParts& parts, std::span<const float> query,
                                       size_t count, size_t* compared) {
  const Int8Query coded(query);
  std::vector<Candidate> out;
  const auto add = [&](const PassagePlace& place, uint64_t key) {
    out.push_back({.part = place.part,
                   .number = place.number,
                   .key = key,
                   .cosine = ExactDot(query, parts.parts[place.part]->embedding(place.number))});
  };
  if (!parts.graphs.empty()) {
    for (const PassagePlace& place : PlacesByGraph(parts, coded, count)) {
      add(place, parts.index->parts()[place.part].segment->Key(place.number));
    }
    *compared += out.size();
    const size_t kept = std::min(count, out.size());
    std::nth_element(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(kept), out.end(),
                     [](const Candidate& a, const Candidate& b) {
                       return a.cosine != b.cosine ? a.cosine > b.cosine : a.key < b.key;
                     });
    out.resize(kept);
    return out;
  }
  std::vector<NearPassage> all = ScanAll(parts, coded);
  *compared += all.size();
  const size_t kept = std::min(count, all.size());
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                   [](const NearPassage& a, const NearPassage& b) {
                     return a.dot != b.dot ? a.dot > b.dot : a.key < b.key;
                   });
  all.resize(kept);
  for (const NearPassage& near : all) add(near.place, near.key);
  return out;
}

std::vector<Candidate> HybridCandidates(const SnapshotParts& parts,
                                        std::span<const WeightedTerm> terms,
                                        const std::vector<ScoredDocument>& by_words,
                                        std::vector<Candidate> by_meaning,
                                        std::span<const float> embedding) {
  std::vector<Candidate> out = Union(parts, terms, by_words, std::move(by_meaning), embedding);
  ScaleWords(parts.ranking.ideal_share, IdealScore(*parts.index, terms), &out);
  const Int8Query coded(embedding);
  for (Candidate& c : out) {
    const FacetFit fit = parts.parts[c.part]->Fit(coded, c.number);
    c.title = fit.title;
    c.sentence = fit.sentence;
  }
  return out;
}

void ReadAgain(const SnapshotParts& parts, std::string_view query, size_t count,
               std::vector<Candidate>* candidates) {
  count = std::min(count, candidates->size());
  // A matcher a language, made when the first passage of it comes.
  std::vector<std::pair<std::string, TextMatcher>> matchers;
  for (size_t i = 0; i < count; ++i) {
    Candidate& c = (*candidates)[i];
    const Passage& passage = parts.at({c.part, c.number});
    auto at = std::find_if(matchers.begin(), matchers.end(),
                           [&](const auto& entry) { return entry.first == passage.language; });
    if (at == matchers.end()) {
      const auto rarity = [&](const std::string& term) {
        return static_cast<float>(parts.index->InverseDocumentFrequencyOf(term));
      };
      matchers.emplace_back(
          passage.language,
          TextMatcher(query, passage.language, static_cast<float>(parts.ranking.stop_word_weight),
                      rarity));
      at = matchers.end() - 1;
    }
    c.text = at->second.Match(passage);
  }
}

}  // namespace frontdesk::retrieval
