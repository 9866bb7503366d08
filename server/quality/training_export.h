// Transcripts for training: what was said, of people who consented to it, redacted.
//
// A conversation is given out when it has ended and the consent ledger says that its person (or,
// while nobody is known, the conversation itself) granted "training" and did not withdraw it; asked
// for each time, so that a withdrawal counts at once. Vault tokens stay tokens; names of agents,
// private notes, tool results and ids are left out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/store.h"

namespace frontdesk::server {

inline constexpr char kTrainingPurpose[] = "training";

struct TrainingPage {
  std::vector<std::string> transcripts;  // one JSON object each, docs/quality.md
  int64_t without_consent = 0;           // ended conversations that were left out
  int64_t next_position = 0;             // 0: there are no more
};

// The conversations of a filter from filter.after_position on; filter.limit: how many rows are
// looked at. Errors: the store's.
absl::StatusOr<TrainingPage> ExportForTraining(const storage::Store& store,
                                               const storage::ConversationFilter& filter);

}  // namespace frontdesk::server
