// Numbers of words that were seen before: a hash table whose slots hold the spellings themselves.
//
// A passage's words are looked up together: their slots are fetched from memory side by side, not
// one after the other, which is what a table larger than the caches costs most. Belongs to one
// thread; grows with the vocabulary (64 bytes a word at most).
//
//   WordNumbers known;
//   known.Add(WordKey::Of("en", "refund"), 7);
//   known.Find(keys, numbers);   // 7 for that key, WordNumbers::kUnknown for others
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace frontdesk::retrieval {

// Language and spelling, padded with zeros.
struct WordKey {
  static constexpr size_t kLongestWord = 21;  // bytes

  std::array<uint64_t, 3> bytes{};  // two of language, one of length, the spelling

  // Precondition: 1 <= word.size() <= kLongestWord. Of the language, the first two bytes count.
  static WordKey Of(std::string_view language, std::string_view word) {
    WordKey key;
    auto* const out = reinterpret_cast<char*>(key.bytes.data());
    std::memcpy(out, language.data(), language.size() < 2 ? language.size() : 2);
    out[2] = static_cast<char>(word.size());
    std::memcpy(out + 3, word.data(), word.size());
    return key;
  }
  friend bool operator==(const WordKey&, const WordKey&) = default;
};

class WordNumbers {
 public:
  static constexpr uint32_t kUnknown = UINT32_MAX - 1;

  WordNumbers();

  // numbers[i] becomes the number of keys[i]. Both of the same size. Cost: about 15 ns a key.
  void Find(std::span<const WordKey> keys, uint32_t* numbers) const;

  // Precondition: the key is not there; number != kUnknown.
  void Add(const WordKey& key, uint32_t number);

 private:
  struct alignas(32) Slot {
    WordKey key;  // of no word where the slot is free
    uint32_t number = kUnknown;
  };
  static uint64_t Hash(const WordKey& key);
  // The slot of the key, or the free one where it belongs.
  size_t Place(const WordKey& key, uint64_t hash) const;

  std::vector<Slot> slots_;  // a power of two, at most half of them used
  size_t used_ = 0;
};

}  // namespace frontdesk::retrieval
