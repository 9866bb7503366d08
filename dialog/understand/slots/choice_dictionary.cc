#include "dialog/understand/slots/choice_dictionary.h"

#include <algorithm>
#include <bit>

#include "dialog/understand/slots/numbers.h"
#include "dialog/understand/words/phrasebook.h"
#include "text/fuzzy.h"
#include "text/stem.h"

namespace frontdesk::understand {

namespace {

constexpr size_t kLongestWindow = 8;
constexpr size_t kShortestFuzzy = 5;  // letters: shorter names must match exactly
constexpr size_t kShortestPart = 3;   // letters of a word that can stand for a name
constexpr size_t kShortestHead = 4;   // letters of the head of a compound
constexpr size_t kMostReadings = 4;   // names a part may mean; more say nothing
constexpr int kPartQuality = 700;

struct Window {
  std::string key, stem, figures;
  uint64_t letters = 0;
  size_t words = 0;
};

uint64_t LettersOf(std::string_view text) {
  uint64_t letters = 0;
  for (unsigned char c : text) letters |= 1ull << (c % 61);
  return letters;
}

std::string StemOf(const std::string& word) {
  const std::string english(text::Stemmer::For("en").Stem(word));
  return std::string(text::Stemmer::For("de").Stem(english));
}

// stem: of the word; a number is its own.
void Append(const std::string& word, const std::string& stem, bool number, Window* window) {
  if (!window->key.empty()) {
    window->key += ' ';
    window->stem += ' ';
  }
  window->key += word;
  window->stem += stem;
  if (number) window->figures += word + ' ';
  ++window->words;
}

std::string StemAt(const Message& m, size_t i) {
  return m.IsNumber(i) ? m.key(i) : StemOf(m.key(i));
}

Window WholeWindow(const Message& m) {
  Window window;
  for (size_t i = 0; i < m.size(); ++i) {
    if (m.tokens[i].kind == MessageToken::kMark) continue;
    Append(m.key(i), StemAt(m, i), m.IsNumber(i), &window);
  }
  window.letters = LettersOf(window.key);
  return window;
}

int MostEdits(size_t letters) {
  return letters < kShortestFuzzy ? 0 : letters < 10 ? 1 : letters < 16 ? 2 : 3;
}

// The same first letter, or the first two exchanged.
bool BeginsAlike(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty() || a[0] == b[0]) return true;
  return a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0];
}

// Whether a word of the message means a word of a name: equal, inflected, misspelt, or the head of
// a compound ("lamp" of "headlamp", "Jacke" of "Regenjacke").
bool MeansWord(const std::string& said, const std::string& said_stem, const std::string& key,
               const std::string& stem) {
  if (said == key || said_stem == stem) return true;
  if (said_stem.size() >= kShortestHead && stem.size() > said_stem.size() &&
      stem.ends_with(said_stem)) {
    return true;
  }
  const bool near = said.size() >= kShortestFuzzy && key.size() >= kShortestFuzzy &&
                    said[0] == key[0] && std::max(said.size(), key.size()) <=
                                             std::min(said.size(), key.size()) + 1;
  return near && text::EditDistance(said, key, 1) <= 1;
}

// The same for a word that stands for a whole name: inflected ("jackets", "Jacke"), never misspelt
// ("store" is no stove) and no other form of the word ("packed" is no pack).
bool MeansHead(const std::string& said, const std::string& said_stem, const std::string& key,
               const std::string& stem) {
  if (said_stem.size() >= kShortestHead && stem.size() > said_stem.size() &&
      stem.ends_with(said_stem)) {
    return true;
  }
  if (said.size() >= kShortestHead && key.size() == said.size() + 1 && key.starts_with(said)) return true;
  if (!said.starts_with(key)) return false;
  const std::string_view ending = std::string_view(said).substr(key.size());
  constexpr std::string_view kEndings[] = {"", "s", "es", "e", "n", "en"};
  return std::find(std::begin(kEndings), std::end(kEndings), ending) != std::end(kEndings);
}

}  // namespace

void ChoiceDictionary::AddPhrase(size_t request, const std::string& canonical,
                                 std::string_view phrase) {
  const Message m = ReadMessage(phrase);
  const Window window = WholeWindow(m);
  if (window.words == 0 || window.words > kLongestWindow) return;
  entries_.push_back({request, canonical, window.key, window.stem, window.figures, window.words,
                      window.letters});
}

