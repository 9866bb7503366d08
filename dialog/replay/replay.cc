#include "dialog/replay/replay.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace frontdesk::dialog {
namespace {

// A stretch of events that one call of the engine wrote.
struct ActSpan {
  size_t begin = 0, end = 0;
};

// Events written by the server alone: applied, not run.
bool IsServers(const Event& event) {
  if (auto* consent = std::get_if<ConsentChanged>(&event)) return consent->source != "chat";
  if (auto* bound = std::get_if<CustomerBound>(&event)) return bound->how == "identity";
  return std::holds_alternative<FeedbackGiven>(event);
}

bool BeginsAct(const Event& event, const Event* before) {
  if (IsServers(event)) return true;
  if (before != nullptr && IsServers(*before)) return true;
  return std::holds_alternative<ConversationStarted>(event) ||
         std::holds_alternative<Received>(event) || std::holds_alternative<IdleNoticed>(event) ||
         std::holds_alternative<AgentClaimed>(event) ||
         std::holds_alternative<AgentReplied>(event) ||
         std::holds_alternative<AgentWhispered>(event) ||
         std::holds_alternative<ReturnedToAssistant>(event) ||
         std::holds_alternative<ClaimLost>(event) ||
         std::holds_alternative<Transferred>(event) || std::holds_alternative<Resolved>(event) ||
         std::holds_alternative<AgentActed>(event);
}

std::vector<ActSpan> SplitActs(const std::vector<Event>& events) {
  std::vector<ActSpan> acts;
  for (size_t i = 0; i < events.size(); ++i) {
    if (acts.empty() || BeginsAct(events[i], i > 0 ? &events[i - 1] : nullptr))
      acts.push_back({i, i});
    acts.back().end = i + 1;
  }
  return acts;
}

bool IsComplete(std::span<const Event> act) {
  if (!std::holds_alternative<Received>(act.front())) return true;
  return std::holds_alternative<TurnCompleted>(act.back());
}

// Runs the engine's function for the act's first event.
struct Runner {
  Conversation& conversation;
  const TurnParts& parts;
  Effects& effects;

