#include "dialog/bundle/template.h"

#include <array>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "dialog/bundle/expression.h"

namespace frontdesk::dialog {
namespace {

using nlohmann::json;
constexpr size_t kLongestTemplate = 4000;
constexpr size_t kMostHoles = 40;

absl::Status Fail(size_t at, std::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat("column ", at + 1, ": expected ", std::string(expected)));
}

bool IsPath(std::string_view path) {
  if (path.empty() || path.front() == '.' || path.back() == '.') return false;
  for (char c : path) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.' && c != '-') {
      return false;
    }
  }
  return path.find("..") == std::string_view::npos;
}

// "order.total|money|or:nothing" → part.path, part.filters.
absl::Status ParseHole(std::string_view hole, size_t at, TemplatePart& part) {
  size_t bar = hole.find('|');
  part.path = std::string(hole.substr(0, bar));
  if (!IsPath(part.path)) return Fail(at, "a path like order.total between the braces");
  while (bar != std::string_view::npos) {
    hole.remove_prefix(bar + 1);
    bar = hole.find('|');
    std::string_view name = hole.substr(0, bar);
    TemplateFilter filter{TemplateFilter::kLabel, ""};
    if (name == "money")
      filter.kind = TemplateFilter::kMoney;
    else if (name == "date")
      filter.kind = TemplateFilter::kDate;
    else if (name == "list")
      filter.kind = TemplateFilter::kList;
    else if (name == "count")
      filter.kind = TemplateFilter::kCount;
    else if (name == "label")
      filter.kind = TemplateFilter::kLabel;
    else if (name.substr(0, 3) == "or:") {
      filter = {TemplateFilter::kOr, std::string(name.substr(3))};
    } else {
      return Fail(at, "one of the filters money, date, list, count, label, or:TEXT");
    }
    part.filters.push_back(filter);
  }
  if (part.filters.size() > 3) return Fail(at, "at most three filters");
  return absl::OkStatus();
}

struct LanguageWords {
  std::string_view code;
  std::string_view conjunction;
  bool sign_behind;  // "49,90 €"
  std::array<std::string_view, 12> months;
};

constexpr LanguageWords kLanguages[] = {
    {"en",
     "and",
     false,
     {"January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December"}},
    {"de",
     "und",
     true,
     {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
      "November", "Dezember"}},
};

const LanguageWords& WordsOf(std::string_view language) {
  for (const LanguageWords& words : kLanguages) {
    if (language.substr(0, 2) == words.code) return words;
  }
  return kLanguages[0];
}

std::string DateText(const json& value, const Style& style) {
  absl::CivilDay day;
  if (!value.is_string() || !absl::ParseCivilTime(value.get<std::string>().substr(0, 10), &day)) {
    return "";
  }
  const LanguageWords& words = WordsOf(style.language);
  return absl::StrFormat("%d%s %s %d", day.day(), words.sign_behind ? "." : "",
                         std::string(words.months[day.month() - 1]), day.year());
}

std::string Plain(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_null()) return "";
  return value.dump();
}

std::string ListText(const json& value, const Style& style) {
  std::string text;
  size_t left = value.size();
  for (const json& element : value) {
    const json& shown =
        element.is_object() && element.contains("title") ? element["title"] : element;
    text += Plain(shown);
    --left;
    if (left == 1) text += absl::StrCat(" ", std::string(WordsOf(style.language).conjunction), " ");
    if (left > 1) text += ", ";
  }
  return text;
}

// An amount slot is {"cents", "currency"}; tools give bare cents.
absl::StatusOr<std::string> MoneyText(const json& value, Style style) {
  if (value.is_number_integer()) return Money(value.get<int64_t>(), style);
  if (value.is_object() && value.contains("cents") && value["cents"].is_number_integer()) {
    if (value.contains("currency") && value["currency"].is_string()) {
      style.currency = value["currency"].get<std::string>();
    }
    return Money(value["cents"].get<int64_t>(), style);
  }
  return absl::InvalidArgumentError("money needs integer cents");
}

