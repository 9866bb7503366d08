// Simulated conversations, run in process against everything real: bundle, understanding,
// documents, store, ledger, redaction, the demo CRM.
//
// Deterministic: seed, bundle, models and documents decide every message and every event but
// the idempotency keys, which the store keys; the number of threads does not matter. Each
// twenty conversations in a row share a copy of the CRM and a clock of their own.
//
//   Simulation simulation(parts);
//   SimulationReport report = *simulation.Run({.conversations = 5000, .seed = 7});
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "retrieval/knowledge_base.h"
#include "server/assistant/assistant.h"
#include "server/assistant/models.h"
#include "server/simulate/customer_world.h"
#include "storage/store.h"
#include "tools/crm/demo_crm.h"

namespace frontdesk::server {

// Borrowed; outlives the simulation.
struct SimulationParts {
  storage::Store& store;
  const Models& models;
  const retrieval::KnowledgeBase& knowledge;
  tools::DemoCrm& crm;  // copied, never changed
  const CustomerWorld& world;
  // Which version a new conversation begins with.
  std::function<std::shared_ptr<const Assistant>(const storage::ConversationId&)> version_for;
};

struct SimulationOptions {
  int64_t conversations = 100;
  int64_t first = 0;  // number of the first one, to go on with an earlier run
  uint64_t seed = 1;
  int threads = 2;
  // Per cent of the conversations that may use the decoder; the others get extracts.
  int decoded_percent = 0;
  absl::Time start;            // of the first conversation
  absl::Duration over;         // the beginnings are spread over this
  std::function<void(int64_t done)> progress;  // from any thread; empty: none
};

struct SimulationReport {
  int64_t conversations = 0, turns = 0, events = 0, escalated = 0, rated = 0;
  std::string digest;  // hex SHA-256 over all events, keys of writes left out
};

class Simulation {
 public:
  explicit Simulation(const SimulationParts& parts) : parts_(parts) {}

  // Errors: ALREADY_EXISTS (the store holds conversations of this seed and number), the
  // store's.
  absl::StatusOr<SimulationReport> Run(const SimulationOptions& options);

 private:
  SimulationParts parts_;
};

// "sim-7-000042".
storage::ConversationId SimulatedId(uint64_t seed, int64_t number);

}  // namespace frontdesk::server
