#include "retrieval/knowledge_base.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <random>
#include <thread>

#include "retrieval/snapshot_parts.h"
#include "tests/retrieval/small_shop.h"

namespace frontdesk::retrieval {
namespace {

std::vector<std::string> Ids(const std::vector<Hit>& hits) {
  std::vector<std::string> out;
  for (const Hit& hit : hits) out.push_back(hit.passage->document_id);
  return out;
}

std::vector<std::pair<uint64_t, int64_t>> Scores(const KnowledgeSnapshot& s, std::string_view query,
                                                 SearchMode mode) {
  std::vector<std::pair<uint64_t, int64_t>> out;
  auto hits = s.Search(query, {.k = 50, .mode = mode});
  EXPECT_TRUE(hits.ok()) << hits.status();
  for (const Hit& hit : *hits) out.emplace_back(hit.id.value, hit.score_q);
  return out;
}

TEST(KnowledgeBase, FindsByWordsMeaningAndBoth) {
  KnowledgeBase base({.embed = WordVectors});
  const auto report = base.Upsert(Shop());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->documents_changed, 3u);
  EXPECT_EQ(report->passages_added, 4u);
  EXPECT_EQ(report->passages_embedded, 4u);
  const auto snapshot = base.snapshot();
  EXPECT_EQ(snapshot->passage_count(), 4u);
  EXPECT_EQ(snapshot->Documents().at("returns.md").title, "Returns");
  for (const SearchMode mode : {SearchMode::kBm25, SearchMode::kDense, SearchMode::kHybrid}) {
    const auto hits = snapshot->Search("refunds to my card", {.k = 2, .mode = mode});
    ASSERT_TRUE(hits.ok()) << hits.status();
    ASSERT_FALSE(hits->empty());
    EXPECT_EQ((*hits)[0].passage->headings, std::vector<std::string>{"Refunds"});
    EXPECT_GT((*hits)[0].score_q, 0);
  }
}

TEST(KnowledgeBase, PassagesStandWhereTheySay) {
  KnowledgeBase base({});
  ASSERT_TRUE(base.Upsert(Shop()).ok());
  const auto documents = Shop();
  for (const Passage* passage : base.snapshot()->Passages()) {
    const auto document = std::find_if(documents.begin(), documents.end(), [&](const Document& d) {
      return d.id == passage->document_id;
    });
    ASSERT_NE(document, documents.end());
    const text::Span whole{0, static_cast<uint32_t>(passage->text.size())};
    EXPECT_EQ(text::Slice(document->bytes, SourceSpan(*passage, whole)), passage->text);
    EXPECT_EQ(base.snapshot()->FindPassage(passage->hash), passage);
    EXPECT_EQ(PassageHash::Of(passage->document_id, passage->text), passage->hash);
  }
  EXPECT_EQ(base.snapshot()->FindPassage(PassageHash{}), nullptr);
}

TEST(KnowledgeBase, UnchangedTextIsNotEmbeddedAgain) {
  size_t embedded = 0;
  KnowledgeBase base({.embed = [&](std::span<const std::string> texts) {
    embedded += texts.size();
    return WordVectors(texts);
  }});
  auto documents = Shop();
  ASSERT_TRUE(base.Upsert(documents).ok());
  // Four passages, five sentences, four lines of title and headings.
  EXPECT_EQ(std::exchange(embedded, 0), 13u);
  auto report = base.Upsert(documents);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->documents_unchanged, 3u);
  EXPECT_EQ(embedded, 0u);
  documents[0].bytes += "\n## Gifts\n\nGifts can be returned too.\n";
  report = base.Upsert(documents);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->documents_changed, 1u);
  EXPECT_EQ(report->passages_added, 1u);
  EXPECT_EQ(report->passages_kept, 2u);
  EXPECT_EQ(report->passages_embedded, 1u);
  EXPECT_EQ(embedded, 3u) << "the passage, its title line, its sentence";
}

