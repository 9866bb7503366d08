// The effect ledger: what the assistant did, or may have done, in the business's systems.
//
// Values; entries change only inside Store::Append. An entry goes
//
//   (none) → prepared → done                    the call was made and answered
//                     → failed → prepared …     nothing happened: the same visit may try again
//                     → unknown → done|failed   nobody knows; a person or a later question decides
//
// Any other step is FAILED_PRECONDITION. While one entry of a resource is unknown, a new prepared
// entry for that resource is FAILED_PRECONDITION; while one is prepared, it is ABORTED (in flight).
// tool and state are stored in the clear; resource, arguments and result are sealed.
#pragma once

#include <cstdint>
#include <string>

#include "storage/ids.h"

namespace frontdesk::storage {

enum class LedgerState { kPrepared, kDone, kUnknown, kFailed };

// "prepared", "done", "unknown", "failed".
const char* LedgerStateName(LedgerState state);

// One step of one entry. With kPrepared all fields but result are used; with the others key, state
// and result only. key: unique in the store, without personal text (arguments enter it as an HMAC).
// resource: what is written, e.g. "order/1182"; empty = blocks nothing and is never blocked.
struct LedgerUpdate {
  std::string key;
  LedgerState state = LedgerState::kPrepared;
  std::string tool;
  std::string resource;
  std::string arguments;  // canonical JSON
  std::string result;     // canonical JSON
};

struct LedgerEntry {
  std::string key;
  ConversationId conversation;
  std::string tool;
  std::string resource;
  LedgerState state = LedgerState::kPrepared;
  std::string arguments;
  std::string result;
  int attempts = 1;  // how often it was prepared
  int64_t updated_ms = 0;
  bool erased = false;  // then resource, arguments and result are empty
};

}  // namespace frontdesk::storage
