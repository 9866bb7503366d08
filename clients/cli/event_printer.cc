#include "clients/cli/event_printer.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace frontdesk::cli {
namespace {

constexpr char kBold[] = "1";
constexpr char kDim[] = "2";
constexpr char kGreen[] = "32";
constexpr char kCyan[] = "36";

}  // namespace

std::string Printable(const std::string& text) {
  std::string safe = text;
  for (size_t i = 0; i < safe.size(); ++i) {
    const auto c = static_cast<unsigned char>(safe[i]);
    // C1 controls are the two bytes C2 80 .. C2 9F in UTF-8.
    const bool c1 =
        c == 0xC2 && i + 1 < safe.size() && static_cast<unsigned char>(safe[i + 1]) < 0xA0;
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) safe[i] = '?';
    if (c1) safe.replace(i, 2, "?");
  }
  return safe;
}

std::string EventPrinter::Styled(const std::string& code, const std::string& text) const {
  return color_ ? absl::StrCat("\033[", code, "m", text, "\033[0m") : text;
}

void EventPrinter::PrintUtterance(const v1::Utterance& utterance) {
  const bool human = utterance.source() == v1::UTTERANCE_SOURCE_HUMAN;
  const std::string who = human ? Printable(utterance.agent_display_name()) : "assistant";
  std::string marks;
  for (const v1::Citation& citation : utterance.citations()) {
    size_t number = 0;
    while (number < citations_.size() &&
           (citations_[number].passage_hash() != citation.passage_hash() ||
            citations_[number].begin() != citation.begin())) {
      ++number;
    }
    if (number == citations_.size()) citations_.push_back(citation);
    absl::StrAppend(&marks, " [", number + 1, "]");
  }
  out_ << Styled(human ? kGreen : kCyan, who + ">") << " " << Printable(utterance.text())
       << Styled(kDim, marks) << "\n";
  for (const v1::Citation& citation : utterance.citations()) {
    out_ << Styled(kDim, absl::StrCat("           from: ", Printable(citation.title()), " (",
                                      Printable(citation.document_id()), ")"))
         << "\n";
  }
}

void EventPrinter::Print(const v1::ConversationEvent& event, bool customer_too) {
  switch (event.kind_case()) {
    case v1::ConversationEvent::kCustomerMessage:
      if (customer_too) {
        out_ << Styled(kBold, "customer>") << " " << Printable(event.customer_message().text())
             << "\n";
      }
      break;
    case v1::ConversationEvent::kUtterance:
      PrintUtterance(event.utterance());
      break;
    case v1::ConversationEvent::kChoicesOffered:
      out_ << Styled(kDim, absl::StrCat(
                               "           choose: ",
                               Printable(absl::StrJoin(event.choices_offered().replies(), " | "))))
           << "\n";
      break;
    case v1::ConversationEvent::kHandoffRequested:
      out_ << Styled(kDim,
                     event.handoff_requested().deferred()
                         ? absl::StrCat("           -- nobody is on duty; ticket ",
                                        Printable(event.handoff_requested().ticket_id()), " --")
                         : "           -- a colleague was asked to join --")
           << "\n";
      break;
    case v1::ConversationEvent::kOwnerChanged:
      out_ << Styled(kDim, event.owner_changed().owner() == v1::OWNER_AGENT
                               ? absl::StrCat("           -- ",
                                              Printable(event.owner_changed().agent_display_name()),
                                              " has joined --")
                               : "           -- the assistant is back --")
           << "\n";
      break;
    case v1::ConversationEvent::kConversationEnded:
      out_ << Styled(kDim, "           -- the conversation has ended --") << "\n";
      break;
    case v1::ConversationEvent::kAgentNote:
      out_ << Styled(kDim, absl::StrCat("           (note by ",
                                        Printable(event.agent_note().agent_display_name()), ": ",
                                        Printable(event.agent_note().text()), ")"))
           << "\n";
      break;
    case v1::ConversationEvent::kTurnStarted:
    case v1::ConversationEvent::kTurnCompleted:
    case v1::ConversationEvent::KIND_NOT_SET:
      break;
  }
  out_.flush();
}

}  // namespace frontdesk::cli
