// When humans work, from the bundle's hours and holidays. Pure.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "dialog/bundle/settings.h"

namespace frontdesk::dialog {

bool IsOpen(const Assistant& assistant, absl::Time now);

// The next opening after `now` in words: "Monday 09:00" / "Montag 09:00". Empty when
// the bundle is always open or opens on no day of the next two weeks.
std::string NextOpening(const Assistant& assistant, absl::Time now, std::string_view language);

}  // namespace frontdesk::dialog
