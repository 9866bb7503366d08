#include "llm/scripted_model.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "llm/check_request.h"
#include "llm/numerics.h"

namespace frontdesk::llm {
namespace {

// "two words" → "two", " words": the pieces joined are the text.
std::vector<std::string> SplitBeforeSpaces(const std::string& text) {
  std::vector<std::string> pieces;
  for (char c : text) {
    if (pieces.empty() || (c == ' ' && pieces.back().find_first_not_of(' ') != std::string::npos)) {
      pieces.emplace_back();
    }
    pieces.back().push_back(c);
  }
  return pieces;
}

}  // namespace

ScriptedModel::ScriptedModel(std::vector<std::string> answers)
    : info_{.name = "scripted",
            .family = "scripted",
            .sha256 = "",
            .numerics_version = std::string(kNumericsVersion),
            .context_tokens = 1 << 20},
      answers_(std::move(answers)) {}

void ScriptedModel::Push(std::string answer) {
  std::lock_guard lock(mutex_);
  answers_.push_back(std::move(answer));
}

int ScriptedModel::remaining() const {
  std::lock_guard lock(mutex_);
  return static_cast<int>(answers_.size() - next_);
}

std::vector<ChatMessage> ScriptedModel::last_messages() const {
  std::lock_guard lock(mutex_);
  return last_messages_;
}

absl::StatusOr<Generation> ScriptedModel::Generate(const GenerateRequest& request) {
  if (absl::Status status = CheckRequest(request); !status.ok()) return status;
  std::string answer;
  {
    std::lock_guard lock(mutex_);
    last_messages_ = request.messages;
    if (next_ == answers_.size()) {
      return absl::FailedPreconditionError(
          "the scripted model has no answer left; add a `model` line to the transcript");
    }
    answer = answers_[next_++];
  }

  Generation result;
  for (const ChatMessage& message : request.messages) {
    result.prompt_tokens += static_cast<int>(SplitBeforeSpaces(message.content).size());
  }
  const std::vector<std::string> pieces = SplitBeforeSpaces(answer);
  for (size_t i = 0;; ++i) {
    const int decoded = static_cast<int>(i);
    if (request.stop_after_tokens == decoded) {
      result.stop = StopReason::kReplayed;
      return result;
    }
    if (request.cancelled && request.cancelled()) {
      result.stop = StopReason::kCancelled;
      return result;
    }
    if (!request.stop_after_tokens && absl::Now() >= request.deadline) {
      result.stop = StopReason::kDeadline;
      return result;
    }
    if (i == pieces.size()) {
      result.stop = StopReason::kEndOfTurn;
      return result;
    }
    if (decoded == request.max_tokens) {
      result.stop = StopReason::kMaxTokens;
      return result;
    }
    result.token_ids.push_back(decoded);
    result.text += pieces[i];
    if (request.on_text) request.on_text(pieces[i]);
  }
}

}  // namespace frontdesk::llm
