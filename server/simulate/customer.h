// One simulated customer: wants something, answers what is asked, makes mistakes, digresses,
// loses patience, sometimes attacks.
//
// A function of its seed and of the states it is shown: the same assistant gives the same
// conversation. One thread at a time; world and bundle are borrowed.
//
//   SimulatedCustomer customer(world, bundle, seed);
//   while (auto message = customer.Next(state)) state = Turn(*message);
//   std::optional<int> rating = customer.Rating(state);
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "dialog/bundle/bundle.h"
#include "dialog/state.h"
#include "server/simulate/customer_world.h"
#include "tools/crm/generate/random.h"

namespace frontdesk::server {

class SimulatedCustomer {
 public:
  SimulatedCustomer(const CustomerWorld& world, const dialog::Bundle& bundle, uint64_t seed);

  // The next message in a state; nullopt: leaves.
  std::optional<std::string> Next(const dialog::State& state);
  // How long the next message takes to type.
  absl::Duration Pause();
  // 1..5 when the customer rates at all. completed: a flow came to its end or a question was
  // answered; escalated: a human was needed.
  std::optional<int> Rating(bool completed, bool escalated);

  const std::string& language() const { return language_; }

 private:
  std::string NewWish();
  std::string AnswerSlot(const dialog::State& state, const std::string& slot);
  std::string ChoiceOf(const dialog::FlowInstance& flow, const dialog::SlotSpec& spec);
  std::string Confirm();
  std::optional<std::string> Idle(const dialog::State& state);
  std::optional<std::string> Impatient();
  std::string OwnWords(std::string message);  // log's tokens and numbers become the customer's
  std::string Typed(std::string text);

  const CustomerWorld& world_;
  const dialog::Bundle& bundle_;
  tools::Random random_;
  SimulatedOrder order_;
  std::string language_;
  int sloppiness_ = 0, patience_ = 0, wishes_left_ = 0;
  bool corrects_ = false, digresses_ = false, hostile_ = false, off_topic_ = false;
  bool gave_wrong_number_ = false, digressed_ = false, said_thanks_ = false;
  int turns_ = 0;
};

}  // namespace frontdesk::server
