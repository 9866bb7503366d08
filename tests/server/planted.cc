#include "tests/server/planted.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace frontdesk::server {
namespace {

constexpr const char* kGiven[] = {"Orla", "Fergus", "Maeve", "Tobias", "Ines", "Casper", "Wanda",
                                  "Hugo", "Petra", "Silas"};
constexpr const char* kFamily[] = {"Quenby", "Hartigan", "Velasco", "Ormsby", "Tindall",
                                   "Krieger", "Lovelock", "Sandoval", "Ashdown", "Merriman"};

// The last digit that makes a number pass the Luhn check.
char LuhnDigit(const std::string& digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int d = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 0) d = d * 2 > 9 ? d * 2 - 9 : d * 2;
    sum += d;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

// "IE" and 18 characters with the check digits of ISO 13616.
std::string Iban(const std::string& rest) {
  const std::string turned = rest + "IE00";
  int remainder = 0;
  for (const char c : turned) {
    const std::string digits = std::isdigit(static_cast<unsigned char>(c)) != 0
                                   ? std::string(1, c)
                                   : std::to_string(c - 'A' + 10);
    for (const char d : digits) remainder = (remainder * 10 + (d - '0')) % 97;
  }
  return absl::StrFormat("IE%02d%s", 98 - remainder, rest);
}

uint64_t Start(std::string_view bytes) {
  uint64_t start;
  std::memcpy(&start, bytes.data(), sizeof start);
  return start;
}

size_t FirstTwo(const char* bytes) {
  return static_cast<size_t>(static_cast<unsigned char>(bytes[0])) << 8 |
         static_cast<unsigned char>(bytes[1]);
}

}  // namespace

Person MakePerson(uint64_t seed) {
  const auto number = [seed](uint64_t stream, uint64_t below) {
    uint64_t x = (seed * 1000 + stream + 1) * 0x9E3779B97F4A7C15u;
    x ^= x >> 29;
    x *= 0xBF58476D1CE4E5B9u;
    return (x ^ x >> 32) % below;
  };
  Person p;
  const std::string given = kGiven[number(1, 10)], family = kFamily[number(2, 10)];
  // A letter pair of the seed makes the name unique; it stays a name.
  const std::string tail = {static_cast<char>('a' + seed % 26),
                            static_cast<char>('a' + seed / 26 % 26)};
  p.name = absl::StrCat(given, " ", family, tail);
  p.email = absl::StrFormat("%s.%s%d@mailbox%d.example", absl::AsciiStrToLower(given),
                            absl::AsciiStrToLower(family), seed, number(3, 90) + 10);
  p.phone = absl::StrFormat("+353 87 %07d", 1'000'000 + seed * 977 % 8'999'999);
  const std::string card = absl::StrFormat("4929%011d", number(4, 90'000'000'000));
  p.card = card + LuhnDigit(card);
  p.iban = Iban(absl::StrFormat("AIBK9311%010d", number(5, 9'000'000'000) + seed));
  p.address = absl::StrFormat("%d %s Lane, Ballyduff %s", 100 + seed, family,
                              absl::StrFormat("P%02d K%dX%d", 10 + seed % 80, 1 + seed % 9, seed % 10));
  return p;
}

std::vector<std::string> SpellingsOf(const std::string& value) {
  std::string bare;
  for (const char c : value) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) bare.push_back(c);
  }
  std::set<std::string> spellings = {value, bare, absl::AsciiStrToLower(value),
                                     absl::AsciiStrToLower(bare), absl::BytesToHexString(value),
                                     absl::Base64Escape(value).substr(0, value.size() / 3 * 4)};
  std::vector<std::string> long_enough;
  for (const std::string& one : spellings) {
    if (one.size() >= 8) long_enough.push_back(one);
  }
  return long_enough;
}

PlainSearch::PlainSearch(const std::vector<std::string>& values)
    : values_(values), starts_(1 << 16, false) {
  for (size_t i = 0; i < values_.size(); ++i) {
    for (const std::string& spelling : SpellingsOf(values_[i])) {
      by_start_.emplace(Start(spelling), needles_.size());
      starts_[FirstTwo(spelling.data())] = true;
      needles_.emplace_back(spelling, i);
    }
  }
}

std::set<std::string> PlainSearch::In(std::string_view bytes) const {
  std::set<std::string> found;
  for (size_t at = 0; at + 8 <= bytes.size(); ++at) {
    if (!starts_[FirstTwo(bytes.data() + at)]) continue;
    const auto [begin, end] = by_start_.equal_range(Start(bytes.substr(at)));
    for (auto it = begin; it != end; ++it) {
      const auto& [spelling, value] = needles_[it->second];
      if (bytes.substr(at, spelling.size()) == spelling) found.insert(values_[value]);
    }
  }
  return found;
}

std::set<std::string> PlainSearch::InFile(const std::string& path) const {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return In(bytes.str());
}

}  // namespace frontdesk::server
