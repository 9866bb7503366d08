#include "dialog/understand/intents/lexical_features.h"

#include <algorithm>
#include <cmath>

#include "llm/math.h"
#include "text/normalise.h"
#include "text/utf8.h"

namespace frontdesk::understand {

namespace {

constexpr size_t kLongestWord = 40;  // bytes that n-grams are taken from
constexpr int kShortestGram = 2, kLongestGram = 5;

// The lowest bit tells the two groups apart: 1 a word feature, 0 a character feature.
constexpr uint64_t kWordGroup = 1;

uint64_t Mix(uint64_t h) {
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdull;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ull;
  return h ^ (h >> 33);
}

uint64_t HashBytes(std::string_view bytes, uint64_t seed) {
  uint64_t h = 0xcbf29ce484222325ull ^ seed;
  for (unsigned char c : bytes) h = (h ^ c) * 0x100000001b3ull;
  return Mix(h);
}

bool IsWordByte(unsigned char c) {
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

bool IsDigit(unsigned char c) { return c >= '0' && c <= '9'; }

// General punctuation and symbols of U+2000..U+206F are no word characters though above 0x80.
std::string_view WithoutPunctuation(std::string_view word) {
  while (word.size() >= 3 && word.substr(0, 2) == "\xE2\x80") word.remove_prefix(3);
  return word;
}

void AppendWord(std::string_view raw, std::vector<std::string>* words) {
  const std::string_view word = WithoutPunctuation(raw);
  if (word.empty()) return;
  const bool number = std::all_of(word.begin(), word.end(), IsDigit);
  words->emplace_back(number && word.size() >= 3 ? "0" : word);
}

// "<email_1>" at text[at]: its length, 0 when there is none.
size_t VaultTokenLength(std::string_view folded, size_t at) {
  size_t i = at + 1;
  while (i < folded.size() && (folded[i] == '_' || (folded[i] >= 'a' && folded[i] <= 'z'))) ++i;
  const size_t digits = i;
  while (i < folded.size() && IsDigit(folded[i])) ++i;
  const bool token = i < folded.size() && folded[i] == '>' && i > digits && digits > at + 2 &&
                     folded[digits - 1] == '_';
  return token ? i + 1 - at : 0;
}

void AppendHashes(const std::vector<std::string>& words, std::vector<uint64_t>* hashes) {
  for (size_t i = 0; i < words.size(); ++i) {
    hashes->push_back(HashBytes(words[i], 1) | kWordGroup);
    if (i + 1 < words.size()) {
      hashes->push_back(HashBytes(words[i] + ' ' + words[i + 1], 2) | kWordGroup);
    }
    std::string padded = ' ' + words[i].substr(0, kLongestWord) + ' ';
    std::vector<size_t> starts;  // of code points
    for (size_t at = 0; at < padded.size(); ++at) {
      if ((static_cast<unsigned char>(padded[at]) & 0xC0) != 0x80) starts.push_back(at);
    }
    starts.push_back(padded.size());
    const int characters = static_cast<int>(starts.size()) - 1;
    for (int n = kShortestGram; n <= kLongestGram; ++n) {
      for (int at = 0; at + n <= characters; ++at) {
        const std::string_view gram =
            std::string_view(padded).substr(starts[at], starts[at + n] - starts[at]);
        hashes->push_back(HashBytes(gram, 3) & ~kWordGroup);
      }
      if (characters <= n) break;  // a short word is one gram, not four equal ones
    }
  }
}

}  // namespace

std::vector<std::string> FeatureWords(std::string_view text) {
  const std::string folded = text::FoldText(text, {.confusables = true});
  std::vector<std::string> words;
  size_t i = 0;
  while (i < folded.size()) {
    if (folded[i] == '<') {
      if (const size_t length = VaultTokenLength(folded, i); length > 0) {
        const size_t underscore = folded.rfind('_', i + length - 1);
        words.push_back(folded.substr(i, underscore - i) + '>');
        i += length;
        continue;
      }
    }
    if (!IsWordByte(folded[i])) {
      ++i;
      continue;
    }
    const size_t begin = i;
    // An apostrophe inside a word is dropped with the word kept whole: "don't" is "dont".
    std::string word;
    while (i < folded.size() && (IsWordByte(folded[i]) || (folded[i] == '\'' && i > begin))) {
      if (folded[i] != '\'') word += folded[i];
      ++i;
    }
    AppendWord(word, &words);
  }
  return words;
}

LexicalFeatures LexicalFeatures::Build(std::span<const std::string> texts, int minimum_documents) {
  std::vector<uint64_t> all, one;
  for (const std::string& text : texts) {
    one.clear();
    AppendHashes(FeatureWords(text), &one);
    std::sort(one.begin(), one.end());
    one.erase(std::unique(one.begin(), one.end()), one.end());
    all.insert(all.end(), one.begin(), one.end());
  }
  std::sort(all.begin(), all.end());
  std::vector<uint64_t> hashes;
  std::vector<float> idf;
  for (size_t i = 0; i < all.size();) {
    size_t j = i;
    while (j < all.size() && all[j] == all[i]) ++j;
    const int documents = static_cast<int>(j - i);
    if (documents >= minimum_documents) {
      hashes.push_back(all[i]);
      idf.push_back(static_cast<float>(llm::Log((1.0 + texts.size()) / (1.0 + documents)) + 1.0));
    }
    i = j;
  }
  return LexicalFeatures(std::move(hashes), std::move(idf));
}

LexicalFeatures::LexicalFeatures(std::vector<uint64_t> hashes, std::vector<float> idf)
    : hashes_(std::move(hashes)), idf_(std::move(idf)) {
  IndexHashes();
}

void LexicalFeatures::IndexHashes() {
  size_t capacity = 16;
  while (capacity < hashes_.size() * 2) capacity *= 2;
  slots_.assign(capacity, 0);
  for (size_t f = 0; f < hashes_.size(); ++f) {
    size_t at = (hashes_[f] >> 1) & (capacity - 1);
    while (slots_[at] != 0) at = (at + 1) & (capacity - 1);
    slots_[at] = static_cast<uint32_t>(f + 1);
  }
}

int64_t LexicalFeatures::Find(uint64_t hash) const {
  if (hashes_.empty()) return -1;
  const size_t mask = slots_.size() - 1;
  for (size_t at = (hash >> 1) & mask; slots_[at] != 0; at = (at + 1) & mask) {
    if (hashes_[slots_[at] - 1] == hash) return slots_[at] - 1;
  }
  return -1;
}

SparseVector LexicalFeatures::Transform(std::string_view text, float* known_share) const {
  const std::vector<std::string> words = FeatureWords(text);
  if (known_share != nullptr) {
    int known = 0;
    for (const std::string& word : words) known += Find(HashBytes(word, 1) | kWordGroup) >= 0;
    *known_share = words.empty() ? 0.0f : static_cast<float>(known) / words.size();
  }
  std::vector<uint64_t> hashes;
  AppendHashes(words, &hashes);
  std::vector<uint32_t> found;
  found.reserve(hashes.size());
  for (uint64_t hash : hashes) {
    if (const int64_t f = Find(hash); f >= 0) found.push_back(static_cast<uint32_t>(f));
  }
  std::sort(found.begin(), found.end());

  SparseVector vector;
  float squares[2] = {0, 0};
  for (size_t i = 0; i < found.size();) {
    size_t j = i;
    while (j < found.size() && found[j] == found[i]) ++j;
    const float tf = 1.0f + static_cast<float>(llm::Log(static_cast<double>(j - i)));
    const float value = tf * idf_[found[i]];
    vector.push_back({found[i], value});
    squares[hashes_[found[i]] & kWordGroup] += value * value;
    i = j;
  }
  for (SparseEntry& entry : vector) {
    entry.value /= std::sqrt(squares[hashes_[entry.feature] & kWordGroup]);
  }
  return vector;
}

}  // namespace frontdesk::understand
