#include "server/assistant/documents.h"
#include "server/assistant/read_file.h"

#include <spdlog/spdlog.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "retrieval/ranking/query_words.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr uintmax_t kMaxDocumentBytes = 4u << 20;
// Name under which the store remembers what a bundle's folder held when it was last read.
constexpr char kSeedPointer[] = "knowledge-seed";

storage::DocumentRecord ToRecord(const retrieval::Document& document, int64_t now_ms) {
  storage::DocumentRecord record;
  record.id = document.id;
  record.title = document.title;
  record.format = std::string(retrieval::FormatName(document.format));
  record.bytes = document.bytes;
  record.url = document.url;
  record.language = document.language;
  record.updated_ms = now_ms;
  return record;
}

}  // namespace

retrieval::Document DocumentOf(const storage::DocumentRecord& record) {
  retrieval::Document document;
  document.id = record.id;
  document.title = record.title;
  document.format = retrieval::FormatFromName(record.format).value_or(retrieval::Document::kText);
  document.bytes = record.bytes;
  document.url = record.url;
  document.language = record.language;
  return document;
}

absl::StatusOr<std::vector<retrieval::Document>> ReadKnowledgeFolder(
    const std::filesystem::path& folder) {
  std::map<std::string, retrieval::Document>
      by_id;  // sorted: the order of files on disk means nothing
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (!entry.is_regular_file(error)) continue;
    const std::string id = std::filesystem::relative(entry.path(), folder, error).generic_string();
    const std::optional<retrieval::Document::Format> format = retrieval::FormatOfFileName(id);
    if (!format) continue;
    if (entry.file_size(error) > kMaxDocumentBytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat(entry.path().string(), ": a document has at most 4 MiB; split it"));
    }
    by_id[id] = retrieval::Document{.id = id, .format = *format, .bytes = ReadFile(entry.path())};
  }
  std::vector<retrieval::Document> documents;
  for (auto& [id, document] : by_id) documents.push_back(std::move(document));
  return documents;
}

retrieval::KnowledgeOptions KnowledgeOptionsFor(const BundleFiles& files, const Models& models) {
  retrieval::KnowledgeOptions options;
  options.embed = models.embed;
  options.embedding_fingerprint = models.encoder_fingerprint;
  if (const auto found = files.find("synonyms.txt"); found != files.end()) {
    auto groups = retrieval::ReadSynonyms(found->second);
    if (groups.ok()) options.synonyms = *std::move(groups);
  }
  return options;
}

Documents::Documents(storage::Store& store, std::unique_ptr<retrieval::KnowledgeBase> base,
                     std::string cache_file)
    : store_(store), base_(std::move(base)), cache_file_(std::move(cache_file)) {}

absl::StatusOr<std::unique_ptr<Documents>> Documents::Open(storage::Store& store,
                                                           retrieval::KnowledgeOptions options,
                                                           std::string cache_file) {
  auto cached = retrieval::KnowledgeBase::LoadFrom(cache_file, options);
  std::unique_ptr<retrieval::KnowledgeBase> base;
  if (cached.ok()) {
    base = *std::move(cached);
  } else {
    if (!absl::IsNotFound(cached.status())) {
      spdlog::warn("cache=unusable path={} error=\"{}\" effect=\"indexes again\"", cache_file,
                   std::string(cached.status().message()));
    }
    base = std::make_unique<retrieval::KnowledgeBase>(std::move(options));
  }
  absl::StatusOr<std::vector<storage::DocumentRecord>> records =
      store.ListDocuments(/*with_bytes=*/true);
  if (!records.ok()) return records.status();
  std::vector<retrieval::Document> live;
  std::set<std::string> ids;
  for (const storage::DocumentRecord& record : *records) {
    live.push_back(DocumentOf(record));
    ids.insert(record.id);
  }
  std::vector<std::string> gone;
  for (const auto& [id, entry] : base->snapshot()->Documents()) {
    if (ids.count(id) == 0) gone.push_back(id);
  }
  if (absl::StatusOr<retrieval::UpsertReport> report = base->Upsert(live); !report.ok())
    return report.status();
  if (!gone.empty()) {
    if (absl::Status deleted = base->Delete(gone); !deleted.ok()) return deleted;
  }
  return std::unique_ptr<Documents>(new Documents(store, std::move(base), std::move(cache_file)));
}

absl::Status Documents::Keep(storage::DocumentChange change) {
  change.revision = base_->snapshot()->revision();
  change.now_ms = absl::ToUnixMillis(absl::Now());
  if (absl::Status kept = store_.ApplyDocuments(std::move(change)); !kept.ok()) return kept;
  if (absl::Status saved = base_->SaveTo(cache_file_); !saved.ok()) {
    spdlog::warn("cache=unwritable path={} error=\"{}\" effect=\"indexes again at the next start\"",
                 cache_file_, std::string(saved.message()));
  }
  return absl::OkStatus();
}

absl::StatusOr<retrieval::UpsertReport> Documents::Upsert(
    const std::vector<retrieval::Document>& documents) {
  std::lock_guard lock(writer_);
  absl::StatusOr<retrieval::UpsertReport> report = base_->Upsert(documents);
  if (!report.ok()) return report.status();
  storage::DocumentChange change;
  const int64_t now_ms = absl::ToUnixMillis(absl::Now());
  for (const retrieval::Document& document : documents)
    change.upserts.push_back(ToRecord(document, now_ms));
  if (absl::Status kept = Keep(std::move(change)); !kept.ok()) return kept;
  return report;
}

absl::Status Documents::Delete(const std::vector<std::string>& ids) {
  std::lock_guard lock(writer_);
  if (absl::Status deleted = base_->Delete(ids); !deleted.ok()) return deleted;
  storage::DocumentChange change;
  change.deletes = ids;
  return Keep(std::move(change));
}

absl::Status Documents::SeedFrom(const std::filesystem::path& folder) {
  absl::StatusOr<std::vector<retrieval::Document>> found = ReadKnowledgeFolder(folder);
  if (!found.ok()) return found.status();
  nlohmann::json before = nlohmann::json::object();
  const auto pointer = store_.GetPointer(kSeedPointer);
  if (!pointer.ok()) return pointer.status();
  if (pointer->has_value()) before = nlohmann::json::parse((*pointer)->settings, nullptr, false);
  if (!before.is_object()) before = nlohmann::json::object();

  nlohmann::json now = nlohmann::json::object();
  std::vector<retrieval::Document> changed;
  for (retrieval::Document& document : *found) {
    const std::string digest = storage::ToHex(storage::Sha256(document.bytes));
    now[document.id] = digest;
    if (before.value(document.id, "") != digest) changed.push_back(std::move(document));
  }
  std::vector<std::string> gone;
  for (const auto& [id, digest] : before.items()) {
    if (!now.contains(id) && base_->snapshot()->Documents().count(id) > 0) gone.push_back(id);
  }
  if (changed.empty() && gone.empty()) return absl::OkStatus();
  if (!changed.empty()) {
    absl::StatusOr<retrieval::UpsertReport> report = Upsert(changed);
    if (!report.ok()) return report.status();
    spdlog::info("knowledge=seeded documents={} passages={}", changed.size(),
                 report->passages_added);
  }
  if (!gone.empty()) {
    if (absl::Status deleted = Delete(gone); !deleted.ok()) return deleted;
  }
  return store_.SetPointer({.name = kSeedPointer,
                            .settings = now.dump(),
                            .reason = "read from the bundle's knowledge folder",
                            .changed_ms = absl::ToUnixMillis(absl::Now())});
}

}  // namespace frontdesk::server
