#include "dialog/turn.h"

#include <utility>

namespace frontdesk::dialog {

TurnLog::TurnLog(Conversation& conversation, Effects& effects)
    : conversation_(conversation), effects_(effects), begun_(conversation.state) {}

void TurnLog::Emit(Event event) {
  if (!status_.ok()) return;
  next_.events.push_back(EncodeEvent(event));
  Apply(event, conversation_.state);
  emitted_.push_back(std::move(event));
}

absl::Status TurnLog::Commit(absl::Time now) {
  if (!status_.ok()) return status_;
  next_.now_ms = absl::ToUnixMillis(now);
  status_ = effects_.Commit(next_);
  next_ = {};
  if (status_.ok()) {
    committed_ = emitted_.size();
    return status_;
  }
  conversation_.state = begun_;
  for (size_t i = 0; i < committed_; ++i) Apply(emitted_[i], conversation_.state);
  return status_;
}

}  // namespace frontdesk::dialog
