// Host names: which endings make a host believable.
#pragma once

#include <string_view>

namespace frontdesk::tools {

// A top-level domain in wide use: two letters of a country, or a common generic one.
// Enough to believe "ann at mail dot com". ending: lower case without dot.
bool IsKnownTopLevel(std::string_view ending);

// One that makes a bare "word.ending" a web address: excludes those that are words or
// file endings ("is", "it", "py", "md").
bool IsBareUrlTopLevel(std::string_view ending);

// A mail provider's host that people say without a dot word: "gmail", "gmail.com".
bool IsMailProvider(std::string_view host);

}  // namespace frontdesk::tools
