#include "server/simulate/typing.h"

#include <cctype>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace frontdesk::server {
namespace {

constexpr size_t kLongEnough = 5;

bool PlainLetters(std::string_view word) {
  for (char c : word) {
    if (!absl::ascii_isalpha(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

// The key right of a letter on a QWERTY keyboard.
char Neighbour(char letter) {
  static constexpr std::string_view kRows = "qwertyuiopasdfghjklzxcvbnm";
  const size_t at = kRows.find(letter);
  return at == std::string_view::npos || at + 1 == kRows.size() ? letter : kRows[at + 1];
}

void Slip(std::string& word, tools::Random& random) {
  const auto at = static_cast<size_t>(random.Between(1, static_cast<int64_t>(word.size()) - 2));
  switch (random.Between(0, 3)) {
    case 0:
      std::swap(word[at], word[at + 1]);
      break;
    case 1:
      word.erase(at, 1);
      break;
    case 2:
      word.insert(at, 1, word[at]);
      break;
    default:
      word[at] = Neighbour(word[at]);
  }
}

}  // namespace

std::string TypedBy(std::string text, int sloppiness, tools::Random& random) {
  if (sloppiness <= 0) return text;
  if (random.Chance(sloppiness)) absl::AsciiStrToLower(&text);
  if (random.Chance(sloppiness) && !text.empty() && (text.back() == '.' || text.back() == '?'))
    text.pop_back();
  std::vector<std::string> words = absl::StrSplit(text, ' ');
  for (std::string& word : words) {
    if (word.size() >= kLongEnough && PlainLetters(word) && random.Chance(sloppiness))
      Slip(word, random);
  }
  return absl::StrJoin(words, " ");
}

}  // namespace frontdesk::server
