// A recorded conversation outside its store: what `frontdesk export` writes and
// `frontdesk replay` reads.
//
// A file of JSON lines, documented in docs/recordings.md: a head with the version's
// manifest and the documents' digests, then one line an event, byte for byte as it
// was hashed. Texts in it are redacted but not encrypted: keep it like customer data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/bundle/bundle.h"
#include "dialog/events.h"
#include "storage/store.h"

namespace frontdesk::server {

struct Recording {
  std::string name;  // conversation id, or the file it came from
  storage::BundleVersion version;
  dialog::Manifest manifest;                     // empty: not known
  storage::KnowledgeRevision revision;           // of the documents the answers used
  std::map<std::string, std::string> documents;  // id → hex SHA-256; empty: not known
  std::vector<dialog::Event> events;
  bool erased = false;  // the customer's key was destroyed: nothing to replay
};

// One conversation of a store. The revision is the one its answers used; where a
// conversation spans several, the first. Errors: NOT_FOUND, DATA_LOSS (an event that does
// not open or decode; names its sequence).
absl::StatusOr<Recording> ReadRecording(const storage::Store& store,
                                        const storage::ConversationId& id);

// Errors: NOT_FOUND, INVALID_ARGUMENT or DATA_LOSS naming file and line.
absl::StatusOr<Recording> ReadRecordingFile(const std::string& path);

// Errors: ALREADY_EXISTS, PERMISSION_DENIED. Written aside and renamed.
absl::Status WriteRecordingFile(const Recording& recording, const std::string& path);

}  // namespace frontdesk::server
