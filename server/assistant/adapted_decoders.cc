#include "server/assistant/adapted_decoders.h"

#include <utility>

namespace frontdesk::server {

absl::StatusOr<std::shared_ptr<llm::Model>> AdaptedDecoders::With(const std::string& name,
                                                                  const std::string& bytes) {
  absl::StatusOr<std::shared_ptr<const llm::Adapter>> adapter = llm::Adapter::Parse(name, bytes);
  if (!adapter.ok()) return adapter.status();
  std::lock_guard lock(mutex_);  // two versions that come at once load it once
  std::weak_ptr<llm::Model>& known = by_adapter_[(*adapter)->sha256()];
  if (std::shared_ptr<llm::Model> loaded = known.lock()) return loaded;
  llm::LocalModelOptions options = options_;
  options.adapter = *adapter;
  absl::StatusOr<std::unique_ptr<llm::LocalModel>> model = llm::LocalModel::Load(path_, options);
  if (!model.ok()) return model.status();
  std::shared_ptr<llm::Model> shared = *std::move(model);
  known = shared;
  return shared;
}

}  // namespace frontdesk::server
