#include "storage/tables/document_table.h"

#include <optional>

namespace frontdesk::storage::tables {
namespace {

using sqlite::AsBlob;
using sqlite::Blob;
using sqlite::Connection;
using sqlite::Query;

constexpr size_t kMaxDocumentId = 512;

absl::StatusOr<int64_t> StartChange(Connection& db, int64_t now_ms) {
  Query insert(db, "INSERT INTO document_changes (changed_ms) VALUES (?1)");
  if (absl::Status status = insert.Bind(now_ms).Run(); !status.ok()) return status;
  return db.last_row_id();
}

absl::Status EndLife(Connection& db, const std::string& id, int64_t change) {
  Query end(db, "UPDATE documents SET until_change = ?2 WHERE id = ?1 AND until_change IS NULL");
  return end.Bind(id, change).Run();
}

absl::Status Upsert(Connection& db, const DocumentRecord& document, int64_t change,
                    int64_t now_ms) {
  if (document.id.empty() || document.id.size() > kMaxDocumentId) {
    return absl::InvalidArgumentError("a document's id has 1 to 512 bytes");
  }
  absl::StatusOr<Digest> digest = InsertBlob(db, document.bytes);
  if (!digest.ok()) return digest.status();
  {
    Query same(db,
               "SELECT 1 FROM documents WHERE id = ?1 AND until_change IS NULL AND title = ?2"
               " AND format = ?3 AND url = ?4 AND language = ?5 AND digest = ?6");
    same.Bind(document.id, document.title, document.format, document.url, document.language,
              AsBlob(*digest));
    if (same.Next()) return absl::OkStatus();
    if (!same.status().ok()) return same.status();
  }
  if (absl::Status status = EndLife(db, document.id, change); !status.ok()) return status;
  Query insert(db,
               "INSERT INTO documents (id, title, format, url, language, digest, updated_ms,"
               " from_change) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  const int64_t updated_ms = document.updated_ms != 0 ? document.updated_ms : now_ms;
  return insert
      .Bind(document.id, document.title, document.format, document.url, document.language,
            AsBlob(*digest), updated_ms, change)
      .Run();
}

absl::Status NameRevision(Connection& db, const KnowledgeRevision& revision, int64_t change,
                          int64_t now_ms) {
  if (revision.empty()) return absl::InvalidArgumentError("a knowledge revision has a name");
  Query insert(db,
               "INSERT INTO revisions (revision, change, created_ms, documents)"
               " SELECT ?1, ?2, ?3, count(*) FROM documents WHERE until_change IS NULL"
               " ON CONFLICT (revision) DO NOTHING");
  return insert.Bind(revision.value(), change, now_ms).Run();
}

std::string Select(bool with_bytes, const char* rest) {
  return std::string("SELECT d.id, d.title, d.format, d.url, d.language, d.digest, d.updated_ms") +
         (with_bytes ? ", b.bytes FROM documents d JOIN blobs b ON b.digest = d.digest"
                     : " FROM documents d") +
         rest;
}

absl::StatusOr<std::vector<DocumentRecord>> ReadDocuments(Connection& db, Query& query,
                                                          bool with_bytes) {
  std::vector<DocumentRecord> documents;
  while (query.Next()) {
    DocumentRecord document;
    document.id = query.Text(0);
    document.title = query.Text(1);
    document.format = query.Text(2);
    document.url = query.Text(3);
    document.language = query.Text(4);
    document.digest = query.DigestAt(5);
    document.updated_ms = query.Int(6);
    if (with_bytes) {
      document.bytes = query.Text(7);
      if (Sha256(document.bytes) != document.digest) {
        return absl::DataLossError("the bytes of document " + document.id + " in " + db.path() +
                                   " were changed; put the document again or restore a backup");
      }
    }
    documents.push_back(std::move(document));
  }
  if (!query.status().ok()) return query.status();
  return documents;
}

}  // namespace

absl::Status ApplyDocumentChange(Connection& db, const DocumentChange& change) {
  absl::StatusOr<int64_t> number = StartChange(db, change.now_ms);
  if (!number.ok()) return number.status();
  for (const std::string& id : change.deletes) {
    if (absl::Status status = EndLife(db, id, *number); !status.ok()) return status;
  }
  for (const DocumentRecord& document : change.upserts) {
    absl::Status status = Upsert(db, document, *number, change.now_ms);
    if (!status.ok()) return status;
  }
  // A document put and replaced within one change was never part of a set.
  Query unseen(db, "DELETE FROM documents WHERE from_change = ?1 AND until_change = ?1");
  if (absl::Status status = unseen.Bind(*number).Run(); !status.ok()) return status;
  if (!change.revision.has_value()) return absl::OkStatus();
  return NameRevision(db, *change.revision, *number, change.now_ms);
}

absl::StatusOr<DocumentRecord> FindDocument(Connection& db, const std::string& id) {
  Query query(db, Select(true, " WHERE d.id = ?1 AND d.until_change IS NULL"));
  query.Bind(id);
  auto documents = ReadDocuments(db, query, true);
  if (!documents.ok()) return documents.status();
  if (documents->empty()) return absl::NotFoundError("there is no document " + id);
  return std::move(documents->front());
}

absl::StatusOr<std::vector<DocumentRecord>> SelectDocuments(Connection& db, bool with_bytes) {
  Query query(db, Select(with_bytes, " WHERE d.until_change IS NULL ORDER BY d.id"));
  return ReadDocuments(db, query, with_bytes);
}

absl::StatusOr<std::vector<DocumentRecord>> SelectDocumentsAt(Connection& db,
                                                              const KnowledgeRevision& revision) {
  std::optional<int64_t> change;
  {
    Query find(db, "SELECT change FROM revisions WHERE revision = ?1");
    find.Bind(revision.value());
    if (find.Next()) change = find.Int(0);
    if (!find.status().ok()) return find.status();
  }
  if (!change.has_value()) {
    return absl::NotFoundError("there is no knowledge revision " + revision.value());
  }
  Query query(db, Select(true,
                         " WHERE d.from_change <= ?1"
                         " AND (d.until_change IS NULL OR d.until_change > ?1) ORDER BY d.id"));
  query.Bind(*change);
  return ReadDocuments(db, query, true);
}

absl::StatusOr<std::vector<RevisionRecord>> SelectRevisions(Connection& db) {
  Query query(db,
              "SELECT revision, created_ms, documents FROM revisions ORDER BY change, revision");
  std::vector<RevisionRecord> revisions;
  while (query.Next()) {
    revisions.push_back({KnowledgeRevision(query.Text(0)), query.Int(1), query.Int(2)});
  }
  if (!query.status().ok()) return query.status();
  return revisions;
}

absl::StatusOr<Digest> InsertBlob(Connection& db, std::string_view bytes) {
  const Digest digest = Sha256(bytes);
  Query insert(db,
               "INSERT INTO blobs (digest, bytes) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING");
  if (absl::Status status = insert.Bind(AsBlob(digest), Blob{bytes}).Run(); !status.ok()) {
    return status;
  }
  return digest;
}

absl::StatusOr<std::string> FindBlob(Connection& db, const Digest& digest) {
  Query query(db, "SELECT bytes FROM blobs WHERE digest = ?1");
  query.Bind(AsBlob(digest));
  if (!query.Next()) {
    if (!query.status().ok()) return query.status();
    return absl::NotFoundError("the store has no bytes with SHA-256 " + ToHex(digest));
  }
  std::string bytes = query.Text(0);
  if (Sha256(bytes) != digest) {
    return absl::DataLossError("the bytes with SHA-256 " + ToHex(digest) + " in " + db.path() +
                               " were changed; put them again or restore a backup");
  }
  return bytes;
}

}  // namespace frontdesk::storage::tables
