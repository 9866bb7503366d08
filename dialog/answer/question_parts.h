// The questions in a question: "what does shipping cost, and when does it arrive?" is two.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace frontdesk::dialog {

// At least one part; more where a question mark stands between, or where "and" or "und" is followed by a
// word that begins a question and both sides say something. At most three. Pure.
std::vector<std::string> QuestionParts(std::string_view question);

// What to look for, by part: a part that points back ("and what does it cost?") takes the part before
// it along.
std::vector<std::string> PartQueries(const std::vector<std::string>& parts);

}  // namespace frontdesk::dialog
