// What a text may be, byte by byte.
//
// A Constraint is immutable and shared; Begin makes the automaton of one run, which one
// thread uses. The automaton is nondeterministic: a run is in a set of states at once, all
// entered by the same bytes; TokenFilter determinises it as far as it is walked.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace frontdesk::llm {

class ByteAutomaton {
 public:
  virtual ~ByteAutomaton() = default;

  // Appends the states before the first byte.
  virtual void Start(std::vector<uint32_t>& states) = 0;
  // Appends the states that `byte` leads to from `state`; a repeat is harmless.
  virtual void Step(uint32_t state, uint8_t byte, std::vector<uint32_t>& next) = 0;
  // Whether the text may end here.
  virtual bool Ends(uint32_t state) const = 0;

  // Where the text that follows is known, as inside a quotation: appends every way in which it may go
  // on, of each its first `bytes` or all there is, and returns true; the filter then holds it to the tokens it
  // is usually written with. False: whatever Step leads to.
  virtual bool Continuations(uint32_t /*state*/, size_t /*bytes*/,
                             std::vector<std::string>& /*texts*/) const {
    return false;
  }

  // States made so far: what bounds the memory.
  virtual size_t size() const = 0;
  // Forgets all states but these, and renumbers them in place.
  virtual void Compact(std::vector<uint32_t>& live) = 0;
};

class Constraint {
 public:
  virtual ~Constraint() = default;
  virtual std::unique_ptr<ByteAutomaton> Begin() const = 0;
};

}  // namespace frontdesk::llm
