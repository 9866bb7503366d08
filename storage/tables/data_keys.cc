#include "storage/tables/data_keys.h"

#include <openssl/crypto.h>

namespace frontdesk::storage::tables {
namespace {

constexpr size_t kMostOpened = 4096;  // some 300 bytes each

// Binds a wrapped data key to its conversation and to the key that wraps it.
std::string Place(const ConversationId& id, std::string_view key_id) {
  return "frontdesk data key 1 " + std::string(key_id) + " " + id.value();
}

absl::StatusOr<DataKey> Derive(std::string_view bytes) {
  absl::StatusOr<SecretKey> key = SecretKey::FromBytes(bytes);
  if (!key.ok()) return key.status();
  return DataKey{key->Derive("seal"), key->Derive("tag")};
}

}  // namespace

std::string ConversationKeyName(const ConversationId& id) { return "conversation/" + id.value(); }
std::string CustomerKeyName(const CustomerId& id) { return "customer/" + id.value(); }

absl::StatusOr<NewDataKey> DataKeys::Create(const ConversationId& id,
                                            const std::optional<CustomerId>& customer,
                                            int64_t now_ms) {
  auto key_id = keystore_.StageKey(
      customer.has_value() ? CustomerKeyName(*customer) : ConversationKeyName(id), now_ms);
  if (!key_id.ok()) return key_id.status();
  auto wrapping = keystore_.FindKey(*key_id);
  if (!wrapping.ok()) return wrapping.status();
  const SecretKey data = SecretKey::Random();
  return NewDataKey{DataKey{data.Derive("seal"), data.Derive("tag")},
                    {*key_id, Seal(*wrapping, data.bytes(), Place(id, *key_id))}};
}

absl::StatusOr<std::string> DataKeys::OpenBytes(const ConversationId& id,
                                                const WrappedKey& wrapped) const {
  auto wrapping = keystore_.FindKey(wrapped.key_id);
  if (!wrapping.ok()) return wrapping.status();
  auto bytes = Open(*wrapping, wrapped.bytes, Place(id, wrapped.key_id));
  if (!bytes.ok()) {
    return absl::DataLossError("the wrapped key of conversation " + id.value() +
                               " was changed; run `frontdesk doctor` and restore a backup");
  }
  return bytes;
}

absl::StatusOr<DataKey> DataKeys::Unwrap(const ConversationId& id,
                                         const WrappedKey& wrapped) const {
  {
    std::lock_guard lock(mutex_);
    const auto kept = opened_.find(wrapped.bytes);
    if (kept != opened_.end() && kept->second.conversation == id &&
        kept->second.key_id == wrapped.key_id) {
      // Asked each time: between the end of the wrapping key and Forget the kept one is still here.
      auto living = Lives(wrapped);
      if (!living.ok()) return living.status();
      if (*living) return kept->second.key;
    }
  }
  auto bytes = OpenBytes(id, wrapped);
  if (!bytes.ok()) return bytes.status();
  auto key = Derive(*bytes);
  OPENSSL_cleanse(bytes->data(), bytes->size());
  if (!key.ok()) return key;
  std::lock_guard lock(mutex_);
  // Asked again under Forget's lock: what it wiped must not come back.
  auto living = Lives(wrapped);
  if (!living.ok()) return living.status();
  if (!*living) return key;
  if (opened_.size() >= kMostOpened) opened_.clear();
  opened_.insert_or_assign(wrapped.bytes, Opened{id, wrapped.key_id, *key});
  return key;
}

absl::StatusOr<bool> DataKeys::Lives(const WrappedKey& wrapped) const {
  const absl::Status found = keystore_.FindKey(wrapped.key_id).status();
  if (found.ok()) return true;
  if (absl::IsNotFound(found)) return false;
  return found;
}

void DataKeys::Forget() {
  std::lock_guard lock(mutex_);
  opened_.clear();
}

absl::StatusOr<WrappedKey> DataKeys::Rewrap(const ConversationId& id, const WrappedKey& wrapped,
                                            const CustomerId& customer, int64_t now_ms) {
  auto bytes = OpenBytes(id, wrapped);
  if (!bytes.ok()) return bytes.status();
  const std::string name = CustomerKeyName(customer);
  auto key_id = keystore_.StageKey(name, now_ms);
  if (!key_id.ok()) return key_id.status();
  auto wrapping = keystore_.FindKey(*key_id);
  if (!wrapping.ok()) return wrapping.status();
  if (absl::Status s = keystore_.StageOwner(wrapped.key_id, name); !s.ok()) return s;
  WrappedKey result{*key_id, Seal(*wrapping, *bytes, Place(id, *key_id))};
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return result;
}

}  // namespace frontdesk::storage::tables
