// A recorded conversation as a .chat test: inputs and what the assistant did then.
//
// Redacted: what stood behind vault tokens is not in the record, so each token is filled with
// a made-up value of its type, the same for the same token. What the record cannot give as an
// input (data of the CRM) comes from the demo CRM when the test runs; review the file.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/events.h"

namespace frontdesk::dialog {

// What an event looks like in a transcript; none for those that do not show.
std::vector<std::string> TranscriptLines(const Event& event);

// A plain value for a vault token. order: the number it was checked against; empty: none.
using FillToken = std::function<std::string(std::string_view token, std::string_view order)>;

// why: first line of the file. Pure.
std::string TranscriptOf(std::string_view why, std::span<const Event> events,
                         const FillToken& fill);

}  // namespace frontdesk::dialog
