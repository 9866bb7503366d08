// What people ask any machine that talks, and no business is there for: the weather, jokes, sums.
//
// A bundle with few out-of-scope examples of its own learns from these too, so that the first
// bundle of two intents already says "that is not for me" (dialog::MakeTrainingSet). None of them
// is about buying, booking, paying or delivering: those belong to some business.
#pragma once

#include <span>
#include <string_view>

namespace frontdesk::understand {

// Messages in a language ("en", "de-AT"); empty: none are written for it.
std::span<const std::string_view> EverydayTalk(std::string_view language);

}  // namespace frontdesk::understand
