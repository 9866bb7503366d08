// A grammar in the manner of llama.cpp's GBNF, compiled to sets of bytes.
//
// Immutable, thread-safe. Refused when read: rules that are missing or twice, left
// recursion, a repetition of what may be empty, a rule that can never end, more than the
// bounds below. So every automaton of it makes progress with each byte. Syntax:
// docs/constrained_decoding.md.
//
//   auto grammar = Grammar::Read("root ::= \"yes\" | \"no\"");

#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/constraint/constraint.h"

namespace frontdesk::llm {

class Grammar : public Constraint {
 public:
  static constexpr size_t kMostTextBytes = 256 << 10;
  static constexpr size_t kMostElements = 1 << 17;
  static constexpr int kDeepestGroup = 64;
  static constexpr int kMostRepeats = 1024;

  // Errors: INVALID_ARGUMENT naming the line and what is wrong there, or the rule.
  static absl::StatusOr<std::shared_ptr<const Grammar>> Read(std::string_view text);

  std::unique_ptr<ByteAutomaton> Begin() const override;

  // ---- the compiled form, for reader, checks and automaton ----

  struct Element {
    enum class Kind : uint8_t { kEnd, kSet, kRule } kind;
    uint32_t index;  // of a set or a rule
  };
  struct Rule {
    std::string name;  // "" for those made for groups and repetitions
    int line = 0;
    std::vector<uint32_t> alternatives;  // first elements; each runs to a kEnd
  };
  const std::vector<Element>& elements() const { return elements_; }
  const std::vector<Rule>& rules() const { return rules_; }
  bool Contains(uint32_t set, uint8_t byte) const { return sets_[set][byte]; }
  uint32_t root() const { return root_; }

 private:
  friend class GrammarReader;
  Grammar() = default;

  std::vector<Element> elements_;
  std::vector<Rule> rules_;
  std::vector<std::bitset<256>> sets_;
  uint32_t root_ = 0;
};

// The checks that need the whole grammar: every rule can end, none begins with itself.
// Errors: INVALID_ARGUMENT naming the rule.
absl::Status CheckGrammar(const Grammar& grammar);

}  // namespace frontdesk::llm
