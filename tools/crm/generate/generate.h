// Makes the demo shop's CRM: invented customers, orders and all around them, plus
// the fixed people and orders that demos and transcripts tell about
// (docs/demo_crm.md lists them).
//
// The content is a function of the options alone, byte for byte in every table.
//
// Example:
//   GenerateDemoCrm("crm.db", {.seed = 7, .reference_day = absl::CivilDay(2026, 11, 20)});
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "tools/crm/demo_crm.h"

namespace frontdesk::tools {

struct DemoCrmOptions {
  uint64_t seed = 1;
  // "Today" of the stories: deliveries, renewals and so on are days before or after.
  absl::CivilDay reference_day = absl::CivilDay(2026, 11, 20);
  int customers = 300;  // 20 fixed ones among them; 21..90000
  int orders = 1500;    // the fixed ones among them; 60..12000
};

// Reads demo/crm.yaml: seed, reference_date ("YYYY-MM-DD"), customers, orders.
// Errors: INVALID_ARGUMENT with every fault, one line each.
absl::StatusOr<DemoCrmOptions> DemoCrmOptionsFromYaml(std::string_view text, std::string_view file);

// Writes the data into a new file; nothing is left behind on failure.
// Errors: ALREADY_EXISTS, PERMISSION_DENIED, INVALID_ARGUMENT (numbers out of range).
// Cost: about half a second.
absl::Status GenerateDemoCrm(const std::string& path, const DemoCrmOptions& options);
// The same into an empty CRM.
absl::Status GenerateDemoCrm(DemoCrm& crm, const DemoCrmOptions& options);

}  // namespace frontdesk::tools
