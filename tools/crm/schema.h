// The tables of the demo shop's CRM, as SQL text. docs/demo_crm.md describes them.
//
// Columns have defaults wherever a story can do without them, so that a .sql
// fixture of a transcript stays short. Times are RFC 3339 UTC text, or a plain
// date where no hour matters; money is integer cents.
#pragma once

#include <string_view>

namespace frontdesk::tools {

// Stored in the file; a file of another version is refused.
inline constexpr int kCrmSchemaVersion = 1;

// Creates every table in an empty database.
std::string_view CrmSchema();

}  // namespace frontdesk::tools
