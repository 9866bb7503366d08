// A model that answers every question with one sentence and keeps what it was asked.
#pragma once

#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "llm/scripted_model.h"

namespace frontdesk::server {

// What reached the model, of all calls; outlives the model, which the server owns.
struct Heard {
  std::mutex mutex;
  std::string text;
  int calls = 0;
};

class ListeningModel : public llm::Model {
 public:
  ListeningModel(Heard& heard, std::string answer) : heard_(heard), answer_(std::move(answer)) {}

  absl::StatusOr<llm::Generation> Generate(const llm::GenerateRequest& request) override {
    {
      const std::lock_guard lock(heard_.mutex);
      ++heard_.calls;
      for (const llm::ChatMessage& message : request.messages) {
        absl::StrAppend(&heard_.text, message.role, "\n", message.content, "\n");
      }
    }
    llm::ScriptedModel once({answer_});
    return once.Generate(request);
  }
  const llm::ModelInfo& info() const override { return info_; }

 private:
  Heard& heard_;
  const std::string answer_;
  const llm::ModelInfo info_{.name = "listening", .family = "scripted"};
};

}  // namespace frontdesk::server
