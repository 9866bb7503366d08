#include "server/assistant/versions.h"
#include "server/wall_clock.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr size_t kLoadedVersions = 4;  // besides the active one
constexpr char kActive[] = "active";


}  // namespace

Versions::Versions(storage::Store& store, const Models& models, AssistantOptions options)
    : store_(store), models_(models), options_(std::move(options)) {}

std::shared_ptr<const Assistant> Versions::Active() const {
  std::lock_guard lock(mutex_);
  return active_;
}

std::shared_ptr<const Assistant> Versions::Remember(std::shared_ptr<const Assistant> assistant) {
  std::lock_guard lock(mutex_);
  recent_.remove_if([&](const auto& entry) { return entry.first == assistant->version; });
  recent_.emplace_front(assistant->version, assistant);
  if (recent_.size() > kLoadedVersions) recent_.pop_back();
  return assistant;
}

absl::StatusOr<std::shared_ptr<const Assistant>> Versions::Add(const BundleFiles& files) {
  absl::StatusOr<std::shared_ptr<const Assistant>> assistant =
      LoadAssistant(files, models_, options_);
  if (!assistant.ok()) return assistant.status();
  for (const auto& [path, bytes] : files) {
    if (absl::StatusOr<storage::Digest> kept = store_.PutBlob(bytes); !kept.ok())
      return kept.status();
  }
  const absl::Status put =
      store_.PutVersion({.version = (*assistant)->version,
                         .manifest = dialog::ManifestToJson((*assistant)->manifest),
                         .created_ms = NowMs()});
  if (!put.ok()) return put;
  return Remember(*std::move(assistant));
}

absl::StatusOr<std::shared_ptr<const Assistant>> Versions::Activate(const BundleFiles& files,
                                                                    const std::string& reason) {
  absl::StatusOr<std::shared_ptr<const Assistant>> assistant = Add(files);
  if (!assistant.ok()) return assistant.status();
  return Activate((*assistant)->version, reason);
}

absl::StatusOr<std::shared_ptr<const Assistant>> Versions::Activate(
    const storage::BundleVersion& version, const std::string& reason) {
  absl::StatusOr<std::shared_ptr<const Assistant>> assistant = For(version);
  if (!assistant.ok()) return assistant.status();
  const absl::StatusOr<std::optional<storage::PointerRecord>> before = store_.GetPointer(kActive);
  if (!before.ok()) return before.status();
  if (!before->has_value() || !((*before)->version == version)) {
    const absl::Status moved = store_.SetPointer(
        {.name = kActive, .version = version, .reason = reason, .changed_ms = NowMs()});
    if (!moved.ok()) return moved;
  }
  std::lock_guard lock(mutex_);
  active_ = *assistant;
  return active_;
}

absl::StatusOr<BundleFiles> Versions::FilesOf(const storage::BundleVersion& version) const {
  absl::StatusOr<storage::VersionRecord> record = store_.GetVersion(version);
  if (!record.ok()) return record.status();
  absl::StatusOr<dialog::Manifest> manifest = dialog::ManifestFromJson(record->manifest);
  if (!manifest.ok()) return manifest.status();
  BundleFiles files;
  for (const auto& [path, hex] : *manifest) {
    if (absl::StrContains(path, ':') || path == "numerics") continue;  // not a file
    absl::StatusOr<storage::Digest> digest = storage::DigestFromHex(hex);
    if (!digest.ok()) return digest.status();
    absl::StatusOr<std::string> bytes = store_.GetBlob(*digest);
    if (!bytes.ok()) return bytes.status();
    files[path] = *std::move(bytes);
  }
  return files;
}

absl::StatusOr<std::shared_ptr<const Assistant>> Versions::For(
    const storage::BundleVersion& version) {
  {
    std::lock_guard lock(mutex_);
    if (active_ && active_->version == version) return active_;
    for (const auto& [known, assistant] : recent_) {
      if (known == version) return assistant;
    }
  }
  absl::StatusOr<BundleFiles> files = FilesOf(version);
  if (!files.ok()) return files.status();
  absl::StatusOr<std::shared_ptr<const Assistant>> assistant =
      LoadAssistant(*files, models_, options_);
  if (!assistant.ok()) return assistant.status();
  if (!((*assistant)->version == version)) {
    spdlog::warn(
        "version={} loads_as={} effect=\"models or numerics changed since it was recorded\"",
        version.value(), (*assistant)->version.value());
    std::lock_guard lock(mutex_);
    recent_.emplace_front(version, *assistant);
    if (recent_.size() > kLoadedVersions) recent_.pop_back();
    return assistant;
  }
  return Remember(*std::move(assistant));
}

}  // namespace frontdesk::server
