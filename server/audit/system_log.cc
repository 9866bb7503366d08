#include "server/audit/system_log.h"

#include <utility>

namespace frontdesk::server {

absl::Status AppendToSystemLog(storage::Store& store, storage::AppendRequest append) {
  const absl::Status status = store.Append(append).status();
  if (!absl::IsNotFound(status)) return status;
  storage::NewConversation log;
  log.id = append.conversation;
  log.owner = "server";
  log.state_tag = storage::kSystemStateTag;
  log.created_ms = append.now_ms;
  const absl::Status created = store.CreateConversation(std::move(log)).status();
  if (!created.ok() && !absl::IsAlreadyExists(created)) return created;
  return store.Append(std::move(append)).status();
}

}  // namespace frontdesk::server
