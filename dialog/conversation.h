// A conversation in memory: its state and where its log stands.
//
// A value that one turn at a time works on; the server keeps it between turns or
// loads it again (the log is the truth).
//
//   auto conversation = LoadConversation(store, id);
//   RunTurn(*conversation, input, parts, effects);
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "dialog/state.h"
#include "storage/ids.h"

namespace frontdesk::storage {
class Store;
}

namespace frontdesk::dialog {

struct Conversation {
  storage::ConversationId id;
  State state;
  int64_t last_sequence = 0;  // of the log, up to which the state was folded; 0: nothing yet
};

// Reads and folds the whole log.
// Errors: NOT_FOUND, DATA_LOSS (an event that does not decode; names its sequence),
// FAILED_PRECONDITION (erased).
absl::StatusOr<Conversation> LoadConversation(const storage::Store& store,
                                              const storage::ConversationId& id);

// The events of a conversation, decoded. Errors: as LoadConversation.
absl::StatusOr<std::vector<Event>> ReadEvents(const storage::Store& store,
                                              const storage::ConversationId& id);

}  // namespace frontdesk::dialog
