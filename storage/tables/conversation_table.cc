#include "storage/tables/conversation_table.h"

#include <algorithm>
#include <string>

namespace frontdesk::storage::tables {
namespace {

using sqlite::AsBlob;
using sqlite::Blob;
using sqlite::Connection;
using sqlite::Query;

constexpr char kColumns[] =
    "position, id, bundle_version, knowledge_revision, customer, attributes, owner, epoch,"
    " state_tag, created_ms, updated_ms, idle_deadline_ms, last_sequence, chain, chain_mac,"
    " key_id, wrapped_key, erased_ms";

ConversationRow ReadRow(Query& query) {
  ConversationRow row;
  Conversation& c = row.conversation;
  c.position = query.Int(0);
  c.id = ConversationId(query.Text(1));
  c.bundle_version = BundleVersion(query.Text(2));
  c.knowledge_revision = KnowledgeRevision(query.Text(3));
  if (!query.IsNull(4)) c.customer = CustomerId(query.Text(4));
  c.attributes = query.Text(5);
  c.owner = query.Text(6);
  c.epoch = query.Int(7);
  c.state_tag = query.Text(8);
  c.created_ms = query.Int(9);
  c.updated_ms = query.Int(10);
  c.idle_deadline_ms = query.OptionalInt(11);
  c.last_sequence = query.Int(12);
  c.chain = query.DigestAt(13);
  row.chain_mac = query.DigestAt(14);
  row.key = {query.Text(15), query.Text(16)};
  row.erased_ms = query.OptionalInt(17);
  c.erased = row.erased_ms.has_value();
  return row;
}

absl::StatusOr<std::optional<ConversationRow>> FirstRow(Query& query) {
  std::optional<ConversationRow> row;
  if (query.Next()) row = ReadRow(query);
  if (!query.status().ok()) return query.status();
  return row;
}

std::optional<std::string> CustomerOf(const Conversation& c) {
  if (!c.customer.has_value()) return std::nullopt;
  return c.customer->value();
}

}  // namespace

absl::Status CheckConversationId(const ConversationId& id) {
  const std::string& text = id.value();
  const bool good =
      !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || c == '.' || c == ':' || c == '-';
      });
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "a conversation id is 1 to 128 characters of A-Z a-z 0-9 _ . : -, this one is not");
}

absl::StatusOr<std::optional<ConversationRow>> FindConversation(Connection& db,
                                                                const ConversationId& id) {
  static const std::string kSql =
      std::string("SELECT ") + kColumns + " FROM conversations WHERE id = ?1";
  Query query(db, kSql);
  query.Bind(id.value());
  return FirstRow(query);
}

absl::StatusOr<ConversationRow> LoadConversation(Connection& db, const ConversationId& id) {
  auto row = FindConversation(db, id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    // The id came from outside; only a well-formed one is repeated in a message.
    return absl::NotFoundError(CheckConversationId(id).ok()
                                   ? "there is no conversation " + id.value()
                                   : "there is no such conversation");
  }
  return **std::move(row);
}

absl::StatusOr<ConversationRow> LoadConversationAt(Connection& db, int64_t position) {
  static const std::string kSql =
      std::string("SELECT ") + kColumns + " FROM conversations WHERE position = ?1";
  Query query(db, kSql);
  query.Bind(position);
  auto row = FirstRow(query);
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::DataLossError("conversation number " + std::to_string(position) +
                               " is missing in " + db.path() + "; run `frontdesk doctor`");
  }
  return **std::move(row);
}

absl::Status InsertConversation(Connection& db, ConversationRow& row) {
  const Conversation& c = row.conversation;
  Query insert(db,
               "INSERT INTO conversations (id, bundle_version, knowledge_revision, customer,"
               " attributes, owner, epoch, state_tag, created_ms, updated_ms, idle_deadline_ms,"
               " last_sequence, chain, chain_mac, key_id, wrapped_key)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
               " ON CONFLICT (id) DO NOTHING");
  const std::optional<std::string> customer = CustomerOf(c);
  insert.Bind(c.id.value(), c.bundle_version.value(), c.knowledge_revision.value(), customer,
              c.attributes, c.owner, c.epoch, c.state_tag, c.created_ms, c.updated_ms,
              c.idle_deadline_ms, c.last_sequence, AsBlob(c.chain), AsBlob(row.chain_mac),
              row.key.key_id, Blob{row.key.bytes});
  if (absl::Status status = insert.Run(); !status.ok()) return status;
  if (db.changes() == 0) {
    return absl::AlreadyExistsError("conversation " + c.id.value() + " exists");
  }
  row.conversation.position = db.last_row_id();
  return absl::OkStatus();
}

