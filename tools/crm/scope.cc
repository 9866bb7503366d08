#include "tools/crm/scope.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

namespace frontdesk::tools {
namespace {

bool IsWordByte(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : Lower(text)) {
    if (IsWordByte(static_cast<unsigned char>(c))) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

}  // namespace

std::string Scope::Text(const char* name) const {
  const auto value = arguments.find(name);
  return value != arguments.end() && value->is_string() ? value->get<std::string>() : "";
}

std::optional<int64_t> Scope::Integer(const char* name) const {
  const auto value = arguments.find(name);
  if (value == arguments.end() || !value->is_number_integer()) return std::nullopt;
  return value->get<int64_t>();
}

std::optional<bool> Scope::Flag(const char* name) const {
  const auto value = arguments.find(name);
  if (value == arguments.end() || !value->is_boolean()) return std::nullopt;
  return value->get<bool>();
}

std::string Scope::NewId(std::string_view prefix) const {
  db.Run("INSERT INTO numbers(kind, last) VALUES(?, 10000) ON CONFLICT DO NOTHING", prefix);
  db.Run("UPDATE numbers SET last = last + 1 WHERE kind = ?", prefix);
  Rows rows = db.Query("SELECT last FROM numbers WHERE kind = ?", prefix);
  return absl::StrCat(std::string(prefix), rows.Next() ? rows.Integer("last") : 0);
}

std::string Scope::Email() const {
  Rows rows = db.Query("SELECT email FROM customers WHERE id = ?", customer);
  return rows.Next() ? rows.Text("email") : "";
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

bool HasWords(std::string_view text, std::string_view words) {
  const std::vector<std::string> have = WordsOf(text);
  const std::vector<std::string> want = WordsOf(words);
  const auto begins = [&](const std::string& word) {
    return std::any_of(have.begin(), have.end(),
                       [&](const std::string& candidate) { return candidate.starts_with(word); });
  };
  return !want.empty() && std::all_of(want.begin(), want.end(), [&](const std::string& word) {
    return begins(word) ||
           (word.size() > 3 && word.back() == 's' && begins(word.substr(0, word.size() - 1)));
  });
}

std::string Summary(const std::vector<std::string>& items, size_t shown) {
  std::string text;
  const size_t count = std::min(items.size(), shown);
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) text += i + 1 == items.size() ? " and " : ", ";
    text += items[i];
  }
  if (items.size() > count) absl::StrAppend(&text, " and ", items.size() - count, " more");
  return text;
}

}  // namespace frontdesk::tools
