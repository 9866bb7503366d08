// Transcripts of other systems, from JSON into a store: what people wrote to people.
//
//   {"conversations": [{"id": "zd-1001", "language": "en", "messages": [
//     {"from": "customer", "time": "2026-03-01T09:00:00Z", "text": "where is my parcel?"},
//     {"from": "agent",    "time": "2026-03-01T09:02:10Z", "text": "It arrives today."}]}]}
//
// Each becomes a conversation that a human owns from the beginning, written by the engine
// itself: redacted like a live one, hashed, replayable. Channel "import"; outcome figures leave
// them out. They are material for simulated customers (`simulate --log`) and for search.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/simulate/place.h"

namespace frontdesk::server {

struct ImportReport {
  int64_t conversations = 0, messages = 0;
  int64_t known = 0;  // were there already, and were left alone
};

// Errors: INVALID_ARGUMENT naming the conversation and message (unknown sender, no time, times
// that go back, text that is not UTF-8 or longer than 64 KiB); what came before stays imported.
absl::StatusOr<ImportReport> ImportTranscripts(std::string_view json, const SimulationPlace& place,
                                               const Models& models);

}  // namespace frontdesk::server
