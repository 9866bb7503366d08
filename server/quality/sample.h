// Which conversations people look at: by rule and at random.
//
// Pure: the same conversations, card and seed give the same sample, in the server and in
// `frontdesk insight --quality`; a conversation's lot does not depend on the others.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/insight/outcomes.h"
#include "server/quality/score_card.h"

namespace frontdesk::server {

struct Sampled {
  const JudgedConversation* conversation = nullptr;
  std::vector<std::string> chosen_by;  // rules in the card's order, then "random"
};

// Of the conversations that have ended and in which the customer wrote, in their order. Borrows
// `conversations`.
std::vector<Sampled> DrawSample(std::span<const JudgedConversation> conversations, const ScoreCard& card);

// Whether the seed draws a conversation at random.
bool DrawnAtRandom(std::string_view conversation, const ScoreCard& card);

}  // namespace frontdesk::server
