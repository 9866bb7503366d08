#include "tools/pii/names/find_names.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tools/pii/names/name_tokens.h"
#include "tools/pii/names/tagger.h"
#include "tools/pii/names/word_lists.h"

namespace frontdesk::tools {
namespace {

std::string JoinWords(const std::vector<NameToken>& tokens, std::size_t first, std::size_t last) {
  std::string value;
  for (std::size_t i = first; i < last; ++i) {
    const std::string& word = tokens[i].lower;
    if (word == "\n" || word == "," || word == ".") continue;
    if (!value.empty()) value += ' ';
    value += word;
  }
  return value;
}

bool IsEdge(const NameToken& token) {
  return token.lower == "\n" || token.lower == "," || token.lower == "." || token.lower == ":" ||
         token.lower == "-" || token.lower == ";";
}

// True when the words could be an address: a word that is neither a measure nor "floor",
// and not a number alone.
bool IsAddressLike(const std::vector<NameToken>& tokens, std::size_t first, std::size_t last) {
  constexpr std::string_view kMeasures[] = {"x",  "cm", "mm", "m",  "km",  "kg",  "g",     "ft",
                                            "sq", "in", "lb", "ml", "eur", "usd", "order", "gb"};
  return std::any_of(tokens.begin() + static_cast<std::ptrdiff_t>(first),
                     tokens.begin() + static_cast<std::ptrdiff_t>(last),
                     [&](const NameToken& token) {
                       return IsLetter(token.lower[0]) &&
                              std::find(std::begin(kMeasures), std::end(kMeasures), token.lower) ==
                                  std::end(kMeasures) &&
                              (token.kinds & (kUnitWord | kStreetWord)) != kUnitWord;
                     });
}

// Adds tokens [first, last) without punctuation at its ends.
void AddSpan(const View& view, const std::vector<NameToken>& tokens, std::size_t first,
             std::size_t last, PiiType type, double confidence, Candidates& out) {
  while (first < last && IsEdge(tokens[first])) ++first;
  while (first < last && IsEdge(tokens[last - 1])) --last;
  if (first == last) return;
  if (type == PiiType::kAddress && !IsAddressLike(tokens, first, last)) return;
  out.push_back({static_cast<std::uint32_t>(view.FromOriginal(tokens[first].begin)),
                 static_cast<std::uint32_t>(view.FromOriginal(tokens[last - 1].end)), type,
                 JoinWords(tokens, first, last), confidence});
}

bool IsWord(const NameToken& token) {
  const char c = token.lower[0];
  return IsLetter(c);
}

// The whole text as the answer to "what is your name": at most five words, no digits.
void AddAskedName(const View& view, const std::vector<NameToken>& tokens, Candidates& out) {
  constexpr std::string_view kNoName[] = {"no",     "yes",   "why",    "what", "sorry",
                                          "cancel", "help",  "stop",   "none", "agent",
                                          "human",  "never", "nothing"};
  const auto words = std::count_if(tokens.begin(), tokens.end(), IsWord);
  const bool digits = std::any_of(tokens.begin(), tokens.end(), [](const NameToken& token) {
    return (token.kinds & kHasDigit) != 0 || token.lower == "?" || token.lower == "@";
  });
  if (words < 1 || words > 4 || digits) return;
  for (const NameToken& token : tokens) {
    if (std::find(std::begin(kNoName), std::end(kNoName), token.lower) != std::end(kNoName)) return;
  }
  AddSpan(view, tokens, 0, tokens.size(), PiiType::kPerson, 0.7, out);
}

// The whole text as the answer to "what is your address": it holds a number and a word.
void AddAskedAddress(const View& view, const std::vector<NameToken>& tokens, Candidates& out) {
  const bool number = std::any_of(tokens.begin(), tokens.end(), [](const NameToken& token) {
    return (token.kinds & kHasDigit) != 0;
  });
  const bool word = std::any_of(tokens.begin(), tokens.end(), IsWord);
  if (!number || !word || tokens.size() > 24) return;
  AddSpan(view, tokens, 0, tokens.size(), PiiType::kAddress, 0.7, out);
}

std::optional<PiiType> TypeOf(NameTag tag) {
  switch (tag) {
    case NameTag::kPersonBegin:
    case NameTag::kPersonInside:
      return PiiType::kPerson;
    case NameTag::kAddressBegin:
    case NameTag::kAddressInside:
      return PiiType::kAddress;
    default:
      return std::nullopt;
  }
}

bool Begins(NameTag tag) { return static_cast<int>(tag) % 2 == 1; }

}  // namespace

void FindNames(const View& view, bool name_was_asked, bool address_was_asked, Candidates& out) {
  const std::vector<NameToken> tokens = NameTokens(view.original());
  const std::vector<NameTag> tags = TagNames(tokens, BuiltInNameWeights());
  bool person = false, address = false;
  for (std::size_t i = 0; i < tokens.size();) {
    const auto type = TypeOf(tags[i]);
    if (!type) {
      ++i;
      continue;
    }
    std::size_t last = i + 1;
    while (last < tokens.size() && TypeOf(tags[last]) == type && !Begins(tags[last])) ++last;
    AddSpan(view, tokens, i, last, *type, 0.8, out);
    person = person || *type == PiiType::kPerson;
    address = address || *type == PiiType::kAddress;
    i = last;
  }
  if (name_was_asked && !person) AddAskedName(view, tokens, out);
  if (address_was_asked && !address) AddAskedAddress(view, tokens, out);
}

}  // namespace frontdesk::tools
