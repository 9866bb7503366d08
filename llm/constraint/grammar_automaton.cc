#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "llm/constraint/grammar.h"

namespace frontdesk::llm {
namespace {

using Kind = Grammar::Element::Kind;

// A pushdown automaton. A state is a stack: the element that takes the next byte, and
// below it where to go on when its rule ends. Equal stacks are the same node.
class GrammarAutomaton : public ByteAutomaton {
 public:
  explicit GrammarAutomaton(const Grammar& grammar) : grammar_(grammar) { Reset(); }

  void Start(std::vector<uint32_t>& states) override {
    for (uint32_t at : grammar_.rules()[grammar_.root()].alternatives) open_.emplace_back(at, kEmpty);
    Close(states);
  }

  void Step(uint32_t state, uint8_t byte, std::vector<uint32_t>& next) override {
    if (state == kEmpty) return;
    const Node node = nodes_[state];
    if (!grammar_.Contains(grammar_.elements()[node.element].index, byte)) return;
    open_.emplace_back(node.element + 1, node.below);
    Close(next);
  }

  bool Ends(uint32_t state) const override { return state == kEmpty; }
  size_t size() const override { return nodes_.size(); }

  void Compact(std::vector<uint32_t>& live) override {
    const std::vector<Node> old = std::exchange(nodes_, {});
    numbers_.clear();
    Reset();
    std::vector<uint32_t> stack;
    for (uint32_t& state : live) {
      stack.clear();
      for (uint32_t at = state; at != kEmpty; at = old[at].below) stack.push_back(at);
      uint32_t below = kEmpty;
      for (; !stack.empty(); stack.pop_back()) below = Push(old[stack.back()].element, below);
      state = below;
    }
  }

 private:
  static constexpr uint32_t kEmpty = 0;  // the empty stack: all of root was written
  struct Node {
    uint32_t element;
    uint32_t below;
  };

  void Reset() { nodes_.push_back({0, 0}); }

  uint32_t Push(uint32_t element, uint32_t below) {
    const auto [known, made] = numbers_.try_emplace(uint64_t{element} << 32 | below,
                                                    static_cast<uint32_t>(nodes_.size()));
    if (made) nodes_.push_back({element, below});
    return known->second;
  }

  // Follows rules and ends from the positions in open_ until a byte is wanted. Ends: the
  // checks of the grammar see to it that no rule comes back to itself without a byte.
  void Close(std::vector<uint32_t>& states) {
    seen_.clear();
    while (!open_.empty()) {
      const auto [element, below] = open_.back();
      open_.pop_back();
      if (!seen_.insert(uint64_t{element} << 32 | below).second) continue;
      const Grammar::Element& e = grammar_.elements()[element];
      switch (e.kind) {
        case Kind::kSet:
          states.push_back(Push(element, below));
          break;
        case Kind::kEnd:
          if (below == kEmpty) {
            states.push_back(kEmpty);
          } else {
            open_.emplace_back(nodes_[below].element, nodes_[below].below);
          }
          break;
        case Kind::kRule: {
          // The last call of a rule leaves nothing to come back to: stacks of repetitions stay flat.
          const bool last = grammar_.elements()[element + 1].kind == Kind::kEnd;
          const uint32_t back = last ? below : Push(element + 1, below);
          for (uint32_t at : grammar_.rules()[e.index].alternatives) open_.emplace_back(at, back);
          break;
        }
      }
    }
  }

  const Grammar& grammar_;
  std::vector<Node> nodes_;
  absl::flat_hash_map<uint64_t, uint32_t> numbers_;
  std::vector<std::pair<uint32_t, uint32_t>> open_;  // element, stack below
  absl::flat_hash_set<uint64_t> seen_;
};

}  // namespace

std::unique_ptr<ByteAutomaton> Grammar::Begin() const {
  return std::make_unique<GrammarAutomaton>(*this);
}

}  // namespace frontdesk::llm
