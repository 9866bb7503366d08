// What customers of a shop write, with and without names and addresses.
#pragma once

#include <span>

namespace frontdesk::tools {

// Patterns of NameMaker::Fill.
std::span<const char* const> SentencesWithNames();
std::span<const char* const> SentencesWithAddresses();

// Sentences without names, full of words that look like some.
std::span<const char* const> SentencesWithout();

}  // namespace frontdesk::tools
