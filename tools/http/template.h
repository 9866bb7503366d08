// `{name}` in the texts of an HTTP exchange and what is put in its place.
// Pure functions, thread-safe.
//
// Example, with order_id = "48213":
//   FillPath("/orders/{order_id}", values)          → "/orders/48213"
//   FillBody({"line": "{line}"}, values), line = 2  → {"line": 2}
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace frontdesk::tools {

// Names every exchange may use besides the tool's parameters: customer_id,
// idempotency_key, now (RFC 3339 UTC), today (YYYY-MM-DD).
bool IsFixedName(std::string_view name);

// Adds the names used in a text, or in all texts of a body.
void CollectNames(std::string_view text, std::set<std::string>& names);
void CollectBodyNames(const nlohmann::json& body, std::set<std::string>& names);

// values: an object of texts, integers and booleans. A name without a value is
// nullopt for the text functions.
// FillPath percent-encodes all but RFC 3986 unreserved characters, and refuses a value of
// "." or ".." (nullopt), which would change the path's meaning.
std::optional<std::string> FillPath(std::string_view text, const nlohmann::json& values);
std::optional<std::string> FillQueryValue(std::string_view text, const nlohmann::json& values);
// Refuses (nullopt) values with control characters, which could end the header.
std::optional<std::string> FillHeader(std::string_view text, const nlohmann::json& values);
// A text that is exactly one {name} becomes the value with its type; a member
// whose value is absent is left out.
nlohmann::json FillBody(const nlohmann::json& body, const nlohmann::json& values);

}  // namespace frontdesk::tools
