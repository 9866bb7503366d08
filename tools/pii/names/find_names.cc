#include "tools/pii/names/find_names.h"

#include <algorithm>
#include <string>
#include <vector>

#include "tools/pii/names/everyday_words.h"
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

bool IsWord(const NameToken& token) { return IsLetter(token.lower[0]); }

bool IsEdge(const NameToken& token) { return !IsWord(token) && (token.kinds & kHasDigit) == 0; }

// True when the words could be an address: one is a street word, a place or has a capital,
// and is neither a measure nor "floor".
bool IsAddressLike(const std::vector<NameToken>& tokens, std::size_t first, std::size_t last) {
  constexpr std::string_view kMeasures[] = {"x",  "cm", "mm", "m",  "km",  "kg",  "g",     "ft",
                                            "sq", "in", "lb", "ml", "eur", "usd", "order", "gb"};
  return std::any_of(
      tokens.begin() + static_cast<std::ptrdiff_t>(first),
      tokens.begin() + static_cast<std::ptrdiff_t>(last), [&](const NameToken& token) {
        return IsLetter(token.lower[0]) &&
               std::find(std::begin(kMeasures), std::end(kMeasures), token.lower) ==
                   std::end(kMeasures) &&
               (token.kinds & (kUnitWord | kStreetWord)) != kUnitWord &&
               (token.kinds & (kCapital | kStreetWord | kStreetEnding | kPlace)) != 0;
      });
}

// "Germany", "New Zealand": a place and nobody's given name or surname.
bool IsPlaceOnly(const NameToken& token) {
  return !IsWord(token) || ((token.kinds & kPlace) != 0 && (token.kinds & (kGivenName | kSurname)) == 0);
}

// What stands before a value in a form or signature: "Tel.:", "Fax".
bool IsLabel(const NameToken& token) {
  constexpr std::string_view kLabels[] = {"tel", "mob", "fax", "phone", "mail", "email", "e-mail", "iban",
                                          "bic", "dob", "vat",  "sms",  "pin",   "nif",    "web",  "kontakt"};
  return std::find(std::begin(kLabels), std::end(kLabels), token.lower) != std::end(kLabels);
}

// A word that is no name where it stands: daily talk, and no given name or surname with a capital.
bool IsEveryday(const NameToken& token) {
  if (!IsWord(token) || token.lower.size() == 1) return true;
  const bool name = (token.kinds & (kGivenName | kSurname)) != 0 && (token.kinds & kCapital) != 0;
  return !name && IsEverydayWord(token.lower);
}

// True when "my name is" or the like stands right before: then any word is a name.
bool IsIntroduced(const std::vector<NameToken>& tokens, std::size_t first) {
  constexpr std::string_view kCues[] = {"name",  "named", "called", "dear",   "heiße",  "heisse", "appelle",
                                        "llamo", "chiamo", "nombre", "nom",    "naam",   "nome"};
  for (std::size_t back = 1; back <= 2 && back <= first; ++back) {
    const NameToken& token = tokens[first - back];
    if ((token.kinds & kTitle) != 0 ||
        std::find(std::begin(kCues), std::end(kCues), token.lower) != std::end(kCues)) {
      return true;
    }
  }
  return false;
}

// False for "e.g. wool" and "E.U.", for a title or short word in capitals alone, for labels, places
// and words of daily talk.
bool IsPersonLike(const std::vector<NameToken>& tokens, std::size_t first, std::size_t last) {
  if (std::all_of(tokens.begin() + static_cast<std::ptrdiff_t>(first),
                  tokens.begin() + static_cast<std::ptrdiff_t>(last),
                  [](const NameToken& token) { return IsLabel(token) || IsEdge(token); })) {
    return false;
  }
  if (tokens[first].lower.size() == 1 && (tokens[first].kinds & kCapital) == 0) return false;
  const auto begin = tokens.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = tokens.begin() + static_cast<std::ptrdiff_t>(last);
  if (std::all_of(begin, end, IsPlaceOnly)) return false;
  if (!IsIntroduced(tokens, first) && std::all_of(begin, end, IsEveryday)) return false;
  return std::any_of(tokens.begin() + static_cast<std::ptrdiff_t>(first),
                     tokens.begin() + static_cast<std::ptrdiff_t>(last),
                     [](const NameToken& token) {
                       const bool known = (token.kinds & (kGivenName | kSurname)) != 0;
                       const bool code = token.lower.size() <= 3 && token.shape == "XX";
                       const bool title = (token.kinds & kTitle) != 0;
                       return known || (token.lower.size() > 1 && IsWord(token) && !code && !title);
                     });
}

