#include "retrieval/knowledge_base.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "retrieval/documents/chunk.h"
#include "retrieval/index/segment_builder.h"
#include "retrieval/knowledge_change.h"
#include "retrieval/knowledge_file.h"
#include "retrieval/snapshot_parts.h"

namespace frontdesk::retrieval {
namespace {

storage::Digest IdentityOf(const Document& document) {
  storage::Sha256Stream stream;
  for (const std::string_view field :
       {std::string_view(document.id), std::string_view(document.title),
        FormatName(document.format), std::string_view(document.bytes),
        std::string_view(document.url), std::string_view(document.language)}) {
    stream.Update(storage::AsBytes(storage::Sha256(field)));
  }
  return stream.Finish();
}

absl::Status CheckDistinctIds(std::span<const Document> documents) {
  std::set<std::string_view> ids;
  for (const Document& document : documents) {
    if (!ids.insert(document.id).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("document '", document.id, "' is given twice; send it once"));
    }
  }
  return absl::OkStatus();
}

DocumentEntry EntryOf(const Document& document, const storage::Digest& identity,
                      const std::vector<Passage>& passages) {
  DocumentEntry entry;
  entry.id = document.id;
  entry.title = !passages.empty() ? passages.front().title : document.title;
  entry.url = !passages.empty() ? passages.front().url : document.url;
  entry.format = FormatName(document.format);
  entry.language = !passages.empty() ? passages.front().language : document.language;
  entry.content = storage::Sha256(document.bytes);
  entry.identity = identity;
  entry.passages = static_cast<uint32_t>(passages.size());
  return entry;
}

}  // namespace

KnowledgeBase::KnowledgeBase(KnowledgeOptions options) : options_(std::move(options)) {
  if (!options_.embed) spdlog::warn("knowledge base without an encoder: it ranks by words alone");
  auto parts = std::make_unique<SnapshotParts>();
  parts->index = IndexSnapshot::Make({});
  current_ = FinishSnapshot(std::move(parts), options_);
}

KnowledgeBase::~KnowledgeBase() = default;

std::shared_ptr<const KnowledgeSnapshot> KnowledgeBase::snapshot() const {
  const std::lock_guard lock(snapshot_mu_);
  return current_;
}

void KnowledgeBase::Publish(std::shared_ptr<const KnowledgeSnapshot> next) {
  const std::lock_guard lock(snapshot_mu_);
  current_ = std::move(next);
}

absl::StatusOr<UpsertReport> KnowledgeBase::Upsert(std::span<const Document> documents) {
  if (absl::Status status = CheckDistinctIds(documents); !status.ok()) return status;
  const std::lock_guard lock(writer_);
  const std::shared_ptr<const KnowledgeSnapshot> before = snapshot();
  KnowledgeChange change(before->parts(), options_);
  UpsertReport report;
  std::vector<Passage> added;
  for (const Document& document : documents) {
    const storage::Digest identity = IdentityOf(document);
    const auto known = before->Documents().find(document.id);
    if (known != before->Documents().end() && known->second.identity == identity) {
      ++report.documents_unchanged;
      continue;
    }
    absl::StatusOr<std::vector<Passage>> passages = CutDocument(document, options_.passages);
    if (!passages.ok()) return passages.status();
    ++report.documents_changed;
    change.Remove(document.id);
    change.SetEntry(EntryOf(document, identity, *passages));
    std::move(passages->begin(), passages->end(), std::back_inserter(added));
  }
  if (report.documents_changed == 0) return report;
  if (absl::Status status = change.Add(std::move(added), &report); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<SnapshotParts>> parts = std::move(change).Finish();
  if (!parts.ok()) return parts.status();
  Publish(FinishSnapshot(*std::move(parts), options_));
  return report;
}

absl::Status KnowledgeBase::Delete(std::span<const std::string> ids) {
  const std::lock_guard lock(writer_);
  const std::shared_ptr<const KnowledgeSnapshot> before = snapshot();
  for (const std::string& id : ids) {
    if (!before->Documents().contains(id)) {
      return absl::NotFoundError(absl::StrCat("there is no document '", id, "'"));
    }
  }
  KnowledgeChange change(before->parts(), options_);
  for (const std::string& id : ids) change.Remove(id);
  absl::StatusOr<std::unique_ptr<SnapshotParts>> parts = std::move(change).Finish();
  if (!parts.ok()) return parts.status();
  Publish(FinishSnapshot(*std::move(parts), options_));
  return absl::OkStatus();
}

absl::Status KnowledgeBase::SaveTo(const std::string& path) const {
  const std::shared_ptr<const KnowledgeSnapshot> state = snapshot();
  return WriteKnowledgeFile(state->parts(), options_, path);
}

absl::StatusOr<std::unique_ptr<KnowledgeBase>> KnowledgeBase::LoadFrom(const std::string& path,
                                                                       KnowledgeOptions options) {
  absl::StatusOr<std::unique_ptr<SnapshotParts>> parts = ReadKnowledgeFile(path, options);
  if (!parts.ok()) return parts.status();
  auto base = std::make_unique<KnowledgeBase>(std::move(options));
  base->Publish(FinishSnapshot(*std::move(parts), base->options_));
  return base;
}

}  // namespace frontdesk::retrieval
