#include "retrieval/knowledge_change.h"

#include <algorithm>
#include <functional>
#include <map>

#include "absl/strings/str_cat.h"

namespace frontdesk::retrieval {
namespace {

storage::Digest EmbeddingKey(const Passage& passage) {
  return storage::Sha256(EmbeddingText(passage));
}

// Texts and their embeddings, each embedded once however often it is wanted.
class TextEmbeddings {
 public:
  void Want(std::string text) { by_text_.try_emplace(std::move(text)); }

  // Errors: the EmbedFn's; INTERNAL (it gives another number of vectors, or of another size).
  absl::Status Make(const EmbedFn& embed, const std::function<void(size_t, size_t)>& progress) {
    constexpr size_t kBatch = 32;
    auto at = by_text_.begin();
    for (size_t done = 0; at != by_text_.end();) {
      const auto first = at;
      std::vector<std::string> texts;
      for (; at != by_text_.end() && texts.size() < kBatch; ++at) texts.push_back(at->first);
      absl::StatusOr<std::vector<std::vector<float>>> vectors = embed(texts);
      if (!vectors.ok()) return vectors.status();
      if (vectors->size() != texts.size()) {
        return absl::InternalError(absl::StrCat("the encoder gave ", vectors->size(),
                                                " vectors for ", texts.size(), " texts"));
      }
      auto to = first;
      for (std::vector<float>& vector : *vectors) {
        if (dimensions_ == 0) dimensions_ = vector.size();
        if (vector.size() != dimensions_ || dimensions_ == 0) {
          return absl::InternalError("the encoder gave vectors of different sizes");
        }
        (to++)->second = std::move(vector);
      }
      done += texts.size();
      if (progress) progress(done, by_text_.size());
    }
    return absl::OkStatus();
  }

  const std::vector<float>& Of(const std::string& text) const { return by_text_.at(text); }
  size_t dimensions() const { return dimensions_; }

 private:
  std::map<std::string, std::vector<float>> by_text_;
  size_t dimensions_ = 0;
};

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
    const std::shared_ptr<const PassagePart>& part = before_.parts[place.part];
    if (part->dimensions > 0) {
      removed_embeddings_.emplace(EmbeddingKey(passage), Known{part, place.number});
    }
  }
}

void KnowledgeChange::SetEntry(DocumentEntry entry) { documents_[entry.id] = std::move(entry); }

absl::StatusOr<std::shared_ptr<const PassagePart>> KnowledgeChange::Embed(
    const std::vector<std::shared_ptr<const Passage>>& passages, UpsertReport* report) {
  auto part = std::make_shared<PassagePart>();
  if (!options_.embed) {
    for (const auto& passage : passages) part->Add(passage, {}, {});
    return part;
  }
  TextEmbeddings texts;
  std::vector<const Known*> known;
  for (const auto& passage : passages) {
    const auto kept = removed_embeddings_.find(EmbeddingKey(*passage));
    known.push_back(kept == removed_embeddings_.end() ? nullptr : &kept->second);
    if (known.back() != nullptr) continue;
    ++report->passages_embedded;
    texts.Want(EmbeddingText(*passage));
    for (std::string& facet : FacetTexts(*passage)) texts.Want(std::move(facet));
  }
  if (absl::Status status = texts.Make(options_.embed, options_.progress); !status.ok()) {
    return status;
  }
  size_t dimensions = texts.dimensions();
  for (const Known* at : known) {
    if (at != nullptr) dimensions = at->part->dimensions;
  }
  part->SetDimensions(dimensions);
  for (size_t i = 0; i < passages.size(); ++i) {
    if (known[i] != nullptr) {
      part->AddFrom(*known[i]->part, known[i]->number, passages[i]);
      continue;
    }
    std::vector<std::vector<float>> facets;
    for (const std::string& facet : FacetTexts(*passages[i])) facets.push_back(texts.Of(facet));
    const std::vector<float>& whole = texts.Of(EmbeddingText(*passages[i]));
    if (whole.size() != dimensions) {
      return absl::InternalError("the encoder gave vectors of different sizes");
    }
    part->Add(passages[i], whole, facets);
  }
  return part;
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
  absl::StatusOr<std::shared_ptr<const PassagePart>> part = Embed(added, report);
  if (!part.ok()) return part.status();
  SegmentBuilder builder;
  for (const auto& passage : added) {
    builder.Add(PassageId::Of(passage->hash).value, FieldsOf(*passage));
  }
  absl::StatusOr<std::shared_ptr<const Segment>> segment =
      Segment::OpenOwned(std::move(builder).Finish());
  if (!segment.ok()) return segment.status();
  parts_.push_back({{*segment, nullptr}, *std::move(part)});
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
