// The checks a call passes before any adapter sees it, and the cut an answer
// passes before any conversation sees it.
#include "tools/check_call.h"

#include <algorithm>

#include <re2/re2.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

bool IsDate(std::string_view text) {
  absl::CivilDay day;
  return text.size() == 10 &&
         absl::ParseCivilTime(absl::string_view(text.data(), text.size()), &day) &&
         absl::FormatCivilTime(day) == text;
}

bool IsTime(std::string_view text) {
  absl::Time time;
  return absl::ParseTime(absl::RFC3339_full, absl::string_view(text.data(), text.size()), &time,
                         nullptr);
}

// A vault token that was not revealed to the tool: <EMAIL_1>.
bool IsVaultToken(std::string_view text) {
  static const re2::RE2 kToken("<[A-Z_]+_[0-9]+>");
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kToken);
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return (c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f;
  });
}

bool IsUtf8(const json& value) {
  try {
    (void)value.dump();
    return true;
  } catch (const json::exception&) {
    return false;
  }
}

bool IsInteger(ValueType type) {
  return type == ValueType::kInteger || type == ValueType::kAmount || type == ValueType::kQuantity;
}

// Brings a value to the parameter's type where the text says it plainly, else returns why not.
std::string Coerce(const Parameter& parameter, json& value) {
  if (IsInteger(parameter.type)) {
    int64_t number = 0;
    if (value.is_string() && absl::SimpleAtoi(value.get_ref<const std::string&>(), &number)) {
      value = number;
    }
    if (!value.is_number_integer() || (value.is_number_unsigned() && value > INT64_MAX)) {
      return "is not a whole number";
    }
    number = value.get<int64_t>();
    if (parameter.minimum && number < *parameter.minimum) return "is too small";
    if (parameter.maximum && number > *parameter.maximum) return "is too large";
    return "";
  }
  if (parameter.type == ValueType::kBoolean) {
    if (value == "true" || value == "yes") value = true;
    if (value == "false" || value == "no") value = false;
    return value.is_boolean() ? "" : "is neither true nor false";
  }
  if (value.is_number_integer()) value = value.dump();  // an order number kept as a number
  if (!value.is_string()) return "is not a text";
  const auto& text = value.get_ref<const std::string&>();
  if (static_cast<int>(text.size()) > parameter.max_bytes) return "is too long";
  if (text.empty() && parameter.required) return "is empty";
  if (!IsUtf8(value)) return "is not UTF-8";
  if (HasControl(text)) return "holds control characters";
  if (parameter.type == ValueType::kChoice &&
      std::find(parameter.choices.begin(), parameter.choices.end(), text) ==
          parameter.choices.end()) {
    return "is none of the choices";
  }
  if (!parameter.pattern.empty() && !re2::RE2::FullMatch(text, parameter.pattern)) {
    return "does not have the declared form";
  }
  if (parameter.type == ValueType::kDate && !IsDate(text)) return "is no date YYYY-MM-DD";
  if (parameter.type == ValueType::kTime && !IsTime(text)) return "is no RFC 3339 time";
  if (parameter.type == ValueType::kEmail && text.find('@') == std::string::npos &&
      !IsVaultToken(text)) {
    return "is no email address";
  }
  return "";
}

// Returns what is wrong with the arguments, "" when nothing is. Never repeats a value.
std::string CheckArguments(const ToolSpec& spec, const json& given, json& arguments) {
  arguments = json::object();
  if (!given.is_object()) return "the arguments are no object";
  for (const auto& [name, value] : given.items()) {
    if (spec.FindParameter(name) == nullptr) return absl::StrCat("there is no parameter ", name);
  }
  for (const Parameter& parameter : spec.parameters) {
    const auto value = given.find(parameter.name);
    const bool absent = value == given.end() || value->is_null() ||
                        (!parameter.required && value->is_string() && *value == "");
    if (absent) {
      if (parameter.required) return absl::StrCat(parameter.name, " is missing");
      continue;
    }
    json coerced = *value;
    if (std::string wrong = Coerce(parameter, coerced); !wrong.empty()) {
      return absl::StrCat(parameter.name, " ", wrong);
    }
    arguments[parameter.name] = std::move(coerced);
  }
  return "";
}

// "" when the principal is known well enough for these arguments.
std::string CheckVerification(const ToolSpec& spec, const Principal& principal,
                              const json& arguments) {
  if (spec.verification == Verification::kNone) return "";
  if (principal.customer_id.empty()) return "no customer is known";
  if (principal.role != Role::kCustomer) return "";  // staff signed in; scope is customer_id
  if (principal.verification < spec.verification) return "the customer is not verified";
  if (principal.verification == Verification::kIdentity) return "";
  for (const Parameter& parameter : spec.parameters) {
    if (parameter.type != ValueType::kOrderNumber || !arguments.contains(parameter.name)) continue;
    const auto& orders = principal.verified_orders;
    const auto& order = arguments[parameter.name].get_ref<const std::string&>();
    if (std::find(orders.begin(), orders.end(), order) == orders.end()) {
      return "the customer is verified for another order";
    }
  }
  return "";
}

