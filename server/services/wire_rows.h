// Rows of a replay as the wire has them; shared by ReplayService and BundleService.
#pragma once

#include <frontdesk/v1/replay.pb.h>

#include "server/replay/rows.h"

namespace frontdesk::server {

inline void ToWire(const DiffRow& row, const ReplayResult& result, v1::ReplayRow& wire) {
  wire.set_kind(row.kind);
  wire.set_what(row.what);
  wire.set_cause(row.cause);
  wire.set_turns(row.turns);
  wire.set_conversations(row.conversations);
  wire.set_risk(row.risk);
  if (row.examples.empty()) return;
  wire.set_example("conversations/" + result.conversations[row.examples.front().conversation].name);
  wire.set_example_turn(row.examples.front().turn);
}

}  // namespace frontdesk::server