TEST(KnowledgeBase, DeletedAndReplacedPassagesAreGoneAtOnceAndOldSnapshotsStay) {
  KnowledgeBase base({});
  ASSERT_TRUE(base.Upsert(Shop()).ok());
  const auto old = base.snapshot();
  const std::vector<std::string> gone = {"warranty.txt"};
  ASSERT_TRUE(base.Delete(gone).ok());
  EXPECT_TRUE(base.snapshot()->Search("lamp receipt")->empty());
  EXPECT_EQ(Ids(*old->Search("lamp receipt")), gone);
  EXPECT_NE(old->revision(), base.snapshot()->revision());
  EXPECT_EQ(base.Delete(gone).code(), absl::StatusCode::kNotFound);
  const std::vector<std::string> half_known = {"returns.md", "unknown"};
  EXPECT_EQ(base.Delete(half_known).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(base.snapshot()->Documents().size(), 2u);
  const std::vector<Document> replaced = {
      {.id = "shipping.md", .format = Document::kText, .bytes = "Drones bring it within an hour."}};
  ASSERT_TRUE(base.Upsert(replaced).ok());
  EXPECT_TRUE(base.snapshot()->Search("Ireland")->empty());
  EXPECT_EQ(base.snapshot()->Search("drones")->size(), 1u);
}

TEST(KnowledgeBase, ScoresDoNotDependOnHowTheStateCameAbout) {
  std::mt19937 random(4);
  const auto text = [&] {
    std::string out;
    for (int i = 0; i < 25; ++i) out += "w" + std::to_string(random() % (1 + random() % 90)) + "x ";
    return out + ".";
  };
  std::map<std::string, Document> wanted;
  KnowledgeBase grown({.embed = WordVectors});
  for (int step = 0; step < 60; ++step) {
    const std::string id = "d" + std::to_string(random() % 25);
    if (random() % 4 == 0 && wanted.contains(id)) {
      wanted.erase(id);
      ASSERT_TRUE(grown.Delete(std::vector<std::string>{id}).ok());
      continue;
    }
    wanted[id] = {.id = id, .bytes = text(), .language = "en"};
    ASSERT_TRUE(grown.Upsert(std::vector<Document>{wanted[id]}).ok());
  }
  std::vector<Document> documents;
  for (const auto& [id, document] : wanted) documents.push_back(document);
  KnowledgeBase fresh({.embed = WordVectors});
  ASSERT_TRUE(fresh.Upsert(documents).ok());
  EXPECT_EQ(grown.snapshot()->revision(), fresh.snapshot()->revision());
  grown.WaitForMerges();
  EXPECT_LE(grown.snapshot()->parts().parts.size(), 8u);
  EXPECT_EQ(grown.snapshot()->revision(), fresh.snapshot()->revision());
  const std::string path =
      testing::TempDir() + "/frontdesk_knowledge_grown_" + std::to_string(getpid());
  ASSERT_TRUE(grown.SaveTo(path).ok());
  const auto loaded = KnowledgeBase::LoadFrom(path, {.embed = WordVectors});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->snapshot()->revision(), fresh.snapshot()->revision());
  for (int q = 0; q < 100; ++q) {
    const std::string query = "w" + std::to_string(q % 90) + "x w" + std::to_string(q % 7) + "x";
    for (const SearchMode mode : {SearchMode::kBm25, SearchMode::kDense, SearchMode::kHybrid}) {
      const auto want = Scores(*fresh.snapshot(), query, mode);
      ASSERT_EQ(Scores(*grown.snapshot(), query, mode), want) << query;
      ASSERT_EQ(Scores(*(*loaded)->snapshot(), query, mode), want) << query;
    }
  }
  std::filesystem::remove_all(path);
}

