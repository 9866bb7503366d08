// Words of a shop's customers that mean the same as words of its documents.
//
// "swap" for "exchange", "Munich" for "Germany": general English that a sentence encoder does not
// bring near enough word for word. Pure, thread-safe.
//
//   MeanAlike("swap", "exchang")  // true; terms as text::Analyse gives them
#pragma once

#include <string_view>

namespace frontdesk::dialog {

// Whether two different terms stand in one group. Cost: two look-ups.
bool MeanAlike(std::string_view term, std::string_view other);

}  // namespace frontdesk::dialog
