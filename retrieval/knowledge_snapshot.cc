#include "retrieval/knowledge_snapshot.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "retrieval/candidates.h"
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
    if (options.mode == SearchMode::kDense) {
      Fuse({.whole = 1}, &ranked);
    } else {
      const RankingOptions& ranking = parts_->ranking;
      ranked = HybridCandidates(*parts_, terms, by_words, std::move(ranked), embedding);
      Fuse(ranking.weights, &ranked);
      SortByScore(&ranked);
      // Weights of what is read again are not negative: the order of the rest is final.
      ReadAgain(*parts_, query, static_cast<size_t>(ranking.reread), &ranked);
      Fuse(ranking.weights, &ranked);
    }
    SortByScore(&ranked);
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
