#include "retrieval/measure.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "nlohmann/json.hpp"

namespace frontdesk::retrieval {
namespace {

TEST(NormalisedGain, Cases) {
  const Judgements one = {{"a", 1}};
  EXPECT_DOUBLE_EQ(NormalisedGain({"a"}, one, 10), 1.0);
  EXPECT_DOUBLE_EQ(NormalisedGain({"x", "a"}, one, 10), 1 / std::log2(3));
  EXPECT_DOUBLE_EQ(NormalisedGain({"x", "a"}, one, 1), 0.0);
  EXPECT_DOUBLE_EQ(NormalisedGain({}, one, 10), 0.0);
  EXPECT_DOUBLE_EQ(NormalisedGain({"a"}, {}, 10), 0.0);
  const Judgements graded = {{"a", 2}, {"b", 1}};
  const double ideal = 3 + 1 / std::log2(3);
  EXPECT_DOUBLE_EQ(NormalisedGain({"b", "a"}, graded, 10), (1 + 3 / std::log2(3)) / ideal);
}

TEST(Recall, Cases) {
  const Judgements two = {{"a", 1}, {"b", 1}};
  EXPECT_DOUBLE_EQ(Recall({"a", "x", "b"}, two, 2), 0.5);
  EXPECT_DOUBLE_EQ(Recall({"a", "x", "b"}, two, 10), 1.0);
  EXPECT_DOUBLE_EQ(Recall({"a"}, {}, 10), 0.0);
}

class Eval : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "/frontdesk_measure_test_" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
    Write("corpus.jsonl",
          R"({"_id":"d1","title":"Returns","text":"Send it back within thirty days."})"
          "\n"
          R"({"_id":"d2","title":"Lamps","text":"The lamp needs a bulb."})"
          "\n");
    Write("queries.jsonl", R"({"_id":"q1","text":"which bulb for the lamp"})"
                           "\n"
                           R"({"_id":"q2","text":"not judged"})"
                           "\n");
    Write("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td2\t1\n");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }
  RetrievalEvalOptions Options() {
    return {.corpus = folder_ + "/corpus.jsonl",
            .queries = folder_ + "/queries.jsonl",
            .qrels = folder_ + "/qrels.tsv"};
  }
  std::string folder_;
};

TEST_F(Eval, MeasuresAndWritesPredictions) {
  RetrievalEvalOptions options = Options();
  options.predictions = folder_ + "/predictions.jsonl";
  const auto report = RunRetrievalEval(options);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->documents, 2u);
  const ModeReport& bm25 = report->modes.at("bm25");
  EXPECT_EQ(bm25.queries, 1u);
  EXPECT_DOUBLE_EQ(bm25.ndcg10, 1.0);
  EXPECT_DOUBLE_EQ(bm25.recall100, 1.0);
  const nlohmann::json json = ToJson(*report);
  for (const char* key :
       {"ndcg10", "recall10", "recall100", "p50_us", "p99_us", "docs_per_second"}) {
    EXPECT_TRUE(json.at("bm25").contains(key)) << key;
  }
  EXPECT_NE(ToTable(*report).find("bm25"), std::string::npos);
  std::ifstream in(options.predictions);
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  EXPECT_EQ(nlohmann::json::parse(line).at("ranking").at(0).at("id"), "d2");
}

TEST_F(Eval, BadFilesAreNamedWithTheirLine) {
  RetrievalEvalOptions missing = Options();
  missing.corpus = folder_ + "/nothing.jsonl";
  EXPECT_EQ(RunRetrievalEval(missing).status().code(), absl::StatusCode::kNotFound);
  RetrievalEvalOptions dense = Options();
  dense.modes = {SearchMode::kDense};
  EXPECT_EQ(RunRetrievalEval(dense).status().code(), absl::StatusCode::kFailedPrecondition);
  const struct {
    const char* file;
    const char* text;
    const char* place;
  } cases[] = {
      {"corpus.jsonl", "{\"_id\":\"a\",\"text\":\"x\"}\nnot json\n", "corpus.jsonl:2"},
      {"corpus.jsonl", "{\"_id\":\"a\"}\n", "\"text\""},
      {"corpus.jsonl", "{\"_id\":\"a\",\"text\":\"x\"}\n{\"_id\":\"a\",\"text\":\"x\"}\n",
       "corpus.jsonl:2"},
      {"qrels.tsv", "q\tc\ts\nq1\td2\n", "qrels.tsv:2"},
      {"qrels.tsv", "q\tc\ts\nq1\td2\tmany\n", "qrels.tsv:2"},
      {"qrels.tsv", "q\tc\ts\nother\td2\t1\n", "judges no query"},
      {"queries.jsonl", "[]\n", "queries.jsonl:1"},
  };
  for (const auto& c : cases) {
    SetUp();
    Write(c.file, c.text);
    const absl::Status status = RunRetrievalEval(Options()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_NE(status.message().find(c.place), std::string::npos) << status;
  }
}

TEST(Modes, HaveNames) {
  for (const SearchMode mode : {SearchMode::kHybrid, SearchMode::kBm25, SearchMode::kDense}) {
    EXPECT_EQ(*ModeFromName(ModeName(mode)), mode);
  }
  EXPECT_FALSE(ModeFromName("sparse").ok());
}

}  // namespace
}  // namespace frontdesk::retrieval
