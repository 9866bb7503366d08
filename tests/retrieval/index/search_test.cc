// Pruned search against exhaustive scoring, and that against BM25 written down plainly.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "retrieval/index/bm25.h"
#include "retrieval/index/segment_builder.h"

namespace frontdesk::retrieval {
namespace {

using Words = std::vector<std::string>;

// A word of a Zipf-like vocabulary; digits make it one that stemming leaves alone.
std::string ZipfWord(std::mt19937* random, int vocabulary) {
  const double u = ((*random)() + 1.0) / 4294967297.0;
  return "w" + std::to_string(static_cast<int>(std::pow(vocabulary, u)) - 1) + "x";
}

struct Collection {
  std::vector<Words> documents;
  std::vector<uint64_t> keys;
  std::shared_ptr<const IndexSnapshot> index;
};

std::string Join(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += word + " ";
  return out;
}

std::shared_ptr<const Segment> BuildSegment(const Collection& c, size_t from, size_t to) {
  SegmentBuilder builder;
  for (size_t d = from; d < to; ++d) builder.Add(c.keys[d], {.body = Join(c.documents[d])});
  auto segment = Segment::OpenOwned(std::move(builder).Finish());
  EXPECT_TRUE(segment.ok()) << segment.status();
  return *segment;
}

// `segments` equal parts; `uneven` makes documents of very different lengths, in stretches.
Collection Make(uint32_t seed, int documents, int vocabulary, int segments, bool uneven) {
  std::mt19937 random(seed);
  Collection c;
  for (int d = 0; d < documents; ++d) {
    const int length = uneven ? 1 + static_cast<int>(random() % (d / 300 % 2 ? 150 : 8))
                              : 5 + static_cast<int>(random() % 30);
    Words words;
    for (int i = 0; i < length; ++i) words.push_back(ZipfWord(&random, vocabulary));
    c.documents.push_back(words);
    c.keys.push_back((static_cast<uint64_t>(random()) << 32) | static_cast<uint32_t>(d));
  }
  std::vector<IndexPart> parts;
  const size_t step = (c.documents.size() + segments - 1) / static_cast<size_t>(segments);
  for (size_t from = 0; from < c.documents.size(); from += step) {
    parts.push_back({BuildSegment(c, from, std::min(from + step, c.documents.size())), nullptr});
  }
  c.index = IndexSnapshot::Make(std::move(parts));
  return c;
}

std::vector<WeightedTerm> RandomQuery(std::mt19937* random, int vocabulary) {
  std::vector<WeightedTerm> out;
  for (unsigned n = 1 + (*random)() % 9; n > 0; --n) {
    out.push_back({ZipfWord(random, vocabulary), (*random)() % 5 == 0 ? 0.4f : 1.0f});
  }
  return out;
}

TEST(IndexSearch, PrunedIsExhaustiveOnRandomQueries) {
  struct Shape {
    int documents, vocabulary, segments, queries;
    bool uneven;
  };
  int compared = 0;
  for (const Shape& shape : {Shape{20000, 3000, 1, 3000, false}, Shape{9000, 200, 3, 2500, true},
                             Shape{5000, 30000, 2, 2500, true}, Shape{130, 20, 1, 1000, false},
                             Shape{1, 3, 1, 100, false}, Shape{4097, 50, 1, 1000, true},
                             Shape{66000, 20000, 1, 200, false}}) {
    const Collection c = Make(7u + static_cast<uint32_t>(shape.documents), shape.documents,
                              shape.vocabulary, shape.segments, shape.uneven);
    std::mt19937 random(11);
    for (int q = 0; q < shape.queries; ++q) {
      const auto query = RandomQuery(&random, shape.vocabulary);
      const int k = std::array{1, 3, 10, 10, 10, 100, 1000}[random() % 7];
      const auto pruned = c.index->Search(query, k);
      const auto plain = c.index->SearchExhaustively(query, k);
      ASSERT_EQ(pruned, plain) << "documents " << shape.documents << " query " << q << " k " << k;
      if (!plain.empty()) {
        ASSERT_EQ(c.index->ScoreDocuments(query, std::span(plain).first(1))[0], plain[0].score);
      }
      ++compared;
    }
  }
  RecordProperty("queries", compared);
  EXPECT_GE(compared, 10000);
}

TEST(IndexSearch, ScoresAreBm25) {
  const Collection c = Make(3, 400, 60, 2, false);
  double total = 0;
  for (const Words& d : c.documents) total += static_cast<double>(d.size());
  const double average = total / static_cast<double>(c.documents.size());
  std::mt19937 random(5);
  for (int q = 0; q < 200; ++q) {
    const auto query = RandomQuery(&random, 60);
    std::map<uint64_t, double> plain;
    for (const WeightedTerm& term : query) {
      double df = 0;
      for (const Words& d : c.documents) df += std::count(d.begin(), d.end(), term.term) > 0;
      const double n = static_cast<double>(c.documents.size());
      const double idf = std::log(1 + (n - df + 0.5) / (df + 0.5));
      for (size_t d = 0; d < c.documents.size(); ++d) {
        const double tf = static_cast<double>(
            std::count(c.documents[d].begin(), c.documents[d].end(), term.term));
        if (tf == 0) continue;
        const double norm =
            1.2 * (0.25 + 0.75 * static_cast<double>(c.documents[d].size()) / average);
        plain[c.keys[d]] += static_cast<double>(term.weight) * idf * 2.2 * tf / (tf + norm);
      }
    }
    for (const ScoredDocument& hit : c.index->SearchExhaustively(query, 400)) {
      ASSERT_NEAR(hit.score / kScoreScale, plain.at(hit.key), 1e-3);
      plain.erase(hit.key);
    }
    ASSERT_TRUE(plain.empty());
  }
}

TEST(IndexSearch, DeletedDocumentsCountForNothing) {
  const Collection c = Make(9, 600, 80, 2, false);
  std::mt19937 random(21);
  // Delete a third, in both segments.
  Collection rest;
  std::vector<LiveDocuments> live = {LiveDocuments::All(c.index->parts()[0].segment->documents()),
                                     LiveDocuments::All(c.index->parts()[1].segment->documents())};
  for (size_t d = 0; d < c.documents.size(); ++d) {
    if (random() % 3 != 0) {
      rest.documents.push_back(c.documents[d]);
      rest.keys.push_back(c.keys[d]);
      continue;
    }
    const std::set<std::string> distinct(c.documents[d].begin(), c.documents[d].end());
    live[d / 300].Delete(static_cast<uint32_t>(d % 300),
                         std::vector<std::string>(distinct.begin(), distinct.end()));
  }
  std::vector<IndexPart> parts = c.index->parts();
  for (size_t p = 0; p < 2; ++p) parts[p].live = std::make_shared<const LiveDocuments>(live[p]);
  const auto deleted = IndexSnapshot::Make(parts);
  auto merged_segment = Segment::OpenOwned(MergeSegments(parts));
  ASSERT_TRUE(merged_segment.ok());
  const auto merged = IndexSnapshot::Make({{*merged_segment, nullptr}});
  const auto fresh = IndexSnapshot::Make({{BuildSegment(rest, 0, rest.documents.size()), nullptr}});
  ASSERT_EQ(deleted->documents(), rest.documents.size());
  ASSERT_EQ(deleted->average_length(), fresh->average_length());
  const auto without_places = [](std::vector<ScoredDocument> hits) {
    for (ScoredDocument& hit : hits) hit.part = hit.document = 0;
    return hits;
  };
  for (int q = 0; q < 1000; ++q) {
    const auto query = RandomQuery(&random, 80);
    const auto want = without_places(fresh->Search(query, 20));
    ASSERT_EQ(without_places(deleted->Search(query, 20)), want);
    ASSERT_EQ(without_places(merged->Search(query, 20)), want);
    ASSERT_EQ(deleted->Search(query, 20), deleted->SearchExhaustively(query, 20));
    for (const auto& term : query) {
      ASSERT_EQ(deleted->DocumentFrequency(term.term), fresh->DocumentFrequency(term.term));
    }
  }
}

// A part so large that a search begins with a score known to be reached: by live documents only.
TEST(IndexSearch, ABeginningThresholdCountsLiveDocumentsAlone) {
  const Collection c = Make(13, 66000, 20000, 1, false);
  std::mt19937 random(31);
  LiveDocuments live = LiveDocuments::All(66000);
  for (uint32_t d = 0; d < 66000; ++d) {
    if (random() % 50 == 0) continue;
    const std::set<std::string> distinct(c.documents[d].begin(), c.documents[d].end());
    live.Delete(d, std::vector<std::string>(distinct.begin(), distinct.end()));
  }
  const auto few = IndexSnapshot::Make(
      {{c.index->parts()[0].segment, std::make_shared<const LiveDocuments>(live)}});
  for (int q = 0; q < 90; ++q) {
    const auto query = RandomQuery(&random, 20000);
    const int k = std::array{1, 10, 100}[q % 3];
    ASSERT_EQ(few->Search(query, k), few->SearchExhaustively(query, k)) << q;
  }
}

TEST(IndexSearch, EqualScoresByLowerKey) {
  SegmentBuilder builder;
  for (const uint64_t key : {50u, 7u, 90u, 3u}) builder.Add(key, {.body = "same words here"});
  const auto index =
      IndexSnapshot::Make({{*Segment::OpenOwned(std::move(builder).Finish()), nullptr}});
  const std::vector<WeightedTerm> query = {{"same", 1}};
  const auto hits = index->Search(query, 2);
  ASSERT_EQ(hits.size(), 2u);
  EXPECT_EQ(hits[0].key, 3u);
  EXPECT_EQ(hits[1].key, 7u);
}

TEST(IndexSearch, EmptyAndUnknownAndHugeQueries) {
  const auto empty = IndexSnapshot::Make({});
  const std::vector<WeightedTerm> query = {{"word", 1}};
  EXPECT_TRUE(empty->Search(query, 10).empty());
  const Collection c = Make(1, 500, 2000, 1, false);
  EXPECT_TRUE(c.index->Search({}, 10).empty());
  EXPECT_TRUE(c.index->Search(std::vector<WeightedTerm>{{"unknown", 1}}, 10).empty());
  std::vector<WeightedTerm> huge;
  for (int i = 0; i < 2000; ++i) huge.push_back({"w" + std::to_string(i) + "x", 1e6f});
  const auto hits = c.index->Search(huge, 10);
  EXPECT_EQ(hits, c.index->SearchExhaustively(huge, 10));
  ASSERT_FALSE(hits.empty());
  EXPECT_GT(hits[0].score, 0);
}

TEST(IndexSearch, FieldsWeigh) {
  const std::vector<std::string> headings = {"warranty"};
  SegmentBuilder builder;
  builder.Add(1, {.title = "warranty", .body = "two years"});
  builder.Add(2, {.headings = headings, .body = "two years"});
  builder.Add(3, {.body = "two years"});
  const auto index =
      IndexSnapshot::Make({{*Segment::OpenOwned(std::move(builder).Finish()), nullptr}});
  EXPECT_EQ(index->Search(std::vector<WeightedTerm>{{"warranti", 1}}, 10).size(), 2u);
}

}  // namespace
}  // namespace frontdesk::retrieval
