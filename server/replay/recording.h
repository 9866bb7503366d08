// A recorded conversation outside its store: what `frontdesk export` writes and
// `frontdesk replay` reads.
//
// A file of JSON lines, documented in docs/recordings.md: a head with the version's
// manifest and the documents of every revision that was used, then one line an event, byte
// for byte as it was hashed. Texts in it are redacted but not encrypted: keep it like
// customer data.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/bundle/bundle.h"
#include "dialog/events.h"
#include "storage/store.h"

namespace frontdesk::server {

// Documents of a revision, without bytes, by id.
using RevisionDocuments = std::map<std::string, storage::DocumentRecord>;
// Bytes of a bundle's file or a document by their hex SHA-256. Errors: NOT_FOUND.
using ReadContent = std::function<absl::StatusOr<std::string>(const std::string& digest)>;

struct Recording {
  std::string name;  // conversation id, or the file it came from
  int64_t began_ms = 0;
  storage::BundleVersion version;
  std::shared_ptr<const dialog::Manifest> manifest;  // empty: not known
  // Revisions that the opening and the answers used, in order of first use, and their
  // documents; a revision that is not known any more has none.
  std::vector<std::string> revisions;
  std::map<std::string, std::shared_ptr<const RevisionDocuments>> documents;
  std::vector<dialog::Event> events;
  bool erased = false;  // the customer's key was destroyed: nothing to replay
  ReadContent content;  // empty: bytes are not kept with the recording
};

// Reads the conversations of one store; keeps manifests and revisions, which many share.
// Thread-safe. The store is borrowed, and outlives the recordings' `content`.
class RecordingReader {
 public:
  explicit RecordingReader(const storage::Store& store) : store_(store) {}

  // Errors: NOT_FOUND, DATA_LOSS (an event that does not open or decode; names its sequence).
  absl::StatusOr<Recording> Read(const storage::ConversationId& id);
  // The same, after the hash chain was recomputed: DATA_LOSS names the first bad event.
  absl::StatusOr<Recording> ReadVerified(const storage::ConversationId& id);

 private:
  std::shared_ptr<const dialog::Manifest> ManifestOf(const storage::BundleVersion& version);
  std::shared_ptr<const RevisionDocuments> DocumentsOf(const std::string& revision);

  const storage::Store& store_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const dialog::Manifest>> manifests_;
  std::map<std::string, std::shared_ptr<const RevisionDocuments>> documents_;
};

// Errors: NOT_FOUND, INVALID_ARGUMENT or DATA_LOSS naming file and line.
absl::StatusOr<Recording> ReadRecordingFile(const std::string& path);

// Writes the recording and, into the folder `content` beside it, what it refers to and is not
// there yet. Errors: ALREADY_EXISTS, PERMISSION_DENIED. Written aside and renamed.
absl::Status WriteRecordingFile(const Recording& recording, const std::string& path);

}  // namespace frontdesk::server