// Copies the documented part of `from` into `to`; "" or what has the wrong type.
std::string Cut(const std::vector<Field>& fields, const json& from, json& to);

std::string CutField(const Field& field, const json& value, json& out) {
  const auto wrong = [&] {
    return absl::StrCat(field.name, " is not of type ", std::string(Name(field.type)));
  };
  if (field.type == ValueType::kRecord) {
    if (!value.is_object()) return wrong();
    return Cut(field.fields, value, out);
  }
  if (field.type == ValueType::kList) {
    if (!value.is_array()) return wrong();
    out = json::array();
    for (const json& element : value) {
      json cut;
      if (!element.is_object()) return wrong();
      if (std::string fault = Cut(field.fields, element, cut); !fault.empty()) {
        return absl::StrCat(field.name, ".", fault);
      }
      out.push_back(std::move(cut));
    }
    return "";
  }
  bool fits = value.is_string();
  if (IsInteger(field.type)) {
    fits = value.is_number_integer() && !(value.is_number_unsigned() && value > INT64_MAX);
  } else if (field.type == ValueType::kBoolean) {
    fits = value.is_boolean();
  } else if (fits && field.type == ValueType::kDate) {
    fits = IsDate(value.get_ref<const std::string&>());
  } else if (fits && field.type == ValueType::kTime) {
    fits = IsTime(value.get_ref<const std::string&>());
  }
  if (!fits || !IsUtf8(value)) return wrong();
  out = value;
  return "";
}

std::string Cut(const std::vector<Field>& fields, const json& from, json& to) {
  to = json::object();
  if (!from.is_object()) return "the value is no object";
  for (const Field& field : fields) {
    const auto value = from.find(field.name);
    if (value == from.end() || value->is_null()) continue;
    if (std::string fault = CutField(field, *value, to[field.name]); !fault.empty()) return fault;
  }
  return "";
}

// A reason code is a word, so that no system's free text enters an event through it.
ToolResult CutRefusal(const ToolResult& result) {
  static const re2::RE2 kCode("[a-z][a-z0-9_]{0,39}");
  ToolResult cut = result;
  const auto reason = result.value.find("reason");
  const bool good = reason != result.value.end() && reason->is_string() &&
                    re2::RE2::FullMatch(reason->get_ref<const std::string&>(), kCode);
  cut.value = {{"reason", good ? *reason : json(Name(result.outcome))}};
  return cut;
}

}  // namespace

ToolResult CheckCall(const ToolSpec& spec, const ToolCall& call, json& arguments) {
  const Principal& principal = call.principal;
  const auto refuse = [&](std::string_view reason, std::string_view why) {
    return ToolResult::Rejected(reason, absl::StrCat(spec.name, ": ", std::string(why)));
  };
  if (std::find(spec.roles.begin(), spec.roles.end(), principal.role) == spec.roles.end()) {
    return refuse("not_allowed",
                  absl::StrCat("the role ", std::string(Name(principal.role)), " may not use it"));
  }
  if (std::string fault = CheckArguments(spec, call.arguments, arguments); !fault.empty()) {
    return refuse("bad_arguments", fault);
  }
  if (std::string fault = CheckVerification(spec, principal, arguments); !fault.empty()) {
    return refuse("not_verified", fault);
  }
  if (!spec.consent.empty() && std::find(principal.consents.begin(), principal.consents.end(),
                                         spec.consent) == principal.consents.end()) {
    return refuse("no_consent", absl::StrCat("consent to ", spec.consent, " is not given"));
  }
  if (spec.confirm && !call.confirmed) return refuse("not_confirmed", "the call is not confirmed");
  if (spec.effect == Effect::kWrite && call.idempotency_key.empty()) {
    return refuse("no_key", "a write needs an idempotency key");
  }
  return ToolResult::Ok(json::object());
}

ToolResult CheckAnswer(const ToolSpec& spec, const ToolResult& result) {
  using Outcome = ToolResult::Outcome;
  if (result.outcome == Outcome::kNotFound || result.outcome == Outcome::kRejected) {
    return CutRefusal(result);
  }
  if (result.outcome != Outcome::kOk) return ToolResult::Failed(result.outcome, result.message);
  json cut;
  if (std::string fault = Cut(spec.result, result.value, cut); !fault.empty()) {
    return ToolResult::Failed(
        spec.effect == Effect::kWrite ? Outcome::kUnknown : Outcome::kUnavailable,
        absl::StrCat(spec.name, ": the answer does not fit tools.yaml: ", fault));
  }
  return ToolResult::Ok(std::move(cut));
}

}  // namespace frontdesk::tools
