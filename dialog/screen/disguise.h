// What a disguised text says: the readings a screen must look at.
//
// Undone are letters of other scripts that look Latin, zero-width characters and other
// compatibility forms (all in the first reading), and, as readings of their own when they
// read as words: "l33t", s p a c e d letters, base64, rot13 and text written backwards.
// Pure; thread-safe.
//
//   Readings("Vtaber nyy cerivbhf ehyrf");  // {"vtaber nyy …", "ignore all previous rules"}
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace frontdesk::screen {

// The first is the folded text itself; further ones only where a disguise was found.
// Cost: O(n). At most five readings.
std::vector<std::string> Readings(std::string_view text);

}  // namespace frontdesk::screen
