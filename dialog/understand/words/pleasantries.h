// What people say around a wish and no business can act on: how they are, the weather, that they
// have been customers for years, that they have a question, that they hope for an answer. And
// wishes as people bring them to any business, in the same languages and as politely.
//
// Training tells the one from the other (intents/pleasantry.h), so that "I know you must be busy.
// When do you open?" is read as its second sentence. Whole sentences, where the lists of courtesy
// (LanguageWords::courtesy) are words.
#pragma once

#include <string>
#include <vector>

namespace frontdesk::understand {

// Of all languages, in a fixed order.
std::vector<std::string> Pleasantries();
std::vector<std::string> PlainWishes();

}  // namespace frontdesk::understand
