// What all simulated customers draw from: orders of the CRM and ways to put a wish.
//
// Immutable once made; thread-safe. Wishes come from the examples of the bundle's intents
// and, where a log is given, from what customers wrote in it (redacted; tokens are filled
// with the simulated customer's own values).
//
//   absl::StatusOr<CustomerWorld> world = MakeCustomerWorld(bundle, crm, logged);
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/bundle/bundle.h"
#include "tools/crm/demo_crm.h"

namespace frontdesk::server {

struct SimulatedOrder {
  std::string number, email, given_name;
};

struct Wish {
  std::string intent;
  std::vector<std::string> messages;  // never empty
};

// A first message of a recorded conversation and the intent it was taken for.
struct LoggedWish {
  std::string intent, message;
};

struct CustomerWorld {
  std::vector<SimulatedOrder> orders;
  std::vector<Wish> wishes;            // with a flow, or answered from documents
  std::vector<std::string> questions;  // answered from documents: good for digressions
  std::vector<std::string> off_topic;
};

// Errors: INVALID_ARGUMENT (a bundle without intents, a CRM without orders).
absl::StatusOr<CustomerWorld> MakeCustomerWorld(const dialog::Bundle& bundle, tools::DemoCrm& crm,
                                                const std::vector<LoggedWish>& logged);

}  // namespace frontdesk::server
