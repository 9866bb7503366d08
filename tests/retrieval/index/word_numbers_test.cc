// The table of known words against a map, and the counter that uses it.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "retrieval/index/term_counter.h"
#include "retrieval/index/word_numbers.h"

namespace frontdesk::retrieval {
namespace {

TEST(WordNumbers, AreThoseOfAMap) {
  WordNumbers table;
  std::map<std::pair<std::string, std::string>, uint32_t> plain;
  std::mt19937 random(3);
  for (int round = 0; round < 400; ++round) {
    std::vector<std::pair<std::string, std::string>> words;
    std::vector<WordKey> keys;
    for (int i = 0; i < 50; ++i) {
      std::string word(1 + random() % WordKey::kLongestWord, 'a');
      for (char& c : word) c = static_cast<char>(random() % 4 == 0 ? 0xC3 : 'a' + random() % 3);
      words.emplace_back(random() % 3 == 0 ? "de" : "en", word);
      keys.push_back(WordKey::Of(words.back().first, word));
    }
    std::vector<uint32_t> numbers(keys.size());
    table.Find(keys, numbers.data());
    for (size_t i = 0; i < words.size(); ++i) {
      const auto known = plain.find(words[i]);
      EXPECT_EQ(numbers[i], known == plain.end() ? WordNumbers::kUnknown : known->second);
    }
    for (size_t i = 0; i < words.size(); ++i) {
      const auto number = static_cast<uint32_t>(plain.size());
      if (plain.emplace(words[i], number).second) table.Add(keys[i], number);
    }
  }
  EXPECT_GT(plain.size(), 10'000u);
}

TEST(TermCounter, LongAndRepeatedAndOtherLanguagesWords) {
  TermCounter counter;
  const std::string longer(30, 'x'), longest(200, 'y');
  const std::string body = "shoes " + longer + " shoe " + longest + " " + longer + " " + longest;
  const auto count_of = [&](const std::string& term) {
    for (const auto& [number, quarters] : counter.Count({.body = body})) {
      if (counter.term(number) == term) return quarters / 4;
    }
    return 0u;
  };
  for (int time = 0; time < 2; ++time) {  // analysed, then remembered
    EXPECT_EQ(count_of("shoe"), 2u);
    EXPECT_EQ(count_of(longer), 2u);
    EXPECT_EQ(count_of(longest.substr(0, 64)), 2u);
    EXPECT_EQ(counter.length(), 6u);
  }
  // The same spelling is another word in another language.
  const auto term_of = [&](const std::string& language) {
    return counter.term(counter.Count({.body = "houses", .language = language})[0].first);
  };
  EXPECT_EQ(term_of("en"), "hous");
  EXPECT_NE(term_of("nl"), "hous");
  EXPECT_EQ(term_of("en"), "hous");
}

}  // namespace
}  // namespace frontdesk::retrieval
