// A conversation as a person writes it down: the text of a .chat file.
//
// Lines are inputs (what happens to the assistant) or expectations (what it does).
// Expectations follow the input that causes them. docs/transcripts.md has the format.
//
//   # why: after 30 days we offer credit, never cash
//   clock 2026-11-20T10:00Z
//   user refund order 48213, ada.quill@post.example
//   flow return_item
//   tool orders.get order_id=48213 -> ok
//   say Order 48213 is past 30 days. I can offer 49.90 credit.
//
// A value; thread-safe as values are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace frontdesk::dialog {

struct TranscriptLine {
  int number = 0;      // in the file, from 1
  std::string verb;    // "user", "say", …; "" for comments and blank lines
  std::string rest;    // what follows the verb; the whole line without a verb
  bool input = false;  // else an expectation (or no verb)
};

struct Transcript {
  std::string file;
  std::vector<TranscriptLine> lines;
};

// Errors: INVALID_ARGUMENT naming file, line and the verbs there are.
absl::StatusOr<Transcript> ParseTranscript(std::string_view text, std::string_view file);

// One line of the file.
std::string ToText(const TranscriptLine& line);

}  // namespace frontdesk::dialog
