#include "tools/pii/recognise/check_digits.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace frontdesk::tools {
namespace {

bool Digits(std::string_view text, std::size_t length) {
  return text.size() == length &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool Letter(char c) { return c >= 'a' && c <= 'z'; }
int Number(std::string_view digits) {
  int n = 0;
  for (const char c : digits) n = n * 10 + (c - '0');
  return n;
}
bool AllSame(std::string_view digits) {
  return digits.find_first_not_of(digits.front()) == std::string_view::npos;
}

struct IssuerRange {
  int first, last;  // of the first `prefix` digits
  int prefix;
  std::uint32_t lengths;  // bit n: length n is given out
};
constexpr std::uint32_t L(int n) { return 1u << n; }
constexpr IssuerRange kIssuers[] = {
    {4, 4, 1, L(13) | L(16) | L(19)},                                            // Visa
    {51, 55, 2, L(16)},                                                          // Mastercard
    {2221, 2720, 4, L(16)},                                                      // Mastercard
    {34, 34, 2, L(15)},                                                          // American Express
    {37, 37, 2, L(15)},                                                          // American Express
    {6011, 6011, 4, L(16) | L(19)},                                              // Discover
    {644, 659, 3, L(16) | L(19)},                                                // Discover
    {3528, 3589, 4, L(16) | L(17) | L(18) | L(19)},                              // JCB
    {2131, 2131, 4, L(15)},                                                      // JCB, old
    {1800, 1800, 4, L(15)},                                                      // JCB, old
    {300, 305, 3, L(14) | L(16)},                                                // Diners Club
    {309, 309, 3, L(14) | L(16)},                                                // Diners Club
    {36, 36, 2, L(14) | L(16)},                                                  // Diners Club
    {38, 39, 2, L(14) | L(16)},                                                  // Diners Club
    {62, 62, 2, L(16) | L(17) | L(18) | L(19)},                                  // UnionPay
    {81, 81, 2, L(16)},                                                          // UnionPay
    {50, 50, 2, L(12) | L(13) | L(14) | L(15) | L(16) | L(17) | L(18) | L(19)},  // Maestro
    {56, 58, 2, L(12) | L(13) | L(14) | L(15) | L(16) | L(17) | L(18) | L(19)},  // Maestro
    {6304, 6304, 4, L(12) | L(13) | L(14) | L(15) | L(16) | L(17) | L(18) | L(19)},
    {6759, 6763, 4, L(12) | L(13) | L(14) | L(15) | L(16) | L(17) | L(18) | L(19)},
    {60, 60, 2, L(16)},                              // RuPay
    {6521, 6522, 4, L(16)},                          // RuPay
    {2200, 2204, 4, L(16) | L(17) | L(18) | L(19)},  // Mir
    {979200, 979289, 6, L(16)},                      // Troy
};

struct IbanCountry {
  char code[3];
  int length;
};
// The SWIFT registry.
constexpr IbanCountry kIbans[] = {
    {"ad", 24}, {"ae", 23}, {"al", 28}, {"at", 20}, {"az", 28}, {"ba", 20}, {"be", 16}, {"bg", 22},
    {"bh", 22}, {"bi", 27}, {"br", 29}, {"by", 28}, {"ch", 21}, {"cr", 22}, {"cy", 28}, {"cz", 24},
    {"de", 22}, {"dj", 27}, {"dk", 18}, {"do", 28}, {"ee", 20}, {"eg", 29}, {"es", 24}, {"fi", 18},
    {"fk", 18}, {"fo", 18}, {"fr", 27}, {"gb", 22}, {"ge", 22}, {"gi", 23}, {"gl", 18}, {"gr", 27},
    {"gt", 28}, {"hr", 21}, {"hu", 28}, {"ie", 22}, {"il", 23}, {"iq", 23}, {"is", 26}, {"it", 27},
    {"jo", 30}, {"kw", 30}, {"kz", 20}, {"lb", 28}, {"lc", 32}, {"li", 21}, {"lt", 20}, {"lu", 20},
    {"lv", 21}, {"ly", 25}, {"mc", 27}, {"md", 24}, {"me", 22}, {"mk", 19}, {"mn", 20}, {"mr", 27},
    {"mt", 31}, {"mu", 30}, {"ni", 28}, {"nl", 18}, {"no", 15}, {"om", 23}, {"pk", 24}, {"pl", 28},
    {"ps", 29}, {"pt", 25}, {"qa", 29}, {"ro", 24}, {"rs", 22}, {"ru", 33}, {"sa", 24}, {"sc", 31},
    {"sd", 18}, {"se", 24}, {"si", 19}, {"sk", 24}, {"sm", 27}, {"so", 23}, {"st", 25}, {"sv", 28},
    {"tl", 23}, {"tn", 24}, {"tr", 26}, {"ua", 29}, {"va", 22}, {"vg", 24}, {"xk", 20}, {"ye", 30},
};

constexpr char kSpanishLetters[] = "trwagmyfpdxbnjzsqvhlcke";

}  // namespace

bool PassesLuhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto c = digits.rbegin(); c != digits.rend(); ++c, twice = !twice) {
    if (*c < '0' || *c > '9') return false;
    const int d = (*c - '0') * (twice ? 2 : 1);
    sum += d > 9 ? d - 9 : d;
  }
  return !digits.empty() && sum % 10 == 0;
}