  absl::Status operator()(const ConversationStarted& e) const {
    OpenInput input{e.channel,         e.language,       e.customer,
                    e.signed_identity, e.bundle_version, e.numerics_version};
    return OpenConversation(conversation, input, parts, effects);
  }
  absl::Status operator()(const Received& e) const {
    return RunTurn(conversation, {e.text, e.request_id, absl::FromUnixMillis(e.arrived_ms)}, parts,
                   effects);
  }
  absl::Status operator()(const IdleNoticed&) const {
    return RunIdle(conversation, parts, effects);
  }
  absl::Status Human(HumanAction action) const {
    return RunHumanAction(conversation, action, parts, effects);
  }
  absl::Status operator()(const AgentClaimed& e) const { return Human(Claim{e.agent, 0}); }
  absl::Status operator()(const AgentReplied& e) const { return Human(Reply{e.agent, e.text}); }
  absl::Status operator()(const AgentWhispered& e) const { return Human(Whisper{e.agent, e.text}); }
  absl::Status operator()(const ReturnedToAssistant& e) const {
    return Human(Return{e.agent, e.note});
  }
  absl::Status operator()(const ClaimLost& e) const { return Human(Lose{e.agent}); }
  absl::Status operator()(const Transferred& e) const {
    return Human(Transfer{e.agent, e.team, e.note});
  }
  absl::Status operator()(const Resolved& e) const { return Human(Resolve{e.agent, e.resolution}); }
  absl::Status operator()(const AgentActed& e) const {
    return Human(Act{e.agent, e.action, e.detail});
  }
  template <class T>
  absl::Status operator()(const T&) const {
    return absl::OkStatus();
  }
};

// What compare mode looks at: an event without what may differ for good reasons.
std::string Essence(const EncodedEvent& event, ReplayMode mode) {
  if (mode == ReplayMode::kVerify) return absl::StrCat(event.kind, " ", event.body);
  nlohmann::json body = nlohmann::json::parse(event.body, nullptr, false);
  if (event.kind == "conversation.started") return event.kind;
  if (event.kind == "reply.said") body.erase("variant");
  if (event.kind == "decision.made") body.erase("reason");
  if (event.kind == "tool.prepared") body.erase("key");
  return absl::StrCat(event.kind, " ", CanonicalText(body));
}

// Kinds that do not count in compare mode: how, not what.
bool Counts(const EncodedEvent& event, ReplayMode mode) {
  static const std::set<std::string_view> kHow = {"message.understood", "knowledge.retrieved",
                                                  "model.generated",    "sentence.checked",
                                                  "turn.completed",     "mode.degraded"};
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

class Replayer {
 public:
  Replayer(const std::vector<Event>& recorded, const TurnParts& parts, const ReplaySources& sources,
           const ReplayOptions& options, ReplayReport& report)
      : recorded_(recorded), parts_(parts), sources_(sources), options_(options), report_(report) {}

  void Run() {
    State state;
    for (const ActSpan& act : SplitActs(recorded_)) {
      std::span<const Event> events = std::span<const Event>(recorded_).subspan(act.begin, act.end - act.begin);
      if (std::holds_alternative<Received>(events.front())) ++report_.turns;
      if (!IsServers(events.front())) RunAct(state, events, act.begin);
      for (const Event& event : events) Apply(event, state);
    }
  }

 private:
  void RunAct(const State& state, std::span<const Event> events, size_t offset) {
    Conversation conversation{storage::ConversationId(report_.conversation), state};
    ReplayEffects effects(events, sources_, IsComplete(events));
    absl::Status ran = std::visit(Runner{conversation, parts_, effects}, events.front());
    if (!ran.ok() && IsComplete(events)) {
      report_.remarks.push_back(
          absl::StrCat("turn ", report_.turns, ": ", std::string(ran.message())));
    }
    std::vector<EncodedEvent> record;
    for (const Event& event : events) record.push_back(EncodeEvent(event));
    report_.decoded_again += effects.decoded_again();
    for (const std::string& remark : effects.remarks()) {
      if (std::find(report_.remarks.begin(), report_.remarks.end(), remark) ==
          report_.remarks.end())
        report_.remarks.push_back(remark);
    }
    Compare(record, effects.committed(), offset);
  }

  void Compare(const std::vector<EncodedEvent>& record, const std::vector<EncodedEvent>& run,
               size_t offset) {
    const std::vector<EncodedEvent> before = Counted(record, options_.mode),
                                    after = Counted(run, options_.mode);
    std::vector<std::string> a, b;
    for (const EncodedEvent& event : before) a.push_back(Essence(event, options_.mode));
    for (const EncodedEvent& event : after) b.push_back(Essence(event, options_.mode));
    for (const auto& [i, j] : Align(a, b)) {
      ReplayDifference difference;
      difference.turn = report_.turns;
      if (i >= 0) {
        auto at = std::find(record.begin(), record.end(), before[i]);
        difference.sequence = static_cast<int64_t>(offset + (at - record.begin())) + 1;
        difference.recorded = Shown(before[i]);
      }
      if (j >= 0) difference.replayed = Shown(after[j]);
      difference.kind =
          KindOfDifference(i >= 0 ? &before[i] : nullptr, j >= 0 ? &after[j] : nullptr);
      report_.differences.push_back(std::move(difference));
    }
  }

  static std::string KindOfDifference(const EncodedEvent* a, const EncodedEvent* b) {
    // The same words with another source: only the citation moved.
    if (a != nullptr && b != nullptr && a->kind == "reply.said" && b->kind == "reply.said") {
      nlohmann::json x = nlohmann::json::parse(a->body, nullptr, false),
                     y = nlohmann::json::parse(b->body, nullptr, false);
      if (x.value("text", "") == y.value("text", "") && x["citations"] != y["citations"])
        return "citation";
    }
    return std::string(DifferenceKind((a != nullptr ? a : b)->kind));
  }

  const std::vector<Event>& recorded_;
  const TurnParts& parts_;
  const ReplaySources& sources_;
  const ReplayOptions& options_;
  ReplayReport& report_;
};

}  // namespace

std::string_view DifferenceKind(std::string_view kind) {
  if (kind == "decision.made" || kind.substr(0, 5) == "flow." || kind == "clarification.asked")
    return "route";
  if (kind.substr(0, 5) == "slot." || kind.substr(0, 13) == "confirmation.") return "slot";
  if (kind.substr(0, 5) == "tool." || kind == "verification.checked") return "tool";
  if (kind == "reply.said" || kind == "sentence.checked" || kind == "model.generated")
    return "sentence";
  if (kind == "knowledge.retrieved") return "citation";
  if (kind.substr(0, 8) == "handoff.") return "handoff";
  if (kind == "message.understood" || kind == "message.screened") return "understanding";
  return "other";
}

ReplayReport ReplayConversation(std::string_view conversation, const std::vector<Event>& recorded,
                                const TurnParts& parts, const ReplaySources& sources,
                                const ReplayOptions& options) {
  ReplayReport report;
  report.conversation = std::string(conversation);
  report.events = static_cast<int64_t>(recorded.size());
  if (!options.recorded_manifest.empty())
    report.changed_files = CompareManifests(options.recorded_manifest, options.manifest);
  report.changed_files.insert(report.changed_files.end(), options.changed_documents.begin(),
                              options.changed_documents.end());
  Replayer(recorded, parts, sources, options, report).Run();
  return report;
}

std::string ReplayReport::ToText() const {
  std::string text = absl::StrCat(
      conversation, ": ", events, " events, ", turns, " turns, ",
      identical() ? "identical" : absl::StrCat(differences.size(), " differences"), "\n");
  for (const std::string& file : changed_files) absl::StrAppend(&text, "  changed: ", file, "\n");
  int64_t turn = -1;
  for (const ReplayDifference& d : differences) {
    if (d.turn != turn) absl::StrAppend(&text, "  turn ", turn = d.turn, "\n");
    absl::StrAppend(&text, "    ", d.kind,
                    d.sequence > 0 ? absl::StrCat(" at event ", d.sequence) : "", "\n");
    if (!d.recorded.empty()) absl::StrAppend(&text, "      - ", d.recorded, "\n");
    if (!d.replayed.empty()) absl::StrAppend(&text, "      + ", d.replayed, "\n");
  }
  for (const std::string& remark : remarks) absl::StrAppend(&text, "  note: ", remark, "\n");
  return text;
}

nlohmann::json ReplayReport::ToJson() const {
  nlohmann::json list = nlohmann::json::array();
  for (const ReplayDifference& d : differences) {
    list.push_back({{"turn", d.turn},
                    {"sequence", d.sequence},
                    {"kind", d.kind},
                    {"recorded", d.recorded},
                    {"replayed", d.replayed}});
  }
  return {{"conversation", conversation},   {"events", events},         {"turns", turns},
          {"decoded_again", decoded_again}, {"identical", identical()}, {"differences", list},
          {"changed_files", changed_files}, {"remarks", remarks}};
}

}  // namespace frontdesk::dialog