// "Black", "zu lang", "in Schwarz": a few everyday words and nothing else. A surname counts as the word that it is
// where a capital says nothing: as the first word, small, behind "in". A given name with a capital never does.
bool IsEverydayAnswer(const std::vector<NameToken>& tokens) {
  constexpr std::ptrdiff_t kMostWords = 3;
  if (std::count_if(tokens.begin(), tokens.end(), IsWord) > kMostWords) return false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!IsWord(tokens[i])) continue;
    if (!IsEverydayWord(tokens[i].lower)) return false;
    if ((tokens[i].kinds & kCapital) == 0) continue;
    if ((tokens[i].kinds & kGivenName) != 0) return false;
    const bool says_nothing = i == 0 || tokens[i - 1].lower == "in";
    if ((tokens[i].kinds & kSurname) != 0 && !says_nothing) return false;
  }
  return true;
}

// An everyday word that is no part of a name anywhere.
bool IsBeside(const NameToken& token) {
  return IsWord(token) && (token.kinds & (kGivenName | kSurname | kParticle | kTitle)) == 0 &&
         token.lower.size() > 1 && IsEverydayWord(token.lower);
}

// Cuts off what the tagger drew in beside a name: "Yes, Ben", "answer Paul", "Paul knows". Such a word goes where a
// comma parts it from the name, or where it is written small and the name is not.
void TrimPerson(const std::vector<NameToken>& tokens, std::size_t& first, std::size_t& last) {
  const auto small_beside = [&](std::size_t small, std::size_t name) {
    return (tokens[small].kinds & kCapital) == 0 && (tokens[name].kinds & kCapital) != 0;
  };
  while (last - first >= 2 && IsBeside(tokens[first])) {
    const bool comma = last - first >= 3 && tokens[first + 1].lower == ",";
    if (!comma && !small_beside(first, first + 1)) break;
    first += comma ? 2 : 1;
  }
  while (last - first >= 2 && IsBeside(tokens[last - 1])) {
    const bool comma = last - first >= 3 && tokens[last - 2].lower == ",";
    if (!comma && !small_beside(last - 1, last - 2)) break;
    last -= comma ? 2 : 1;
  }
}

// Adds tokens [first, last) without punctuation at its ends.
void AddSpan(const View& view, const std::vector<NameToken>& tokens, std::size_t first,
             std::size_t last, PiiType type, double confidence, Candidates& out) {
  while (first < last && IsEdge(tokens[first])) ++first;
  while (first < last && IsEdge(tokens[last - 1])) --last;
  if (first == last) return;
  out.push_back({static_cast<std::uint32_t>(view.FromOriginal(tokens[first].begin)),
                 static_cast<std::uint32_t>(view.FromOriginal(tokens[last - 1].end)), type,
                 JoinWords(tokens, first, last), confidence});
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

bool Begins(NameTag tag) { return static_cast<int>(tag) % 2 == 1; }

// A run of tokens with tags of one kind.
struct Tagged {
  std::size_t first, last;
  NameTag kind;  // its begin tag
};

std::vector<Tagged> TaggedRuns(const std::vector<NameToken>& tokens,
                               const std::vector<NameTag>& tags) {
  std::vector<Tagged> runs;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (tags[i] == NameTag::kNone) continue;
    if (Begins(tags[i]) || runs.empty() || runs.back().last != i) {
      const int tag = static_cast<int>(tags[i]);
      runs.push_back({i, i + 1, static_cast<NameTag>(Begins(tags[i]) ? tag : tag - 1)});
    } else {
      runs.back().last = i + 1;
    }
  }
  for (std::size_t r = 0; r < runs.size(); ++r) {
    Tagged& run = runs[r];
    if (run.kind != NameTag::kPersonBegin) continue;
    // "J. R. Whitmore": initials before a surname belong to it.
    while (run.first >= 2 && tokens[run.first - 1].lower == "." &&
           tokens[run.first - 2].shape == "X" && (r == 0 || runs[r - 1].last + 1 < run.first)) {
      run.first -= 2;
    }
    // "Keizersgracht 174" is a street, whatever its name is.
    const bool street = (tokens[run.last - 1].kinds & kStreetEnding) != 0;
    const bool number = run.last < tokens.size() && (tokens[run.last].kinds & kHasDigit) != 0;
    if (street && number) run.kind = NameTag::kAddressBegin;
  }
  return runs;
}

