#include "tools/tool.h"

#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::tools {
namespace {

template <typename E, size_t N>
using Names = std::array<std::pair<E, std::string_view>, N>;

constexpr Names<Effect, 2> kEffects{{{Effect::kRead, "read"}, {Effect::kWrite, "write"}}};
constexpr Names<Verification, 3> kVerifications{{{Verification::kNone, "none"},
                                                 {Verification::kOrder, "order"},
                                                 {Verification::kIdentity, "identity"}}};
constexpr Names<Role, 5> kRoles{{{Role::kCustomer, "customer"},
                                 {Role::kAgent, "agent"},
                                 {Role::kSupervisor, "supervisor"},
                                 {Role::kOfficer, "officer"},
                                 {Role::kSystem, "system"}}};
constexpr Names<ValueType, 17> kValueTypes{{{ValueType::kText, "text"},
                                            {ValueType::kId, "id"},
                                            {ValueType::kOrderNumber, "order_number"},
                                            {ValueType::kEmail, "email"},
                                            {ValueType::kPhone, "phone"},
                                            {ValueType::kName, "name"},
                                            {ValueType::kPostcode, "postcode"},
                                            {ValueType::kProduct, "product"},
                                            {ValueType::kDate, "date"},
                                            {ValueType::kTime, "time"},
                                            {ValueType::kChoice, "choice"},
                                            {ValueType::kInteger, "integer"},
                                            {ValueType::kAmount, "amount"},
                                            {ValueType::kQuantity, "quantity"},
                                            {ValueType::kBoolean, "boolean"},
                                            {ValueType::kList, "list"},
                                            {ValueType::kRecord, "record"}}};
using Outcome = ToolResult::Outcome;
constexpr Names<Outcome, 6> kOutcomes{{{Outcome::kOk, "ok"},
                                       {Outcome::kNotFound, "not_found"},
                                       {Outcome::kRejected, "rejected"},
                                       {Outcome::kUnavailable, "unavailable"},
                                       {Outcome::kTimeout, "timeout"},
                                       {Outcome::kUnknown, "unknown"}}};

template <typename E, size_t N>
std::string_view NameIn(const Names<E, N>& names, E value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return "?";
}

template <typename E, size_t N>
std::optional<E> ParseIn(const Names<E, N>& names, std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

const Field* FieldIn(const std::vector<Field>& fields, std::string_view path) {
  const size_t dot = path.find('.');
  const std::string_view head = path.substr(0, dot);
  for (const Field& field : fields) {
    if (field.name != head) continue;
    return dot == std::string_view::npos ? &field : FieldIn(field.fields, path.substr(dot + 1));
  }
  return nullptr;
}

}  // namespace

std::string_view Name(Effect effect) { return NameIn(kEffects, effect); }
std::string_view Name(Verification verification) { return NameIn(kVerifications, verification); }
std::string_view Name(Role role) { return NameIn(kRoles, role); }
std::string_view Name(ValueType type) { return NameIn(kValueTypes, type); }
std::string_view Name(Outcome outcome) { return NameIn(kOutcomes, outcome); }
std::optional<Effect> ParseEffect(std::string_view name) { return ParseIn(kEffects, name); }
std::optional<Verification> ParseVerification(std::string_view name) {
  return ParseIn(kVerifications, name);
}
std::optional<Role> ParseRole(std::string_view name) { return ParseIn(kRoles, name); }
std::optional<ValueType> ParseValueType(std::string_view name) {
  return ParseIn(kValueTypes, name);
}
std::optional<Outcome> ParseOutcome(std::string_view name) { return ParseIn(kOutcomes, name); }

const Parameter* ToolSpec::FindParameter(std::string_view parameter) const {
  for (const Parameter& candidate : parameters) {
    if (candidate.name == parameter) return &candidate;
  }
  return nullptr;
}

const Field* ToolSpec::FindField(std::string_view path) const { return FieldIn(result, path); }

ToolResult ToolResult::Ok(nlohmann::json value) {
  if (value.is_null()) value = nlohmann::json::object();  // Ok({}) is an empty result
  return ToolResult{.outcome = Outcome::kOk, .value = std::move(value), .message = ""};
}

ToolResult ToolResult::NotFound(std::string_view reason, std::string_view message) {
  return ToolResult{.outcome = Outcome::kNotFound,
                    .value = {{"reason", reason}},
                    .message = std::string(message)};
}

ToolResult ToolResult::Rejected(std::string_view reason, std::string_view message) {
  return ToolResult{.outcome = Outcome::kRejected,
                    .value = {{"reason", reason}},
                    .message = std::string(message)};
}

ToolResult ToolResult::Failed(Outcome outcome, std::string_view message) {
  return ToolResult{.outcome = outcome, .message = std::string(message)};
}

nlohmann::json ToJson(const ToolResult& result) {
  return {{"outcome", Name(result.outcome)}, {"value", result.value}, {"message", result.message}};
}

absl::StatusOr<ToolResult> ResultFromJson(const nlohmann::json& json) {
  if (!json.is_object() || !json.contains("outcome") || !json["outcome"].is_string()) {
    return absl::InvalidArgumentError("a tool result needs a text member 'outcome'");
  }
  const auto& name = json["outcome"].get_ref<const std::string&>();
  std::optional<Outcome> outcome = ParseOutcome(name);
  if (!outcome) {
    return absl::InvalidArgumentError(absl::StrCat(
        "unknown tool outcome '", name,
        "'; one of ok, not_found, rejected, unavailable, timeout, unknown is expected"));
  }
  ToolResult result{.outcome = *outcome};
  if (auto value = json.find("value"); value != json.end()) {
    if (!value->is_object()) {
      return absl::InvalidArgumentError("the member 'value' of a tool result must be an object");
    }
    result.value = *value;
  }
  if (auto message = json.find("message"); message != json.end()) {
    if (!message->is_string()) {
      return absl::InvalidArgumentError("the member 'message' of a tool result must be text");
    }
    result.message = message->get<std::string>();
  }
  return result;
}

std::string ResourceOf(const ToolSpec& spec, const nlohmann::json& arguments,
                       const Principal& principal) {
  if (spec.resource_parameter.empty()) return "";
  if (spec.resource_parameter == "customer") {
    return absl::StrCat("customer:", principal.customer_id.empty() ? absl::StrCat("?", principal.id)
                                                                   : principal.customer_id);
  }
  const auto value = arguments.find(spec.resource_parameter);
  if (value == arguments.end() || value->is_null()) return "";
  std::string kind = spec.resource_parameter;
  if (kind.ends_with("_id")) kind.resize(kind.size() - 3);
  return absl::StrCat(kind, ":", value->is_string() ? value->get<std::string>() : value->dump());
}

}  // namespace frontdesk::tools
