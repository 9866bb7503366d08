#include "dialog/understand/courtesy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialog/understand/words/phrasebook.h"

namespace frontdesk::understand {

namespace {

// What a token may be part of. Order matters: from kBeside on it is courtesy where a heart is near.
enum class Part { kOwn, kMark, kGlue, kBeside, kHeart };

bool EndsPart(const Message& m, size_t i) {
  constexpr std::string_view kEnds = ".,!?;:()";
  return m.tokens[i].kind == MessageToken::kMark &&
         (kEnds.find(m.key(i)[0]) != std::string_view::npos || m.key(i) == "…" ||
          m.key(i) == "–" || m.key(i) == "—");
}

bool IsPerson(const Message& m, size_t i) {
  return i < m.size() && m.tokens[i].kind == MessageToken::kVault && m.key(i).starts_with("<PERSON");
}

// Tokens of "my name is <PERSON_1>", "<PERSON_1> here" at `at`; 0: none.
size_t Introduction(const Message& m, size_t at) {
  const Phrasebook& book = Phrasebook::Get();
  const size_t lead = book.name_leads.Match(m, at);
  size_t end = at + lead;
  if (!IsPerson(m, end)) return 0;
  while (IsPerson(m, end)) ++end;
  const size_t here = book.speaking_here.Match(m, end);
  return lead == 0 && here == 0 ? 0 : end + here - at;
}

std::vector<Part> PartsOf(const Message& m) {
  const Phrasebook& book = Phrasebook::Get();
  std::vector<Part> parts(m.size(), Part::kOwn);
  for (size_t i = 0; i < m.size();) {
    size_t tokens = 1;
    Part part = Part::kOwn;
    const PhraseTable::Found said = book.courtesy.Find(m, i);
    const size_t heart = std::max({Introduction(m, i), book.greeting.Match(m, i),
                                   book.thanks.Match(m, i), said.value == 2 ? said.tokens : 0});
    if (const size_t glue = book.courtesy_glue.Match(m, i); heart > 0 && heart >= glue) {
      tokens = heart;
      part = Part::kHeart;
    } else if (said.tokens > 0 && said.tokens >= glue) {
      tokens = said.tokens;
      part = Part::kBeside;
    } else if (glue > 0) {
      tokens = glue;
      part = Part::kGlue;
    } else if (IsPerson(m, i)) {
      part = Part::kBeside;
    } else if (m.tokens[i].kind == MessageToken::kMark) {
      part = EndsPart(m, i) ? Part::kMark : Part::kGlue;
    }
    std::fill_n(parts.begin() + static_cast<int64_t>(i), tokens, part);
    i += tokens;
  }
  return parts;
}

// Between two marks only a value is handed over: ", order 48020,", "my email is <EMAIL_1>".
bool HandsOver(const Message& m, const std::vector<Part>& parts, size_t first, size_t last) {
  const Phrasebook& book = Phrasebook::Get();
  bool value = false;
  for (size_t i = first; i < last;) {
    const bool here =
        m.tokens[i].kind == MessageToken::kNumber || m.tokens[i].kind == MessageToken::kVault;
    const size_t light = std::max({book.light_words.Match(m, i, last),
                                   book.order_nouns.Match(m, i, last),
                                   book.number_nouns.Match(m, i, last)});
    if (!here && light == 0 && parts[i] == Part::kOwn) return false;
    value |= here;
    i += std::max<size_t>(light, 1);
  }
  return value;
}

// Marks what is courtesy between two marks: all of it, or how it begins and how it ends. continues: the stretch before
// was all courtesy, and what stands beside a heart goes with it ("I hope, you are well"). Returns
// the number of hearts.
size_t MarkStretch(const std::vector<Part>& parts, size_t first, size_t last, bool continues,
                   std::vector<bool>* courtesies) {
  size_t hearts = 0;
  const auto mark = [&](size_t begin, size_t end, Part least = Part::kHeart) {
    if (std::none_of(parts.begin() + static_cast<int64_t>(begin),
                     parts.begin() + static_cast<int64_t>(end),
                     [&](Part part) { return part >= least; })) {
      return;
    }
    for (size_t i = begin; i < end; ++i) {
      (*courtesies)[i] = true;
      hearts += parts[i] == Part::kHeart;
    }
  };
  size_t begin = first;  // of the first word that is the message's own
  while (begin < last && parts[begin] != Part::kOwn) ++begin;
  if (begin == last) {
    mark(first, last, continues ? Part::kBeside : Part::kHeart);
    return hearts;
  }
  size_t end = last;  // behind the last such word
  while (parts[end - 1] != Part::kOwn) --end;
  while (begin > first && parts[begin - 1] < Part::kBeside) --begin;
  while (end < last && parts[end] < Part::kBeside) ++end;
  mark(first, begin);
  mark(end, last);
  return hearts;
}

}  // namespace

std::vector<bool> FindCourtesies(const Message& m) {
  const std::vector<Part> parts = PartsOf(m);
  std::vector<bool> courtesies(m.size(), false);
  size_t hearts = 0;
  auto own = std::count(parts.begin(), parts.end(), Part::kOwn);
  bool continues = false;
  for (size_t first = 0; first < m.size();) {
    size_t last = first;
    while (last < m.size() && parts[last] != Part::kMark) ++last;
    if (last > first && HandsOver(m, parts, first, last)) {
      std::fill(courtesies.begin() + static_cast<int64_t>(first),
                courtesies.begin() + static_cast<int64_t>(last), true);
      own -= std::count(parts.begin() + static_cast<int64_t>(first),
                        parts.begin() + static_cast<int64_t>(last), Part::kOwn);
      continues = true;
    } else if (last > first) {
      hearts += MarkStretch(parts, first, last, continues, &courtesies);
      continues = std::all_of(courtesies.begin() + static_cast<int64_t>(first),
                              courtesies.begin() + static_cast<int64_t>(last),
                              [](bool courtesy) { return courtesy; });
    }
    if (last < m.size()) courtesies[last] = continues;  // its mark goes with it
    first = last + 1;
  }
  // Much courtesy around a single word is still courtesy.
  if (own < (hearts >= 3 ? 1 : 2)) courtesies.assign(m.size(), false);
  return courtesies;
}

std::string Core(const Message& m, const std::vector<bool>& courtesies) {
  if (std::find(courtesies.begin(), courtesies.end(), true) == courtesies.end()) return m.text;
  std::string core;
  for (size_t first = 0; first < m.size();) {
    if (courtesies[first]) {
      ++first;
      continue;
    }
    size_t last = first;
    while (last < m.size() && !courtesies[last]) ++last;
    absl::StrAppend(&core, core.empty() ? "" : " ", std::string(m.Surface(first, last)));
    first = last;
  }
  return core;
}

}  // namespace frontdesk::understand
