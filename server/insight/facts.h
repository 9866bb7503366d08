// What one conversation's log says about its outcome.
//
// A value, and a pure function of the log: the same events give the same facts in the
// server, in Prometheus and in `frontdesk insight`. docs/insight.md defines each.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "dialog/events.h"
#include "dialog/reviews.h"
#include "storage/conversation.h"

namespace frontdesk::server {

// How a conversation that no human took part in ended for the customer.
enum class Deflection { kNone, kConfirmed, kAssumed, kAbandoned };

struct ConversationFacts {
  std::string id;
  int64_t position = 0;  // of the store's row
  int64_t began_ms = 0;
  std::string bundle_version, customer, language;
  std::string intent;                    // first wish that a decision names; empty: none
  std::set<std::string> flows;           // that it went through
  std::vector<std::string> escalations;  // reason codes, in order; a takeover is "takeover"
  int64_t turns = 0;                     // of the customer
  std::string last_outcome;              // of the last turn
  bool flow_open = false;                // a flow was in front when the log ends
  bool flow_completed = false;           // at least one flow came to its end
  bool thanked = false;                  // the customer said thanks
  bool ended = false;
  bool resolved_by_human = false;
  int64_t score = 0;  // last rating 1..5; 0: not rated
  // Milliseconds; empty when it never came to that.
  std::vector<int64_t> first_replies;  // from asking for a human to the human's first words
  std::vector<int64_t> handle_times;   // from a claim to its return, loss or resolution
  int64_t prompt_tokens = 0, output_tokens = 0;
  int64_t cpu_us = 0;  // of its turns, from the cost log; 0: not measured
  std::vector<dialog::Review> reviews;  // the last of each reviewer and card
  int64_t last_ms = 0;  // newest time that the log names, reviews aside

  bool escalated() const { return !escalations.empty(); }
  // A customer wrote and no human was needed.
  bool contained() const { return turns > 0 && escalations.empty(); }
  Deflection deflection() const;
  // Settled for good by assistant or human, as far as the log tells.
  bool resolved() const;
};

// row: the conversation's row; events: its whole log.
ConversationFacts FactsOf(const storage::Conversation& row, std::span<const dialog::Event> events);

}  // namespace frontdesk::server
