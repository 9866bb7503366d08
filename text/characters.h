// Kinds of characters. Pure, thread-safe.
#pragma once

#include <string_view>

namespace frontdesk::text {

// Whether a character of the text has a meaning in Unicode; a text of unassigned code points alone
// says nothing in any language. utf8: valid. Cost: O(bytes up to the first such character).
bool HoldsAssigned(std::string_view utf8);

}  // namespace frontdesk::text
