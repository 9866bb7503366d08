// The bundle's condition language: small, typed where it can be, bounded.
//
//   order.days_since_delivery > 30 and not (reason in ["damaged", "wrong_item"])
//
// Operands: paths (slot or saved result, then members: `order.lines.0.title`),
// integers, decimal amounts written as 49.90 (cents: 4990), "text", true, false,
// null, lists. Operators: or, and, not, == != < <= > >=, in. Functions:
// exists(path), count(path), days_since(path). A missing path is null; a
// comparison with null is false, except == null and != null.
// Bounds: 1,000 bytes, depth 32. Evaluation is total and pure. docs/flows.md.
//
// Values; immutable after parsing; thread-safe.
//
//   auto e = ParseExpression("exists(order) and order.total > 50.00");
//   Holds(*e, {{"order", {{"total", 6000}}}});   // true
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace frontdesk::dialog {

struct ExpressionNode;  // expression.cc

struct Expression {
  std::string source;
  std::vector<std::string> paths;  // all dotted paths it reads, sorted, no repeats
  std::shared_ptr<const ExpressionNode> root;
};

// Errors: INVALID_ARGUMENT naming the column and what was expected; also when two
// literals of different types are compared, or a bound is passed.
absl::StatusOr<Expression> ParseExpression(std::string_view source);

// scope: an object whose members are the roots of paths; "today" ("YYYY-MM-DD")
// is what days_since counts from. Null counts as false.
bool Holds(const Expression& expression, const nlohmann::json& scope);

// The value at a dotted path, or null. Numbers index lists.
const nlohmann::json& AtPath(const nlohmann::json& scope, std::string_view path);

}  // namespace frontdesk::dialog
