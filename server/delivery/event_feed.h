// The committed events of one conversation, in order, as one client may see them.
//
// Not thread-safe: one stream owns it. Each event is given once; a feed made with
// the last sequence a client has goes on exactly after it.
//
//   EventFeed feed(store, id, /*after_sequence=*/0, Audience::kCustomer, names);
//   auto events = feed.Next(32);     // empty: nothing more is committed now
#pragma once

#include <frontdesk/v1/conversation.pb.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/events.h"
#include "server/delivery/commit_hub.h"
#include "server/delivery/forms.h"
#include "storage/ids.h"
#include "storage/store.h"

namespace frontdesk::server {

// Customers see their own data in plain and no notes; agents see tokens and notes.
enum class Audience { kCustomer, kAgent };

// An agent's id → the name customers are shown.
using AgentNames = std::function<std::string(std::string_view agent)>;

// Whether a feed that begins in the middle reads what came before, to know the
// number of the turn and the owner's epoch. kSkip where the feed waits for a new turn.
enum class History { kRead, kSkip };

class EventFeed {
 public:
  EventFeed(const storage::Store& store, storage::ConversationId conversation,
            int64_t after_sequence, Audience audience, AgentNames names,
            History history = History::kRead, AssistantOf assistants = {});

  // At most `limit` visible events. Errors: those of Store::Read, DATA_LOSS (an event
  // that does not decode).
  absl::StatusOr<std::vector<v1::ConversationEvent>> Next(int limit);

  // The same of a commit that begins where the feed stands, without reading the store.
  // Errors: DATA_LOSS (an event that does not decode).
  absl::StatusOr<std::vector<v1::ConversationEvent>> Take(const CommittedEvents& events);
  // Whether that may be called: the commit begins right behind the cursor, and nothing before it
  // is still to be looked up.
  bool Follows(const CommittedEvents& events) const {
    return found_turn_ && events.first == cursor_ + 1;
  }

  // Sequence of the last event read, visible or not.
  int64_t cursor() const { return cursor_; }

  // Whether events of a kind are passed over: they only prove how a turn was decided.
  static bool Passes(std::string_view kind);

 private:
  absl::Status FindTurn();
  absl::Status Add(const storage::StoredEvent& stored, std::vector<v1::ConversationEvent>& shown);
  // The event as the audience sees it; nullopt: internal.
  std::optional<v1::ConversationEvent> Show(int64_t sequence, const dialog::Event& event);
  // Vault tokens replaced by their values where the audience is entitled to them.
  std::string Render(const std::string& text) const;

  const storage::Store& store_;
  const storage::ConversationId conversation_;
  const Audience audience_;
  const AgentNames names_;
  const int64_t start_;
  int64_t cursor_;
  int64_t turn_ = 0;
  int64_t now_ms_ = 0;
  int64_t epoch_ = 1;  // grows with each event that changes the owner
  bool found_turn_ = false;
  Forms forms_;
};

// What an agent reads first, as the wire says it.
v1::HandoffPacket ToWire(const dialog::SummaryPacket& packet);

}  // namespace frontdesk::server
