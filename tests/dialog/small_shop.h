// A shop small enough for a test: three flows, four tools, everything in memory.
//
// SmallShop holds bundle and understanding (trained on words alone, so no model file
// is needed). MemoryEffects is the world of one conversation: tools answer as the test
// says, events go to a list, a commit can fail as a crash would make it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dialog/bundle/bundle.h"
#include "dialog/run_turn.h"
#include "dialog/understand/understander.h"
#include "llm/model.h"
#include "llm/scripted_model.h"

namespace frontdesk::dialog {

// Bundle-relative path → text. Tests change a file and load it again.
std::map<std::string, std::string> SmallShopFiles();

struct SmallShop {
  Bundle bundle;
  understand::Understander understander;
  TurnParts parts() const { return {bundle, understander}; }
};
// Made once per process.
const SmallShop& Shop();

class MemoryEffects : public Effects {
 public:
  // What outlives one turn: the log, the tools, the business's systems.
  struct World {
    std::vector<EncodedEvent> log;
    absl::Time now =
        absl::FromCivil(absl::CivilSecond(2026, 11, 20, 10, 0, 0), absl::UTCTimeZone());
    std::map<std::string, std::function<tools::ToolResult(const tools::ToolCall&)>> tools;
    std::map<std::string, tools::ToolResult> writes;  // by key: what the adapter remembers
    std::vector<tools::ToolCall> calls;               // in order, writes and reads
    std::vector<FoundPassage> passages;               // what every search finds
    int64_t agents = 1;
    bool any_order_is_anns = false;  // every order verifies with <EMAIL_1>
    llm::Model* model = nullptr;
    int commits_until_crash = -1;  // -1: none; 0: the next commit fails
    int crash_after_call =
        -1;  // the process dies after this many tool calls, before their result is kept
    int64_t epoch = 1, turn_epoch = 1;
    int CallsOf(const std::string& tool) const;
  };

  explicit MemoryEffects(World& world) : world_(world) { world_.turn_epoch = world_.epoch; }

  absl::Time Now() override { return world_.now; }
  RedactedText Redact(std::string_view raw, const RedactionContext&) override;
  absl::StatusOr<std::vector<std::vector<float>>> Embed(std::span<const std::string>) override;
  absl::StatusOr<std::vector<std::vector<float>>> Features(std::span<const std::string>) override;
  absl::StatusOr<std::vector<FoundPassage>> Search(std::string_view, int k) override;
  std::string KnowledgeRevision() override { return "k-1"; }
  absl::StatusOr<llm::Generation> Generate(const llm::GenerateRequest& request) override;
  const llm::ModelInfo* Model() const override;
  std::string WriteKey(const WriteVisit& visit) override;
  ToolOutcome CallTool(const tools::ToolCall& call) override;
  VerificationOutcome VerifyOrder(std::string_view order, std::string_view email) override;
  int64_t AgentsOnDuty(std::string_view) override { return world_.agents; }
  absl::Status Commit(const CommitRequest& request) override;
  bool Cancelled() const override { return false; }

 private:
  World& world_;
  bool dead_ = false;
};

// The tools of the shop as they usually answer.
MemoryEffects::World UsualWorld();

// One conversation with the shop, turn by turn.
class Chat {
 public:
  Chat();
  // Runs one turn and returns what was said, one line each.
  std::string Say(const std::string& text);
  // The same for a human action.
  std::string Act(const HumanAction& action);
  std::vector<Event> Events() const;
  // Kinds and outcomes of the tool calls so far, e.g. "orders.get ok".
  std::vector<std::string> ToolsUsed() const;
  const State& state() const { return conversation.state; }

  MemoryEffects::World world;
  Conversation conversation;
  absl::Status last;
};

}  // namespace frontdesk::dialog
