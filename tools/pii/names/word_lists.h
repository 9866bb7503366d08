// Public facts about words that stand in names and addresses: common given names and
// surnames, street words, countries and large cities, forms of address.
#pragma once

#include <cstdint>
#include <string_view>

namespace frontdesk::tools {

// Bits of what a word (lower case) is known as.
enum WordKind : std::uint32_t {
  kGivenName = 1u << 0,
  kSurname = 1u << 1,
  kStreetWord = 1u << 2,    // street, rue, calle, …
  kPlace = 1u << 3,         // country, state or large city
  kTitle = 1u << 4,         // mr, dr, frau, …
  kUnitWord = 1u << 5,      // apt, suite, floor, …
  kNameCue = 1u << 6,       // name, called, heiße: a name may follow
  kAddressCue = 1u << 7,    // address, deliver, live
  kCalendarWord = 1u << 8,  // months and days
  kRegionCode = 1u << 9,    // ca, ny, on, nsw
  kParticle = 1u << 10,     // van, de, al: inside names
  kDailyWord = 1u << 11,    // words that are also names: will, mark, rose, may
};

// The bits of a word, 0 when it is in no list. Cost: one look-up. Thread-safe.
std::uint32_t KindsOf(std::string_view lower);

// A street word glued to a name ("hauptstraße", "keizersgracht").
bool HasStreetEnding(std::string_view lower);

// The word lists themselves, blank-separated, for the training script.
std::string_view GivenNames();
std::string_view Surnames();

}  // namespace frontdesk::tools
