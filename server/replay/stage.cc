#include "server/replay/stage.h"

#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dialog/effects/live_effects.h"
#include "server/assistant/documents.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

using retrieval::KnowledgeBase;

std::string DigestOfFiles(const BundleFiles& files) {
  std::string lines;
  for (const auto& [path, bytes] : files)
    absl::StrAppend(&lines, path, " ", storage::ToHex(storage::Sha256(bytes)), "\n");
  return storage::ToHex(storage::Sha256(lines));
}

std::string DigestOfDocuments(const std::vector<retrieval::Document>& documents) {
  std::string lines;
  for (const retrieval::Document& d : documents) {
    absl::StrAppend(&lines, d.id, " ", d.title, " ", d.url, " ", d.language, " ",
                    storage::ToHex(storage::Sha256(d.bytes)), "\n");
  }
  return storage::ToHex(storage::Sha256(lines));
}

// Names of the documents that differ between a recorded revision and those at hand.
std::vector<std::string> Changed(const RevisionDocuments& before, const KnowledgeBase& knowledge) {
  std::vector<std::string> changed;
  if (before.empty()) return changed;  // not known
  const auto snapshot = knowledge.snapshot();
  const auto& after = snapshot->Documents();
  for (const auto& [id, record] : before) {
    const auto now = after.find(id);
    if (now == after.end()) {
      changed.push_back(absl::StrCat("knowledge/", id, " (removed)"));
    } else if (now->second.content != record.digest) {
      changed.push_back(absl::StrCat("knowledge/", id, " (changed)"));
    }
  }
  for (const auto& [id, entry] : after) {
    if (before.count(id) == 0) changed.push_back(absl::StrCat("knowledge/", id, " (added)"));
  }
  return changed;
}

dialog::ReplayKnowledge SearchIn(const KnowledgeBase& knowledge) {
  const auto snapshot = knowledge.snapshot();
  return {snapshot->revision().value(), [snapshot](std::string_view query, int k) {
            return dialog::SearchPassages(*snapshot, query, k);
          }};
}

}  // namespace

ReplayStage::ReplayStage(std::shared_ptr<const Assistant> assistant,
                         std::shared_ptr<const KnowledgeBase> knowledge,
                         KnowledgeByRevision revisions, const Models& models)
    : assistant_(std::move(assistant)),
      knowledge_(std::move(knowledge)),
      revisions_(std::move(revisions)),
      models_(models) {}

dialog::ReplayReport ReplayStage::Replay(const Recording& recording, const StageRun& run) const {
  const bool verify = run.mode == dialog::ReplayMode::kVerify;
  dialog::ReplaySources sources;
  sources.embed = models_.embed;
  sources.features = models_.features;
  sources.knowledge = [&](std::string_view recorded) {
    const auto kept = verify ? revisions_.find(recorded) : revisions_.end();
    return SearchIn(kept == revisions_.end() ? *knowledge_ : *kept->second);
  };
  sources.model = run.decode ? assistant_->Decoder(models_) : nullptr;
  sources.decode =
      verify ? dialog::DecodeAgain::kWhereSame : dialog::DecodeAgain::kWhereChanged;
  sources.may_decode = run.may_decode;
  dialog::ReplayOptions options;
  options.mode = run.mode;
  options.only_turns = run.only_turns;
  options.least_support = run.least_support;
  if (recording.manifest != nullptr) options.recorded_manifest = *recording.manifest;
  options.manifest = assistant_->manifest;
  // What a remote model said is an effect: it comes from the record, so it is no file at hand.
  if (const auto remote = options.recorded_manifest.find("model:remote");
      remote != options.recorded_manifest.end()) {
    options.manifest["model:remote"] = remote->second;
    options.manifest["model:decoder"] = "none";
  }
  for (const auto& [revision, documents] : recording.documents) {
    if (documents == nullptr || (verify && revisions_.count(revision) > 0)) continue;
    const std::vector<std::string> changed = Changed(*documents, *knowledge_);
    options.changed_documents.insert(options.changed_documents.end(), changed.begin(), changed.end());
  }
  const dialog::TurnParts parts{.bundle = assistant_->bundle,
                                .understander = assistant_->understander};
  return dialog::ReplayConversation(recording.name, recording.events, parts, sources, options);
}

absl::StatusOr<std::shared_ptr<const Assistant>> StageShelf::AssistantOf(const BundleFiles& files) {
  auto& known = assistants_[DigestOfFiles(files)];
  if (known == nullptr) {
    AssistantOptions options;
    options.cache_folder = cache_folder_;
    auto loaded = LoadAssistant(files, models_, options);
    if (!loaded.ok()) return loaded.status();
    known = *std::move(loaded);
  }
  return known;
}

