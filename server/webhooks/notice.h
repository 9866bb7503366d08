// What other systems are told about an event of a conversation.
//
// Notices name what happened, never what was said: no customer's words and no personal data
// leave by this way. Pure. Types and members: docs/webhooks.md.
#pragma once

#include <optional>
#include <string>

#include "dialog/events.h"

namespace frontdesk::server {

struct Notice {
  std::string kind;  // "conversation", "handoff", "outcome": what endpoints subscribe to
  std::string id;    // "CONVERSATION:SEQUENCE": the same at every delivery
  std::string body;  // JSON
};

// nullopt for events that nobody is told about. time_ms: of the newest event with a time.
std::optional<Notice> NoticeOf(const std::string& conversation, int64_t sequence,
                               const dialog::Event& event, int64_t time_ms);

}  // namespace frontdesk::server
