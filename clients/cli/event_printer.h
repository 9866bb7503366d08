// Prints a conversation's events for people, in one place for chat and console.
//
// Control characters of texts are replaced, so that no message can drive the terminal.
#pragma once

#include <frontdesk/v1/conversation.pb.h>

#include <ostream>
#include <string>
#include <vector>

namespace frontdesk::cli {

class EventPrinter {
 public:
  EventPrinter(std::ostream& out, bool color) : out_(out), color_(color) {}

  // customer_too: print the customer's own messages (transcripts, consoles).
  void Print(const v1::ConversationEvent& event, bool customer_too);

  // Citations printed so far; the number shown is the index plus one.
  const std::vector<v1::Citation>& citations() const { return citations_; }

 private:
  void PrintUtterance(const v1::Utterance& utterance);
  std::string Styled(const std::string& code, const std::string& text) const;

  std::ostream& out_;
  const bool color_;
  std::vector<v1::Citation> citations_;
};

// The text with control characters other than line breaks shown as '?'.
std::string Printable(const std::string& text);

}  // namespace frontdesk::cli
