#include "retrieval/knowledge_change.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace frontdesk::retrieval {
namespace {

constexpr size_t kEmbedBatch = 32;

storage::Digest EmbeddingKey(const Passage& passage) {
  return storage::Sha256(EmbeddingText(passage));
}

}  // namespace

PassageFields FieldsOf(const Passage& passage) {
  return {.title = passage.title,
          .headings = passage.headings,
          .body = passage.text,
          .language = passage.language};
}

std::shared_ptr<const KnowledgeSnapshot> FinishSnapshot(std::unique_ptr<SnapshotParts> parts,
                                                        const KnowledgeOptions& options,
                                                        const KnowledgeSnapshot* before) {
  parts->embed = options.embed;
  parts->ranking = options.ranking;
  parts->Derive();
  if (parts->languages.empty()) parts->languages.push_back("en");
  parts->synonyms =
      std::make_shared<const SynonymGroups>(AnalyseSynonyms(options.synonyms, parts->languages));
  if (parts->has_embeddings && parts->by_hash.size() >= options.ranking.graph_from) {
    parts->graphs =
        BuildGraphs(*parts, before ? before->parts().graphs : std::vector<GraphShard>());
  }
  return std::make_shared<const KnowledgeSnapshot>(std::move(parts));
}

KnowledgeChange::KnowledgeChange(const SnapshotParts& before, const KnowledgeOptions& options)
    : before_(before), options_(options), documents_(before.documents) {
  for (size_t p = 0; p < before.parts.size(); ++p) {
    parts_.push_back({before.index->parts()[p], before.parts[p]});
  }
}

void KnowledgeChange::Remove(const std::string& document_id) {
  const auto found = before_.by_document.find(document_id);
  documents_.erase(document_id);
  if (found == before_.by_document.end()) return;
  for (const PassagePlace& place : found->second) {
    const Passage& passage = before_.at(place);
    std::unique_ptr<LiveDocuments>& live = live_[place.part];
    if (live == nullptr) {
      const IndexPart& part = parts_[place.part].index;
      live = std::make_unique<LiveDocuments>(
          part.live ? *part.live : LiveDocuments::All(part.segment->documents()));
    }
    std::vector<std::string> terms;
    for (const auto& [term, count] : counter_.Count(FieldsOf(passage))) {
      terms.push_back(counter_.term(term));
    }
    live->Delete(place.number, terms);
    removed_.insert(passage.hash);
    const PassagePart& part = *before_.parts[place.part];
    if (part.dimensions > 0) {
      removed_embeddings_.emplace(EmbeddingKey(passage), part.embedding(place.number));
    }
  }
}

void KnowledgeChange::SetEntry(DocumentEntry entry) { documents_[entry.id] = std::move(entry); }

absl::StatusOr<std::vector<std::vector<float>>> KnowledgeChange::Embed(
    const std::vector<std::shared_ptr<const Passage>>& passages, UpsertReport* report) {
  std::vector<std::vector<float>> out(passages.size());
  std::vector<size_t> missing;
  for (size_t i = 0; i < passages.size(); ++i) {
    const auto kept = removed_embeddings_.find(EmbeddingKey(*passages[i]));
    if (kept == removed_embeddings_.end()) {
      missing.push_back(i);
    } else {
      out[i].assign(kept->second.begin(), kept->second.end());
    }
  }
  for (size_t at = 0; at < missing.size(); at += kEmbedBatch) {
    std::vector<std::string> texts;
    for (size_t i = at; i < std::min(missing.size(), at + kEmbedBatch); ++i) {
      texts.push_back(EmbeddingText(*passages[missing[i]]));
    }
    absl::StatusOr<std::vector<std::vector<float>>> vectors = options_.embed(texts);
    if (!vectors.ok()) return vectors.status();
    if (vectors->size() != texts.size()) {
      return absl::InternalError(absl::StrCat("the encoder gave ", vectors->size(), " vectors for ",
                                              texts.size(), " texts"));
    }
    for (size_t i = 0; i < texts.size(); ++i) out[missing[at + i]] = std::move((*vectors)[i]);
    if (options_.progress) options_.progress(at + texts.size(), missing.size());
  }
  report->passages_embedded += missing.size();
  return out;
}

absl::Status KnowledgeChange::Add(std::vector<Passage> passages, UpsertReport* report) {
  std::vector<std::shared_ptr<const Passage>> added;
  size_t kept = 0;
  for (Passage& passage : passages) {
    kept += removed_.contains(passage.hash);
    added.push_back(std::make_shared<const Passage>(std::move(passage)));
  }
  report->passages_added += added.size() - kept;
  report->passages_kept += kept;
  report->passages_removed += removed_.size() - kept;
  if (added.empty()) return absl::OkStatus();
  // The order of documents in a call must not matter.
  std::stable_sort(added.begin(), added.end(),
                   [](const auto& a, const auto& b) { return a->document_id < b->document_id; });
  std::vector<std::vector<float>> vectors;
  if (options_.embed) {
    absl::StatusOr<std::vector<std::vector<float>>> embedded = Embed(added, report);
    if (!embedded.ok()) return embedded.status();
    vectors = *std::move(embedded);
  }
  auto part = std::make_shared<PassagePart>();
  if (!vectors.empty()) part->SetDimensions(vectors.front().size());
  SegmentBuilder builder;
  for (size_t i = 0; i < added.size(); ++i) {
    if (part->dimensions > 0 && vectors[i].size() != part->dimensions) {
      return absl::InternalError("the encoder gave vectors of different sizes");
    }
    builder.Add(PassageId::Of(added[i]->hash).value, FieldsOf(*added[i]));
    part->Add(added[i], vectors.empty() ? std::span<const float>() : vectors[i]);
  }
  absl::StatusOr<std::shared_ptr<const Segment>> segment =
      Segment::OpenOwned(std::move(builder).Finish());
  if (!segment.ok()) return segment.status();
  parts_.push_back({{*segment, nullptr}, std::move(part)});
  return absl::OkStatus();
}

std::unique_ptr<SnapshotParts> KnowledgeChange::Finish() && {
  for (auto& [part, live] : live_) {
    parts_[part].index.live = std::shared_ptr<const LiveDocuments>(std::move(live));
  }
  std::erase_if(parts_, [](const Part& part) { return part.index.LiveCount() == 0; });
  auto out = std::make_unique<SnapshotParts>();
  out->documents = std::move(documents_);
  std::vector<IndexPart> index;
  for (Part& part : parts_) {
    index.push_back(std::move(part.index));
    out->parts.push_back(std::move(part.passages));
  }
  out->index = IndexSnapshot::Make(std::move(index));
  return out;
}

}  // namespace frontdesk::retrieval
