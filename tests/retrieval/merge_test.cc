#include "retrieval/merge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>

#include "retrieval/background_work.h"
#include "retrieval/knowledge_base.h"
#include "tests/retrieval/small_shop.h"

namespace frontdesk::retrieval {
namespace {

Document Numbered(int i) {
  return {.id = "d" + std::to_string(i),
          .bytes = "Parcel " + std::to_string(i) + " leaves on day " + std::to_string(i % 7) + ".",
          .language = "en"};
}

std::vector<std::pair<uint64_t, int64_t>> Ranking(const KnowledgeSnapshot& snapshot,
                                                  std::string_view query) {
  std::vector<std::pair<uint64_t, int64_t>> out;
  const auto hits = snapshot.Search(query, {.k = 100});
  EXPECT_TRUE(hits.ok()) << hits.status();
  for (const Hit& hit : *hits) {
    out.emplace_back(hit.id.value, hit.score_q);
  }
  return out;
}

// A join that was made before deletions and additions, and is put in place after them.
TEST(Join, TakesInWhatChangedMeanwhile) {
  KnowledgeBase base({.embed = WordVectors});
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(base.Upsert(std::vector<Document>{Numbered(i)}).ok());
  const auto then = base.snapshot();
  ASSERT_EQ(then->parts().parts.size(), 6u);
  auto join = Join::Of(then->parts(), {0, 1, 2, 3});
  ASSERT_TRUE(join.ok()) << join.status();
  ASSERT_TRUE(base.Delete(std::vector<std::string>{"d1", "d5"}).ok());
  ASSERT_TRUE(base.Upsert(std::vector<Document>{Numbered(9)}).ok());
  ASSERT_TRUE(
      base.Upsert(std::vector<Document>{{.id = "d2", .bytes = "It never leaves."}}).ok());
  const auto now = base.snapshot();
  auto parts = join->Into(now->parts());
  ASSERT_EQ(parts->parts.size(), 4u) << "the joined one, d4, d9 and the new d2";
  EXPECT_EQ(parts->index->documents(), now->parts().index->documents());
  EXPECT_EQ(parts->index->average_length(), now->parts().index->average_length());
  EXPECT_EQ(parts->index->DocumentFrequency("parcel"), 4u);
  EXPECT_EQ(parts->index->DocumentFrequency("1"), now->parts().index->DocumentFrequency("1"));
}

TEST(Join, ADeletedPartIsTakenInAsDeleted) {
  KnowledgeBase base({});
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(base.Upsert(std::vector<Document>{Numbered(i)}).ok());
  const auto join = Join::Of(base.snapshot()->parts(), {0, 1});
  ASSERT_TRUE(join.ok());
  ASSERT_TRUE(base.Delete(std::vector<std::string>{"d0", "d1"}).ok());
  EXPECT_TRUE(join->Into(base.snapshot()->parts())->parts.empty());
}

TEST(Merges, RunInTheBackgroundAndChangeNoRanking) {
  KnowledgeBase grown({.embed = WordVectors});
  KnowledgeBase fresh({.embed = WordVectors});
  std::vector<Document> documents;
  for (int i = 0; i < 80; ++i) {
    ASSERT_TRUE(grown.Upsert(std::vector<Document>{Numbered(i)}).ok());
    if (i % 3 == 0) {
      ASSERT_TRUE(grown.Delete(std::vector<std::string>{Numbered(i).id}).ok());
    } else {
      documents.push_back(Numbered(i));
    }
    EXPECT_LE(grown.snapshot()->parts().parts.size(), kTooManyParts + 1);
  }
  ASSERT_TRUE(fresh.Upsert(documents).ok());
  grown.WaitForMerges();
  EXPECT_LE(grown.snapshot()->parts().parts.size(), kMostParts);
  EXPECT_EQ(grown.snapshot()->revision(), fresh.snapshot()->revision());
  for (const char* query : {"parcel 4", "day 3 leaves", "5"}) {
    EXPECT_EQ(Ranking(*grown.snapshot(), query), Ranking(*fresh.snapshot(), query)) << query;
  }
}

TEST(BackgroundWork, DoesAllThereIsAndEnds) {
  std::atomic<int> left{5};
  BackgroundWork work([&] { return --left > 0; });
  work.WaitUntilIdle();
  EXPECT_EQ(left, 5) << "nobody woke it";
  work.Wake();
  work.WaitUntilIdle();
  EXPECT_EQ(left, 0);
}

// The graphs give what comparing every vector gives, nearly always, and are the same in every
// history of a revision.
TEST(Graphs, FindTheNeighboursAndDependOnTheRevisionAlone) {
  std::mt19937 random(5);
  std::vector<Document> documents;
  for (int i = 0; i < 900; ++i) {
    std::string text;
    for (int w = 0; w < 12; ++w) text += "w" + std::to_string(random() % 60) + "x ";
    documents.push_back({.id = "d" + std::to_string(i), .bytes = text + ".", .language = "en"});
  }
  KnowledgeOptions with_graphs{.embed = WordVectors};
  with_graphs.ranking.graph_from = 500;
  KnowledgeBase graphs(with_graphs), scanned({.embed = WordVectors}), grown(with_graphs);
  ASSERT_TRUE(graphs.Upsert(documents).ok());
  ASSERT_TRUE(scanned.Upsert(documents).ok());
  ASSERT_EQ(graphs.snapshot()->parts().graphs.size(), kGraphShards);
  ASSERT_TRUE(scanned.snapshot()->parts().graphs.empty());
  const std::span<const Document> all(documents);
  ASSERT_TRUE(grown.Upsert(all.subspan(300)).ok());
  const Document extra = {.id = "extra", .bytes = "It stays a while.", .language = "en"};
  ASSERT_TRUE(grown.Upsert(std::vector<Document>{extra}).ok());
  ASSERT_TRUE(grown.Upsert(all.first(300)).ok());
  const auto before = grown.snapshot();
  ASSERT_TRUE(grown.Delete(std::vector<std::string>{extra.id}).ok());
  int kept = 0;
  for (size_t shard = 0; shard < kGraphShards; ++shard) {
    kept += grown.snapshot()->parts().graphs[shard].graph == before->parts().graphs[shard].graph;
  }
  EXPECT_EQ(kept, 15) << "one passage is in one shard";
  size_t found = 0, wanted = 0;
  for (int q = 0; q < 60; ++q) {
    const std::string query = documents[static_cast<size_t>(q) * 7].bytes;
    SearchStats stats;
    const auto by_graph =
        *graphs.snapshot()->Search(query, {.mode = SearchMode::kDense, .stats = &stats});
    const auto by_scan = *scanned.snapshot()->Search(query, {.mode = SearchMode::kDense});
    EXPECT_LT(stats.scanned, documents.size());
    for (const Hit& hit : by_scan) {
      found += std::any_of(by_graph.begin(), by_graph.end(),
                           [&](const Hit& h) { return h.id == hit.id && h.score_q == hit.score_q; });
      ++wanted;
    }
    EXPECT_EQ(Ranking(*graphs.snapshot(), query), Ranking(*grown.snapshot(), query));
  }
  EXPECT_GE(found * 100, wanted * 97) << found << " of " << wanted;
}

}  // namespace
}  // namespace frontdesk::retrieval
