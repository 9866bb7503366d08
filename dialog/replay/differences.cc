#include "dialog/replay/differences.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace frontdesk::dialog {
namespace {

using Flows = std::map<int64_t, std::string>;

// What compare mode looks at: an event without what may differ for good reasons.
std::string Essence(const EncodedEvent& event, ReplayMode mode) {
  if (mode == ReplayMode::kVerify) return absl::StrCat(event.kind, " ", event.body);
  nlohmann::json body = nlohmann::json::parse(event.body, nullptr, false);
  if (event.kind == "conversation.started") return event.kind;
  if (event.kind == "reply.said") body.erase("variant");
  if (event.kind == "decision.made") body.erase("reason");
  if (event.kind == "tool.prepared") body.erase("key");
  if (event.kind == "model.generated")
    return absl::StrCat(event.kind, " ", body.value("prompt_sha256", ""));
  if (event.kind == "handoff.opened") body.erase("packet");
  return absl::StrCat(event.kind, " ", CanonicalText(body));
}

// Kinds that do not count in compare mode: how, not what.
bool Counts(const EncodedEvent& event, ReplayMode mode) {
  static const std::set<std::string_view> kHow = {"message.understood", "knowledge.retrieved",
                                                  "sentence.checked", "turn.completed",
                                                  "mode.degraded"};
  return mode == ReplayMode::kVerify || !kHow.contains(event.kind);
}

std::vector<EncodedEvent> Counted(std::vector<EncodedEvent> events, ReplayMode mode) {
  events.erase(std::remove_if(events.begin(), events.end(),
                              [&](const EncodedEvent& e) { return !Counts(e, mode); }),
               events.end());
  return events;
}

std::string Shown(const EncodedEvent& event) { return absl::StrCat(event.kind, " ", event.body); }

// Longest common subsequence by essence: what is left over on either side differs.
// Acts are short (tens of events), so the quadratic table is small.
std::vector<std::pair<int, int>> Align(const std::vector<std::string>& a,
                                       const std::vector<std::string>& b) {
  const size_t n = a.size(), m = b.size();
  std::vector<std::vector<int>> common(n + 1, std::vector<int>(m + 1, 0));
  for (size_t i = n; i-- > 0;) {
    for (size_t j = m; j-- > 0;) {
      common[i][j] =
          a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::vector<std::pair<int, int>> pairs;  // (-1: none)
  size_t i = 0, j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && a[i] == b[j]) {
      ++i, ++j;
    } else if (i < n && j < m && a[i].substr(0, a[i].find(' ')) == b[j].substr(0, b[j].find(' '))) {
      pairs.emplace_back(static_cast<int>(i++), static_cast<int>(j++));  // the same kind, changed
    } else if (j == m || (i < n && common[i + 1][j] >= common[i][j + 1])) {
      pairs.emplace_back(static_cast<int>(i++), -1);
    } else {
      pairs.emplace_back(-1, static_cast<int>(j++));
    }
  }
  return pairs;
}

// The same words with another source: only the citation moved.
std::string KindOfDifference(const EncodedEvent* a, const EncodedEvent* b) {
  if (a != nullptr && b != nullptr && a->kind == "reply.said" && b->kind == "reply.said") {
    nlohmann::json x = nlohmann::json::parse(a->body, nullptr, false),
                   y = nlohmann::json::parse(b->body, nullptr, false);
    if (x.value("text", "") == y.value("text", "") && x["citations"] != y["citations"])
      return "citation";
  }
  return std::string(DifferenceKind((a != nullptr ? a : b)->kind));
}

std::string Text(const nlohmann::json& body, const char* member) {
  const auto found = body.find(member);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string FlowOf(const nlohmann::json& body, const Flows& flows) {
  const auto found = body.find("instance");
  if (found == body.end() || !found->is_number_integer()) return "?";
  const auto flow = flows.find(found->get<int64_t>());
  return flow == flows.end() ? "?" : flow->second;
}

// "start_flow return_item", "clarify".
std::string CommandText(const nlohmann::json& body) {
  const auto command = body.find("command");
  if (command == body.end() || !command->is_object()) return "?";
  std::string text = Text(*command, "do");
  for (const char* member : {"flow", "reply", "reason"}) {
    if (const std::string value = Text(*command, member); !value.empty())
      return absl::StrCat(text, " ", value);
  }
  return text;
}

std::string DocumentsOf(const nlohmann::json& body) {
  std::set<std::string> documents;
  const auto citations = body.find("citations");
  if (citations == body.end() || !citations->is_array()) return "";
  for (const nlohmann::json& citation : *citations) documents.insert(Text(citation, "document"));
  return absl::StrJoin(documents, ", ");
}

// One side in a few words that hold nothing of the customer.
std::string SideText(const EncodedEvent* event, const Flows& flows) {
  if (event == nullptr) return "nothing";
  const nlohmann::json body = nlohmann::json::parse(event->body, nullptr, false);
  if (!body.is_object()) return event->kind;
  const std::string& kind = event->kind;
  if (kind == "decision.made") return CommandText(body);
  if (kind == "flow.step")
    return absl::StrCat("flow ", FlowOf(body, flows), " step ", Text(body, "step"));
  if (kind == "flow.started") return absl::StrCat("flow ", Text(body, "flow"));
  if (kind.substr(0, 5) == "flow.")
    return absl::StrCat("flow ", FlowOf(body, flows), " ", kind.substr(5), " ",
                        Text(body, "outcome"));
  if (kind.substr(0, 5) == "slot.")
    return absl::StrCat("flow ", FlowOf(body, flows), " slot ", Text(body, "slot"), " ",
                        kind.substr(5));
  if (kind.substr(0, 13) == "confirmation.")
    return absl::StrCat("flow ", FlowOf(body, flows), " ", kind, " ", Text(body, "answer"));
  if (kind.substr(0, 5) == "tool.") {
    std::vector<std::string> names;
    if (const auto arguments = body.find("arguments");
        arguments != body.end() && arguments->is_object()) {
      for (const auto& [name, value] : arguments->items()) names.push_back(name);
    }
    return absl::StrCat(Text(body, "tool"), "(", absl::StrJoin(names, ", "), ")",
                        kind == "tool.returned" ? " " + Text(body, "outcome") : "");
  }
  if (kind == "reply.said") {
    const std::string documents = DocumentsOf(body);
    return absl::StrCat("reply ", Text(body, "source"), documents.empty() ? "" : " citing ",
                        documents);
  }
  if (kind == "handoff.opened") return absl::StrCat("handoff ", Text(body, "reason"));
  if (kind == "model.generated") return absl::StrCat("model asked by ", Text(body, "prompt_file"));
  return kind;
}

std::string WhatChanged(const EncodedEvent* a, const EncodedEvent* b, const Flows& flows) {
  const std::string before = SideText(a, flows), after = SideText(b, flows);
  return before == after ? absl::StrCat(before, ": other content")
                         : absl::StrCat(before, " → ", after);
}

}  // namespace

std::string_view DifferenceKind(std::string_view kind) {
  if (kind == "decision.made" || kind.substr(0, 5) == "flow." || kind == "clarification.asked")
    return "route";
  if (kind.substr(0, 5) == "slot." || kind.substr(0, 13) == "confirmation.") return "slot";
  if (kind.substr(0, 5) == "tool." || kind == "verification.checked") return "tool";
  if (kind == "reply.said" || kind == "sentence.checked") return "sentence";
  if (kind == "model.generated") return "prompt";
  if (kind == "knowledge.retrieved") return "citation";
  if (kind.substr(0, 8) == "handoff.") return "handoff";
  if (kind == "message.understood" || kind == "message.screened") return "understanding";
  return "other";
}

std::vector<ReplayDifference> FindDifferences(const std::vector<EncodedEvent>& record,
                                              const std::vector<EncodedEvent>& run,
                                              ReplayMode mode, size_t offset,
                                              const Flows& flows) {
  std::vector<ReplayDifference> differences;
  if (record == run) return differences;
  const std::vector<EncodedEvent> before = Counted(record, mode), after = Counted(run, mode);
  std::vector<std::string> a, b;
  for (const EncodedEvent& event : before) a.push_back(Essence(event, mode));
  for (const EncodedEvent& event : after) b.push_back(Essence(event, mode));
  for (const auto& [i, j] : Align(a, b)) {
    ReplayDifference difference;
    const EncodedEvent* x = i >= 0 ? &before[static_cast<size_t>(i)] : nullptr;
    const EncodedEvent* y = j >= 0 ? &after[static_cast<size_t>(j)] : nullptr;
    if (x != nullptr) {
      const auto at = std::find(record.begin(), record.end(), *x);
      difference.sequence = static_cast<int64_t>(offset) + (at - record.begin()) + 1;
      difference.recorded = Shown(*x);
    }
    if (y != nullptr) difference.replayed = Shown(*y);
    difference.kind = KindOfDifference(x, y);
    difference.what = WhatChanged(x, y, flows);
    differences.push_back(std::move(difference));
  }
  return differences;
}

}  // namespace frontdesk::dialog
