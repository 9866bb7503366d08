// What the handler of one tool sees: the database inside its transaction, the
// checked arguments, whose data may be reached, and the time of the turn.
//
// One thread, one call. Handlers are plain functions; demo_crm.cc lists them.
// Invariant: every query for a customer's things has `customer_id = customer`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "absl/time/time.h"
#include "tools/crm/business_time.h"
#include "tools/crm/database.h"
#include "tools/tool.h"

namespace frontdesk::tools {

struct Scope {
  Database& db;
  const nlohmann::json& arguments;
  const std::string& customer;  // may be empty for tools without verification
  absl::Time now;
  Day today;

  // A text argument; "" when absent. Integer, Flag: nullopt when absent.
  std::string Text(const char* name) const;
  std::optional<int64_t> Integer(const char* name) const;
  std::optional<bool> Flag(const char* name) const;

  std::string Now() const { return ToTimeText(now); }
  // The next id of a kind: NewId("R-") is "R-10001", then "R-10002".
  std::string NewId(std::string_view prefix) const;
  // The customer's email; "" when unknown.
  std::string Email() const;
};

// Lower case ASCII; for matching what a customer typed.
std::string Lower(std::string_view text);
// Whether every word of `words` begins a word of `text`, without regard to case;
// a plural's s is forgiven. No words: false.
bool HasWords(std::string_view text, std::string_view words);

// The end of a list in a sentence: "A, B and 2 more" after `shown` items.
std::string Summary(const std::vector<std::string>& items, size_t shown);

}  // namespace frontdesk::tools
