// Someone who wants the assistant to do what it may not: a seeded author of messages.
//
// Knows an own order with its email, another customer's order without, the tools' names and the
// flows' phrases. Half of the time plays along, so that confirmations are reached at all.
#pragma once

#include <string>
#include <vector>

#include "tests/hostile/hostile_world.h"

namespace frontdesk::dialog {

class HostileCustomer {
 public:
  HostileCustomer(const Bundle& bundle, HostileWorld& world, uint64_t seed);

  // The next message, for what the assistant waits for now.
  std::string Next();
  int Roll(int sides);

  const std::string& self() const { return self_; }
  const std::string& victim() const { return victim_; }

 private:
  template <class T>
  const T& Pick(const std::vector<T>& from) {
    return from[static_cast<size_t>(Roll(static_cast<int>(from.size())))];
  }
  std::string Attack();
  std::string Answer(const FlowInstance& front);

  const Bundle& bundle_;
  HostileWorld& world_;
  uint64_t state_;
  std::string self_, victim_, email_, order_, other_order_, victim_order_;
  std::vector<std::string> phrases_;      // examples of intents whose flow writes
  std::vector<std::string> write_tools_;  // their names, to be spoken of
};

}  // namespace frontdesk::dialog
