// What one turn borrows, bound together for one version of the assistant.
//
// A value that lives on the stack of whoever runs the turn; members refer to each
// other, so it is not copied. Cheap to make: a few function objects.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "dialog/effects/live_effects.h"
#include "dialog/run_turn.h"
#include "server/assistant/assistant.h"
#include "server/assistant/models.h"
#include "server/assistant/versions.h"
#include "server/metrics.h"
#include "server/presence.h"
#include "storage/store.h"
#include "tools/verification.h"

namespace frontdesk::server {

// What turns reach besides the bundle's own tools. Borrowed; outlives every turn.
struct TurnWorld {
  storage::Store& store;
  Versions& versions;
  const Models& models;
  const retrieval::KnowledgeBase& knowledge;
  const Presence& presence;
  Metrics& metrics;
  // The version that a new conversation begins with; empty: the active one.
  std::function<std::shared_ptr<const Assistant>(const storage::ConversationId& id,
                                                 const std::string& customer)>
      version_for = {};
  // A customer's turn was committed; empty: nobody wants to know.
  std::function<void(const storage::ConversationId& id, int64_t turn)> after_turn = {};
  // What a customer's turn cost in processor time (cpu_meter.h); empty: nobody counts.
  std::function<void(const storage::ConversationId& id, int64_t turn, absl::Duration cpu)> charge = {};
};

struct TurnSetup {
  TurnSetup(const TurnWorld& world, const tools::Redactor& redactor,
            std::shared_ptr<const Assistant> speaks);
  TurnSetup(const TurnSetup&) = delete;
  TurnSetup& operator=(const TurnSetup&) = delete;

  const std::shared_ptr<const Assistant> assistant;
  const tools::OrderVerifier verifier;
  const dialog::LiveParts live;
  const dialog::TurnParts turn;
};

}  // namespace frontdesk::server