absl::StatusOr<std::shared_ptr<const KnowledgeBase>> StageShelf::KnowledgeOf(
    const BundleFiles& files, const std::vector<retrieval::Document>& documents) {
  const auto synonyms = files.find("synonyms.txt");
  const std::string digest = storage::ToHex(storage::Sha256(
      DigestOfDocuments(documents) + (synonyms == files.end() ? "" : synonyms->second)));
  auto& known = knowledge_[digest];
  if (known != nullptr) return known;
  retrieval::KnowledgeOptions options = KnowledgeOptionsFor(files, models_);
  const std::string cache =
      cache_folder_.empty() ? "" : absl::StrCat(cache_folder_, "/knowledge-", digest.substr(0, 32));
  std::unique_ptr<KnowledgeBase> base;
  // An index of other documents is a start, too: only what differs is embedded anew.
  for (const std::string& file : {cache, last_index_}) {
    if (base != nullptr || file.empty()) continue;
    if (auto loaded = KnowledgeBase::LoadFrom(file, options); loaded.ok()) base = *std::move(loaded);
  }
  if (base == nullptr) base = std::make_unique<KnowledgeBase>(std::move(options));
  std::set<std::string> ids;
  for (const retrieval::Document& document : documents) ids.insert(document.id);
  std::vector<std::string> gone;
  for (const auto& [id, entry] : base->snapshot()->Documents()) {
    if (ids.count(id) == 0) gone.push_back(id);
  }
  const auto report = base->Upsert(documents);
  if (!report.ok()) return report.status();
  if (!gone.empty()) {
    if (absl::Status deleted = base->Delete(gone); !deleted.ok()) return deleted;
  }
  if (!cache.empty()) {
    std::error_code error;
    std::filesystem::create_directories(cache_folder_, error);
    if (report->documents_changed > 0 || !gone.empty()) (void)base->SaveTo(cache);  // only a cache
    last_index_ = cache;
  }
  known = std::move(base);
  return known;
}

absl::StatusOr<std::shared_ptr<const ReplayStage>> StageShelf::ForFiles(
    const BundleFiles& files, const std::vector<retrieval::Document>& documents) {
  std::lock_guard lock(mutex_);
  auto assistant = AssistantOf(files);
  if (!assistant.ok()) return assistant.status();
  auto knowledge = KnowledgeOf(files, documents);
  if (!knowledge.ok()) return knowledge.status();
  return std::make_shared<const ReplayStage>(*std::move(assistant), *std::move(knowledge),
                                             KnowledgeByRevision(), models_);
}

absl::StatusOr<std::shared_ptr<const ReplayStage>> StageShelf::ForFolder(
    const std::string& bundle) {
  const std::string key = "folder " + bundle;
  {
    std::lock_guard lock(mutex_);
    if (const auto it = stages_.find(key); it != stages_.end()) return it->second;
  }
  const absl::StatusOr<BundleFiles> files = ReadBundleFiles(bundle);
  if (!files.ok()) return files.status();
  const auto documents = ReadKnowledgeFolder(bundle + "/knowledge");
  if (!documents.ok()) return documents.status();
  auto stage = ForFiles(*files, *documents);
  if (!stage.ok()) return stage.status();
  std::lock_guard lock(mutex_);
  return stages_[key] = *std::move(stage);
}

absl::StatusOr<std::shared_ptr<const ReplayStage>> StageShelf::ForRecording(
    const Recording& recording) {
  std::string key = "version " + recording.version.value();
  for (const std::string& revision : recording.revisions) absl::StrAppend(&key, " ", revision);
  std::lock_guard lock(mutex_);
  if (const auto it = stages_.find(key); it != stages_.end()) return it->second;
  const absl::StatusOr<BundleFiles> files = FilesOf(recording);
  if (!files.ok()) return files.status();
  auto assistant = AssistantOf(*files);
  if (!assistant.ok()) return assistant.status();
  KnowledgeByRevision revisions;
  std::shared_ptr<const KnowledgeBase> first;
  for (const std::string& revision : recording.revisions) {
    const auto documents = DocumentsOf(recording, revision);
    if (!documents.ok()) return documents.status();
    auto knowledge = KnowledgeOf(*files, *documents);
    if (!knowledge.ok()) return knowledge.status();
    if (first == nullptr) first = *knowledge;
    // Only when the same documents still make the same revision; else the difference shows.
    if ((*knowledge)->snapshot()->revision().value() == revision) revisions[revision] = *knowledge;
  }
  if (first == nullptr) {
    auto none = KnowledgeOf(*files, {});
    if (!none.ok()) return none.status();
    first = *std::move(none);
  }
  return stages_[key] = std::make_shared<const ReplayStage>(
             *std::move(assistant), std::move(first), std::move(revisions), models_);
}

absl::StatusOr<BundleFiles> FilesOf(const Recording& recording) {
  if (!recording.content || recording.manifest == nullptr || recording.manifest->empty()) {
    return absl::NotFoundError(absl::StrCat(
        recording.name, ": its bundle was not kept with it; give --bundle DIR"));
  }
  BundleFiles files;
  for (const auto& [path, hex] : *recording.manifest) {
    if (absl::StrContains(path, ':') || path == "numerics") continue;  // not a file
    absl::StatusOr<std::string> bytes = recording.content(hex);
    if (!bytes.ok()) return bytes.status();
    files[path] = *std::move(bytes);
  }
  return files;
}

absl::StatusOr<std::vector<retrieval::Document>> DocumentsOf(const Recording& recording,
                                                             const std::string& revision) {
  std::vector<retrieval::Document> documents;
  const auto of = recording.documents.find(revision);
  if (of == recording.documents.end() || of->second == nullptr) return documents;
  for (const auto& [id, record] : *of->second) {
    if (!recording.content)
      return absl::NotFoundError(
          absl::StrCat(recording.name, ": its documents were not kept with it"));
    absl::StatusOr<std::string> bytes = recording.content(storage::ToHex(record.digest));
    if (!bytes.ok()) return bytes.status();
    storage::DocumentRecord whole = record;
    whole.bytes = *std::move(bytes);
    documents.push_back(DocumentOf(whole));
  }
  return documents;
}

}  // namespace frontdesk::server
