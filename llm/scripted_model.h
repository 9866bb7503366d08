// A model that says what it is told to: answers from a list, in order.
//
// Transcripts and tests of dialog/ run everything real but the model; `model`
// lines of a .chat file end up here. Each word, with the space before it, is one
// token, so that max_tokens, stop_after_tokens and streaming behave as they do
// with a real model. Thread-safe; calls take the answers in the order they arrive.
//
//   ScriptedModel model({"Returns are free within 30 days."});

#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "llm/model.h"

namespace frontdesk::llm {

class ScriptedModel : public Model {
 public:
  explicit ScriptedModel(std::vector<std::string> answers = {});

  // Adds an answer to the end of the list.
  void Push(std::string answer);

  // Answers still unused; a transcript checks that none is left.
  int remaining() const;

  // What the last call asked, for tests of prompt assembly.
  std::vector<ChatMessage> last_messages() const;

  // The next answer. Errors: those of Model::Generate, and FAILED_PRECONDITION
  // when the list is used up.
  absl::StatusOr<Generation> Generate(const GenerateRequest& request) override;

  const ModelInfo& info() const override { return info_; }

 private:
  const ModelInfo info_;
  mutable std::mutex mutex_;
  std::vector<std::string> answers_;
  size_t next_ = 0;
  std::vector<ChatMessage> last_messages_;
};

}  // namespace frontdesk::llm
