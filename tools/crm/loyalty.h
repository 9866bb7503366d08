// A customer's feathers on a day: what counts, what is coming, what runs out.
// Rules: demo/facts.md, section Feathers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/crm/scope.h"

namespace frontdesk::tools {

inline constexpr int64_t kFeathersToRedeem = 250;

struct Loyalty {
  int64_t feathers = 0;     // usable today, never negative
  int64_t pending = 0;      // of orders delivered less than 30 days ago
  int64_t earned_year = 0;  // within the last 12 months; decides the tier
  std::string tier = "fledgling";
  int64_t to_next_tier = 0;  // 0 at the top
  int64_t expiring = 0;      // within the next 60 days
  std::optional<Day> expires_on;
};

// Reads the scope's customer.
Loyalty LoadLoyalty(Scope& scope);

}  // namespace frontdesk::tools
