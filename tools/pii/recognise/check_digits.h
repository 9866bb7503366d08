// Check digits and ranges of the numbers we know. All functions are pure; arguments
// are ASCII without separators, letters in lower case; anything else gives false.
#pragma once

#include <string_view>

namespace frontdesk::tools {

// ISO/IEC 7812-1, annex B.
bool PassesLuhn(std::string_view digits);

// 12..19 digits in an issuer's range, of a length that the issuer gives out, passing Luhn.
bool IsPaymentCard(std::string_view digits);

// ISO 13616: known country, its length, letters and digits, mod 97 = 1.
bool IsIban(std::string_view text);

// The length of a country's IBANs, 0 for a country without.
int IbanLength(std::string_view country);

bool IsUsSsn(std::string_view digits);            // area, group and serial rules
bool IsUsItin(std::string_view digits);           // 9xx with a group that the IRS gives out
bool IsUkNino(std::string_view text);             // two letters, six digits, a–d
bool IsGermanTaxId(std::string_view digits);      // ISO 7064 mod 11,10 and the repetition rule
bool IsGermanInsuranceNumber(std::string_view text);  // area, birthday, letter, serial, check digit
bool IsNhsNumber(std::string_view digits);  // ten digits, mod 11
bool IsFrenchNir(std::string_view text);          // 13 + 2, 97 − n mod 97; Corsica 2a, 2b
bool IsSpanishDni(std::string_view text);         // 8 digits or x/y/z + 7, letter mod 23
bool IsItalianFiscalCode(std::string_view text);  // 16 characters, letter mod 26
bool IsDutchBsn(std::string_view digits);         // nine digits, eleven test
bool IsAadhaar(std::string_view digits);          // twelve digits, Verhoeff
bool IsIndianPan(std::string_view text);          // person's PAN: aaaPa9999a
bool IsBrazilianCpf(std::string_view digits);     // two check digits
bool IsIrishPps(std::string_view text);           // 7 digits, letter mod 23, perhaps a–i or w
bool IsPolishPesel(std::string_view digits);      // date and weighted sum
bool IsUsRoutingNumber(std::string_view digits);  // ABA: 3-7-1

}  // namespace frontdesk::tools
