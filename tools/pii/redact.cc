#include "tools/pii/redact.h"

#include <algorithm>
#include <iterator>
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

void DropUnwanted(const RedactOptions& options, Candidates& candidates) {
  if (!options.types) return;
  std::erase_if(candidates, [&](const Candidate& candidate) {
    return !options.types->test(static_cast<std::size_t>(candidate.type));
  });
}

// What is told by its own characters alone, whatever stands around it.
Candidates FindSelfEvident(const View& view) {
  Candidates candidates;
  FindEmails(view, candidates);
  FindUrls(view, candidates);
  FindIbans(view, candidates);
  return candidates;
}

// A value that is hidden out of the middle of a run of characters leaves its rest: of "ann@pond.iex5844543002" once
// the telephone number is gone, "ann@pond.iex" is an address. So what stands beside such a value is
// looked through again as the text that it becomes. `chosen`: disjoint, ascending; stays so.
void FindInRests(const View& view, const RedactOptions& options, Candidates& chosen) {
  const auto joined_at = [&](std::uint32_t at) { return !IsSpace(view.At(at)); };
  Candidates rests;
  std::uint32_t begin = 0;
  for (std::size_t i = 0; i <= chosen.size(); ++i) {
    const auto end = i < chosen.size() ? chosen[i].begin : static_cast<std::uint32_t>(view.text().size());
    const bool parted = begin < end && ((i > 0 && joined_at(begin)) ||
                                        (i < chosen.size() && joined_at(end - 1)));
    if (parted) {
      const View rest(view.text().substr(begin, end - begin));
      for (Candidate& found : Resolve(FindSelfEvident(rest))) {
        const text::Span span = rest.Original(found.begin, found.end);
        found.begin = begin + span.begin;
        found.end = begin + span.end;
        rests.push_back(std::move(found));
      }
    }
    if (i < chosen.size()) begin = chosen[i].end;
  }
  DropUnwanted(options, rests);
  if (rests.empty()) return;
  chosen.insert(chosen.end(), std::make_move_iterator(rests.begin()), std::make_move_iterator(rests.end()));
  std::sort(chosen.begin(), chosen.end(),
            [](const Candidate& a, const Candidate& b) { return a.begin < b.begin; });
  FindInRests(view, options, chosen);
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
  DropUnwanted(options, candidates);
  Candidates chosen = Resolve(std::move(candidates));
  FindInRests(view, options, chosen);
  std::vector<PiiSpan> spans;
  std::uint32_t last_end = 0;
  for (Candidate& candidate : chosen) {
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
