// Remembers the keys and values of prompts, page by page, so that the next prompt
// that begins alike starts where they differ.
//
// A tree: the child of a page is the page of the next sixteen tokens. Pages of the
// system prompt belong to everybody; pages with a customer's words belong to one
// scope (the conversation) and are never found under another. The cache holds one
// reference to each page and lets go of the longest unused ones when memory is asked
// for. What is found never changes an output, only the time it takes. Not thread-safe.
//
//   std::vector<KvPage> pages = cache.Find(tokens, shared_tokens, scope);

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "llm/runtime/kv_cache.h"

namespace frontdesk::llm {

class PrefixCache {
 public:
  explicit PrefixCache(KvPool& pool) : pool_(pool) {}
  ~PrefixCache();
  PrefixCache(const PrefixCache&) = delete;
  PrefixCache& operator=(const PrefixCache&) = delete;

  // The longest run of cached pages that tokens begin with. No reference is added:
  // adopt them before the cache is used again.
  std::vector<KvPage> Find(std::span<const int32_t> tokens, int shared_tokens,
                           std::string_view scope);

  // Remembers the full pages of a computed sequence. pages hold tokens, in order.
  // A scope that is empty remembers the shared pages only.
  void Insert(std::span<const int32_t> tokens, int shared_tokens, std::string_view scope,
              std::span<const KvPage> pages);

  // The pages that belong to everybody, a page after its parent.
  struct SharedPage {
    int32_t parent = -1;  // index in the list
    std::array<int32_t, kPagePositions> tokens;
    KvPage page = -1;
  };
  std::vector<SharedPage> SharedPages() const;

  // Lets go of the longest unused pages until `count` were given back or none is left.
  // Returns how many. A page that a sequence still uses is freed when that ends.
  int Evict(int count);

  int size() const { return static_cast<int>(index_.size()); }

 private:
  using Tokens = std::array<int32_t, kPagePositions>;
  struct Key {
    int32_t parent;  // node, -1 for the root
    uint64_t scope;  // 0: everybody's
    Tokens tokens;
    bool operator==(const Key&) const = default;
    template <typename H>
    friend H AbslHashValue(H h, const Key& key) {
      return H::combine(std::move(h), key.parent, key.scope, key.tokens);
    }
  };
  struct Node {
    Key key;
    KvPage page = -1;
    int children = 0;
    uint64_t last_used = 0;
    bool live = false;
  };

  uint64_t ScopeNumber(std::string_view scope, bool create);
  Key KeyOf(int32_t parent, size_t page, std::span<const int32_t> tokens, int shared_tokens,
            uint64_t scope) const;

  KvPool& pool_;
  absl::flat_hash_map<Key, int32_t> index_;
  absl::flat_hash_map<std::string, uint64_t> scopes_;
  std::vector<Node> nodes_;
  std::vector<int32_t> free_nodes_;
  uint64_t clock_ = 0;
  uint64_t next_scope_ = 1;
};

}  // namespace frontdesk::llm
