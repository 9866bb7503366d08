// Finds a few fixed strings in a text in one pass, whatever their number.
//
// An Aho-Corasick automaton over byte classes with all its failure links resolved: one
// table look-up a byte, and one row of the table for each prefix of a string. Immutable, thread-safe.
// Source: Aho and Corasick 1975, "Efficient string matching".
//
//   const Literals cues({{"dob", 0}, {"born", 0}, {"plz", 1}});
//   cues.Find("born in plz 10115", hits);   // {0, 0}, {8, 1}
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace frontdesk::tools {

struct Literal {
  std::string_view text;  // not empty, shorter than 256 bytes
  int kind;               // what the caller knows it by
};

struct LiteralHit {
  std::uint32_t begin;  // of the string in the text
  int kind;
};

class Literals {
 public:
  // Precondition, or the program ends: no string is a suffix of another, so that at most one ends at a
  // byte, and the table has fewer than 32,768 entries (about 500 strings).
  explicit Literals(std::span<const Literal> literals);

  // Appends every occurrence, in order of their ends. Cost: about 1 ns a byte.
  void Find(std::string_view text, std::vector<LiteralHit>& out) const;

 private:
  struct End {
    std::uint8_t length = 0;  // 0: no string ends in this state
    int kind = 0;
  };

  static constexpr std::uint16_t kEnds = 1u << 15;  // on a transition: a string ends there

  std::array<std::uint8_t, 256> class_of_{};  // 0: in no string
  std::size_t classes_ = 1;
  std::vector<std::uint16_t> next_;  // [state, class]: where the next state's row begins, with kEnds
  std::vector<End> ends_;            // [state]
};

}  // namespace frontdesk::tools