void ChoiceDictionary::AddWords(std::string_view phrase, Name* name) {
  const Message m = ReadMessage(phrase);
  const Phrasebook& book = Phrasebook::Get();
  for (size_t i = 0; i < m.size(); ++i) {
    const std::string& key = m.key(i);
    if (m.IsNumber(i)) {
      name->figures.push_back(key);
    } else if (m.tokens[i].kind == MessageToken::kWord && key.size() >= kShortestPart &&
               book.light_words.Match(m, i) == 0) {
      auto at = std::find(name->keys.begin(), name->keys.end(), key);
      if (at == name->keys.end()) {
        name->keys.push_back(key);
        name->stems.push_back(StemOf(key));
        name->heads.push_back(false);
        at = name->keys.end() - 1;
      }
      // "Tarn two" is no name for every two.
      const bool head = i + 1 == m.size() && !ReadCardinal(m, i, book);
      if (head) name->heads[static_cast<size_t>(at - name->keys.begin())] = true;
    }
  }
}

void ChoiceDictionary::Add(size_t request, const std::vector<Choice>& choices, bool parts) {
  for (const Choice& choice : choices) {
    std::string spoken = choice.canonical;
    std::replace(spoken.begin(), spoken.end(), '_', ' ');
    AddPhrase(request, choice.canonical, spoken);
    for (const std::string& synonym : choice.synonyms) {
      AddPhrase(request, choice.canonical, synonym);
    }
    if (!parts) continue;
    Name name{request, choice.canonical, {}, {}, {}, {}};
    AddWords(spoken, &name);
    for (const std::string& synonym : choice.synonyms) {
      AddWords(synonym, &name);
      // "Tarn 3 tent" is also called "Tarn 3".
      const Message m = ReadMessage(synonym);
      if (m.size() >= 3) AddPhrase(request, choice.canonical, m.Surface(0, m.size() - 1));
    }
    names_.push_back(std::move(name));
  }
}

void ChoiceDictionary::Build() {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.request, a.key, a.canonical) < std::tie(b.request, b.key, b.canonical);
  });
  const auto same = [](const Entry& a, const Entry& b) {
    return std::tie(a.request, a.key, a.canonical) == std::tie(b.request, b.key, b.canonical);
  };
  entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());
}

int ChoiceDictionary::Quality(const Entry& e, const std::string& key, const std::string& stem,
                              const std::string& figures, uint64_t letters) const {
  if (e.figures != figures) return 0;
  if (e.key == key) return 1000;
  if (e.stem == stem) return 950;
  const int most = MostEdits(e.key.size());
  if (most == 0) return 0;
  // "Looking" is no misspelt "cooking": people rarely mistype how a word begins.
  if (e.words == 1 && !BeginsAlike(e.key, key)) return 0;
  const size_t longer = std::max(e.key.size(), key.size());
  if (longer - std::min(e.key.size(), key.size()) > static_cast<size_t>(most)) return 0;
  if (std::popcount(e.letters ^ letters) > 2 * most) return 0;
  const int distance = text::EditDistance(e.key, key, most);
  return distance > most ? 0 : 900 - 100 * distance;
}

// Runs of words that are parts of names, each read as the name it fits best.
void ChoiceDictionary::FindParts(const Message& m, const std::vector<bool>& taken, size_t request,
                                 bool heads_only, std::vector<Found>* found) const {
  std::vector<const Name*> names;
  for (const Name& name : names_) {
    if (name.request == request) names.push_back(&name);
  }
  const Phrasebook& book = Phrasebook::Get();
  std::vector<std::vector<size_t>> fits(m.size());  // token → names it is a part of
  for (size_t i = 0; i < m.size(); ++i) {
    if (taken[i] || m.tokens[i].kind != MessageToken::kWord || m.key(i).size() < kShortestPart ||
        book.light_words.Match(m, i) > 0) {
      continue;
    }
    const std::string stem = StemOf(m.key(i));
    for (size_t n = 0; n < names.size(); ++n) {
      for (size_t w = 0; w < names[n]->keys.size(); ++w) {
        if (heads_only && !names[n]->heads[w]) continue;
        const auto means = heads_only ? MeansHead : MeansWord;
        if (!means(m.key(i), stem, names[n]->keys[w], names[n]->stems[w])) continue;
        fits[i].push_back(n);
        break;
      }
    }
  }
  for (size_t first = 0; first < m.size(); ++first) {
    if (fits[first].empty()) continue;
    std::vector<double> score(names.size(), 0.0);
    std::vector<std::string> figures;
    size_t last = first;
    for (size_t i = first; i < m.size() && !taken[i]; ++i) {
      if (m.IsNumber(i)) {
        figures.push_back(m.key(i));
      } else if (!fits[i].empty()) {
        for (size_t n : fits[i]) score[n] += 1.0 / static_cast<double>(fits[i].size());
      } else if (m.tokens[i].kind != MessageToken::kMark || m.IsMark(i, ',')) {
        break;
      }
      last = i + 1;
    }
    // "my Tarn 2" is no name for a Tarn 3.
    for (size_t n = 0; n < names.size(); ++n) {
      const std::vector<std::string>& own = names[n]->figures;
      for (const std::string& figure : figures) {
        const bool has = std::find(own.begin(), own.end(), figure) != own.end();
        if (!has && !own.empty()) score[n] = 0;
        if (has && score[n] > 0) score[n] += 1.0;
      }
    }
    const double best = *std::max_element(score.begin(), score.end());
    Found reading{request, "", first, last, kPartQuality, {}};
    for (size_t n = 0; n < names.size() && best > 0; ++n) {
      if (score[n] < best - 1e-9) continue;
      if (reading.canonical.empty()) {
        reading.canonical = names[n]->canonical;
      } else {
        reading.others.push_back(names[n]->canonical);
      }
    }
    if (!reading.canonical.empty() && reading.others.size() < kMostReadings) {
      found->push_back(std::move(reading));
    }
    first = last - 1;
  }
}

