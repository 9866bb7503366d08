// The vocabulary as a tree of bytes, so that a mask over all tokens is one walk.
//
// Control tokens and empty ones are left out: no text of a grammar writes them. Immutable,
// thread-safe.

#pragma once

#include <cstdint>
#include <vector>

#include "llm/tokenizer/tokenizer.h"

namespace frontdesk::llm {

class TokenTrie {
 public:
  explicit TokenTrie(const Tokenizer& tokenizer);

  struct Node {
    uint8_t byte = 0;        // that leads here from the parent
    int32_t child = -1;      // first of its children
    int32_t sibling = -1;    // next child of its parent
    int32_t first_token = 0; // tokens()[first_token .. first_token + token_count) end here
    int32_t token_count = 0;
  };
  // nodes()[0] is the root.
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<int32_t>& tokens() const { return tokens_; }

 private:
  std::vector<Node> nodes_;
  std::vector<int32_t> tokens_;
};

}  // namespace frontdesk::llm