bool IsPaymentCard(std::string_view digits) {
  if (digits.size() < 12 || digits.size() > 19 || !Digits(digits, digits.size())) return false;
  const bool issued =
      std::any_of(std::begin(kIssuers), std::end(kIssuers), [&](const auto& issuer) {
        const int prefix = Number(digits.substr(0, issuer.prefix));
        return prefix >= issuer.first && prefix <= issuer.last &&
               (issuer.lengths >> digits.size() & 1);
      });
  return issued && PassesLuhn(digits);
}

int IbanLength(std::string_view country) {
  static constexpr std::array<std::uint8_t, 26 * 26> kLengths = [] {
    std::array<std::uint8_t, 26 * 26> lengths{};
    for (const IbanCountry& known : kIbans) {
      lengths[(known.code[0] - 'a') * 26 + known.code[1] - 'a'] = static_cast<std::uint8_t>(known.length);
    }
    return lengths;
  }();
  if (country.size() != 2 || !Letter(country[0]) || !Letter(country[1])) return 0;
  return kLengths[(country[0] - 'a') * 26 + country[1] - 'a'];
}

bool IsIban(std::string_view text) {
  if (text.size() < 15 || static_cast<int>(text.size()) != IbanLength(text.substr(0, 2)) ||
      !Digits(text.substr(2, 2), 2)) {
    return false;
  }
  int remainder = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[(i + 4) % text.size()];
    if (c >= '0' && c <= '9') {
      remainder = (remainder * 10 + (c - '0')) % 97;
    } else if (Letter(c)) {
      remainder = (remainder * 100 + (c - 'a' + 10)) % 97;
    } else {
      return false;
    }
  }
  return remainder == 1;
}

bool IsUsSsn(std::string_view d) {
  if (!Digits(d, 9)) return false;
  const int area = Number(d.substr(0, 3));
  return area != 0 && area != 666 && area < 900 && d.substr(3, 2) != "00" &&
         d.substr(5) != "0000" && d != "123456789" && d != "078051120";
}

bool IsUsItin(std::string_view d) {
  if (!Digits(d, 9) || d[0] != '9') return false;
  const int group = Number(d.substr(3, 2));
  return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) ||
         (group >= 90 && group <= 92) || (group >= 94);
}

bool IsUkNino(std::string_view t) {
  if (t.size() != 9 || !Digits(t.substr(2, 6), 6) || t[8] < 'a' || t[8] > 'd') return false;
  const std::string_view first = "abceghjklmnoprstwxyz", second = "abceghjklmnprstwxyz";
  if (first.find(t[0]) == first.npos || second.find(t[1]) == second.npos) return false;
  for (const std::string_view unused : {"bg", "gb", "kn", "nk", "nt", "tn", "zz"}) {
    if (t.substr(0, 2) == unused) return false;
  }
  return true;
}