std::vector<ChoiceDictionary::Found> ChoiceDictionary::Find(const Message& m,
                                                            const std::vector<bool>& taken,
                                                            std::span<const size_t> requests,
                                                            std::span<const size_t> by_parts,
                                                            std::span<const size_t> by_heads)
    const {
  std::vector<const Entry*> asked;
  for (const Entry& e : entries_) {
    if (std::find(requests.begin(), requests.end(), e.request) != requests.end()) {
      asked.push_back(&e);
    }
  }
  std::vector<std::string> stems(m.size());
  for (size_t i = 0; i < m.size() && !asked.empty(); ++i) {
    if (m.tokens[i].kind != MessageToken::kMark && !taken[i]) stems[i] = StemAt(m, i);
  }
  std::vector<Found> all;
  for (size_t first = 0; !asked.empty() && first < m.size(); ++first) {
    if (m.tokens[first].kind == MessageToken::kMark) continue;
    Window window;  // of [first, last): grows by a token at a time
    for (size_t last = first + 1; last <= m.size() && last <= first + kLongestWindow; ++last) {
      if (taken[last - 1]) break;
      if (m.tokens[last - 1].kind == MessageToken::kMark) continue;
      Append(m.key(last - 1), stems[last - 1], m.IsNumber(last - 1), &window);
      window.letters = LettersOf(window.key);
      for (const Entry* entry : asked) {
        const Entry& e = *entry;
        if (e.words + 1 < window.words || window.words + 1 < e.words) continue;
        const int quality = Quality(e, window.key, window.stem, window.figures, window.letters);
        if (quality > 0) {
          all.push_back({e.request, e.canonical, first, last, quality, {}});
        }
      }
    }
  }
  // Better and longer readings first; what overlaps a chosen one of the same slot is dropped,
  // unless it is as good and means something else: then both are possible.
  std::stable_sort(all.begin(), all.end(), [](const Found& a, const Found& b) {
    const int64_t sa = a.quality + 200 * static_cast<int64_t>(a.last - a.first);
    const int64_t sb = b.quality + 200 * static_cast<int64_t>(b.last - b.first);
    return sa > sb;
  });
  std::vector<Found> chosen;
  for (const Found& found : all) {
    bool covered = false;
    for (Found& other : chosen) {
      const bool overlap = found.first < other.last && other.first < found.last;
      if (!overlap || other.request != found.request) continue;
      covered = true;
      const bool same_place = found.first == other.first && found.last == other.last;
      if (same_place && found.quality == other.quality && found.canonical != other.canonical) {
        other.others.push_back(found.canonical);
      }
    }
    if (!covered) chosen.push_back(found);
  }
  for (size_t request : by_parts) {
    const bool named = std::any_of(chosen.begin(), chosen.end(),
                                   [&](const Found& found) { return found.request == request; });
    if (!named) FindParts(m, taken, request, /*heads_only=*/false, &chosen);
  }
  for (size_t request : by_heads) {
    std::vector<bool> named = taken;  // by token, also those that a name has
    for (const Found& found : chosen) {
      if (found.request == request) std::fill(named.begin() + static_cast<int64_t>(found.first), named.begin() + static_cast<int64_t>(found.last), true);
    }
    FindParts(m, named, request, /*heads_only=*/true, &chosen);
  }
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const Found& a, const Found& b) { return a.first < b.first; });
  return chosen;
}

}  // namespace frontdesk::understand
