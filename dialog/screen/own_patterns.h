// What the attack model's own training messages are made of: sentences whose words in capitals
// stand for one of several choices (own_messages.cc fills them in).
#pragma once

#include <span>
#include <string_view>

namespace frontdesk::screen {

std::span<const std::string_view> AttackPatterns();    // on the assistant, in what a customer types
std::span<const std::string_view> PlantedPatterns();   // aimed at the assistant, in documents
std::span<const std::string_view> PolitePatterns();    // odd, with the words of attacks, but none
std::span<const std::string_view> ChatPatterns();      // thanks, answers, moods, as in any chat
std::span<const std::string_view> DocumentPatterns();  // what documents say to readers, and may

}  // namespace frontdesk::screen
