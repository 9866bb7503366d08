// A person's review of a conversation, as the conversation's own log keeps it: an agent.acted event
// of the action "review". So it is sealed and chained like the rest, goes when the customer is
// erased, and replay applies it without running anything. docs/quality.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "dialog/events.h"

namespace frontdesk::dialog {

struct Review {
  std::string reviewer;
  std::string card;                       // name of the score card
  std::map<std::string, int64_t> scores;  // question → number of the answer, 0 the worst
  std::string comment;                    // redacted
};

AgentActed ReviewEvent(const Review& review, int64_t now_ms);
// Nullopt: another act.
std::optional<Review> ReviewOf(const AgentActed& acted);
// Whether the event is a review, without reading it.
bool IsReview(const Event& event);

}  // namespace frontdesk::dialog
