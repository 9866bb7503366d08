// The CRM of a transcript with the faults that its "tool NAME fails OUTCOME" lines ask for.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tools/adapter.h"

namespace frontdesk::dialog {

class FaultyAdapter : public tools::Adapter {
 public:
  explicit FaultyAdapter(std::unique_ptr<tools::Adapter> inner) : inner_(std::move(inner)) {}

  // Every call of the tool has this outcome from now on; kOk heals it.
  void Fail(const std::string& tool, tools::ToolResult::Outcome outcome) {
    std::lock_guard lock(mutex_);
    if (outcome == tools::ToolResult::Outcome::kOk) {
      faults_.erase(tool);
    } else {
      faults_[tool] = outcome;
    }
  }

  tools::ToolResult Call(const tools::ToolCall& call, absl::Time deadline) override {
    {
      std::lock_guard lock(mutex_);
      if (const auto it = faults_.find(call.tool); it != faults_.end()) {
        return tools::ToolResult::Failed(it->second, "the transcript says so");
      }
    }
    return inner_->Call(call, deadline);
  }
  absl::StatusOr<std::optional<tools::ToolResult>> FindByKey(std::string_view tool,
                                                             std::string_view key,
                                                             absl::Time deadline) override {
    return inner_->FindByKey(tool, key, deadline);
  }

 private:
  const std::unique_ptr<tools::Adapter> inner_;
  std::mutex mutex_;
  std::map<std::string, tools::ToolResult::Outcome> faults_;
};

}  // namespace frontdesk::dialog
