#include "dialog/events.h"

#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dialog/events/codec.h"
#include "spdlog/spdlog.h"
#include "text/utf8.h"

namespace frontdesk::dialog {
namespace {

constexpr int kDeepestJson = 32;

// Decimal text of a fraction, shortest form that reads back the same ("12.5").
std::string DecimalText(double value) {
  if (!std::isfinite(value)) return "";
  char text[40];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    double back = 0;
    if (std::sscanf(text, "%lf", &back) == 1 && back == value) break;
  }
  return text;
}

nlohmann::json Clean(const nlohmann::json& json, int depth) {
  if (depth > kDeepestJson) return nullptr;
  if (json.is_number_float()) return DecimalText(json.get<double>());
  if (json.is_string()) return text::RepairUtf8(json.get_ref<const std::string&>());
  if (json.is_array()) {
    nlohmann::json list = nlohmann::json::array();
    for (const nlohmann::json& element : json) list.push_back(Clean(element, depth + 1));
    return list;
  }
  if (json.is_object()) {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& [key, value] : json.items()) {
      object[text::RepairUtf8(key)] = Clean(value, depth + 1);
    }
    return object;
  }
  if (json.is_binary() || json.is_discarded()) return nullptr;
  return json;
}

// Tries each alternative of Event whose kind fits.
template <size_t I = 0>
absl::StatusOr<Event> DecodeAs(std::string_view kind, const nlohmann::json& json) {
  if constexpr (I == std::variant_size_v<Event>) {
    return absl::InvalidArgumentError(
        absl::StrCat("event kind \"", std::string(kind),
                     "\" is unknown; it was written by a newer version, read it with that one"));
  } else {
    using T = std::variant_alternative_t<I, Event>;
    if (kind != T::kKind) return DecodeAs<I + 1>(kind, json);
    T event;
    FieldReader reader(json);
    if (json.is_object()) event.Describe(reader);
    std::string wrong = reader.Finish();
    if (!wrong.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("event ", std::string(kind), ": ", wrong));
    }
    return Event(std::move(event));
  }
}

}  // namespace

bool HoldsNoFraction(const nlohmann::json& json) {
  if (json.is_number_float()) return false;
  if (json.is_structured()) {
    for (const nlohmann::json& element : json) {
      if (!HoldsNoFraction(element)) return false;
    }
  }
  return true;
}

std::string_view KindOf(const Event& event) {
  return std::visit([](const auto& e) { return std::decay_t<decltype(e)>::kKind; }, event);
}

EncodedEvent EncodeEvent(const Event& event) {
  nlohmann::json json = std::visit([](const auto& e) { return FieldWriter::Write(e); }, event);
  // An event built from uncleaned JSON would not replay; cleaning here keeps the log
  // readable in a release build, the message finds the place in a test.
  if (!HoldsNoFraction(json)) {
    spdlog::critical("event {} holds a fraction; clean tool values with CanonicalJson",
                     KindOf(event));
    std::abort();
  }
  return {std::string(KindOf(event)), CanonicalText(json)};
}

absl::StatusOr<Event> DecodeEvent(std::string_view kind, std::string_view body) {
  nlohmann::json json = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    return absl::InvalidArgumentError(
        absl::StrCat("event ", std::string(kind), ": the body is not JSON"));
  }
  absl::StatusOr<Event> event = DecodeAs(kind, json);
  if (event.ok() && EncodeEvent(*event).body != body) {
    return absl::InvalidArgumentError(
        absl::StrCat("event ", std::string(kind),
                     ": the body is not in canonical form (sorted keys, no blanks)"));
  }
  return event;
}

nlohmann::json CanonicalJson(const nlohmann::json& json) { return Clean(json, 0); }

std::string CanonicalText(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace frontdesk::dialog
