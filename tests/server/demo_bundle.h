// The demo bundle as tests serve it.
#pragma once

#include <string>

namespace frontdesk::server {

// Copies the demo bundle to the folder target (emptied before), without opening hours and holidays:
// humans are always on duty. Returns target.
std::string CopyAlwaysOpenBundle(const std::string& target);

}  // namespace frontdesk::server
