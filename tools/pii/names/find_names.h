// Person names and postal addresses, by a trained tagger and by the words around them.
#pragma once

#include "tools/pii/recognise/candidate.h"
#include "tools/pii/view.h"

namespace frontdesk::tools {

struct NameOptions {
  bool name_was_asked = false;     // a text of a few words is then a name as a whole
  bool address_was_asked = false;  // a short text with a number is then an address
  bool whole_addresses = true;     // street, number and town as one span
};

// Adds persons and addresses of the view. Value: the words in lower case, one blank
// between them. Cost: about 1 µs a word. Source: docs/redaction.md.
void FindNames(const View& view, const NameOptions& options, Candidates& out);

}  // namespace frontdesk::tools
