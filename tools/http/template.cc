#include "tools/http/template.h"

#include <functional>

#include "absl/strings/str_cat.h"

namespace frontdesk::tools {
namespace {

bool IsNameByte(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

// Calls literal(text) and name(name) for the pieces of a text, in order.
void Walk(std::string_view text, const std::function<void(std::string_view)>& literal,
          const std::function<void(std::string_view)>& name) {
  while (!text.empty()) {
    const size_t open = text.find('{');
    size_t end = open == std::string_view::npos ? open : open + 1;
    while (end != std::string_view::npos && end < text.size() && IsNameByte(text[end])) ++end;
    const bool is_name =
        open != std::string_view::npos && end < text.size() && text[end] == '}' && end > open + 1;
    if (!is_name) {
      const size_t keep = open == std::string_view::npos ? text.size() : open + 1;
      literal(text.substr(0, keep));
      text.remove_prefix(keep);
      continue;
    }
    if (open > 0) literal(text.substr(0, open));
    name(text.substr(open + 1, end - open - 1));
    text.remove_prefix(end + 1);
  }
}

std::optional<std::string> TextOf(const nlohmann::json& values, std::string_view name) {
  const auto value = values.find(std::string(name));
  if (value == values.end() || value->is_null()) return std::nullopt;
  return value->is_string() ? value->get<std::string>() : value->dump();
}

std::string PercentEncode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                            (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out += static_cast<char>(c);
    } else {
      out += {'%', kHex[c >> 4], kHex[c & 15]};
    }
  }
  return out;
}

std::optional<std::string> Fill(
    std::string_view text, const nlohmann::json& values,
    const std::function<std::optional<std::string>(std::string)>& encode) {
  std::string out;
  bool complete = true;
  Walk(
      text, [&](std::string_view literal) { out += literal; },
      [&](std::string_view name) {
        std::optional<std::string> value = TextOf(values, name);
        if (value) value = encode(std::move(*value));
        complete = complete && value.has_value();
        out += value.value_or("");
      });
  if (!complete) return std::nullopt;
  return out;
}

}  // namespace

bool IsFixedName(std::string_view name) {
  return name == "customer_id" || name == "idempotency_key" || name == "now" || name == "today";
}

void CollectNames(std::string_view text, std::set<std::string>& names) {
  Walk(
      text, [](std::string_view) {}, [&](std::string_view name) { names.emplace(name); });
}

void CollectBodyNames(const nlohmann::json& body, std::set<std::string>& names) {
  if (body.is_string()) {
    CollectNames(body.get_ref<const std::string&>(), names);
  } else if (body.is_structured()) {
    for (const nlohmann::json& member : body) CollectBodyNames(member, names);
  }
}

std::optional<std::string> FillPath(std::string_view text, const nlohmann::json& values) {
  return Fill(text, values, [](std::string value) -> std::optional<std::string> {
    if (value.empty() || value == "." || value == "..") return std::nullopt;
    return PercentEncode(value);
  });
}

std::optional<std::string> FillQueryValue(std::string_view text, const nlohmann::json& values) {
  std::optional<std::string> filled =
      Fill(text, values, [](std::string value) -> std::optional<std::string> { return value; });
  if (!filled) return std::nullopt;
  return PercentEncode(*filled);
}

std::optional<std::string> FillHeader(std::string_view text, const nlohmann::json& values) {
  return Fill(text, values, [](std::string value) -> std::optional<std::string> {
    for (const unsigned char c : value) {
      if (c < 0x20 || c == 0x7f) return std::nullopt;
    }
    return value;
  });
}

nlohmann::json FillBody(const nlohmann::json& body, const nlohmann::json& values) {
  if (body.is_string()) {
    const auto& text = body.get_ref<const std::string&>();
    std::set<std::string> names;
    CollectNames(text, names);
    if (names.size() == 1 && text == absl::StrCat("{", *names.begin(), "}")) {
      return values.value(*names.begin(), nlohmann::json());
    }
    std::optional<std::string> filled =
        Fill(text, values, [](std::string value) -> std::optional<std::string> { return value; });
    return filled ? nlohmann::json(*filled) : nlohmann::json();
  }
  if (body.is_array()) {
    nlohmann::json list = nlohmann::json::array();
    for (const nlohmann::json& element : body) list.push_back(FillBody(element, values));
    return list;
  }
  if (body.is_object()) {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& [key, member] : body.items()) {
      nlohmann::json filled = FillBody(member, values);
      if (!filled.is_null()) object[key] = std::move(filled);
    }
    return object;
  }
  return body;
}

}  // namespace frontdesk::tools
