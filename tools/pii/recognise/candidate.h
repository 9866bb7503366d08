// What a recogniser proposes, and the recognisers. Each is a pure function of the
// view; overlapping candidates are sorted out by resolve.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/pii/pii_type.h"
#include "tools/pii/recognise/digit_groups.h"
#include "tools/pii/view.h"

namespace frontdesk::tools {

struct Candidate {
  std::uint32_t begin = 0, end = 0;  // in view.text()
  PiiType type = PiiType::kEmail;
  std::string value;      // canonical
  double confidence = 0;  // 0..1; see docs/redaction.md for what each value means
};

using Candidates = std::vector<Candidate>;

// "ann@shop.ie", "ann (at) shop [dot] ie", "ann at gmail.com". Value: plain lower-case form.
void FindEmails(const View& view, Candidates& out);

// "https://…", "www.…", bare hosts of well-known top-level domains. Value: as written, folded.
void FindUrls(const View& view, Candidates& out);

// IPv4, IPv6 and MAC addresses. Value: as written without brackets around dots.
void FindNetworkAddresses(const View& view, Candidates& out);

// Payment cards: 12 to 19 digits in any grouping, issuer range, length and Luhn. Value: digits.
void FindCards(const View& view, const DigitGroups& groups, Candidates& out);

// IBANs: country, length, mod 97. Value: upper case without separators.
void FindIbans(const View& view, Candidates& out);

// National ids with check digits (US UK DE FR ES IT NL IN BR IE PL). Value: upper case, no
// separators.
void FindNationalIds(const View& view, const DigitGroups& groups, Candidates& out);

// Telephone numbers. country: ISO alpha-2 for numbers without +. Value: E.164 where the
// number is valid, else the digits.
void FindPhones(const View& view, const DigitGroups& groups, std::string_view country,
                Candidates& out);

// Dates of birth, account and passport numbers by the words before them; postcodes by
// pattern or word.
void FindByContext(const View& view, const DigitGroups& groups, Candidates& out);

}  // namespace frontdesk::tools