bool IsOfAddress(const Tagged& run) {
  return run.kind == NameTag::kAddressBegin || run.kind == NameTag::kPlaceBegin;
}

// True when what stands between two runs does not part them: punctuation, one short word.
bool Joined(const std::vector<NameToken>& tokens, const Tagged& a, const Tagged& b) {
  std::size_t words = 0;
  for (std::size_t i = a.last; i < b.first; ++i) words += IsWord(tokens[i]) ? 1 : 0;
  return b.first - a.last <= 3 && words <= 1;
}

// One address from runs [first, last), which the tagger may have cut into street, number
// and town: as one span, or as the runs that the tagger called address.
void AddAddress(const View& view, const std::vector<NameToken>& tokens,
                const std::vector<Tagged>& runs, std::size_t first, std::size_t last, bool whole,
                Candidates& out) {
  const auto is_address = [](const Tagged& run) { return run.kind == NameTag::kAddressBegin; };
  const auto begin = runs.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = runs.begin() + static_cast<std::ptrdiff_t>(last);
  if (std::none_of(begin, end, is_address) ||
      !IsAddressLike(tokens, runs[first].first, runs[last - 1].last)) {
    return;
  }
  if (whole) {
    AddSpan(view, tokens, runs[first].first, runs[last - 1].last, PiiType::kAddress, 0.8, out);
    return;
  }
  for (std::size_t i = first; i < last; ++i) {
    if (is_address(runs[i])) {
      AddSpan(view, tokens, runs[i].first, runs[i].last, PiiType::kAddress, 0.8, out);
    }
  }
}

}  // namespace

void FindNames(const View& view, const NameOptions& options, Candidates& out) {
  const std::vector<NameToken> tokens = NameTokens(view.original());
  const std::vector<Tagged> runs = TaggedRuns(tokens, TagNames(tokens, BuiltInNameWeights()));
  const std::size_t before = out.size();
  const bool everyday = IsEverydayAnswer(tokens);
  for (std::size_t i = 0; i < runs.size();) {
    std::size_t last = i + 1;
    if (runs[i].kind == NameTag::kPersonBegin) {
      std::size_t begin = runs[i].first, end = runs[i].last;
      TrimPerson(tokens, begin, end);
      const bool answer = everyday && !IsIntroduced(tokens, begin);
      if (!answer && IsPersonLike(tokens, begin, end)) {
        AddSpan(view, tokens, begin, end, PiiType::kPerson, 0.8, out);
      }
    } else if (IsOfAddress(runs[i])) {
      while (last < runs.size() && IsOfAddress(runs[last]) &&
             Joined(tokens, runs[last - 1], runs[last])) {
        ++last;
      }
      AddAddress(view, tokens, runs, i, last, options.whole_addresses, out);
    }
    i = last;
  }
  const auto found = [&](PiiType type) {
    return std::any_of(out.begin() + static_cast<std::ptrdiff_t>(before), out.end(),
                       [&](const Candidate& candidate) { return candidate.type == type; });
  };
  if (options.name_was_asked && !found(PiiType::kPerson)) AddAskedName(view, tokens, out);
  if (options.address_was_asked && !found(PiiType::kAddress)) AddAskedAddress(view, tokens, out);
}

}  // namespace frontdesk::tools
