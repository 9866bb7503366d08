// Check digits: known good numbers, and every single wrong digit of them.
#include "tools/pii/recognise/check_digits.h"

#include <gtest/gtest.h>

#include <string>

namespace frontdesk::tools {
namespace {

struct Example {
  const char* name;
  bool (*valid)(std::string_view);
  std::string good;
  bool catches_every_digit;  // its check digits find every single wrong digit
};

TEST(CheckDigitsTest, AcceptsGoodAndCatchesOneWrongDigit) {
  const Example examples[] = {
      {"card", IsPaymentCard, "4111111111111111", true},
      {"amex", IsPaymentCard, "378282246310005", true},
      {"iban", IsIban, "de89370400440532013000", true},
      {"iban with letters", IsIban, "gb29nwbk60161331926819", true},
      {"german tax id", IsGermanTaxId, "86095742719", true},
      {"french nir", IsFrenchNir, "185057800608491", true},
      {"french nir, corsica", IsFrenchNir,
       "18505"
       "2a006084"
       "22",
       false},
      {"spanish dni", IsSpanishDni, "12345678z", true},
      {"spanish nie", IsSpanishDni, "x1234567l", true},
      {"italian fiscal code", IsItalianFiscalCode, "rssmra85t10a562s", false},
      {"dutch bsn", IsDutchBsn, "111222333", true},
      {"aadhaar", IsAadhaar, "234123412346", true},
      {"cpf", IsBrazilianCpf, "52998224725", true},
      {"pps", IsIrishPps, "1234567t", true},
      {"pesel", IsPolishPesel, "44051401359", true},
      {"routing number", IsUsRoutingNumber, "021000021", true},
  };
  for (const Example& example : examples) {
    if (std::string_view(example.name) == "french nir, corsica") continue;  // below
    EXPECT_TRUE(example.valid(example.good)) << example.name;
    EXPECT_FALSE(example.valid(example.good + "0")) << example.name;
    EXPECT_FALSE(example.valid(example.good.substr(1))) << example.name;
    EXPECT_FALSE(example.valid("")) << example.name;
    if (!example.catches_every_digit) continue;
    for (std::size_t i = 0; i < example.good.size(); ++i) {
      for (char c = '0'; c <= '9'; ++c) {
        std::string wrong = example.good;
        if (wrong[i] < '0' || wrong[i] > '9' || wrong[i] == c) continue;
        wrong[i] = c;
        EXPECT_FALSE(example.valid(wrong)) << example.name << " " << wrong;
      }
    }
  }
}

// The Corsican rule: 2A counts as 19, 2B as 18, in the 13 digits before the check.
TEST(CheckDigitsTest, CorsicanNir) {
  for (const auto& [letters, digits] : {std::pair("2a", "19"), std::pair("2b", "18")}) {
    const std::string head = "18505", tail = "006084";
    const long long number = std::stoll(head + digits + tail);
    std::string check = std::to_string(97 - number % 97);
    if (check.size() == 1) check = "0" + check;
    EXPECT_TRUE(IsFrenchNir(head + letters + tail + check)) << letters;
    EXPECT_FALSE(IsFrenchNir(head + letters + tail + (check == "01" ? "02" : "01"))) << letters;
  }
}

TEST(CheckDigitsTest, RangesAndShapes) {
  EXPECT_FALSE(IsPaymentCard("0000000000000000"));
  EXPECT_FALSE(IsPaymentCard("1234567812345670"));  // Luhn, but no issuer
  EXPECT_FALSE(IsPaymentCard("41111111111111"));
  EXPECT_TRUE(IsUsSsn("536224817"));
  for (const char* bad :
       {"666456789", "000123456", "123004567", "123450000", "900123456", "12345678"}) {
    EXPECT_FALSE(IsUsSsn(bad)) << bad;
  }
  EXPECT_TRUE(IsUsItin("912781234"));
  EXPECT_FALSE(IsUsItin("912691234"));
  EXPECT_TRUE(IsUkNino("jg103759a"));
  EXPECT_FALSE(IsUkNino("bg103759a"));
  EXPECT_FALSE(IsUkNino("jg103759e"));
  EXPECT_TRUE(IsIndianPan("abcpk1234f"));
  EXPECT_FALSE(IsIndianPan("abcdk1234f"));
  EXPECT_EQ(IbanLength("no"), 15);
  EXPECT_EQ(IbanLength("us"), 0);
}

// Luhn against its textbook form.
TEST(CheckDigitsTest, LuhnAgreesWithThePlainTwin) {
  std::uint64_t state = 7;
  for (int round = 0; round < 20000; ++round) {
    std::string digits;
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    std::uint64_t bits = state;
    for (int i = 0; i < 1 + static_cast<int>(state >> 60); ++i, bits /= 10)
      digits += static_cast<char>('0' + bits % 10);
    int sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      int d = digits[digits.size() - 1 - i] - '0';
      if (i % 2 == 1) d = d * 2 / 10 + d * 2 % 10;
      sum += d;
    }
    EXPECT_EQ(PassesLuhn(digits), sum % 10 == 0) << digits;
  }
}

}  // namespace
}  // namespace frontdesk::tools
