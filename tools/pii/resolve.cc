#include "tools/pii/resolve.h"

#include <re2/re2.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace frontdesk::tools {
namespace {

// Higher wins.
int Rank(PiiType type) {
  switch (type) {
    case PiiType::kIban:
      return 9;
    case PiiType::kUrl:
      return 8;
    case PiiType::kEmail:
      return 8;
    case PiiType::kCreditCard:
      return 7;
    case PiiType::kMac:
    case PiiType::kIp:
      return 6;
    case PiiType::kDateOfBirth:
    case PiiType::kPassport:
      return 5;
    case PiiType::kSsn:
    case PiiType::kPhone:
    case PiiType::kAccount:
      return 4;
    case PiiType::kAddress:
      return 3;
    case PiiType::kPostcode:
      return 2;
    case PiiType::kPerson:
      return 1;
  }
  return 0;
}

bool Stronger(const Candidate& a, const Candidate& b) {
  if (Rank(a.type) != Rank(b.type)) return Rank(a.type) > Rank(b.type);
  if (a.confidence != b.confidence) return a.confidence > b.confidence;
  if (a.end - a.begin != b.end - b.begin) return a.end - a.begin > b.end - b.begin;
  if (a.begin != b.begin) return a.begin < b.begin;
  return a.type < b.type;
}

// Compiled patterns by their text; a bundle has a handful.
std::shared_ptr<const RE2> Compiled(std::string_view pattern) {
  constexpr std::size_t kMost = 64;
  static std::mutex mutex;
  static auto* const known = new std::map<std::string, std::shared_ptr<const RE2>, std::less<>>();
  const std::lock_guard lock(mutex);
  const auto found = known->find(pattern);
  if (found != known->end()) return found->second;
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_longest_match(true);  // "petrel shell" and not "petrel", whichever the pattern names first
  auto compiled = std::make_shared<const RE2>(std::string("(").append(pattern).append(")"), options);
  if (known->size() >= kMost) known->clear();
  known->emplace(std::string(pattern), compiled);
  return compiled;
}

// What a business asks for or calls its things may look like one of these.
bool MayBeExpected(PiiType type) {
  switch (type) {
    case PiiType::kCreditCard:
    case PiiType::kPhone:
    case PiiType::kSsn:
    case PiiType::kAccount:
    case PiiType::kPassport:
    case PiiType::kPostcode:
    case PiiType::kPerson:
      return true;
    default:
      return false;
  }
}

}  // namespace

Candidates Resolve(Candidates candidates) {
  std::sort(candidates.begin(), candidates.end(), Stronger);
  Candidates chosen;  // by begin
  for (Candidate& candidate : candidates) {
    if (candidate.begin >= candidate.end) continue;
    const auto next = std::lower_bound(
        chosen.begin(), chosen.end(), candidate.begin,
        [](const Candidate& known, std::uint32_t begin) { return known.begin < begin; });
    if (next != chosen.end() && next->begin < candidate.end) continue;
    if (next != chosen.begin() && std::prev(next)->end > candidate.begin) continue;
    chosen.insert(next, std::move(candidate));
  }
  return chosen;
}

void DropExpected(std::string_view text, std::string_view pattern, Candidates& candidates) {
  if (pattern.empty() || candidates.empty()) return;
  const std::shared_ptr<const RE2> compiled = Compiled(pattern);
  if (!compiled->ok()) return;
  re2::StringPiece rest(text.data(), text.size()), match;
  while (RE2::FindAndConsume(&rest, *compiled, &match) && !match.empty()) {
    const auto begin = static_cast<std::size_t>(match.data() - text.data());
    const std::size_t end = begin + match.size();
    const bool alone = (begin == 0 || !IsWordByte(text[begin - 1])) &&
                       (end == text.size() || !IsWordByte(text[end]));
    if (!alone) continue;
    std::erase_if(candidates, [&](const Candidate& candidate) {
      return MayBeExpected(candidate.type) && candidate.begin >= begin && candidate.end <= end;
    });
  }
}

}  // namespace frontdesk::tools
