// Which tokens may come next in one run under a constraint.
//
// Sets of the automaton's states are numbered as they are met (a lazy subset construction), with
// their transitions and masks kept, so a state that returns, like the inside of a string,
// costs one lookup. Bounds: kMostSets sets, kMostStates states of the automaton and kMostMasks
// masks; what is kept is dropped between tokens when half of that is used, and a
// constraint that needs more within one token is an error. One thread.
//
// Where the constraint knows the text that may follow, as in a quotation, only the tokens that this text is usually
// written with may come: a model that would rather say something else must not spell its way through
// the quotation letter by letter, at a step for each.
//
//   TokenFilter filter(trie, tokenizer, constraint);
//   filter.Allows(id);  filter.Allowed();  filter.Accept(id);

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "llm/constraint/constraint.h"
#include "llm/constraint/token_trie.h"
#include "llm/tokenizer/tokenizer.h"

namespace frontdesk::llm {

class TokenFilter {
 public:
  static constexpr size_t kMostSets = 4096;
  static constexpr size_t kMostStates = 1 << 17;
  static constexpr size_t kMostMasks = 32;

  // trie, tokenizer and constraint must outlive the filter.
  TokenFilter(const TokenTrie& trie, const Tokenizer& tokenizer, const Constraint& constraint);

  // Whether the token may come next: its bytes lead on (and known text is usually written so), or it ends
  // the turn where the text may end.
  bool Allows(int32_t token);
  // The same for all tokens: bit token % 64 of word token / 64.
  const std::vector<uint64_t>& Allowed();
  // Takes the token. Precondition: Allows(token).
  void Accept(int32_t token);
  // Whether the text may end here.
  bool CanEnd();
  // Whether it must: no byte can follow.
  bool Complete();

  // ---- looking ahead, for drafts: counts against the bounds, so a run whose result must not depend on it
  // uses a second filter for it ----

  struct Forced {
    std::string bytes;
    bool to_an_end = false;  // the text may end behind them
  };
  // The bytes that must come next, as far as there is no choice; at most `most`.
  Forced ForcedText(size_t most);
  // The tokens taken of the word that is being written, from the last one that began with white space.
  std::span<const int32_t> word() const { return word_; }
  // How many of these tokens, from the first on, may come one after another.
  size_t CountAllowed(std::span<const int32_t> tokens);

  // RESOURCE_EXHAUSTED once a bound was passed; nothing is allowed from then on.
  const absl::Status& status() const { return status_; }

 private:
  static constexpr int32_t kDead = -1, kUnknown = -2;
  struct Set {
    std::vector<uint32_t> states;  // ascending
    std::vector<int32_t> next;     // [256], made when first asked
    bool ends = false;
    int32_t mask = -1;
  };

  int32_t Intern(std::vector<uint32_t> states);
  int32_t Next(int32_t set, uint8_t byte);
  int32_t Walk(int32_t set, std::string_view bytes);
  void Trim();
  // Whether known text follows; then usual_ are the tokens it is written with.
  bool KnowsText();
  // The token that comes next when `text` follows what is written of the word; -1: with it the whole word would be
  // cut otherwise than it was begun.
  int32_t UsualToken(const std::string& text) const;

  const TokenTrie& trie_;
  const Tokenizer& tokenizer_;
  const std::unique_ptr<ByteAutomaton> automaton_;
  std::vector<Set> sets_;
  absl::flat_hash_map<std::vector<uint32_t>, int32_t> numbers_;
  std::vector<std::vector<uint64_t>> masks_;
  std::vector<uint64_t> nothing_;
  int32_t at_ = kDead;
  std::vector<int32_t> word_;
  std::string word_bytes_;
  enum class Known { kNotLooked, kNo, kYes } known_ = Known::kNotLooked;  // at at_
  std::vector<uint64_t> usual_;
  absl::Status status_;
};

}  // namespace frontdesk::llm