absl::Status UpdateConversation(Connection& db, const ConversationRow& row) {
  const Conversation& c = row.conversation;
  Query update(db,
               "UPDATE conversations SET customer = ?2, owner = ?3, epoch = ?4, state_tag = ?5,"
               " updated_ms = ?6, idle_deadline_ms = ?7, last_sequence = ?8, chain = ?9,"
               " chain_mac = ?10, key_id = ?11, wrapped_key = ?12, erased_ms = ?13"
               " WHERE position = ?1");
  const std::optional<std::string> customer = CustomerOf(c);
  const std::optional<Blob> wrapped =
      row.erased_ms.has_value() ? std::nullopt : std::optional<Blob>(Blob{row.key.bytes});
  return update
      .Bind(c.position, customer, c.owner, c.epoch, c.state_tag, c.updated_ms, c.idle_deadline_ms,
            c.last_sequence, AsBlob(c.chain), AsBlob(row.chain_mac), row.key.key_id, wrapped,
            row.erased_ms)
      .Run();
}

absl::StatusOr<std::vector<Conversation>> SelectConversations(Connection& db,
                                                              const ConversationFilter& filter) {
  if (filter.limit < 1 || filter.limit > 10000) {
    return absl::InvalidArgumentError("the limit of a listing is 1 to 10000");
  }
  std::string sql = std::string("SELECT ") + kColumns + " FROM conversations WHERE 1";
  if (filter.state_tag.has_value()) sql += " AND state_tag = ?1";
  if (filter.state_tag != kSystemStateTag) sql += " AND state_tag <> 'system'";
  if (filter.owner.has_value()) sql += " AND owner = ?2";
  if (filter.customer.has_value()) sql += " AND customer = ?3";
  if (filter.bundle_version.has_value()) sql += " AND bundle_version = ?4";
  if (filter.created_from_ms.has_value()) sql += " AND created_ms >= ?5";
  if (filter.created_until_ms.has_value()) sql += " AND created_ms < ?6";
  if (filter.after_position.has_value()) {
    sql += filter.newest_first ? " AND position < ?7" : " AND position > ?7";
  }
  // ?8 is always used, so every parameter before it may be bound.
  sql += filter.newest_first ? " ORDER BY position DESC LIMIT ?8" : " ORDER BY position LIMIT ?8";
  std::optional<std::string> customer;
  if (filter.customer.has_value()) customer = filter.customer->value();
  std::optional<std::string> bundle;
  if (filter.bundle_version.has_value()) bundle = filter.bundle_version->value();
  Query query(db, sql);
  query.Bind(filter.state_tag, filter.owner, customer, bundle, filter.created_from_ms,
             filter.created_until_ms, filter.after_position, filter.limit);
  std::vector<Conversation> found;
  while (query.Next()) found.push_back(ReadRow(query).conversation);
  if (!query.status().ok()) return query.status();
  return found;
}

absl::StatusOr<std::vector<Conversation>> SelectIdle(Connection& db, int64_t now_ms, int limit) {
  static const std::string kSql = std::string("SELECT ") + kColumns +
                                  " FROM conversations WHERE idle_deadline_ms <= ?1"
                                  " ORDER BY idle_deadline_ms, position LIMIT ?2";
  Query query(db, kSql);
  query.Bind(now_ms, limit);
  std::vector<Conversation> found;
  while (query.Next()) found.push_back(ReadRow(query).conversation);
  if (!query.status().ok()) return query.status();
  return found;
}

}  // namespace frontdesk::storage::tables
