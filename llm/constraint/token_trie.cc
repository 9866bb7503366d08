#include "llm/constraint/token_trie.h"

#include <algorithm>
#include <string_view>

namespace frontdesk::llm {

TokenTrie::TokenTrie(const Tokenizer& tokenizer) {
  for (int32_t id = 0; id < tokenizer.size(); ++id) {
    if (!tokenizer.Piece(id).empty() && !tokenizer.EndsTurn(id)) tokens_.push_back(id);
  }
  std::sort(tokens_.begin(), tokens_.end(), [&](int32_t a, int32_t b) {
    const int order = tokenizer.Piece(a).compare(tokenizer.Piece(b));
    return order != 0 ? order < 0 : a < b;
  });
  nodes_.emplace_back();
  std::vector<int32_t> path = {0};       // nodes of the token before, by depth
  std::vector<int32_t> last_child = {-1};  // of each node on the path
  std::string_view before;
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const std::string_view piece = tokenizer.Piece(tokens_[i]);
    const size_t shared =
        std::mismatch(before.begin(), before.end(), piece.begin(), piece.end()).first -
        before.begin();
    path.resize(shared + 1);
    last_child.resize(shared + 1);
    for (size_t depth = shared; depth < piece.size(); ++depth) {
      const auto node = static_cast<int32_t>(nodes_.size());
      nodes_.push_back({.byte = static_cast<uint8_t>(piece[depth])});
      if (last_child.back() < 0) {
        nodes_[path.back()].child = node;
      } else {
        nodes_[last_child.back()].sibling = node;
      }
      last_child.back() = node;
      path.push_back(node);
      last_child.push_back(-1);
    }
    Node& end = nodes_[path.back()];
    if (end.token_count++ == 0) end.first_token = static_cast<int32_t>(i);
    before = piece;
  }
}

}  // namespace frontdesk::llm
