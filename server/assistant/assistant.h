// One version of the assistant, loaded: bundle, understanding, tools.
//
// Immutable once loaded (the registry's breakers aside); thread-safe; shared by
// the turns of the conversations that began with it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "dialog/bundle/bundle.h"
#include "dialog/understand/understander.h"
#include "server/assistant/models.h"
#include "storage/ids.h"
#include "tools/adapter.h"
#include "tools/registry.h"

namespace frontdesk::server {

// Path below the bundle's folder → bytes; knowledge/ and transcripts/ are not part of a version.
using BundleFiles = std::map<std::string, std::string>;

// Errors: NOT_FOUND (no such folder), RESOURCE_EXHAUSTED (a file above 16 MiB).
absl::StatusOr<BundleFiles> ReadBundleFiles(const std::filesystem::path& folder);

struct Assistant {
  storage::BundleVersion version;
  dialog::Manifest manifest;  // files, models, trained artefact, numerics: what `version` hashes
  dialog::Bundle bundle;
  understand::Understander understander;
  mutable tools::Registry registry;  // thread-safe; its breakers change
  std::shared_ptr<llm::Model> adapted;  // the decoder with the bundle's adapter; nullptr: without
  // What answers: the adapted decoder or the process's own; nullptr: none.
  llm::Model* Decoder(const Models& models) const {
    return adapted != nullptr ? adapted.get() : models.decoder.get();
  }
};

struct AssistantOptions {
  std::string cache_folder;  // trained artefacts by content hash; empty: not kept
  int threads = 2;
  std::shared_ptr<tools::Adapter> demo_crm;  // behind adapters of kind demo_crm; nullptr: none
  // "training intents", 120, 1500. May be empty.
  std::function<void(std::string_view stage, int64_t done, int64_t total)> progress;
};

// Loads, trains (or takes the trained artefact from the cache) and binds the tools.
// Errors: INVALID_ARGUMENT with every fault of the bundle, and those of training.
// Cost: training is seconds for a few thousand examples; from the cache milliseconds.
absl::StatusOr<std::shared_ptr<const Assistant>> LoadAssistant(const BundleFiles& files,
                                                               const Models& models,
                                                               const AssistantOptions& options);

}  // namespace frontdesk::server
