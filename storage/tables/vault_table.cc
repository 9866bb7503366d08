#include "storage/tables/vault_table.h"

#include <optional>

namespace frontdesk::storage::tables {
namespace {

using sqlite::Blob;
using sqlite::Connection;
using sqlite::Query;

// Binds a value to its conversation and token.
std::string Place(const ConversationId& id, const std::string& token) {
  return "frontdesk vault 1 " + id.value() + "\n" + token;
}

absl::StatusOr<std::string> OpenValue(const DataKey& key, const Conversation& conversation,
                                      const std::string& token, std::string_view sealed) {
  auto value = Open(key.seal, sealed, Place(conversation.id, token));
  if (!value.ok()) {
    return absl::DataLossError("the vault value " + token + " of conversation " +
                               conversation.id.value() +
                               " was changed and does not open; run `frontdesk doctor`");
  }
  return value;
}

absl::StatusOr<std::optional<std::string>> FindValue(Connection& db, const DataKey& key,
                                                     const Conversation& conversation,
                                                     const std::string& token) {
  Query query(db, "SELECT value FROM vault WHERE conversation = ?1 AND token = ?2");
  query.Bind(conversation.position, token);
  if (!query.Next()) {
    if (!query.status().ok()) return query.status();
    return std::nullopt;
  }
  auto value = OpenValue(key, conversation, token, query.BlobView(0));
  if (!value.ok()) return value.status();
  return *std::move(value);
}

}  // namespace

absl::Status InsertVault(Connection& db, const DataKey& key, const Conversation& conversation,
                         const VaultEntry& entry) {
  if (entry.token.empty() || entry.token.size() > 128) {
    return absl::InvalidArgumentError("a vault token has 1 to 128 bytes");
  }
  auto before = FindValue(db, key, conversation, entry.token);
  if (!before.ok()) return before.status();
  if (before->has_value()) {
    if (**before == entry.value) return absl::OkStatus();
    return absl::FailedPreconditionError("vault token " + entry.token + " of conversation " +
                                         conversation.id.value() + " stands for another value");
  }
  const std::string sealed = Seal(key.seal, entry.value, Place(conversation.id, entry.token));
  Query insert(db, "INSERT INTO vault (conversation, token, type, value) VALUES (?1, ?2, ?3, ?4)");
  return insert.Bind(conversation.position, entry.token, entry.type, Blob{sealed}).Run();
}

absl::StatusOr<std::string> FindVault(Connection& db, const DataKey& key,
                                      const Conversation& conversation, const std::string& token) {
  auto value = FindValue(db, key, conversation, token);
  if (!value.ok()) return value.status();
  if (!value->has_value()) {
    return absl::NotFoundError("conversation " + conversation.id.value() +
                               " has no vault token of this name");
  }
  return **std::move(value);
}

absl::StatusOr<std::vector<VaultEntry>> SelectVault(Connection& db, const DataKey& key,
                                                    const Conversation& conversation) {
  Query query(db, "SELECT token, type, value FROM vault WHERE conversation = ?1 ORDER BY position");
  query.Bind(conversation.position);
  std::vector<VaultEntry> entries;
  while (query.Next()) {
    const std::string token = query.Text(0);
    auto value = OpenValue(key, conversation, token, query.BlobView(2));
    if (!value.ok()) return value.status();
    entries.push_back({token, query.Text(1), *std::move(value)});
  }
  if (!query.status().ok()) return query.status();
  return entries;
}

}  // namespace frontdesk::storage::tables
