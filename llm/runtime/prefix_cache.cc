#include "llm/runtime/prefix_cache.h"

#include <algorithm>

namespace frontdesk::llm {
namespace {

// Names of scopes that are remembered; past this, all private pages are let go.
constexpr size_t kMaxScopes = 4096;

}  // namespace

PrefixCache::~PrefixCache() {
  for (const Node& node : nodes_) {
    if (node.live) pool_.Drop(node.page);
  }
}

uint64_t PrefixCache::ScopeNumber(std::string_view scope, bool create) {
  if (scope.empty()) return 0;
  const auto found = scopes_.find(absl::string_view(scope.data(), scope.size()));
  if (found != scopes_.end()) return found->second;
  if (!create) return 0;
  // Forgetting a name only makes its pages unreachable; they age out.
  if (scopes_.size() >= kMaxScopes) scopes_.clear();
  return scopes_[std::string(scope)] = next_scope_++;
}

PrefixCache::Key PrefixCache::KeyOf(int32_t parent, size_t page, std::span<const int32_t> tokens,
                                    int shared_tokens, uint64_t scope) const {
  Key key{parent, scope, {}};
  const size_t from = page * kPagePositions;
  if (from + kPagePositions <= static_cast<size_t>(shared_tokens)) key.scope = 0;
  std::copy_n(tokens.begin() + from, kPagePositions, key.tokens.begin());
  return key;
}

std::vector<KvPage> PrefixCache::Find(std::span<const int32_t> tokens, int shared_tokens,
                                      std::string_view scope) {
  std::vector<KvPage> pages;
  const uint64_t number = ScopeNumber(scope, false);
  int32_t parent = -1;
  for (size_t page = 0; (page + 1) * kPagePositions <= tokens.size(); ++page) {
    const Key key = KeyOf(parent, page, tokens, shared_tokens, number);
    const bool shared = (page + 1) * kPagePositions <= static_cast<size_t>(shared_tokens);
    if (!shared && number == 0) break;
    const auto found = index_.find(key);
    if (found == index_.end()) break;
    parent = found->second;
    nodes_[parent].last_used = ++clock_;
    pages.push_back(nodes_[parent].page);
  }
  return pages;
}

void PrefixCache::Insert(std::span<const int32_t> tokens, int shared_tokens, std::string_view scope,
                         std::span<const KvPage> pages) {
  const uint64_t number = ScopeNumber(scope, true);
  int32_t parent = -1;
  for (size_t page = 0; page < pages.size() && (page + 1) * kPagePositions <= tokens.size();
       ++page) {
    const bool shared = (page + 1) * kPagePositions <= static_cast<size_t>(shared_tokens);
    if (!shared && number == 0) break;
    const Key key = KeyOf(parent, page, tokens, shared_tokens, number);
    if (const auto found = index_.find(key); found != index_.end()) {
      parent = found->second;
      nodes_[parent].last_used = ++clock_;
      continue;
    }
    int32_t node;
    if (!free_nodes_.empty()) {
      node = free_nodes_.back();
      free_nodes_.pop_back();
    } else {
      node = static_cast<int32_t>(nodes_.size());
      nodes_.emplace_back();
    }
    pool_.AddReference(pages[page]);
    nodes_[node] = {key, pages[page], 0, ++clock_, true};
    if (parent >= 0) ++nodes_[parent].children;
    index_.emplace(key, node);
    parent = node;
  }
}

std::vector<PrefixCache::SharedPage> PrefixCache::SharedPages() const {
  std::vector<SharedPage> pages;
  std::vector<int32_t> place(nodes_.size(), -1);
  // A child may have a lower number than its parent (numbers are used again): rounds by depth.
  for (bool grew = true; grew;) {
    grew = false;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const Node& node = nodes_[i];
      if (!node.live || node.key.scope != 0 || place[i] >= 0) continue;
      const int32_t parent = node.key.parent < 0 ? -1 : place[node.key.parent];
      if (node.key.parent >= 0 && parent < 0) continue;
      place[i] = static_cast<int32_t>(pages.size());
      pages.push_back({parent, node.key.tokens, node.page});
      grew = true;
    }
  }
  return pages;
}

int PrefixCache::Evict(int count) {
  int given_back = 0;
  while (given_back < count) {
    // Leaves only: a child is never reachable without its parent.
    int32_t oldest = -1;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const Node& node = nodes_[i];
      if (!node.live || node.children > 0) continue;
      if (oldest < 0 || node.last_used < nodes_[oldest].last_used) {
        oldest = static_cast<int32_t>(i);
      }
    }
    if (oldest < 0) break;
    Node& node = nodes_[oldest];
    index_.erase(node.key);
    if (node.key.parent >= 0) --nodes_[node.key.parent].children;
    pool_.Drop(node.page);
    node.live = false;
    free_nodes_.push_back(oldest);
    ++given_back;
  }
  return given_back;
}

}  // namespace frontdesk::llm
