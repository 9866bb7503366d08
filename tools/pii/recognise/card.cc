// Payment cards and IBANs: numbers whose check digits speak for themselves.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "tools/pii/recognise/candidate.h"
#include "tools/pii/recognise/check_digits.h"
#include "tools/pii/recognise/context.h"

namespace frontdesk::tools {
namespace {

constexpr std::size_t kMaxCardDigits = 19;
constexpr ContextWords kCardWords(std::to_array<std::string_view>({"card",         "cards",    "credit",
                                     "debit",        "visa",     "mastercard",
                                     "master card",  "amex",     "american express",
                                     "discover",     "maestro",  "diners",
                                     "jcb",          "unionpay", "pan",
                                     "cc",           "karte",    "kreditkarte",
                                     "kartennummer", "carte",    "carta",
                                     "tarjeta",      "cartão",   "kaart",
                                     "creditcard",   "payment",  "カード",
                                     "卡",           "बिल",      "بطاق*"}));
// Numbers of this length that businesses print on things.
constexpr ContextWords kThingWords(std::to_array<std::string_view>(
    {"tracking", "track", "parcel", "shipment", "waybill", "awb", "fedex", "ups", "usps", "dhl",
     "imei", "serial", "ean", "gtin", "upc", "barcode", "sscc", "aadhaar", "aadhar", "nhs"}));
// What people write behind a card without a blank: "…7022exp12/27".
constexpr auto kBehindCards = std::to_array<std::string_view>(
    {"exp", "expires", "expiry", "valid", "cvc", "cvv", "cv", "csc", "gültig", "bis", "val"});

// The word that begins at byte `at` of the folded text.
std::string_view WordAt(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && IsLetter(text[end])) ++end;
  return text.substr(at, end - at);
}

// True when people write card numbers in groups of these sizes.
bool IsCardGrouping(const DigitGroups& groups, std::size_t first, std::size_t last) {
  const std::size_t count = last - first;
  if (count <= 2) return true;
  const auto size = [&](std::size_t i) { return groups[first + i].digits.size(); };
  const bool even = std::all_of(groups.begin() + static_cast<std::ptrdiff_t>(first),
                                groups.begin() + static_cast<std::ptrdiff_t>(last) - 1,
                                [&](const DigitGroup& g) { return g.digits.size() == size(0); });
  if (even && (size(0) <= 2 || size(0) == 4) && size(count - 1) <= size(0)) return true;
  if (count == 3) return size(0) == 4 && (size(1) == 6 || size(1) == 8);  // 4-6-5, 4-6-4
  return std::any_of(groups.begin() + static_cast<std::ptrdiff_t>(first),
                     groups.begin() + static_cast<std::ptrdiff_t>(last),
                     [](const DigitGroup& g) { return g.spoken; });
}

}  // namespace

void FindCards(const View& view, const DigitGroups& groups, Candidates& out) {
  constexpr std::string_view kSeparators = " \t\n\r-./_*|,:·•'\xE2\x80\xA2\xC2\xB7";
  for (std::size_t first = 0; first < groups.size(); ++first) {
    std::string digits;
    std::size_t best = 0;
    double confidence = 0;
    for (std::size_t i = first; i < groups.size() && digits.size() < kMaxCardDigits; ++i) {
      if (i > first && !GapIs(view, groups, i - 1, kSeparators, 3)) break;
      digits += groups[i].digits;
      if (digits.size() < 12 || !PassesLuhn(digits)) continue;
      const bool natural = IsCardGrouping(groups, first, i + 1);
      const bool asked = WordBefore(view, groups[first].begin, kCardWords);
      // An unknown issuer's card must be called one, close by.
      if (!IsPaymentCard(digits) &&
          (digits.find_first_not_of(digits[0]) == std::string::npos || !natural ||
           !WordBefore(view, groups[first].begin, kCardWords, 24))) {
        continue;
      }
      if (!natural && !asked) continue;
      const bool thing = WordBefore(view, groups[first].begin, kThingWords, 28) && !asked;
      // 12 to 14 digits, or Maestro's wide ranges, pass by chance: a word must vouch for them.
      const bool rare = digits.size() < 15 || digits.size() > 16 ||
                        (digits[0] == '5' && (digits[1] == '0' || digits[1] > '5')) ||
                        (digits[0] == '6' && digits[1] == '0' && digits[2] != '1') ||
                        digits[0] == '8' || digits[0] == '1';
      if (thing || (rare && !asked && !(natural && i > first + 1))) continue;
      const double score = asked ? 0.99 : natural && i > first ? 0.97 : 0.95;
      if (score >= confidence) {
        confidence = score;
        best = i + 1;
      }
    }
    if (best == 0) continue;
    const char before = view.At(static_cast<std::ptrdiff_t>(groups[first].begin) - 1);
    const char after = view.At(groups[best - 1].end);
    const bool word_before = IsAsciiLetter(before) && !groups[first].spoken &&
                             !WordBefore(view, groups[first].begin, kCardWords, 12);
    const bool word_after =
        IsAsciiLetter(after) && !groups[best - 1].spoken &&
        std::find(kBehindCards.begin(), kBehindCards.end(),
                  WordAt(view.text(), groups[best - 1].end)) == kBehindCards.end();
    if (word_before || word_after) continue;
    out.push_back({groups[first].begin, groups[best - 1].end, PiiType::kCreditCard,
                   JoinDigits(groups, first, best), confidence});
    first = best - 1;
  }
}

void FindIbans(const View& view, Candidates& out) {
  constexpr std::string_view kSeparators = " \t\n\r-.,_/:";
  const std::string_view text = view.text();
  std::size_t done = 0;  // where the last one ended
  for (std::size_t digit = 2; digit < text.size(); ++digit) {  // the first of the check digits
    if (!IsDigit(text[digit]) || IsDigit(text[digit - 1])) continue;
    const bool parted = kSeparators.find(text[digit - 1]) != std::string_view::npos;  // "DE 89 3704"
    if (parted && digit < 3) continue;
    const std::size_t i = digit - (parted ? 3 : 2);
    if (i < done || i + 15 > text.size() || !IsAsciiLetter(text[i]) || !IsAsciiLetter(text[i + 1])) continue;
    const char before = view.At(static_cast<std::ptrdiff_t>(i) - 1);
    const bool glued = i >= 4 && text.substr(i - 4, 4) == "iban";
    if ((IsAsciiLetter(before) || IsDigit(before)) && !glued) continue;
    const auto length = static_cast<std::size_t>(IbanLength(text.substr(i, 2)));
    if (length == 0) continue;
    std::string value;
    std::size_t end = i;
    for (std::size_t at = i; at < text.size() && value.size() < length; ++at) {
      if (IsDigit(text[at]) || (text[at] >= 'a' && text[at] <= 'z')) {
        value += text[at];
        end = at + 1;
      } else if (kSeparators.find(text[at]) == std::string_view::npos || at - end >= 2) {
        break;
      }
    }
    if (!IsIban(value) || IsDigit(view.At(static_cast<std::ptrdiff_t>(end))) ||
        IsAsciiLetter(view.At(static_cast<std::ptrdiff_t>(end)))) {
      continue;
    }
    out.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(end), PiiType::kIban,
                   absl::AsciiStrToUpper(value), 0.99});
    done = end;
  }
}

}  // namespace frontdesk::tools
