// Messages of our own making that the attack model learns from besides labelled files:
// attacks, instructions planted in documents, their harmless look-alikes, and small talk.
//
// Written for this project: patterns with words to choose from, filled by a fixed seed, so
// every call gives the same messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace frontdesk::screen {

struct OwnMessage {
  enum Kind { kAttack, kPlanted, kPolite, kDocument, kChat };
  std::string text;
  Kind kind = kPolite;
};

// copies: how often each pattern is filled, 1..100.
std::vector<OwnMessage> OwnMessages(int copies);

}  // namespace frontdesk::screen
