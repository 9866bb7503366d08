// Words of daily talk and trade, which are nobody's name by themselves: "Repairs", "data", "Hallo".
#pragma once

#include <string_view>

namespace frontdesk::tools {

// lower: a word in lower case; its plural in -s counts too. Cost: one or two look-ups. Thread-safe.
bool IsEverydayWord(std::string_view lower);

}  // namespace frontdesk::tools
