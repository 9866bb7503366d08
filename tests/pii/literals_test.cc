// The one-pass search for fixed strings against a plain search for each.
#include "tools/pii/recognise/literals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

namespace frontdesk::tools {
namespace {

using Hits = std::vector<std::pair<std::uint32_t, int>>;

Hits Sorted(Hits hits) {
  std::sort(hits.begin(), hits.end());
  return hits;
}

Hits Found(const Literals& literals, std::string_view text) {
  std::vector<LiteralHit> found;
  literals.Find(text, found);
  Hits hits;
  for (const LiteralHit& hit : found) hits.emplace_back(hit.begin, hit.kind);
  return Sorted(std::move(hits));
}

Hits PlainlyFound(std::span<const Literal> literals, std::string_view text) {
  Hits hits;
  for (const Literal& literal : literals) {
    for (std::size_t at = text.find(literal.text); at != text.npos; at = text.find(literal.text, at + 1)) {
      hits.emplace_back(static_cast<std::uint32_t>(at), literal.kind);
    }
  }
  return Sorted(std::move(hits));
}

TEST(LiteralsTest, FindsOverlappingAndGluedStrings) {
  const Literal strings[] = {{"post", 1}, {"code po", 2}, {"né le", 3}, {"zip", 1}};
  const Literals literals(strings);
  EXPECT_EQ(Found(literals, "code postal, zipzip née né le"), (Hits{{0, 2}, {5, 1}, {13, 1}, {16, 1}, {25, 3}}));
  EXPECT_EQ(Found(literals, ""), Hits{});
  EXPECT_EQ(Found(literals, std::string_view("po\0st", 5)), Hits{});
}

TEST(LiteralsTest, FindsWhatPlainSearchesFind) {
  const Literal strings[] = {{"aab", 0}, {"abab", 1}, {"bbba", 2}, {"caa", 3}, {"aabc", 4}, {"bcaaba", 5}};
  const Literals literals(strings);
  std::uint32_t state = 1;
  std::size_t hits = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    while (text.size() < 40) {
      state = state * 1664525u + 1013904223u;
      text += static_cast<char>('a' + (state >> 28) % 4);
    }
    EXPECT_EQ(Found(literals, text), PlainlyFound(strings, text)) << text;
    hits += PlainlyFound(strings, text).size();
  }
  EXPECT_GT(hits, 2000u);
}

TEST(LiteralsDeathTest, RefusesStringsThatEndAlike) {
  const Literal strings[] = {{"conto", 0}, {"to", 1}};
  EXPECT_DEATH(Literals{strings}, "suffix of another");
}

}  // namespace
}  // namespace frontdesk::tools
