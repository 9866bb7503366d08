#include "tools/pii/redact.h"

#include <algorithm>
#include <utility>

#include "tools/pii/names/find_names.h"
#include "tools/pii/recognise/candidate.h"
#include "tools/pii/recognise/digit_groups.h"
#include "tools/pii/resolve.h"
#include "tools/pii/view.h"

namespace frontdesk::tools {
namespace {

bool Wanted(const RedactOptions& options, std::initializer_list<PiiType> types) {
  return !options.types || std::any_of(types.begin(), types.end(), [&](PiiType type) {
    return options.types->test(static_cast<std::size_t>(type));
  });
}

Candidates FindStructured(const View& view, const RedactOptions& options) {
  Candidates candidates;
  if (Wanted(options, {PiiType::kEmail})) FindEmails(view, candidates);
  if (Wanted(options, {PiiType::kUrl})) FindUrls(view, candidates);
  const DigitGroups groups = FindDigitGroups(view);
  if (groups.empty()) return candidates;  // every other type holds digits
  if (Wanted(options, {PiiType::kIp, PiiType::kMac})) FindNetworkAddresses(view, candidates);
  if (Wanted(options, {PiiType::kCreditCard})) FindCards(view, groups, candidates);
  if (Wanted(options, {PiiType::kIban})) FindIbans(view, candidates);
  if (Wanted(options, {PiiType::kSsn})) FindNationalIds(view, groups, candidates);
  if (Wanted(options, {PiiType::kPhone})) FindPhones(view, groups, options.country, candidates);
  if (Wanted(options,
             {PiiType::kDateOfBirth, PiiType::kAccount, PiiType::kPassport, PiiType::kPostcode})) {
    FindByContext(view, candidates);
  }
  return candidates;
}

}  // namespace

std::vector<PiiSpan> Redactor::Find(std::string_view text, const RedactOptions& options) const {
  const View view(text);
  Candidates candidates = FindStructured(view, options);
  if (options.names_and_addresses && Wanted(options, {PiiType::kPerson, PiiType::kAddress})) {
    FindNames(view, {options.name_was_asked, options.address_was_asked, options.whole_addresses},
              candidates);
  }
  DropExpected(view.text(), options.expected_slot_pattern, candidates);
  if (options.types) {
    std::erase_if(candidates, [&](const Candidate& candidate) {
      return !options.types->test(static_cast<std::size_t>(candidate.type));
    });
  }
  std::vector<PiiSpan> spans;
  std::uint32_t last_end = 0;
  for (Candidate& candidate : Resolve(std::move(candidates))) {
    const text::Span span = view.Original(candidate.begin, candidate.end);
    if (span.begin < last_end || span.empty()) continue;
    last_end = span.end;
    spans.push_back({span.begin, span.end, candidate.type, std::move(candidate.value),
                     candidate.confidence, ""});
  }
  return spans;
}

Redaction Redactor::Redact(std::string_view text, VaultNamer& namer,
                           const RedactOptions& options) const {
  Redaction redaction;
  redaction.spans = Find(text, options);
  std::size_t done = 0;
  for (PiiSpan& span : redaction.spans) {
    redaction.text += EscapeTypedTokens(text.substr(done, span.begin - done));
    span.token = namer.TokenFor(span.type, span.value);
    redaction.text += span.token;
    done = span.end;
  }
  redaction.text += EscapeTypedTokens(text.substr(done));
  return redaction;
}

}  // namespace frontdesk::tools
