#include "storage/tables/ledger_table.h"

#include <string_view>
#include <utility>

namespace frontdesk::storage {

const char* LedgerStateName(LedgerState state) {
  switch (state) {
    case LedgerState::kPrepared:
      return "prepared";
    case LedgerState::kDone:
      return "done";
    case LedgerState::kUnknown:
      return "unknown";
    case LedgerState::kFailed:
      return "failed";
  }
  return "";
}

}  // namespace frontdesk::storage

namespace frontdesk::storage::tables {
namespace {

using sqlite::AsBlob;
using sqlite::Blob;
using sqlite::Connection;
using sqlite::Query;

absl::StatusOr<LedgerState> StateFromName(std::string_view name) {
  for (LedgerState state :
       {LedgerState::kPrepared, LedgerState::kDone, LedgerState::kUnknown, LedgerState::kFailed}) {
    if (name == LedgerStateName(state)) return state;
  }
  return absl::DataLossError("a ledger entry has the unknown state '" + std::string(name) + "'");
}

// Binds a sealed text to its entry and column.
std::string Place(std::string_view key, std::string_view column) {
  return "frontdesk ledger 1 " + std::string(column) + "\n" + std::string(key);
}

// A step the table allows; prepared from nothing is checked by its caller.
bool MayStep(LedgerState from, LedgerState to) {
  switch (from) {
    case LedgerState::kPrepared:
      return to != LedgerState::kPrepared;
    case LedgerState::kUnknown:
      return to == LedgerState::kDone || to == LedgerState::kFailed;
    case LedgerState::kFailed:
      return to == LedgerState::kPrepared;
    case LedgerState::kDone:
      return false;
  }
  return false;
}

struct Current {
  int64_t conversation = 0;
  LedgerState state = LedgerState::kPrepared;
};

absl::StatusOr<std::optional<Current>> FindCurrent(Connection& db, const std::string& key) {
  Query query(db, "SELECT conversation, state FROM ledger WHERE key = ?1");
  query.Bind(key);
  if (!query.Next()) {
    if (!query.status().ok()) return query.status();
    return std::nullopt;
  }
  auto state = StateFromName(query.Text(1));
  if (!state.ok()) return state.status();
  return Current{query.Int(0), *state};
}

absl::Status RefuseStep(const LedgerUpdate& update, LedgerState from) {
  const std::string what = "ledger entry " + update.key + " is " + LedgerStateName(from);
  if (update.state != LedgerState::kPrepared) {
    return absl::FailedPreconditionError(what + " and cannot become " +
                                         LedgerStateName(update.state));
  }
  switch (from) {
    case LedgerState::kDone:
      return absl::AlreadyExistsError(what + ": use its result instead of calling again");
    case LedgerState::kPrepared:
      return absl::AbortedError(what + " already: ask the adapter by key what became of the call");
    default:
      return absl::FailedPreconditionError(
          what +
          ": a person, or the adapter by key, has to say what happened before it is tried "
          "again");
  }
}

absl::Status CheckNotBlocked(Connection& db, const Digest& tag, const LedgerUpdate& update) {
  Query query(db,
              "SELECT key, state FROM ledger WHERE resource_tag = ?1"
              " AND state IN ('prepared', 'unknown') AND key <> ?2"
              " ORDER BY state DESC, position LIMIT 1");
  query.Bind(AsBlob(tag), update.key);
  if (!query.Next()) return query.status();
  const std::string what =
      "ledger entry " + query.Text(0) + " for the same resource is " + query.Text(1);
  if (query.Text(1) == LedgerStateName(LedgerState::kUnknown)) {
    return absl::FailedPreconditionError(
        what + ": no further write to it until somebody settles what happened");
  }
  return absl::AbortedError(what + ", a call is in flight: try again when it is settled");
}

absl::Status Prepare(Connection& db, const DataKey& key, const SecretKey& resource_key,
                     const Conversation& conversation, const LedgerUpdate& update, int64_t now_ms) {
  std::optional<Digest> tag;
  std::optional<Blob> tag_blob;
  if (!update.resource.empty()) {
    tag = HmacSha256(resource_key.bytes(), update.resource);
    tag_blob = AsBlob(*tag);
    if (absl::Status status = CheckNotBlocked(db, *tag, update); !status.ok()) return status;
  }
  const std::string resource = Seal(key.seal, update.resource, Place(update.key, "resource"));
  const std::string arguments = Seal(key.seal, update.arguments, Place(update.key, "arguments"));
  Query upsert(
      db,
      "INSERT INTO ledger (key, conversation, tool, state, resource_tag, resource,"
      " arguments, attempts, updated_ms) VALUES (?1, ?2, ?3, 'prepared', ?4, ?5, ?6, 1, ?7)"
      " ON CONFLICT (key) DO UPDATE SET state = 'prepared', tool = ?3, resource_tag = ?4,"
      " resource = ?5, arguments = ?6, result = NULL, attempts = attempts + 1,"
      " updated_ms = ?7");
  return upsert
      .Bind(update.key, conversation.position, update.tool, tag_blob, Blob{resource},
            Blob{arguments}, now_ms)
      .Run();
}

absl::StatusOr<std::string> OpenColumn(const DataKey& key, Query& query, int column,
                                       const std::string& entry, std::string_view name) {
  if (query.IsNull(column)) return std::string();
  auto text = Open(key.seal, query.BlobView(column), Place(entry, name));
  if (!text.ok()) {
    return absl::DataLossError("the " + std::string(name) + " of ledger entry " + entry +
                               " was changed and does not open; run `frontdesk doctor`");
  }
  return text;
}

constexpr char kColumns[] =
    "key, conversation, tool, state, resource, arguments, result, attempts, updated_ms";

absl::StatusOr<LedgerEntry> ReadEntry(Query& query, const KeyFinder& find_key) {
  LedgerEntry entry;
  entry.key = query.Text(0);
  entry.tool = query.Text(2);
  auto state = StateFromName(query.Text(3));
  if (!state.ok()) return state.status();
  entry.state = *state;
  entry.attempts = static_cast<int>(query.Int(7));
  entry.updated_ms = query.Int(8);
  auto key = find_key(query.Int(1), &entry.conversation);
  if (!key.ok()) return key.status();
  entry.erased = !key->has_value();
  if (entry.erased) return entry;
  const std::pair<const char*, std::string*> texts[] = {
      {"resource", &entry.resource}, {"arguments", &entry.arguments}, {"result", &entry.result}};
  for (int i = 0; i < 3; ++i) {
    auto text = OpenColumn(**key, query, 4 + i, entry.key, texts[i].first);
    if (!text.ok()) return text.status();
    *texts[i].second = *std::move(text);
  }
  return entry;
}

absl::StatusOr<std::vector<LedgerEntry>> ReadEntries(Query& query, const KeyFinder& find_key) {
  std::vector<LedgerEntry> entries;
  while (query.Next()) {
    auto entry = ReadEntry(query, find_key);
    if (!entry.ok()) return entry.status();
    entries.push_back(*std::move(entry));
  }
  if (!query.status().ok()) return query.status();
  return entries;
}

absl::StatusOr<std::optional<LedgerEntry>> FirstEntry(Query& query, const KeyFinder& find_key) {
  auto entries = ReadEntries(query, find_key);
  if (!entries.ok()) return entries.status();
  if (entries->empty()) return std::nullopt;
  return std::move(entries->front());
}

std::string Select(const char* rest) { return std::string("SELECT ") + kColumns + rest; }

}  // namespace

absl::Status ApplyLedgerUpdate(Connection& db, const DataKey& key, const SecretKey& resource_key,
                               const Conversation& conversation, const LedgerUpdate& update,
                               int64_t now_ms) {
  if (update.key.empty() || update.key.size() > 512) {
    return absl::InvalidArgumentError("a ledger key has 1 to 512 bytes");
  }
  auto current = FindCurrent(db, update.key);
  if (!current.ok()) return current.status();
  if (!current->has_value()) {
    if (update.state != LedgerState::kPrepared) {
      return absl::FailedPreconditionError("ledger entry " + update.key +
                                           " was never prepared and cannot become " +
                                           LedgerStateName(update.state));
    }
    return Prepare(db, key, resource_key, conversation, update, now_ms);
  }
  if ((*current)->conversation != conversation.position) {
    return absl::FailedPreconditionError("ledger entry " + update.key +
                                         " belongs to another conversation");
  }
  if (!MayStep((*current)->state, update.state)) return RefuseStep(update, (*current)->state);
  if (update.state == LedgerState::kPrepared) {
    return Prepare(db, key, resource_key, conversation, update, now_ms);
  }
  const std::string result = Seal(key.seal, update.result, Place(update.key, "result"));
  Query step(db, "UPDATE ledger SET state = ?2, result = ?3, updated_ms = ?4 WHERE key = ?1");
  return step.Bind(update.key, LedgerStateName(update.state), Blob{result}, now_ms).Run();
}

absl::StatusOr<std::optional<LedgerEntry>> FindLedger(Connection& db, const KeyFinder& find_key,
                                                      const std::string& key) {
  Query query(db, Select(" FROM ledger WHERE key = ?1"));
  query.Bind(key);
  return FirstEntry(query, find_key);
}

absl::StatusOr<std::vector<LedgerEntry>> SelectPrepared(Connection& db, const KeyFinder& find_key) {
  Query query(db, Select(" FROM ledger WHERE state = 'prepared' ORDER BY position"));
  return ReadEntries(query, find_key);
}

absl::StatusOr<std::vector<LedgerEntry>> SelectLedgerOf(Connection& db, const KeyFinder& find_key,
                                                        int64_t conversation) {
  Query query(db, Select(" FROM ledger WHERE conversation = ?1 ORDER BY position"));
  query.Bind(conversation);
  return ReadEntries(query, find_key);
}

absl::StatusOr<std::optional<LedgerEntry>> FindBlocking(Connection& db, const KeyFinder& find_key,
                                                        const SecretKey& resource_key,
                                                        const std::string& resource) {
  if (resource.empty()) return std::nullopt;
  const Digest tag = HmacSha256(resource_key.bytes(), resource);
  Query query(db, Select(" FROM ledger WHERE resource_tag = ?1 AND state IN ('prepared', 'unknown')"
                         " ORDER BY state DESC, position LIMIT 1"));
  query.Bind(AsBlob(tag));
  return FirstEntry(query, find_key);
}

}  // namespace frontdesk::storage::tables
