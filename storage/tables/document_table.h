// The tables `blobs`, `documents`, `document_changes` and `revisions`.
//
// A row of `documents` lives from one change of the set until another, so the set as it was after
// change n is "from_change <= n and not until_change <= n": a revision costs one row, not a copy.
// Functions on a connection the caller owns.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/documents.h"
#include "storage/sqlite/connection.h"

namespace frontdesk::storage::tables {

absl::Status ApplyDocumentChange(sqlite::Connection& db, const DocumentChange& change);
absl::StatusOr<DocumentRecord> FindDocument(sqlite::Connection& db, const std::string& id);
absl::StatusOr<std::vector<DocumentRecord>> SelectDocuments(sqlite::Connection& db,
                                                            bool with_bytes);
absl::StatusOr<std::vector<DocumentRecord>> SelectDocumentsAt(sqlite::Connection& db,
                                                              const KnowledgeRevision& revision);
absl::StatusOr<std::vector<RevisionRecord>> SelectRevisions(sqlite::Connection& db);

absl::StatusOr<Digest> InsertBlob(sqlite::Connection& db, std::string_view bytes);
// Errors: NOT_FOUND, DATA_LOSS (the bytes do not have this digest any more).
absl::StatusOr<std::string> FindBlob(sqlite::Connection& db, const Digest& digest);

}  // namespace frontdesk::storage::tables
