// Words around a value: whole words within reach, in tables and against a plain twin.
#include "tools/pii/recognise/context.h"

#include <gtest/gtest.h>

#include <string>

namespace frontdesk::tools {
namespace {

constexpr ContextWords kWords(std::to_array<std::string_view>({"card", "ss #", "steuer*", "tel.", "電話", "no"}));

// Every word at every place of the window, one after the other.
std::size_t PlainDistance(std::string_view window) {
  std::size_t best = std::string_view::npos;
  for (std::string_view word : kWords.words) {
    const bool open = word.back() == '*';
    if (open) word.remove_suffix(1);
    for (std::size_t at = window.find(word); at != window.npos; at = window.find(word, at + 1)) {
      const std::size_t end = at + word.size();
      const bool begins = at == 0 || !IsWordByte(window[at - 1]) || !IsWordByte(word.front());
      const bool ends = open || end == window.size() || !IsLetter(window[end]) || !IsLetter(word.back());
      if (begins && ends) best = std::min(best, window.size() - end);
    }
  }
  return best;
}

TEST(ContextTest, MatchesWholeWordsWithinReach) {
  struct Case {
    const char* name;
    const char* text;  // the value begins at its end
    bool before;
  };
  const Case cases[] = {
      {"word", "my card ", true},
      {"word and colon", "card: ", true},
      {"glued to the value", "card", true},
      {"part of a longer word", "my cardboard ", false},
      {"end of a longer word", "postcard ", false},
      {"phrase with a mark", "ss # ", true},
      {"open word", "steuernummer ", true},
      {"word with a stop", "tel. ", true},
      {"no letters of ours", "私の電話 ", false},  // letters on the left
      {"no letters of ours, alone", "電話 ", true},
      {"out of reach", "card and then a great many other words ", false},
      {"nothing", "", false},
  };
  for (const Case& one : cases) {
    const View view(one.text);
    EXPECT_EQ(WordBefore(view, view.text().size(), kWords, 30), one.before) << one.name;
  }
}

TEST(ContextTest, LooksBehindWithinTheLine) {
  const View view("4111 card\ncard 4111\ncard");
  EXPECT_TRUE(WordAfter(view, 4, kWords));
  EXPECT_FALSE(WordAfter(view, 19, kWords));  // the word stands on the next line
  EXPECT_FALSE(WordAfter(view, 4, kWords, 4));
}

TEST(ContextTest, MeasuresAsThePlainTwinDoes) {
  constexpr std::string_view kPieces[] = {"card", "ss #", "steuer", "tel", ".", " ", "no", "d", "電話", "7", "\n"};
  std::uint32_t state = 7;
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (int piece = 0; piece < 9; ++piece) {
      state = state * 1664525u + 1013904223u;
      text += kPieces[(state >> 16) % std::size(kPieces)];
    }
    const View view(text);
    for (const std::size_t reach : {6, 20, 80}) {
      const std::size_t size = view.text().size();
      const std::string_view window = view.text().substr(size > reach ? size - reach : 0);
      EXPECT_EQ(DistanceBefore(view, size, kWords, reach), PlainDistance(window)) << text << " reach " << reach;
    }
  }
}

}  // namespace
}  // namespace frontdesk::tools
