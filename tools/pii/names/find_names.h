// Person names and postal addresses, by a trained tagger and by the words around them.
#pragma once

#include "tools/pii/recognise/candidate.h"
#include "tools/pii/view.h"

namespace frontdesk::tools {

// Adds persons and addresses of the view. Value: the words in lower case, one blank
// between them. name_was_asked, address_was_asked: the text answers such a question,
// so a text of a few words is taken whole.
// Cost: about 1 µs a word. Source: docs/redaction.md.
void FindNames(const View& view, bool name_was_asked, bool address_was_asked, Candidates& out);

}  // namespace frontdesk::tools
