#include "server/replay/stage.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dialog/effects/live_effects.h"
#include "server/assistant/documents.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

// Names of the documents that differ between two sets of digests.
std::vector<std::string> Changed(const std::map<std::string, std::string>& before,
                                 const std::map<std::string, std::string>& after) {
  std::vector<std::string> changed;
  if (before.empty()) return changed;  // not known
  for (const auto& [id, digest] : before) {
    const auto now = after.find(id);
    if (now == after.end()) {
      changed.push_back(absl::StrCat("knowledge/", id, " (removed)"));
    } else if (now->second != digest) {
      changed.push_back(absl::StrCat("knowledge/", id, " (changed)"));
    }
  }
  for (const auto& [id, digest] : after) {
    if (before.count(id) == 0) changed.push_back(absl::StrCat("knowledge/", id, " (added)"));
  }
  return changed;
}

}  // namespace

ReplayStage::ReplayStage(std::shared_ptr<const Assistant> assistant,
                         std::unique_ptr<retrieval::KnowledgeBase> knowledge, const Models& models)
    : assistant_(std::move(assistant)),
      knowledge_(std::move(knowledge)),
      snapshot_(knowledge_->snapshot()),
      models_(models) {
  for (const auto& [id, entry] : snapshot_->Documents())
    documents_[id] = storage::ToHex(entry.content);
}

dialog::ReplayReport ReplayStage::Replay(const Recording& recording, dialog::ReplayMode mode,
                                         bool decode) const {
  dialog::ReplaySources sources;
  sources.embed = models_.embed;
  sources.search = [this](std::string_view query, int k) {
    return dialog::SearchPassages(*snapshot_, query, k);
  };
  sources.knowledge_revision = snapshot_->revision().value();
  sources.model = decode ? assistant_->Decoder(models_) : nullptr;
  dialog::ReplayOptions options;
  options.mode = mode;
  options.recorded_manifest = recording.manifest;
  options.manifest = assistant_->manifest;
  // What a remote model said is an effect: it comes from the record, so it is no file at hand.
  if (const auto remote = recording.manifest.find("model:remote");
      remote != recording.manifest.end()) {
    options.manifest["model:remote"] = remote->second;
    options.manifest["model:decoder"] = "none";
  }
  options.changed_documents = Changed(recording.documents, documents_);
  const dialog::TurnParts parts{.bundle = assistant_->bundle,
                                .understander = assistant_->understander};
  return dialog::ReplayConversation(recording.name, recording.events, parts, sources, options);
}

absl::StatusOr<std::unique_ptr<ReplayStage>> MakeStage(
    const BundleFiles& files, const std::vector<retrieval::Document>& documents,
    const Models& models, const std::string& cache_folder) {
  AssistantOptions assistant_options;
  assistant_options.cache_folder = cache_folder;
  absl::StatusOr<std::shared_ptr<const Assistant>> assistant =
      LoadAssistant(files, models, assistant_options);
  if (!assistant.ok()) return assistant.status();

  std::string content;
  for (const retrieval::Document& document : documents) {
    absl::StrAppend(&content, document.id, " ", storage::ToHex(storage::Sha256(document.bytes)),
                    "\n");
  }
  const std::string cache =
      cache_folder.empty()
          ? ""
          : absl::StrCat(cache_folder, "/knowledge-",
                         storage::ToHex(storage::Sha256(content)).substr(0, 32));
  retrieval::KnowledgeOptions knowledge_options = KnowledgeOptionsFor(files, models);
  std::unique_ptr<retrieval::KnowledgeBase> knowledge;
  if (!cache.empty()) {
    auto cached = retrieval::KnowledgeBase::LoadFrom(cache, knowledge_options);
    if (cached.ok()) knowledge = *std::move(cached);
  }
  if (knowledge == nullptr)
    knowledge = std::make_unique<retrieval::KnowledgeBase>(std::move(knowledge_options));
  const auto report = knowledge->Upsert(documents);
  if (!report.ok()) return report.status();
  if (!cache.empty() && report->documents_changed > 0) {
    std::error_code error;
    std::filesystem::create_directories(cache_folder, error);
    (void)knowledge->SaveTo(cache);  // only a cache: without it the next run indexes again
  }
  return std::make_unique<ReplayStage>(*std::move(assistant), std::move(knowledge), models);
}

}  // namespace frontdesk::server
