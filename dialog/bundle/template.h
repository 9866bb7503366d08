// Texts with holes: `Order {order_id} costs {order.total|money}.`
//
// A hole is a path with at most three filters: money (integer cents → "€49.90"),
// date ("2025-03-09" → "9 March 2025"), list ("a, b and c"), count (length),
// label (wrong_size → "wrong size"), or:TEXT (when the path is missing). `{{` and
// `}}` are braces. Vault tokens pass through untouched. Bounds: 4,000 bytes, 40 holes.
//
// Values; immutable after parsing; thread-safe. docs/flows.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace frontdesk::dialog {

struct TemplateFilter {
  enum Kind { kMoney, kDate, kList, kCount, kLabel, kOr } kind;
  std::string argument;
};

struct TemplatePart {
  std::string literal;  // text before the hole
  std::string path;     // empty: no hole (the end)
  std::vector<TemplateFilter> filters;
};

struct Template {
  std::string source;
  std::vector<TemplatePart> parts;
  std::vector<std::string> paths;  // sorted, no repeats
  bool empty() const { return source.empty(); }
};

// How numbers and dates are written.
struct Style {
  std::string language = "en";
  std::string currency = "EUR";
};

// Errors: INVALID_ARGUMENT naming the column.
absl::StatusOr<Template> ParseTemplate(std::string_view source);

// scope: roots of the paths; scope["$shown"][root], if present, is the shown form
// of a bare root without filters (a choice's label, a formatted amount).
// Errors: NOT_FOUND (a path without value and without or:), INVALID_ARGUMENT (a
// filter that does not fit the value). Cost: O(size).
absl::StatusOr<std::string> Render(const Template& text, const nlohmann::json& scope,
                                   const Style& style);

// "€49.90" / "49,90 €"; currencies without a known sign are written "CHF 49.90".
std::string Money(int64_t cents, const Style& style);

}  // namespace frontdesk::dialog
