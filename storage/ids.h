// Strong string ids: a ConversationId never goes where a CustomerId is meant.
//
// A StrongId is a value: copied, compared, ordered and hashed by its text. An empty id means
// "none". Thread-safe as any const value.
//
//   ConversationId id("c-7f3a");
//   absl::flat_hash_map<ConversationId, int> turns;   // std::unordered_map works too
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace frontdesk::storage {

template <typename Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(std::string value) : value_(std::move(value)) {}

  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend bool operator==(const StrongId&, const StrongId&) = default;
  friend std::strong_ordering operator<=>(const StrongId& a, const StrongId& b) {
    return a.value_.compare(b.value_) <=> 0;
  }
  template <typename H>
  friend H AbslHashValue(H state, const StrongId& id) {
    return H::combine(std::move(state), id.value_);
  }

 private:
  std::string value_;
};

using ConversationId = StrongId<struct ConversationTag>;
using CustomerId = StrongId<struct CustomerTag>;
using RequestId = StrongId<struct RequestTag>;
using AgentId = StrongId<struct AgentTag>;
// Hash of a bundle, its trained artifacts, model files and numerics version.
using BundleVersion = StrongId<struct BundleTag>;
// Content hash of a set of documents.
using KnowledgeRevision = StrongId<struct KnowledgeTag>;

}  // namespace frontdesk::storage

template <typename Tag>
struct std::hash<frontdesk::storage::StrongId<Tag>> {
  size_t operator()(const frontdesk::storage::StrongId<Tag>& id) const noexcept {
    return std::hash<std::string>()(id.value());
  }
};
