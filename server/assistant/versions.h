// The versions of the assistant that this server keeps, and the one that is active.
//
// Thread-safe. Every version that was ever active has its files in the store, so a
// conversation keeps the version it began with also after a restart. Loaded
// versions are kept in memory, the least recently used dropped beyond a few.
//
//   Versions versions(store, models, options);
//   versions.Activate(files, "start");
//   std::shared_ptr<const Assistant> speaks = *versions.For(conversation.bundle_version);
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/assistant/assistant.h"
#include "storage/store.h"

namespace frontdesk::server {

class Versions {
 public:
  Versions(storage::Store& store, const Models& models, AssistantOptions options);

  // Loads the files, keeps them in the store and makes the version active.
  // Errors: those of LoadAssistant; the active version stays as it was.
  absl::StatusOr<std::shared_ptr<const Assistant>> Activate(const BundleFiles& files,
                                                            const std::string& reason);
  // Keeps a version without making it active.
  absl::StatusOr<std::shared_ptr<const Assistant>> Add(const BundleFiles& files);
  // Makes a kept version active. Errors: NOT_FOUND, FAILED_PRECONDITION (its models are gone).
  absl::StatusOr<std::shared_ptr<const Assistant>> Activate(const storage::BundleVersion& version,
                                                            const std::string& reason);

  // Never nullptr once Activate succeeded.
  std::shared_ptr<const Assistant> Active() const;

  // A kept version. When its files load but models or numerics are others now, the
  // version that the same files give today is returned, with a warning in the log.
  // Errors: NOT_FOUND (never seen here).
  absl::StatusOr<std::shared_ptr<const Assistant>> For(const storage::BundleVersion& version);

 private:
  std::shared_ptr<const Assistant> Remember(std::shared_ptr<const Assistant> assistant);
  absl::StatusOr<BundleFiles> FilesOf(const storage::BundleVersion& version) const;

  storage::Store& store_;
  const Models& models_;
  const AssistantOptions options_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Assistant> active_;
  std::list<std::pair<storage::BundleVersion, std::shared_ptr<const Assistant>>>
      recent_;  // newest first
};

}  // namespace frontdesk::server
