// The words around a place in the text, which tell a telephone number from an order
// number. Windows end at a line break on the right, and take one on the left (forms
// put the label above the value).
//
//   constexpr ContextWords kCardWords(std::to_array<std::string_view>({"card", "visa"}));
//   WordBefore(view, begin, kCardWords);   // "my card is 4111…"
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tools/pii/view.h"

namespace frontdesk::tools {

// Words (or phrases) that stand around a value, by their first byte: a place in the text is
// compared with the few that begin as it does. Built at compile time; at most 255 words, none empty.
template <std::size_t kCount>
struct ContextWords {
  explicit constexpr ContextWords(std::array<std::string_view, kCount> list) : words(list) {
    static_assert(kCount < 256);
    std::sort(words.begin(), words.end());
    for (std::size_t i = kCount; i-- > 0;) first[static_cast<unsigned char>(words[i][0])] = static_cast<std::uint8_t>(i + 1);
  }

  std::array<std::string_view, kCount> words;
  std::array<std::uint8_t, 256> first{};  // one more than the index of the first word with that byte; 0: none
};

// A borrowed list of any length.
struct WordList {
  WordList() = default;
  template <std::size_t kCount>
  constexpr WordList(const ContextWords<kCount>& list) : words(list.words), first(list.first.data()) {}

  std::span<const std::string_view> words;
  const std::uint8_t* first = nullptr;  // null when there are no words
};

// True when a word (or phrase) of the list stands in the `reach` bytes before `begin`.
// Words match whole, except that a word of the list ending in '*' matches a beginning.
// Cost: about 2 ns a byte of the window.
bool WordBefore(const View& view, std::size_t begin, WordList words, std::size_t reach = 40);

// The same after `end`, within the line.
bool WordAfter(const View& view, std::size_t end, WordList words, std::size_t reach = 24);

// How far before `begin` the nearest word of the list ends, in bytes; npos when none.
std::size_t DistanceBefore(const View& view, std::size_t begin, WordList words,
                           std::size_t reach = 40);

}  // namespace frontdesk::tools
