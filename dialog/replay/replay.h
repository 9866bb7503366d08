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
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/events.h"
#include "dialog/replay/differences.h"
#include "dialog/replay/replay_effects.h"
#include "dialog/run_turn.h"

namespace frontdesk::dialog {

struct ReplayOptions {
  ReplayMode mode = ReplayMode::kVerify;
  // Manifest kept with the recorded version and that of the bundle at hand, to name the
  // files that changed; empty: not known.
  Manifest recorded_manifest, manifest;
  // Passages per document id are not kept in events; the documents that differ between
  // the recorded revision and the one at hand, named by who knows them.
  std::vector<std::string> changed_documents;
  // Numbers of the turns to run (0: what came before the first); empty: all. The others are
  // only applied.
  std::set<int64_t> only_turns;
  int64_t least_support = 0;  // millionths, of the recorded bundle's policy
};

// A turn (or another act, `turn` being the last turn before it) that came out otherwise.
struct ChangedTurn {
  int64_t turn = 0;
  size_t first = 0, count = 0;  // its differences in ReplayReport::differences
  std::string message;          // the customer's, redacted; empty for other acts
  std::vector<std::string> recorded, replayed;  // what the customer was told
};

// What happened in the acts that were run, on one side.
struct TurnTally {
  int64_t turns = 0, answered = 0, refused = 0, handoffs = 0, tool_calls = 0;
  int64_t cited = 0;       // sentences shown from documents
  int64_t ungrounded = 0;  // of these, without a citation or below the recorded policy's support
};

struct ReplayReport {
  std::string conversation;
  int64_t events = 0, turns = 0;
  int64_t decoded_again = 0;  // model outputs that were decoded and compared
  absl::Duration decode_time;
  std::vector<ReplayDifference> differences;
  std::vector<ChangedTurn> changed;  // where the differences are
  TurnTally recorded, replayed;
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

}  // namespace frontdesk::dialog