absl::StatusOr<std::string> Fill(const TemplatePart& part, const json& scope, const Style& style) {
  json value = AtPath(scope, part.path);
  if (part.filters.empty()) {
    const json& shown = AtPath(scope, "$shown");
    if (shown.is_object() && shown.contains(part.path)) value = shown[part.path];
  }
  if (value.is_null()) {
    for (const TemplateFilter& filter : part.filters) {
      if (filter.kind == TemplateFilter::kOr) return filter.argument;
    }
    return absl::NotFoundError(absl::StrCat("{", part.path, "} has no value"));
  }
  for (const TemplateFilter& filter : part.filters) {
    switch (filter.kind) {
      case TemplateFilter::kMoney: {
        absl::StatusOr<std::string> money = MoneyText(value, style);
        if (!money.ok()) {
          return absl::InvalidArgumentError(
              absl::StrCat("{", part.path, "|money}: ", std::string(money.status().message())));
        }
        value = *money;
        break;
      }
      case TemplateFilter::kDate: {
        std::string date = DateText(value, style);
        if (date.empty()) {
          return absl::InvalidArgumentError(
              absl::StrCat("{", part.path, "|date} needs a date like 2025-03-09"));
        }
        value = date;
        break;
      }
      case TemplateFilter::kList:
        value = value.is_array() ? ListText(value, style) : Plain(value);
        break;
      case TemplateFilter::kCount:
        value = value.is_structured() ? static_cast<int64_t>(value.size()) : 1;
        break;
      case TemplateFilter::kLabel:
        value = absl::StrReplaceAll(Plain(value), {{"_", " "}});
        break;
      case TemplateFilter::kOr:
        break;
    }
  }
  return Plain(value);
}

}  // namespace

absl::StatusOr<Template> ParseTemplate(std::string_view source) {
  if (source.size() > kLongestTemplate) return Fail(kLongestTemplate, "a text of at most 4,000 bytes");
  Template result;
  result.source = std::string(source);
  std::set<std::string> paths;
  TemplatePart part;
  for (size_t i = 0; i < source.size(); ++i) {
    char c = source[i];
    if ((c == '{' || c == '}') && i + 1 < source.size() && source[i + 1] == c) {
      part.literal += c;
      ++i;
    } else if (c == '{') {
      size_t close = source.find('}', i);
      if (close == std::string_view::npos)
        return Fail(i, "\"}\" after \"{\" (write {{ for a brace)");
      if (absl::Status s = ParseHole(source.substr(i + 1, close - i - 1), i, part); !s.ok()) {
        return s;
      }
      paths.insert(part.path);
      result.parts.push_back(std::move(part));
      part = {};
      if (result.parts.size() > kMostHoles) return Fail(i, "at most 40 holes");
      i = close;
    } else if (c == '}') {
      return Fail(i, "\"{\" before \"}\" (write }} for a brace)");
    } else {
      part.literal += c;
    }
  }
  if (!part.literal.empty()) result.parts.push_back(std::move(part));
  result.paths.assign(paths.begin(), paths.end());
  return result;
}

absl::StatusOr<std::string> Render(const Template& text, const json& scope, const Style& style) {
  std::string out;
  for (const TemplatePart& part : text.parts) {
    out += part.literal;
    if (part.path.empty()) continue;
    absl::StatusOr<std::string> filled = Fill(part, scope, style);
    if (!filled.ok()) return filled.status();
    out += *filled;
  }
  return out;
}

std::string Money(int64_t cents, const Style& style) {
  const bool behind = WordsOf(style.language).sign_behind;
  uint64_t amount = cents < 0 ? 0 - static_cast<uint64_t>(cents) : static_cast<uint64_t>(cents);
  std::string units = absl::StrCat(amount / 100);
  for (int at = static_cast<int>(units.size()) - 3; at > 0; at -= 3) {
    units.insert(static_cast<size_t>(at), behind ? "." : ",");
  }
  std::string number =
      absl::StrFormat("%s%s%s%02d", cents < 0 ? "-" : "", units, behind ? "," : ".", amount % 100);
  std::string_view sign = style.currency == "EUR"   ? "€"
                          : style.currency == "USD" ? "$"
                          : style.currency == "GBP" ? "£"
                                                    : "";
  if (sign.empty()) return absl::StrCat(style.currency, " ", number);
  if (behind) return absl::StrCat(number, " ", std::string(sign));
  if (cents < 0) return absl::StrCat("-", std::string(sign), number.substr(1));
  return absl::StrCat(std::string(sign), number);
}

}  // namespace frontdesk::dialog
