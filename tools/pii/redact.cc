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
    FindByContext(view, groups, candidates);
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
// looked through again as the text that it becomes.
class Rests {
 public:
  Rests(const View& view, const RedactOptions& options) : view_(view), options_(options) {}

  // What is found beside the chosen, which are disjoint and ascending; unordered.
  Candidates Find(const Candidates& chosen) {
    Part(0, static_cast<std::uint32_t>(view_.text().size()), chosen);
    while (!gaps_.empty()) {
      const text::Span gap = gaps_.back();
      gaps_.pop_back();
      LookThrough(gap);
    }
    return std::move(found_);
  }

 private:
  // Notes the gaps that values leave of [begin, end) and that stand beside one without a blank.
  void Part(std::uint32_t begin, std::uint32_t end, const Candidates& values) {
    const std::string_view text = view_.text();
    const auto note = [&](text::Span gap) {
      if (gap.begin >= gap.end) return;
      const bool joined = (gap.begin > 0 && !IsSpace(text[gap.begin])) ||
                          (gap.end < text.size() && !IsSpace(text[gap.end - 1]));
      if (joined) gaps_.push_back(gap);
    };
    for (const Candidate& value : values) {
      note({begin, value.begin});
      begin = value.end;
    }
    note({begin, end});
  }

  // What the finds leave is looked through in its turn; a gap that holds nothing is done with.
  void LookThrough(text::Span gap) {
    const View rest(text::Slice(view_.text(), gap));
    Candidates finds = Resolve(FindSelfEvident(rest));
    DropUnwanted(options_, finds);
    if (finds.empty()) return;
    for (Candidate& find : finds) {
      const text::Span span = rest.Original(find.begin, find.end);
      find.begin = gap.begin + span.begin;
      find.end = gap.begin + span.end;
    }
    Part(gap.begin, gap.end, finds);
    found_.insert(found_.end(), std::make_move_iterator(finds.begin()), std::make_move_iterator(finds.end()));
  }

  const View& view_;
  const RedactOptions& options_;
  std::vector<text::Span> gaps_;  // to be looked through
  Candidates found_;
};

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
  if (Candidates rests = Rests(view, options).Find(chosen); !rests.empty()) {
    chosen.insert(chosen.end(), std::make_move_iterator(rests.begin()), std::make_move_iterator(rests.end()));
    std::sort(chosen.begin(), chosen.end(),
              [](const Candidate& a, const Candidate& b) { return a.begin < b.begin; });
  }
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
