// Replays many recordings on several threads and sums up what came out.
//
// Recordings are read when their turn comes and dropped afterwards, so that memory does not
// grow with their number; only reports of those that differ are kept whole.
//
//   ReplayResult result = RunReplay(entries, stage_for, {.threads = 2});
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/replay/recording.h"
#include "server/replay/stage.h"
#include "storage/store.h"

namespace frontdesk::server {

// A recording that has not been read yet.
struct ArchiveEntry {
  std::string name;
  std::function<absl::StatusOr<Recording>()> read;
};

// The conversations of a store that began in [from_ms, until_ms). verified: chains are
// recomputed while reading. reader and store: borrowed.
absl::StatusOr<std::vector<ArchiveEntry>> EntriesOf(const storage::Store& store,
                                                    RecordingReader& reader, int64_t from_ms,
                                                    int64_t until_ms, bool verified);

// Which recordings count, besides the period.
struct ReplayFilter {
  std::string intent;      // first wish
  std::string outcome;     // "contained", "escalated", or a reason code
  int64_t sample = 0;      // at most this many, 0: all
  uint64_t seed = 1;       // of the sample
  bool empty() const { return intent.empty() && outcome.empty(); }
};

// The sample is taken of those that fit, by the hash of seed and name. Reads every recording
// when intent or outcome are asked for. Errors of reading are left for the replay to report.
std::vector<ArchiveEntry> Filtered(std::vector<ArchiveEntry> entries, const ReplayFilter& filter,
                                   int threads);

using StageFor =
    std::function<absl::StatusOr<std::shared_ptr<const ReplayStage>>(const Recording&)>;

struct ReplayedConversation {
  std::string name;
  std::string error;  // could not be read or staged; says where
  bool erased = false;
  // verify: no event differs, and bundle and documents are the recorded ones; compare: no
  // event differs.
  bool identical = false;
  dialog::ReplayReport report;
};

struct ReplayPlan {
  dialog::ReplayMode mode = dialog::ReplayMode::kVerify;
  int threads = 2;
  bool decode = true;
  int64_t decode_limit = -1;  // model outputs that may be decoded again; negative: no limit
  int64_t least_support = 0;
  std::function<void(size_t done, size_t total)> progress;     // from any thread, one at a time
  std::function<void(const ReplayedConversation&)> each;       // likewise
  std::function<bool()> cancelled;  // asked before each conversation; the rest is left out
};

struct ReplayResult {
  dialog::ReplayMode mode = dialog::ReplayMode::kVerify;
  std::vector<ReplayedConversation> conversations;  // in the order of the entries
  int64_t events = 0, turns = 0, turns_changed = 0;
  int64_t decoded = 0;
  absl::Duration decode_time, took;  // decode_time: summed over threads
  int64_t identical = 0, erased = 0, unreadable = 0;
  dialog::TurnTally recorded, replayed;

  int64_t differ() const {
    return static_cast<int64_t>(conversations.size()) - identical - erased;
  }
};

ReplayResult RunReplay(const std::vector<ArchiveEntry>& entries, const StageFor& stage_for,
                       const ReplayPlan& plan);

}  // namespace frontdesk::server
