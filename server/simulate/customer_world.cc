#include "server/simulate/customer_world.h"

#include <map>

namespace frontdesk::server {

absl::StatusOr<CustomerWorld> MakeCustomerWorld(const dialog::Bundle& bundle, tools::DemoCrm& crm,
                                                const std::vector<LoggedWish>& logged) {
  CustomerWorld world;
  std::map<std::string, std::vector<std::string>> messages;
  for (const auto& [name, intent] : bundle.intents) {
    const bool flow = std::holds_alternative<dialog::DoesFlow>(intent.does);
    const bool answer = std::holds_alternative<dialog::DoesAnswer>(intent.does);
    if (!flow && !answer) continue;
    messages[name] = intent.examples;
    if (answer)
      world.questions.insert(world.questions.end(), intent.examples.begin(), intent.examples.end());
  }
  for (const LoggedWish& wish : logged) messages[wish.intent].push_back(wish.message);
  for (auto& [intent, of] : messages) {
    if (!of.empty()) world.wishes.push_back({intent, std::move(of)});
  }
  world.off_topic = bundle.out_of_scope;
  tools::Rows rows = crm.database().Query(
      "SELECT o.id AS number, c.email AS email, c.given_name AS name FROM orders o"
      " JOIN customers c ON c.id = o.customer_id WHERE c.email <> '' ORDER BY o.id");
  while (rows.Next())
    world.orders.push_back({rows.Text("number"), rows.Text("email"), rows.Text("name")});
  if (absl::Status read = crm.database().TakeStatus(); !read.ok()) return read;
  if (world.wishes.empty() || world.orders.empty()) {
    return absl::InvalidArgumentError(
        "customers are simulated from intents with examples and from orders of the CRM; one of "
        "the two is empty");
  }
  return world;
}

}  // namespace frontdesk::server
