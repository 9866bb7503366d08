#include "dialog/screen/screen_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace frontdesk::screen {
namespace {

constexpr size_t kLongest = 8000;
constexpr size_t kLongestWord = 40;
constexpr float kLastSentenceWeight = 0.7f;

uint64_t Hash(std::string_view bytes, uint64_t seed) {
  uint64_t h = 0xcbf29ce484222325ull ^ seed * 0x9e3779b97f4a7c15ull;
  for (const unsigned char c : bytes) h = (h ^ c) * 0x100000001b3ull;
  h ^= h >> 32;
  h *= 0x94d049bb133111ebull;
  return h ^ h >> 29;
}

bool WordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<signed char>(c) < 0;
}
// The same before folding.
bool Wordish(char c) { return WordByte(c) || (c >= 'A' && c <= 'Z'); }
bool Blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Words and signs in order; long numbers are alike.
std::vector<std::string_view> TokensOf(std::string_view text) {
  std::vector<std::string_view> tokens;
  for (size_t at = 0; at < text.size();) {
    if (Blank(text[at])) {
      ++at;
      continue;
    }
    size_t end = at + 1;
    bool digits = text[at] >= '0' && text[at] <= '9';
    if (WordByte(text[at])) {
      while (end < text.size() && WordByte(text[end])) {
        digits &= text[end] >= '0' && text[end] <= '9';
        ++end;
      }
    } else {
      digits = false;
    }
    tokens.push_back(digits && end - at > 2 ? std::string_view("000") : text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

// Puts the places of a block into the vector, each once, with length `weight`.
void AddBlock(std::vector<uint32_t>& places, float weight, FeatureVector& out) {
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  if (places.empty()) return;
  const float value = weight / std::sqrt(static_cast<float>(places.size()));
  for (const uint32_t place : places) out.push_back({place, value});
}

void WordPlaces(const std::vector<std::string_view>& tokens, uint32_t block,
                std::vector<uint32_t>& places) {
  const auto place = [block](uint64_t hash) {
    return block * kBlockSize + static_cast<uint32_t>(hash & (kBlockSize - 1));
  };
  for (size_t i = 0; i < tokens.size(); ++i) {
    uint64_t hash = 1;
    for (size_t n = 0; n < 3 && i + n < tokens.size(); ++n) {
      hash = Hash(tokens[i + n], hash);
      places.push_back(place(hash));
    }
  }
}

void CharacterPlaces(const std::vector<std::string_view>& tokens, std::vector<uint32_t>& places) {
  std::string word;
  for (const std::string_view token : tokens) {
    word.clear();
    word.push_back(' ');
    word.append(token.substr(0, kLongestWord));
    word.push_back(' ');
    for (size_t begin = 0; begin < word.size(); ++begin) {
      for (size_t n = 2; n <= 5 && begin + n <= word.size(); ++n) {
        const uint64_t hash = Hash(std::string_view(word).substr(begin, n), n);
        places.push_back(kBlockSize + static_cast<uint32_t>(hash & (kBlockSize - 1)));
      }
    }
  }
}

void AddStructure(std::string_view text, const std::vector<std::string_view>& tokens,
                  FeatureVector& out) {
  std::array<float, kStructureFeatures> values{};
  size_t brackets = 0, marks = 0, lines = 0, digits = 0, you = 0, sentences = 0, quotes = 0;
  for (const char c : text) {
    brackets += std::string_view("[]{}<>|").find(c) != std::string_view::npos ? 1 : 0;
    marks += c == '!' ? 1 : 0;
    lines += c == '\n' ? 1 : 0;
    digits += c >= '0' && c <= '9' ? 1 : 0;
    sentences += c == '.' || c == '?' || c == '!' ? 1 : 0;
    quotes += c == '"' ? 1 : 0;
  }
  for (const std::string_view token : tokens) {
    you += token == "you" || token == "your" || token == "du" || token == "dein" ? 1 : 0;
  }
  const float length = std::log(1.0f + static_cast<float>(tokens.size()));
  const float size = static_cast<float>(std::max<size_t>(text.size(), 1));
  const float words = static_cast<float>(std::max<size_t>(tokens.size(), 1));
  values = {length / 7.0f,
            std::max(0.0f, length - 4.0f) / 3.0f,
            std::min(1.0f, 20.0f * static_cast<float>(brackets) / size),
            std::min(1.0f, static_cast<float>(marks) / 3.0f),
            std::min(1.0f, static_cast<float>(lines) / 10.0f),
            std::min(1.0f, 10.0f * static_cast<float>(digits) / size),
            std::min(1.0f, 10.0f * static_cast<float>(you) / words),
            std::min(1.0f, static_cast<float>(you) / 20.0f),
            std::min(1.0f, static_cast<float>(sentences) / 20.0f),
            std::min(1.0f, static_cast<float>(quotes) / 4.0f),
            tokens.size() <= 3 ? 1.0f : 0.0f,
            text.find("\\n") != std::string_view::npos ? 1.0f : 0.0f,
            text.find("```") != std::string_view::npos ? 1.0f : 0.0f};
  for (uint32_t i = 0; i < kStructureFeatures; ++i) {
    if (values[i] != 0) out.push_back({kBlocks * kBlockSize + i, values[i]});
  }
}

}  // namespace

std::string_view LastSentence(std::string_view text) {
  size_t end = text.size();
  while (end > 0 && !Wordish(text[end - 1])) --end;
  if (end == 0) return text;
  size_t begin = end;
  while (begin > 0) {
    const char before = text[begin - 1];
    if (before == '\n') break;
    if (Blank(before) && begin > 1 &&
        std::string_view(".!?:").find(text[begin - 2]) != std::string_view::npos) {
      break;
    }
    --begin;
  }
  return text.substr(begin, end - begin);
}

FeatureVector ScreenFeatures(std::string_view folded) {
  folded = folded.substr(0, kLongest);
  const std::vector<std::string_view> tokens = TokensOf(folded);
  FeatureVector features;
  std::vector<uint32_t> places;
  WordPlaces(tokens, 0, places);
  AddBlock(places, 1.0f, features);
  places.clear();
  CharacterPlaces(tokens, places);
  AddBlock(places, 1.0f, features);
  places.clear();
  WordPlaces(TokensOf(LastSentence(folded)), 2, places);
  AddBlock(places, kLastSentenceWeight, features);
  AddStructure(folded, tokens, features);
  return features;
}

}  // namespace frontdesk::screen
