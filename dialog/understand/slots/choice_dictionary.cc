#include "dialog/understand/slots/choice_dictionary.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "text/fuzzy.h"
#include "text/stem.h"

namespace frontdesk::understand {

namespace {

constexpr size_t kLongestWindow = 8;
constexpr size_t kShortestFuzzy = 5;  // letters: shorter names must match exactly
constexpr size_t kShortestPartial = 4;

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

void Append(const std::string& word, bool number, Window* window) {
  if (!window->key.empty()) {
    window->key += ' ';
    window->stem += ' ';
  }
  window->key += word;
  window->stem += number ? word : StemOf(word);
  if (number) window->figures += word + ' ';
  ++window->words;
}

Window WindowOf(const Message& m, size_t first, size_t last) {
  Window window;
  for (size_t i = first; i < last; ++i) {
    if (m.tokens[i].kind == MessageToken::kMark) continue;
    Append(m.key(i), m.IsNumber(i), &window);
  }
  window.letters = LettersOf(window.key);
  return window;
}

int MostEdits(size_t letters) { return letters < kShortestFuzzy ? 0 : letters < 10 ? 1 : letters < 16 ? 2 : 3; }

}  // namespace

void ChoiceDictionary::AddPhrase(size_t request, const std::string& canonical,
                                 std::string_view phrase, bool product, bool partial) {
  const Message m = ReadMessage(phrase);
  const Window window = WindowOf(m, 0, m.size());
  if (window.words == 0 || window.words > kLongestWindow) return;
  entries_.push_back({request, canonical, window.key, window.stem, window.figures, window.words,
                      product, partial, window.letters});
}

void ChoiceDictionary::Add(size_t request, const std::vector<Choice>& choices, bool product) {
  std::map<std::string, std::set<std::string>> owners;  // word of a name → products
  for (const Choice& choice : choices) {
    std::string spoken = choice.canonical;
    std::replace(spoken.begin(), spoken.end(), '_', ' ');
    AddPhrase(request, choice.canonical, spoken, product, false);
    for (const std::string& synonym : choice.synonyms) {
      AddPhrase(request, choice.canonical, synonym, product, false);
      const Message m = ReadMessage(synonym);
      for (const MessageToken& token : m.tokens) owners[token.key].insert(choice.canonical);
    }
  }
  if (!product) return;
  for (const Choice& choice : choices) {
    if (choice.synonyms.empty()) continue;
    const std::string& name = choice.synonyms.front();
    const Message m = ReadMessage(name);
    // "Tarn 3 tent" is also called "Tarn 3".
    if (m.size() >= 3) AddPhrase(request, choice.canonical, m.Surface(0, m.size() - 1), product, false);
    for (const MessageToken& token : m.tokens) {
      if (token.kind != MessageToken::kWord || token.key.size() < kShortestPartial) continue;
      if (m.size() > 1 && owners[token.key].size() == 1) {
        AddPhrase(request, choice.canonical, token.key, product, true);
      }
    }
  }
}

void ChoiceDictionary::Build() {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.request, a.key, a.canonical, a.partial) <
           std::tie(b.request, b.key, b.canonical, b.partial);
  });
}

int ChoiceDictionary::Quality(const Entry& e, const std::string& key, const std::string& stem,
                              const std::string& figures, uint64_t letters) const {
  if (e.figures != figures) return 0;
  if (e.key == key) return 1000;
  if (e.stem == stem) return 950;
  const int most = MostEdits(e.key.size());
  if (most == 0 || e.partial) return 0;
  const size_t longer = std::max(e.key.size(), key.size());
  if (longer - std::min(e.key.size(), key.size()) > static_cast<size_t>(most)) return 0;
  if (std::popcount(e.letters ^ letters) > 2 * most) return 0;
  const int distance = text::EditDistance(e.key, key, most);
  return distance > most ? 0 : 900 - 100 * distance;
}

std::vector<ChoiceDictionary::Found> ChoiceDictionary::Find(const Message& m,
                                                            const std::vector<bool>& taken,
                                                            std::span<const size_t> requests,
                                                            int64_t asked) const {
  std::vector<Found> all;
  for (size_t first = 0; first < m.size(); ++first) {
    if (m.tokens[first].kind == MessageToken::kMark) continue;
    for (size_t last = first + 1; last <= m.size() && last <= first + kLongestWindow; ++last) {
      if (taken[last - 1]) break;
      if (m.tokens[last - 1].kind == MessageToken::kMark) continue;
      const Window window = WindowOf(m, first, last);
      for (const Entry& e : entries_) {
        if (std::find(requests.begin(), requests.end(), e.request) == requests.end()) continue;
        if (e.words + 1 < window.words || window.words + 1 < e.words) continue;
        if (e.partial && static_cast<int64_t>(e.request) != asked) continue;
        const int quality = Quality(e, window.key, window.stem, window.figures, window.letters);
        if (quality > 0) {
          all.push_back({e.request, e.canonical, first, last,
                         e.partial ? quality - 300 : quality, {}});
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
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const Found& a, const Found& b) { return a.first < b.first; });
  return chosen;
}

}  // namespace frontdesk::understand
