// Replay: runs a recorded conversation again and says, event by event, what differs.
//
// verify: same bundle; every event must come out byte for byte, model output decoded
// again where the numerics are the same. compare: a candidate bundle, model or code;
// differences are sorted into kinds (route, slot, tool call, sentence, citation). Each
// act (opening, turn, idle, human action) starts from the recorded state, so that one
// difference does not hide the next. Tools are answered from the record, never called.
//
// Pure but for the sources given; thread-safe: conversations may be replayed in
// parallel with sources that are thread-safe.
//
//   ReplayReport report = ReplayConversation("c-1", events, parts, sources, {.mode =
//   ReplayMode::kVerify}); if (!report.identical()) std::cout << report.ToText();
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/events.h"
#include "dialog/replay/replay_effects.h"
#include "dialog/run_turn.h"

namespace frontdesk::dialog {

enum class ReplayMode { kVerify, kCompare };

struct ReplayOptions {
  ReplayMode mode = ReplayMode::kVerify;
  // Manifest kept with the recorded version and that of the bundle at hand, to name the
  // files that changed; empty: not known.
  Manifest recorded_manifest, manifest;
  // Passages per document id are not kept in events; the documents that differ between
  // the recorded revision and the one at hand, named by who knows them.
  std::vector<std::string> changed_documents;
};

// One difference between the record and the run.
struct ReplayDifference {
  int64_t turn = 0;      // 0: before the first
  int64_t sequence = 0;  // of the recorded event, 1..; 0: the record has none
  std::string
      kind;  // "route", "slot", "tool", "sentence", "citation", "handoff", "understanding", "other"
  std::string recorded;  // event kind and body, "" when there is none
  std::string replayed;
};

struct ReplayReport {
  std::string conversation;
  int64_t events = 0, turns = 0;
  int64_t decoded_again = 0;  // model outputs that were decoded and compared
  std::vector<ReplayDifference> differences;
  std::vector<std::string> changed_files;  // by manifest, and documents
  std::vector<std::string> remarks;
  bool identical() const { return differences.empty(); }
  // Turn by turn, for people.
  std::string ToText() const;
  nlohmann::json ToJson() const;
};

// recorded: all events of the conversation, in order.
ReplayReport ReplayConversation(std::string_view conversation, const std::vector<Event>& recorded,
                                const TurnParts& parts, const ReplaySources& sources,
                                const ReplayOptions& options);

// Kind of difference that an event stands for ("sentence" for reply.said, …).
std::string_view DifferenceKind(std::string_view event_kind);

}  // namespace frontdesk::dialog
