// Events, the only truth about a conversation, and what proves that nobody changed them.
//
// Values. The chain is described byte by byte in docs/store_format.md:
//   chain_0 = SHA-256("frontdesk chain 1" | conversation id)
//   chain_n = SHA-256(chain_{n-1} | n as 8 bytes big-endian | kind | SHA-256(sealed body))
// It covers ciphertext, so it still verifies after the keys are destroyed.
#pragma once

#include <cstdint>
#include <string>

#include "storage/digest.h"

namespace frontdesk::storage {

// An event to append. kind: 1..64 characters of [a-z0-9_.]; it is stored in the clear.
// body: canonical JSON in plain text, at most 4 MiB; the store seals it.
struct NewEvent {
  std::string kind;
  std::string body;
};

// An event as read back. sequence: 1, 2, 3 … without a gap in each conversation.
// erased: the person's key was destroyed; then body is empty while chain still verifies.
struct StoredEvent {
  int64_t sequence = 0;
  std::string kind;
  std::string body;
  Digest chain{};
  bool erased = false;
};

// What Store::VerifyChain found. When intact is false, first_bad_sequence is the first event that
// does not agree with the chain (last_sequence + 1 when the end is missing) and reason says why.
struct ChainReport {
  int64_t events = 0;
  bool intact = true;
  int64_t first_bad_sequence = 0;
  std::string reason;
};

}  // namespace frontdesk::storage
