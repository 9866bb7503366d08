#include "retrieval/knowledge_base.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "retrieval/documents/chunk.h"
#include "retrieval/index/segment_builder.h"
#include "retrieval/knowledge_change.h"
#include "retrieval/merge.h"
#include "retrieval/saved/knowledge_folder.h"
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

KnowledgeBase::KnowledgeBase(KnowledgeOptions options)
    : options_(std::move(options)), merges_([this] { return MergeOnce(); }) {
  if (!options_.embed) spdlog::warn("knowledge base without an encoder: it ranks by words alone");
  auto parts = std::make_unique<SnapshotParts>();
  parts->index = IndexSnapshot::Make({});
  current_ = FinishSnapshot(std::move(parts), options_, nullptr);
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
  std::unique_lock lock(writer_);
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
  Publish(FinishSnapshot(std::move(change).Finish(), options_, before.get()));
  lock.unlock();
  WakeMerges();
  return report;
}

absl::Status KnowledgeBase::Delete(std::span<const std::string> ids) {
  std::unique_lock lock(writer_);
  const std::shared_ptr<const KnowledgeSnapshot> before = snapshot();
  for (const std::string& id : ids) {
    if (!before->Documents().contains(id)) {
      return absl::NotFoundError(absl::StrCat("there is no document '", id, "'"));
    }
  }
  KnowledgeChange change(before->parts(), options_);
  for (const std::string& id : ids) change.Remove(id);
  Publish(FinishSnapshot(std::move(change).Finish(), options_, before.get()));
  lock.unlock();
  WakeMerges();
  return absl::OkStatus();
}

void KnowledgeBase::WakeMerges() {
  const size_t parts = snapshot()->parts().parts.size();
  if (PartsToJoin(*snapshot()->parts().index).empty()) return;
  merges_.Wake();
  if (parts > kTooManyParts) merges_.WaitUntilIdle();
}

bool KnowledgeBase::MergeOnce() {
  const std::shared_ptr<const KnowledgeSnapshot> then = snapshot();
  std::vector<size_t> chosen = PartsToJoin(*then->parts().index);
  if (chosen.empty()) return false;
  const absl::StatusOr<Join> join = Join::Of(then->parts(), std::move(chosen));
  if (!join.ok()) {
    spdlog::error("merge=failed error=\"{}\" effect=\"parts stay apart\"",
                  std::string(join.status().message()));
    return false;
  }
  const std::lock_guard lock(writer_);
  const std::shared_ptr<const KnowledgeSnapshot> now = snapshot();
  Publish(FinishSnapshot(join->Into(now->parts()), options_, now.get()));
  return true;
}

absl::Status KnowledgeBase::SaveTo(const std::string& folder) const {
  const std::lock_guard lock(folder_mu_);
  if (folder_ == nullptr || folder_->path() != folder) {
    folder_ = std::make_unique<KnowledgeFolder>(folder);
  }
  return folder_->Save(snapshot()->parts(), options_);
}

absl::StatusOr<std::unique_ptr<KnowledgeBase>> KnowledgeBase::LoadFrom(const std::string& folder,
                                                                       KnowledgeOptions options) {
  auto saved = std::make_unique<KnowledgeFolder>(folder);
  absl::StatusOr<std::unique_ptr<SnapshotParts>> parts = saved->Load(options);
  if (!parts.ok()) return parts.status();
  auto base = std::make_unique<KnowledgeBase>(std::move(options));
  base->folder_ = std::move(saved);
  base->Publish(FinishSnapshot(*std::move(parts), base->options_, nullptr));
  return base;
}

}  // namespace frontdesk::retrieval
