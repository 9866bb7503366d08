// The business's documents: a live set, and every past revision of it.
//
// Values. Bytes are content-addressed, so revisions share what did not change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/digest.h"
#include "storage/ids.h"

namespace frontdesk::storage {

// id: unique in the live set, 1..512 bytes. format: "markdown", "html", "text", "csv_faq", "pdf".
struct DocumentRecord {
  std::string id;
  std::string title;
  std::string format;
  std::string url;
  std::string language;
  std::string bytes;
  Digest digest{};  // SHA-256 of bytes; filled by the store
  int64_t updated_ms = 0;
};

// Upserts and deletes in one transaction; deleting an unknown id is no error.
// revision: when set, the resulting live set is kept under that name for good.
struct DocumentChange {
  std::vector<DocumentRecord> upserts;
  std::vector<std::string> deletes;
  std::optional<KnowledgeRevision> revision;
  int64_t now_ms = 0;
};

struct RevisionRecord {
  KnowledgeRevision revision;
  int64_t created_ms = 0;
  int64_t documents = 0;
};

}  // namespace frontdesk::storage
