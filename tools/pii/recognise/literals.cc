#include "tools/pii/recognise/literals.h"

#include <cstdio>
#include <cstdlib>

namespace frontdesk::tools {
namespace {

constexpr std::uint16_t kStart = 0;

void Check(bool holds, std::string_view literal) {
  if (holds) return;
  std::fprintf(stderr, "literals: \"%.*s\" is empty, too long or a suffix of another\n",
               static_cast<int>(literal.size()), literal.data());
  std::abort();
}

}  // namespace

Literals::Literals(std::span<const Literal> literals) {
  for (const Literal& literal : literals) {
    for (const char c : literal.text) {
      std::uint8_t& known = class_of_[static_cast<unsigned char>(c)];
      if (known == 0) known = static_cast<std::uint8_t>(classes_++);
    }
  }
  // The trie; kStart stands for "no child".
  const auto add_state = [&] {
    next_.resize(next_.size() + classes_, kStart);
    ends_.emplace_back();
    return static_cast<std::uint16_t>(ends_.size() - 1);
  };
  add_state();
  for (const Literal& literal : literals) {
    Check(!literal.text.empty() && literal.text.size() < 256, literal.text);
    std::uint16_t state = kStart;
    for (const char c : literal.text) {
      const std::size_t at = state * classes_ + class_of_[static_cast<unsigned char>(c)];
      if (next_[at] == kStart) {
        const std::uint16_t added = add_state();
        next_[at] = added;
      }
      state = next_[at];
    }
    Check(ends_[state].length == 0, literal.text);
    ends_[state] = {static_cast<std::uint8_t>(literal.text.size()), literal.kind};
  }
  // Breadth first: a state's missing children are those of its longest proper suffix.
  std::vector<std::uint16_t> fail(ends_.size(), kStart), queue;
  for (std::size_t c = 1; c < classes_; ++c) {
    if (next_[c] != kStart) queue.push_back(next_[c]);
  }
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const std::uint16_t state = queue[head];
    for (std::size_t c = 1; c < classes_; ++c) {
      std::uint16_t& child = next_[state * classes_ + c];
      const std::uint16_t other = next_[fail[state] * classes_ + c];
      if (child == kStart) {
        child = other;
      } else {
        fail[child] = other;
        queue.push_back(child);
      }
    }
  }
  for (const std::uint16_t state : queue) {  // the shorter string would be lost where the longer stands
    const End& inner = ends_[fail[state]];
    if (inner.length == 0) continue;
    Check(ends_[state].length == 0, "two strings that end alike");
    ends_[state] = inner;
  }
  Check(next_.size() < kEnds, "the table");
  for (std::uint16_t& next : next_) {
    const bool ends = ends_[next].length > 0;
    next = static_cast<std::uint16_t>(next * classes_ | (ends ? kEnds : 0));
  }
}

void Literals::Find(std::string_view text, std::vector<LiteralHit>& out) const {
  std::size_t row = kStart;
  for (std::size_t i = 0; i < text.size(); ++i) {
    row = next_[row + class_of_[static_cast<unsigned char>(text[i])]];
    if ((row & kEnds) == 0) continue;
    row &= kEnds - 1u;
    const End& end = ends_[row / classes_];
    out.push_back({static_cast<std::uint32_t>(i + 1 - end.length), end.kind});
  }
}

}  // namespace frontdesk::tools
