#include "dialog/explain.h"

#include <type_traits>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace frontdesk::dialog {
namespace {

// A probability in millionths: "0.93".
std::string Probability(int64_t millionths) {
  return absl::StrFormat("%.2f", static_cast<double>(millionths) / 1e6);
}

// Millionths as a share, "0.93"; small numbers are counts and stay as they are.
std::string Number(int64_t value) {
  return value > -1000 && value < 1000 ? absl::StrCat(value) : Probability(value);
}

// " [p 0.93, threshold answer 0.55]": scores next to what they were held against.
std::string Scores(const Reason& reason) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : reason.scores) parts.push_back(absl::StrCat(name, " ", Number(value)));
  for (const auto& [name, value] : reason.thresholds)
    parts.push_back(absl::StrCat("threshold ", name, " ", Number(value)));
  return parts.empty() ? "" : absl::StrCat(" [", absl::StrJoin(parts, ", "), "]");
}

std::string Line(const ConversationStarted& e) {
  return absl::StrCat("Under the rules of ", e.bundle_version, ", numerics ", e.numerics_version,
                      e.signed_identity ? ", for a signed-in customer." : ".");
}
// What the message was taken to mean, with the probabilities that the decision saw.
std::string Line(const Understood& e) {
  std::vector<std::string> parts;
  const nlohmann::json& meaning = e.understanding;
  if (meaning.contains("intents")) {
    for (const nlohmann::json& intent : meaning["intents"]) {
      if (parts.size() == 3) break;
      parts.push_back(absl::StrCat(intent.value("intent", "?"), " ", Probability(intent.value("p", int64_t{0}))));
    }
  }
  parts.push_back(absl::StrCat("out of scope ", Probability(meaning.value("out_of_scope_p", int64_t{0}))));
  for (const char* list : {"slots", "mentions"}) {
    if (!meaning.contains(list)) continue;
    for (const nlohmann::json& slot : meaning[list]) {
      parts.push_back(absl::StrCat(slot.value("slot", "?"), " = ",
                                   slot.contains("value") ? slot["value"].dump() : "null"));
    }
    break;
  }
  if (meaning.contains("affirmation")) parts.push_back(meaning["affirmation"] == true ? "a yes" : "a no");
  if (meaning.value("lexical_only", false)) parts.push_back("by words alone");
  return absl::StrCat("Understood: ", absl::StrJoin(parts, ", "), e.angry ? "; angry." : ".");
}
std::string Line(const Received& e) {
  return absl::StrCat(
      "Turn ", e.turn, ": the customer wrote \"", e.text, "\"",
      e.tokens.empty() ? "" : absl::StrCat("; ", e.tokens.size(), " personal values hidden"));
}
std::string Line(const Screened& e) {
  return e.verdict == "pass" ? "The screen let it pass."
                             : absl::StrCat("The screen saw ", e.verdict, " by rule ", e.rule,
                                            " (score ", Number(e.score), ") and chose: ", e.action, ".");
}
// "; passed over order_status 0.83: it is being done already": wishes that were not acted on.
std::string Passed(const std::vector<PassedWish>& passed) {
  std::string text;
  for (const PassedWish& wish : passed) {
    absl::StrAppend(&text, "; passed over ", wish.intent.empty() ? "what is out of scope" : wish.intent,
                    " ", Probability(wish.p), ": ", wish.because);
  }
  return text;
}
std::string Line(const Decided& e) {
  return absl::StrCat("Decided ", e.command.value("do", "?"), " by rule ", e.reason.rule, ": ",
                      e.reason.because, Scores(e.reason), Passed(e.reason.passed));
}
std::string Line(const FlowStarted& e) { return absl::StrCat("Started the flow ", e.flow, "."); }
std::string Line(const StepEntered& e) {
  return absl::StrCat("Went to step ", e.step, " (", e.because, ").");
}
std::string Line(const SlotSet& e) {
  return absl::StrCat(e.correction ? "Corrected " : "Took ", e.slot, " = ", e.value.dump(),
                      " from ", e.source, ".");
}
std::string Line(const SlotRefused& e) {
  return absl::StrCat("Did not take ", e.slot, ": ", e.why, ".");
}
std::string Line(const SlotAsked& e) {
  return absl::StrCat("Asked for ", e.slot, ", attempt ", e.attempt, ".");
}
std::string Line(const Invalidated& e) {
  return absl::StrCat("The ", e.what, " ", e.name, " no longer holds, because of ", e.because, ".");
}
std::string Line(const ConfirmationAsked& e) {
  return e.tool.empty() ? "Asked to confirm."
                        : absl::StrCat("Asked to confirm ", e.tool, " ", e.arguments.dump(), ".");
}
std::string Line(const ConfirmationClosed& e) {
  return absl::StrCat("The confirmation was closed: ", e.answer, ".");
}
std::string Line(const FlowSuspended&) { return "Put the flow aside."; }
std::string Line(const FlowResumed&) { return "Took the flow up again."; }
std::string Line(const FlowEnded& e) { return absl::StrCat("The flow ended: ", e.outcome, "."); }
std::string Line(const ToolPrepared& e) {
  return absl::StrCat("Prepared the write ", e.tool, " under key ", e.key.substr(0, 12), ".");
}
std::string Line(const ToolReturned& e) {
  return absl::StrCat("Called ", e.tool, " ", e.arguments.dump(), ": ", e.outcome, ".");
}
std::string Line(const VerificationChecked& e) {
  return absl::StrCat("Checked order ", e.order, " against ", e.email, ": ", e.outcome, ".");
}
std::string Line(const Retrieved& e) {
  std::vector<std::string> documents;
  for (const RetrievedHit& hit : e.hits) {
    documents.push_back(
        absl::StrFormat("%s (%.3f)", hit.document, static_cast<double>(hit.score_q) / 1e6));
  }
  return absl::StrCat("Searched revision ", e.revision.substr(0, 12), ": ",
                      documents.empty() ? "nothing found" : absl::StrJoin(documents, ", "), ".");
}
std::string Line(const Generated& e) {
  return absl::StrCat("The model wrote ", e.token_ids.size(), " tokens (", e.stop, "): \"", e.text,
                      "\"");
}
std::string Line(const SentenceChecked& e) {
  return absl::StrCat(e.shown ? "Accepted" : "Refused", " the ", e.from, " sentence \"", e.text,
                      "\" by rule ", e.rule, ".");
}
std::string Line(const Said& e) {
  std::vector<std::string> sources;
  for (const Citation& citation : e.citations) sources.push_back(citation.document);
  return absl::StrCat(
      "Said (", e.path, ", ", e.source, "): \"", e.text, "\"",
      sources.empty() ? "" : absl::StrCat(" citing ", absl::StrJoin(sources, ", ")));
}
std::string Line(const ClarificationAsked& e) {
  return absl::StrCat("Asked which is meant: ", absl::StrJoin(e.labels, " / "), ".");
}
std::string Line(const CustomerBound& e) {
  return absl::StrCat("Knows the customer now, proven by ", e.how, ".");
}
std::string Line(const ConsentChanged& e) {
  return absl::StrCat("Consent to ", e.purpose, e.granted ? " granted" : " withdrawn", " (", e.source,
                      ", text ", e.text_version, ").");
}
std::string Line(const FeedbackGiven& e) { return absl::StrCat("The customer rated it ", e.score, " of 5."); }
std::string Line(const IdleNoticed& e) { return absl::StrCat("Nothing came for a while: ", e.action, "."); }
std::string Line(const ConversationEnded& e) {
  return absl::StrCat("The conversation ended: ", e.why, ".");
}
std::string Line(const AgentClaimed& e) { return absl::StrCat(e.agent, " took the conversation over."); }
std::string Line(const AgentReplied& e) { return absl::StrCat(e.agent, " wrote: \"", e.text, "\""); }
std::string Line(const AgentWhispered& e) { return absl::StrCat(e.agent, " noted: \"", e.text, "\""); }
std::string Line(const ReturnedToAssistant& e) { return absl::StrCat(e.agent, " gave the conversation back."); }
std::string Line(const ClaimLost& e) { return absl::StrCat("The claim of ", e.agent, " ran out."); }
std::string Line(const Resolved& e) { return absl::StrCat(e.agent, " closed it as ", e.resolution, "."); }
std::string Line(const AgentActed& e) {
  return absl::StrCat(e.agent, " did: ", e.action, " ", e.detail.dump(), ".");
}
std::string Line(const Degraded& e) {
  return absl::StrCat("Worked without ", e.part, ": ", e.detail, ".");
}
std::string Line(const HandedOff& e) {
  return absl::StrCat("Asked for a human: ", e.reason, ", by ",
                      e.mode == "ticket" ? "ticket" : "queue", " (", e.on_duty, " on duty).");
}
std::string Line(const TurnCompleted& e) {
  return absl::StrCat("The turn ended: ", e.outcome, " after ", e.steps, " flow steps.");
}

// A kind without a sentence of its own is quoted as it was recorded: nothing is left out.
std::string Explained(const Event& event) {
  return std::visit(
      [&event](const auto& e) {
        if constexpr (requires { Line(e); }) {
          return Line(e);
        } else {
          return absl::StrCat("Recorded ", std::string(KindOf(event)), " ", EncodeEvent(event).body);
        }
      },
      event);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ExplainTurn(std::span<const Event> events, int64_t turn) {
  std::vector<std::string> lines;
  std::string rules;
  int64_t current = 0;
  for (const Event& event : events) {
    if (const auto* received = std::get_if<Received>(&event)) current = received->turn;
    if (std::holds_alternative<ConversationStarted>(event)) rules = Explained(event);
    if (current != turn) continue;
    if (lines.empty() && !rules.empty()) lines.push_back(rules);
    lines.push_back(Explained(event));
  }
  if (lines.empty()) {
    int64_t turns = 0;
    for (const Event& event : events) turns += std::holds_alternative<Received>(event) ? 1 : 0;
    return absl::NotFoundError(
        absl::StrCat("there is no turn ", turn, "; the conversation has ", turns));
  }
  return lines;
}

}  // namespace frontdesk::dialog