bool IsGermanTaxId(std::string_view d) {
  if (!Digits(d, 11) || d[0] == '0') return false;
  std::array<int, 10> count{};
  for (const char c : d.substr(0, 10)) ++count[c - '0'];
  // One digit occurs twice or three times, every other at most once.
  const auto repeated = std::count_if(count.begin(), count.end(), [](int n) { return n > 1; });
  if (repeated != 1 || *std::max_element(count.begin(), count.end()) > 3) return false;
  int product = 10;
  for (const char c : d.substr(0, 10)) {
    const int sum = (c - '0' + product) % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  return (11 - product) % 10 == d[10] - '0';
}

bool IsGermanInsuranceNumber(std::string_view t) {
  constexpr int kFactors[] = {2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1};
  if (t.size() != 12 || !Digits(t.substr(0, 8), 8) || !Letter(t[8]) || !Digits(t.substr(9), 3)) return false;
  const int day = Number(t.substr(2, 2)), month = Number(t.substr(4, 2));
  // Women of some offices and doubled birthdays have 30 and more added to the day.
  if (day == 0 || day > 81 || month == 0 || month > 12) return false;
  const int letter = t[8] - 'a' + 1;
  std::array<int, 12> digits{};
  for (int i = 0; i < 8; ++i) digits[i] = t[i] - '0';
  digits[8] = letter / 10;
  digits[9] = letter % 10;
  digits[10] = t[9] - '0';
  digits[11] = t[10] - '0';
  int sum = 0;
  for (int i = 0; i < 12; ++i) {
    const int product = digits[i] * kFactors[i];
    sum += product / 10 + product % 10;
  }
  return sum % 10 == t[11] - '0';
}

bool IsNhsNumber(std::string_view d) {
  if (!Digits(d, 10) || AllSame(d)) return false;
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (10 - i) * (d[i] - '0');
  return (11 - sum % 11) % 11 == d[9] - '0' && sum % 11 != 1;
}

bool IsFrenchNir(std::string_view t) {
  if (t.size() != 15) return false;
  std::string digits(t);
  std::int64_t corsica = 0;
  if (digits[6] == 'a' || digits[6] == 'b') {
    if (digits[5] != '2') return false;
    corsica = digits[6] == 'a' ? 1000000 : 2000000;
    digits[6] = '0';
  }
  if (!Digits(digits, 15) || std::string_view("123478").find(digits[0]) == std::string_view::npos) {
    return false;
  }
  const int month = Number(std::string_view(digits).substr(3, 2));
  if (month == 0 || (month > 12 && month < 20) || (month > 42 && month < 50)) return false;
  std::int64_t number = 0;
  for (int i = 0; i < 13; ++i) number = number * 10 + (digits[i] - '0');
  return 97 - (number - corsica) % 97 == Number(std::string_view(digits).substr(13));
}

bool IsSpanishDni(std::string_view t) {
  if (t.size() != 9 || !Letter(t[8])) return false;
  std::string digits(t.substr(0, 8));
  if (digits[0] >= 'x' && digits[0] <= 'z') digits[0] = static_cast<char>('0' + (digits[0] - 'x'));
  return Digits(digits, 8) && kSpanishLetters[Number(digits) % 23] == t[8];
}

bool IsItalianFiscalCode(std::string_view t) {
  constexpr int kOdd[36] = {1,  0,  5, 7, 9,  13, 15, 17, 19, 21, 1,  0,  5,  7,  9,  13, 15, 17,
                            19, 21, 2, 4, 18, 20, 11, 3,  6,  8,  12, 14, 16, 10, 22, 25, 24, 23};
  if (t.size() != 16) return false;
  int sum = 0;
  for (int i = 0; i < 15; ++i) {
    const bool digit = t[i] >= '0' && t[i] <= '9';
    if (!digit && !Letter(t[i])) return false;
    if ((i < 6 || i == 8 || i == 11) && digit) return false;
    const int even = digit ? t[i] - '0' : t[i] - 'a';
    sum += i % 2 == 0 ? kOdd[digit ? even : even + 10] : even;
  }
  return std::string_view("abcdehlmprst").find(t[8]) != std::string_view::npos &&
         t[15] == 'a' + sum % 26;
}

bool IsDutchBsn(std::string_view d) {
  if (!Digits(d, 9) || AllSame(d)) return false;
  int sum = -(d[8] - '0');
  for (int i = 0; i < 8; ++i) sum += (9 - i) * (d[i] - '0');
  return sum % 11 == 0;
}

bool IsAadhaar(std::string_view d) {
  constexpr int kPermute[8][10] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
                                   {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
                                   {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
                                   {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
  if (!Digits(d, 12) || d[0] < '2') return false;
  int check = 0;  // in the dihedral group of the pentagon
  for (int i = 0; i < 12; ++i) {
    const int a = check, b = kPermute[i % 8][d[11 - i] - '0'];
    check = a < 5 ? (b < 5 ? (a + b) % 5 : 5 + (a + b) % 5)
                  : (b < 5 ? 5 + (a - b + 5) % 5 : (a - b + 5) % 5);
  }
  return check == 0;
}

bool IsIndianPan(std::string_view t) {
  return t.size() == 10 && std::all_of(t.begin(), t.begin() + 5, Letter) && t[3] == 'p' &&
         Digits(t.substr(5, 4), 4) && Letter(t[9]);
}

bool IsBrazilianCpf(std::string_view d) {
  if (!Digits(d, 11) || AllSame(d)) return false;
  for (const int length : {9, 10}) {
    int sum = 0;
    for (int i = 0; i < length; ++i) sum += (length + 1 - i) * (d[i] - '0');
    if (sum * 10 % 11 % 10 != d[length] - '0') return false;
  }
  return true;
}

bool IsIrishPps(std::string_view t) {
  if ((t.size() != 8 && t.size() != 9) || !Digits(t.substr(0, 7), 7) || !Letter(t[7])) return false;
  int sum = 0;
  for (int i = 0; i < 7; ++i) sum += (8 - i) * (t[i] - '0');
  if (t.size() == 9) {
    if (t[8] != 'w' && (t[8] < 'a' || t[8] > 'i')) return false;
    if (t[8] != 'w') sum += 9 * (t[8] - 'a' + 1);
  }
  return t[7] == (sum % 23 == 0 ? 'w' : 'a' + sum % 23 - 1);
}

bool IsPolishPesel(std::string_view d) {
  constexpr int kWeights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
  if (!Digits(d, 11) || AllSame(d)) return false;
  const int month = Number(d.substr(2, 2)) % 20, day = Number(d.substr(4, 2));
  int sum = 0;
  for (int i = 0; i < 11; ++i) sum += kWeights[i] * (d[i] - '0');
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && sum % 10 == 0;
}

bool IsUsRoutingNumber(std::string_view d) {
  constexpr int kWeights[] = {3, 7, 1};
  if (!Digits(d, 9)) return false;
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += kWeights[i % 3] * (d[i] - '0');
  const int district = Number(d.substr(0, 2));
  return sum % 10 == 0 && (district <= 12 || (district >= 21 && district <= 32) ||
                           (district >= 61 && district <= 72) || district == 80);
}

}  // namespace frontdesk::tools
