#include "retrieval/knowledge_snapshot.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "retrieval/index/bm25.h"
#include "retrieval/ranking/fusion.h"
#include "retrieval/ranking/query_words.h"
#include "retrieval/snapshot_parts.h"
#include "text/utf8.h"

namespace frontdesk::retrieval {
namespace {

constexpr int kMostHits = 1000;
constexpr size_t kEmbeddedBytes = 4096;

// The beginning of a text, cut at a character.
std::string_view Beginning(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

bool HasText(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) > ' '; });
}

absl::StatusOr<std::vector<float>> EmbedQuery(const SnapshotParts& parts, std::string_view query,
                                              std::span<const float> given, size_t dimensions) {
  std::vector<float> out(given.begin(), given.end());
  if (out.empty()) {
    if (!parts.embed) return absl::FailedPreconditionError("no encoder is loaded");
    const std::vector<std::string> texts = {std::string(Beginning(query, kEmbeddedBytes))};
    absl::StatusOr<std::vector<std::vector<float>>> embedded = parts.embed(texts);
    if (!embedded.ok()) return embedded.status();
    if (embedded->size() != 1) return absl::InternalError("the encoder gave no vector");
    out = std::move(embedded->front());
  }
  if (out.size() != dimensions) {
    return absl::InvalidArgumentError(absl::StrCat("the query's embedding has ", out.size(),
                                                   " numbers, the passages' have ", dimensions,
                                                   "; use the encoder the base was built with"));
  }
  return out;
}

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

// The live passages nearest to the query: found by eight-bit products (all of them, or those that
// the graphs lead to), scored exactly.
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

// Both candidate lists as one, each with both scores.
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

// What one occurrence of every term in a passage of average length would earn.
double IdealScore(const IndexSnapshot& index, std::span<const WeightedTerm> terms) {
  double sum = 0;
  for (const WeightedTerm& term : terms) {
    sum += static_cast<double>(term.weight) * index.InverseDocumentFrequencyOf(term.term);
  }
  return sum * kScoreScale;
}

}  // namespace

KnowledgeSnapshot::KnowledgeSnapshot(std::unique_ptr<const SnapshotParts> parts)
    : parts_(std::move(parts)) {}
KnowledgeSnapshot::~KnowledgeSnapshot() = default;

const storage::KnowledgeRevision& KnowledgeSnapshot::revision() const { return parts_->revision; }
size_t KnowledgeSnapshot::passage_count() const { return parts_->by_hash.size(); }
bool KnowledgeSnapshot::has_embeddings() const { return parts_->has_embeddings; }

absl::StatusOr<std::vector<Hit>> KnowledgeSnapshot::Search(std::string_view query,
                                                           const SearchOptions& options) const {
  if (options.k < 1 || options.k > kMostHits) {
    return absl::InvalidArgumentError(
        absl::StrCat("k is ", options.k, "; ask for 1 to ", kMostHits, " passages"));
  }
  SearchStats ignored;
  SearchStats& stats = options.stats != nullptr ? *options.stats : ignored;
  stats = {};
  std::string repaired;
  if (!text::IsValidUtf8(query)) query = repaired = text::RepairUtf8(query);
  if (options.mode == SearchMode::kDense && !parts_->has_embeddings && passage_count() > 0) {
    return absl::FailedPreconditionError(
        "the passages have no embeddings; start with an encoder or search by words");
  }
  if (passage_count() == 0 || !HasText(query)) return std::vector<Hit>();

  const size_t wanted = std::max<size_t>(static_cast<size_t>(options.k),
                                         static_cast<size_t>(parts_->ranking.candidates));
  std::vector<float> embedding;
  if (options.mode != SearchMode::kBm25) {
    absl::StatusOr<std::vector<float>> embedded = absl::FailedPreconditionError("no embeddings");
    if (parts_->has_embeddings) {
      embedded = EmbedQuery(*parts_, query, options.query_embedding, parts_->parts[0]->dimensions);
    }
    if (embedded.ok()) {
      embedding = *std::move(embedded);
    } else if (options.mode == SearchMode::kDense ||
               embedded.status().code() == absl::StatusCode::kInvalidArgument) {
      return embedded.status();
    } else {
      stats.degraded = true;
      // Without an encoder the base said so when it was made.
      if (parts_->has_embeddings) {
        spdlog::warn("knowledge search ranks by words alone: {}",
                     std::string(embedded.status().message()));
      }
    }
  }

  std::vector<WeightedTerm> terms;
  std::vector<ScoredDocument> by_words;
  if (options.mode != SearchMode::kDense) {
    const std::vector<std::string> one = {std::string(options.language)};
    terms = QueryTerms(query, options.language.empty() ? parts_->languages : one, parts_->ranking,
                       *parts_->synonyms);
    stats.words = terms.size();
    const bool alone = embedding.empty();
    by_words = parts_->index->Search(terms, alone ? options.k : static_cast<int>(wanted));
  }
  std::vector<Candidate> ranked;
  if (embedding.empty()) {
    for (const ScoredDocument& hit : by_words) {
      ranked.push_back({.part = hit.part,
                        .number = hit.document,
                        .key = hit.key,
                        .bm25 = hit.score,
                        .score_q = Quantise(hit.score / kScoreScale)});
    }
  } else {
    ranked = NearestPassages(*parts_, embedding, wanted, &stats.scanned);
    ranked = Union(*parts_, terms, by_words, std::move(ranked), embedding);
    RankingOptions ranking = parts_->ranking;
    if (options.mode == SearchMode::kDense) ranking.dense_share = 1;
    Fuse(ranking, IdealScore(*parts_->index, terms), &ranked);
  }
  if (ranked.size() > static_cast<size_t>(options.k)) ranked.resize(static_cast<size_t>(options.k));
  std::vector<Hit> hits;
  for (const Candidate& c : ranked) {
    hits.push_back({.id = {c.key},
                    .passage = &parts_->at({c.part, c.number}),
                    .score_q = c.score_q,
                    .bm25 = c.bm25 / kScoreScale,
                    .cosine = static_cast<double>(c.cosine)});
  }
  return hits;
}

const Passage* KnowledgeSnapshot::FindPassage(const PassageHash& hash) const {
  const auto at =
      std::lower_bound(parts_->by_hash.begin(), parts_->by_hash.end(), hash,
                       [](const auto& entry, const PassageHash& h) { return entry.first < h; });
  if (at == parts_->by_hash.end() || at->first != hash) return nullptr;
  return &parts_->at(at->second);
}

const std::map<std::string, DocumentEntry, std::less<>>& KnowledgeSnapshot::Documents() const {
  return parts_->documents;
}

std::vector<const Passage*> KnowledgeSnapshot::Passages() const {
  std::vector<const Passage*> out;
  for (const auto& [id, places] : parts_->by_document) {
    for (const PassagePlace& place : places) out.push_back(&parts_->at(place));
  }
  return out;
}

uint32_t KnowledgeSnapshot::DocumentFrequency(std::string_view term) const {
  return parts_->index->DocumentFrequency(term);
}

}  // namespace frontdesk::retrieval
