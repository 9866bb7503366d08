// The many invented customers of the demo shop beside the fixed ones, from a seed.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tools/crm/database.h"
#include "tools/crm/generate/random.h"
#include "tools/crm/generate/story.h"

namespace frontdesk::tools {

class Crowd {
 public:
  Crowd(Database& db, StoryWriter& writer, const std::vector<ShopItem>& items, uint64_t seed)
      : db_(db), writer_(writer), items_(items), random_(seed) {}

  // Customers numbered first to last.
  void AddPeople(int first, int last);
  // Orders of the last thirty months, numbered in the order of time, past `taken`.
  void AddOrders(int count, const std::set<std::string>& taken);
  // Subscriptions, returns, tickets, consents, leads.
  void AddEverythingElse();

 private:
  struct Placed {
    std::string order_id, customer_id, status;
    absl::Time placed;
    std::optional<absl::Time> delivered;
    int64_t total = 0;
  };
  Person MakePerson(int number);
  OrderStory MakeStory(const std::string& id, absl::Time placed, const Person& person);
  void Ship(OrderStory& story, const Person& person);
  void AddReturn(const Placed& order, int number);
  void AddSubscription(const Person& person, int number);

  Database& db_;
  StoryWriter& writer_;
  const std::vector<ShopItem>& items_;
  Random random_;
  std::vector<Person> people_;
  std::vector<Placed> placed_;
};

}  // namespace frontdesk::tools
