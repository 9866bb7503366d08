#include "dialog/replay/replay.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialog/replay/acts.h"

namespace frontdesk::dialog {
namespace {

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

void Count(const EncodedEvent& event, int64_t least_support, TurnTally& tally) {
  if (event.kind == HandedOff::kKind) ++tally.handoffs;
  if (event.kind == ToolReturned::kKind) ++tally.tool_calls;
  if (event.kind != TurnCompleted::kKind && event.kind != SentenceChecked::kKind &&
      event.kind != Said::kKind)
    return;
  const nlohmann::json body = nlohmann::json::parse(event.body, nullptr, false);
  if (event.kind == TurnCompleted::kKind) {
    ++tally.turns;
    const std::string outcome = body.value("outcome", "");
    tally.answered += outcome == "answered" ? 1 : 0;
    tally.refused += outcome == "refused" ? 1 : 0;
  } else if (event.kind == SentenceChecked::kKind) {
    const int64_t support =
        body["scores"].is_object() ? body["scores"].value("support", least_support) : 0;
    if (body.value("from", "") == "model" && body.value("shown", false) && support < least_support)
      ++tally.ungrounded;
  } else {
    const std::string path = body.value("path", "");
    if (path == "model" || path == "extractive") {
      ++tally.cited;
      if (body["citations"].empty()) ++tally.ungrounded;
    }
  }
}

std::vector<std::string> WordsOf(const std::vector<EncodedEvent>& events) {
  std::vector<std::string> words;
  for (const EncodedEvent& event : events) {
    if (event.kind != Said::kKind) continue;
    words.push_back(nlohmann::json::parse(event.body, nullptr, false).value("text", ""));
  }
  return words;
}

class Replayer {
 public:
  Replayer(const std::vector<Event>& recorded, const TurnParts& parts, const ReplaySources& sources,
           const ReplayOptions& options, ReplayReport& report)
      : recorded_(recorded), parts_(parts), sources_(sources), options_(options), report_(report) {}

  void Run() {
    State state;
    for (const ActSpan& act : SplitActs(recorded_)) {
      const std::span<const Event> events =
          std::span<const Event>(recorded_).subspan(act.begin, act.end - act.begin);
      if (std::holds_alternative<Received>(events.front())) ++report_.turns;
      const bool wanted =
          options_.only_turns.empty() || options_.only_turns.count(report_.turns) > 0;
      if (wanted && !IsServersAct(events.front())) RunAct(state, events, act.begin);
      for (const Event& event : events) Apply(event, state);
    }
  }

 private:
  void RunAct(const State& state, std::span<const Event> events, size_t offset) {
    Conversation conversation{storage::ConversationId(report_.conversation), state};
    const bool complete = IsCompleteAct(events);
    ReplayEffects effects(events, sources_, complete);
    absl::Status ran = std::visit(Runner{conversation, parts_, effects}, events.front());
    if (!ran.ok() && complete) {
      report_.remarks.push_back(
          absl::StrCat("turn ", report_.turns, ": ", std::string(ran.message())));
    }
    std::vector<EncodedEvent> record;
    for (const Event& event : events) record.push_back(EncodeEvent(event));
    for (const std::string& remark : effects.remarks()) {
      if (std::find(report_.remarks.begin(), report_.remarks.end(), remark) ==
          report_.remarks.end())
        report_.remarks.push_back(remark);
    }
    report_.decoded_again += effects.decoded();
    report_.decode_time += effects.decode_time();
    const std::vector<EncodedEvent>& run = effects.committed();
    for (const EncodedEvent& event : record) Count(event, options_.least_support, report_.recorded);
    for (const EncodedEvent& event : run) Count(event, options_.least_support, report_.replayed);
    std::vector<ReplayDifference> found =
        FindDifferences(record, run, options_.mode, offset, FlowsOf(state, record, run));
    if (found.empty()) return;
    ChangedTurn changed{.turn = report_.turns, .first = report_.differences.size()};
    changed.count = found.size();
    if (const auto* received = std::get_if<Received>(&events.front()))
      changed.message = received->text;
    changed.recorded = WordsOf(record);
    changed.replayed = WordsOf(run);
    report_.changed.push_back(std::move(changed));
    for (ReplayDifference& difference : found) {
      difference.turn = report_.turns;
      report_.differences.push_back(std::move(difference));
    }
  }

  static std::map<int64_t, std::string> FlowsOf(const State& state,
                                                const std::vector<EncodedEvent>& record,
                                                const std::vector<EncodedEvent>& run) {
    std::map<int64_t, std::string> flows;
    for (const FlowInstance& instance : state.stack) flows[instance.instance] = instance.flow;
    for (const auto* events : {&run, &record}) {
      for (const EncodedEvent& event : *events) {
        if (event.kind != FlowStarted::kKind) continue;
        const nlohmann::json body = nlohmann::json::parse(event.body, nullptr, false);
        flows[body.value("instance", int64_t{0})] = body.value("flow", "");
      }
    }
    return flows;
  }

  const std::vector<Event>& recorded_;
  const TurnParts& parts_;
  const ReplaySources& sources_;
  const ReplayOptions& options_;
  ReplayReport& report_;
};

}  // namespace

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
    absl::StrAppend(&text, "    ", d.kind, ": ", d.what,
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
                    {"what", d.what},
                    {"recorded", d.recorded},
                    {"replayed", d.replayed}});
  }
  return {{"conversation", conversation},   {"events", events},         {"turns", turns},
          {"decoded_again", decoded_again}, {"identical", identical()}, {"differences", list},
          {"changed_files", changed_files}, {"remarks", remarks}};
}

}  // namespace frontdesk::dialog
