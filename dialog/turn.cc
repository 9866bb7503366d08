#include "dialog/turn.h"

#include <utility>

namespace frontdesk::dialog {

TurnLog::TurnLog(Conversation& conversation, Effects& effects)
    : conversation_(conversation), effects_(effects), committed_(conversation.state) {}

void TurnLog::Emit(Event event) {
  if (!status_.ok()) return;
  next_.events.push_back(EncodeEvent(event));
  Apply(event, conversation_.state);
}

absl::Status TurnLog::Commit(absl::Time now) {
  if (!status_.ok()) return status_;
  next_.now_ms = absl::ToUnixMillis(now);
  status_ = effects_.Commit(next_);
  next_ = {};
  if (status_.ok()) {
    committed_ = conversation_.state;
  } else {
    conversation_.state = committed_;
  }
  return status_;
}

}  // namespace frontdesk::dialog