TEST(KnowledgeBase, OddQueriesGiveNothingOrHitsNeverCrash) {
  KnowledgeBase base({.embed = WordVectors});
  EXPECT_TRUE(base.snapshot()->Search("anything")->empty());
  ASSERT_TRUE(base.Upsert(Shop()).ok());
  const auto snapshot = base.snapshot();
  std::string wall;
  while (wall.size() < 65536) wall += "parcel refund lamp ";
  std::string long_word(65536, 'x');
  for (const std::string& query :
       {std::string(), std::string(" \n\t"), std::string("a"), std::string("😀😀"),
        std::string("\xFF\xFE\x80"), std::string("مرحبا"), std::string("\xF3\xB0\x80\x80"), wall,
        long_word, std::string("\0", 1)}) {
    for (const SearchMode mode : {SearchMode::kBm25, SearchMode::kDense, SearchMode::kHybrid}) {
      const auto hits = snapshot->Search(query, {.mode = mode});
      ASSERT_TRUE(hits.ok()) << hits.status();
      EXPECT_LE(hits->size(), 10u);
    }
  }
  EXPECT_TRUE(snapshot->Search("")->empty());
  EXPECT_TRUE(snapshot->Search("😀", {.mode = SearchMode::kBm25})->empty());
  EXPECT_FALSE(snapshot->Search(wall)->empty());
  for (const int k : {0, -1, 1001}) {
    EXPECT_EQ(snapshot->Search("parcel", {.k = k}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(KnowledgeBase, WithoutAnEncoderWordsStillRankAndItIsSaid) {
  KnowledgeBase base({});
  ASSERT_TRUE(base.Upsert(Shop()).ok());
  EXPECT_FALSE(base.snapshot()->has_embeddings());
  SearchStats stats;
  const auto hits = base.snapshot()->Search("parcel", {.stats = &stats});
  ASSERT_TRUE(hits.ok());
  EXPECT_FALSE(hits->empty());
  EXPECT_TRUE(stats.degraded);
  EXPECT_EQ(base.snapshot()->Search("parcel", {.mode = SearchMode::kDense}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(KnowledgeBase, AnEncoderThatFailsChangesNothingAndDegradesSearch) {
  bool broken = false;
  KnowledgeBase base({.embed = [&](std::span<const std::string> texts)
                          -> absl::StatusOr<std::vector<std::vector<float>>> {
    if (broken) return absl::UnavailableError("no encoder today");
    return WordVectors(texts);
  }});
  ASSERT_TRUE(base.Upsert(Shop()).ok());
  broken = true;
  const auto revision = base.snapshot()->revision();
  EXPECT_EQ(
      base.Upsert(std::vector<Document>{{.id = "new", .bytes = "New words."}}).status().code(),
      absl::StatusCode::kUnavailable);
  EXPECT_EQ(base.snapshot()->revision(), revision);
  SearchStats stats;
  EXPECT_FALSE(base.snapshot()->Search("parcel", {.stats = &stats})->empty());
  EXPECT_TRUE(stats.degraded);
  EXPECT_FALSE(base.snapshot()->Search("parcel", {.mode = SearchMode::kDense}).ok());
  const std::vector<float> short_vector(3, 0.5f);
  EXPECT_EQ(base.snapshot()->Search("parcel", {.query_embedding = short_vector}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(KnowledgeBase, SynonymsFindWhatTheWordDoesNot) {
  KnowledgeBase base({.synonyms = {{"refund", "money back"}, {"lamp", "light"}}});
  ASSERT_TRUE(base.Upsert(Shop()).ok());
  const auto hits = base.snapshot()->Search("light", {.mode = SearchMode::kBm25});
  EXPECT_EQ(Ids(*hits), std::vector<std::string>{"warranty.txt"});
  EXPECT_FALSE(base.snapshot()->Search("money back", {.mode = SearchMode::kBm25})->empty());
}

TEST(KnowledgeBase, BadDocumentsAreRefusedWhole) {
  KnowledgeBase base({});
  const std::vector<Document> twice = {{.id = "a", .bytes = "x"}, {.id = "a", .bytes = "y"}};
  EXPECT_EQ(base.Upsert(twice).status().code(), absl::StatusCode::kInvalidArgument);
  const std::vector<Document> one_bad = {{.id = "good", .bytes = "Fine words."},
                                         {.id = "bad", .bytes = "caf\xE9"}};
  const auto status = base.Upsert(one_bad).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("'bad'"), std::string::npos) << status;
  EXPECT_EQ(base.snapshot()->Documents().size(), 0u);
  EXPECT_FALSE(base.Upsert(std::vector<Document>{{.id = "", .bytes = "x"}}).ok());
  EXPECT_TRUE(base.Upsert(std::vector<Document>{{.id = "empty", .bytes = ""}}).ok());
  EXPECT_EQ(base.snapshot()->Documents().at("empty").passages, 0u);
}

TEST(KnowledgeBase, SearchesWhileItIsWritten) {
  KnowledgeBase base({.embed = WordVectors});
  ASSERT_TRUE(base.Upsert(Shop()).ok());
  std::atomic<bool> stop{false};
  std::atomic<int> searches{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto snapshot = base.snapshot();
        const auto hits = snapshot->Search("parcel days refund");
        ASSERT_TRUE(hits.ok());
        for (const Hit& hit : *hits)
          ASSERT_EQ(snapshot->FindPassage(hit.passage->hash), hit.passage);
        ASSERT_GE(hits->size(), 2u);
        ++searches;
      }
    });
  }
  for (int i = 0; i < 60; ++i) {
    const std::string id = "extra" + std::to_string(i % 7);
    ASSERT_TRUE(base.Upsert(std::vector<Document>{
                                {.id = id,
                                 .bytes = "The parcel number " + std::to_string(i) + " is late."}})
                    .ok());
    if (i % 3 == 0) {
      ASSERT_TRUE(base.Delete(std::vector<std::string>{id}).ok());
    }
  }
  while (searches < 20) std::this_thread::yield();
  stop = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace frontdesk::retrieval
