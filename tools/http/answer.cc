#include "tools/http/answer.h"

#include <string>

#include <re2/re2.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

absl::StatusOr<json> Convert(const HttpField& field, const json& value) {
  switch (field.conversion) {
    case HttpField::Conversion::kAs:
      return value;
    case HttpField::Conversion::kCents: {
      absl::StatusOr<int64_t> cents = CentsOf(value);
      if (!cents.ok()) return cents.status();
      return json(*cents);
    }
    case HttpField::Conversion::kText:
      if (value.is_string()) return value;
      if (value.is_number_integer() || value.is_boolean()) return json(value.dump());
      return absl::InvalidArgumentError("is neither text, whole number nor boolean");
    case HttpField::Conversion::kDate:
      if (!value.is_string()) return absl::InvalidArgumentError("is no text");
      return json(value.get_ref<const std::string&>().substr(0, 10));
    case HttpField::Conversion::kCount:
      if (!value.is_array()) return absl::InvalidArgumentError("is no list");
      return json(static_cast<int64_t>(value.size()));
  }
  return absl::InternalError("unknown conversion");
}

}  // namespace

absl::StatusOr<int64_t> CentsOf(const json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : "";
  if (value.is_number()) text = value.dump();  // shortest text that gives the same number
  static const re2::RE2 kDecimal("(-?)([0-9]{1,13})(?:\\.([0-9]{1,2})0*)?");
  std::string sign, whole, part;
  if (!re2::RE2::FullMatch(text, kDecimal, &sign, &whole, &part)) {
    return absl::InvalidArgumentError("is no amount with at most two decimals");
  }
  part.resize(2, '0');
  int64_t units = 0, cents = 0;
  if (!absl::SimpleAtoi(whole, &units) || !absl::SimpleAtoi(part, &cents)) {
    return absl::InvalidArgumentError("is no amount");
  }
  const int64_t total = units * 100 + cents;
  return sign.empty() ? total : -total;
}

absl::StatusOr<json> MapAnswer(const std::vector<HttpField>& mapping, const json& body) {
  if (mapping.empty()) return body;
  json result = json::object();
  for (const HttpField& field : mapping) {
    const json::json_pointer pointer(field.pointer);  // checked when tools.yaml was read
    if (!body.is_structured() || !body.contains(pointer)) continue;
    const json& value = body.at(pointer);
    if (value.is_null()) continue;
    if (!field.each.empty()) {
      if (!value.is_array()) {
        return absl::InvalidArgumentError(absl::StrCat(field.name, " is no list"));
      }
      json list = json::array();
      for (const json& element : value) {
        absl::StatusOr<json> mapped = MapAnswer(field.each, element);
        if (!mapped.ok()) return mapped.status();
        list.push_back(*std::move(mapped));
      }
      result[field.name] = std::move(list);
      continue;
    }
    absl::StatusOr<json> converted = Convert(field, value);
    if (!converted.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(field.name, " ", converted.status().message()));
    }
    result[field.name] = *std::move(converted);
  }
  return result;
}

}  // namespace frontdesk::tools
