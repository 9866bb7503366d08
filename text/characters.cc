#include "text/characters.h"

#include <unicode/uchar.h>

#include "text/utf8.h"

namespace frontdesk::text {

bool HoldsAssigned(std::string_view utf8) {
  for (size_t at = 0; at < utf8.size();) {
    if (u_isdefined(static_cast<UChar32>(NextCodePoint(utf8, &at)))) return true;
  }
  return false;
}

}  // namespace frontdesk::text
