// What was understood, as the JSON of the event message.understood. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "dialog/understand/understanding.h"

namespace frontdesk::dialog {

// Integers only; members that are empty are left out. Keys: docs/events.md.
nlohmann::json UnderstandingToJson(const understand::Understanding& meaning);

}  // namespace frontdesk::dialog
