// Decoders with a bundle's LoRA adapter, each loaded once and shared by the versions that use it.
//
// Thread-safe. A decoder goes when the last version that holds it does. Each costs the memory
// of a model: docs/adapters.md.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "llm/local_model.h"

namespace frontdesk::server {

class AdaptedDecoders {
 public:
  // path, options: of the base model.
  AdaptedDecoders(std::string path, llm::LocalModelOptions options)
      : path_(std::move(path)), options_(std::move(options)) {}

  // name: of the adapter's file, for messages; bytes: what is in it.
  // Errors: those of Adapter::Parse and LocalModel::Load.
  absl::StatusOr<std::shared_ptr<llm::Model>> With(const std::string& name,
                                                   const std::string& bytes);

 private:
  const std::string path_;
  const llm::LocalModelOptions options_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<llm::Model>> by_adapter_;  // by the adapter's SHA-256
};

}  // namespace frontdesk::server
