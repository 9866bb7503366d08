// Packed weights beside the model: written when asked, read with the same bits, refused with a warning
// and written anew when they are damaged or of another model.
#include "llm/runtime/packed_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "llm/local_model.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

using testing::HasSubstr;

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

std::string ModelOf(uint64_t seed) {
  return SyntheticModel({.width = 64, .heads = 2, .kv_heads = 1, .feed_forward = 96, .seed = seed});
}

class PackedFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "packed" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
    model_ = folder_ + "/model.gguf";
    packed_ = PackedFilePath(model_);
    std::ofstream(model_, std::ios::binary) << ModelOf(1);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<LocalModel> Load(bool keep_packed) {
    warned_.clear();
    auto model =
        LocalModel::Load(model_, {.keep_packed = keep_packed,
                                  .warn = [this](std::string_view what) { warned_ += what; }});
    EXPECT_TRUE(model.ok()) << model.status();
    return *std::move(model);
  }
  static uint64_t LogitHash(LocalModel& model) {
    TokenRequest request;
    request.prompt = {7, 8, 9, 30, 31};
    request.max_tokens = 6;
    request.stop_at_end_of_turn = false;
    request.want_logit_hash = true;
    const auto run = model.RunTokens(request);
    EXPECT_TRUE(run.ok()) << run.status();
    return run.ok() ? run->logit_hash : 0;
  }
  std::string folder_, model_, packed_, warned_;
};

TEST_F(PackedFileTest, IsWrittenWhenAskedAndReadWithTheSameBits) {
  const uint64_t expected = LogitHash(*Load(false));
  EXPECT_FALSE(std::filesystem::exists(packed_));
  EXPECT_FALSE(Load(true)->packed_read());
  ASSERT_TRUE(std::filesystem::exists(packed_));
  const auto model = Load(true);
  EXPECT_TRUE(model->packed_read());
  EXPECT_EQ(LogitHash(*model), expected);
  EXPECT_FALSE(Load(false)->packed_read());
  EXPECT_EQ(warned_, "");
  int files = 0;  // nothing half written is left
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++files;
  EXPECT_EQ(files, 3);  // the model, its digest, its packed weights
}

TEST_F(PackedFileTest, ADamagedFileIsAnnouncedAndWrittenAgain) {
  const uint64_t expected = LogitHash(*Load(true));
  const std::string good = ReadAll(packed_);
  const size_t header = good.find('\n') + 1 + 8 + 8;  // one chunk, and the header's own checksum
  std::vector<std::string> bad = {"", "x", good + "x", good.substr(0, good.size() - 1),
                                  good.substr(0, 4096), good.substr(0, good.size() / 2)};
  TestRandom random(2);
  for (size_t at = 0; at < header; at += 1 + static_cast<size_t>(random.Below(9))) {
    bad.push_back(good);
    bad.back()[at] ^= 1 << random.Below(8);
  }
  for (int i = 0; i < 40; ++i) {
    bad.push_back(good);
    const int weights = static_cast<int>(good.size()) - 4096;
    bad.back()[4096 + static_cast<size_t>(random.Below(weights))] ^= 1 << random.Below(8);
  }
  for (size_t i = 0; i < bad.size(); ++i) {
    std::ofstream(packed_, std::ios::binary) << bad[i];
    const auto model = Load(true);
    EXPECT_FALSE(model->packed_read()) << i;
    EXPECT_THAT(warned_, HasSubstr(packed_)) << i;
    EXPECT_THAT(warned_, HasSubstr("packed again")) << i;
    EXPECT_EQ(LogitHash(*model), expected) << i;
    EXPECT_EQ(ReadAll(packed_), good) << i;
  }
}

TEST_F(PackedFileTest, AnotherModelsWeightsAreRefused) {
  (void)Load(true);
  std::ofstream(model_, std::ios::binary) << ModelOf(2);
  const uint64_t expected = LogitHash(*Load(false));
  const auto model = Load(true);
  EXPECT_FALSE(model->packed_read());
  EXPECT_THAT(warned_, HasSubstr("of another model"));
  EXPECT_EQ(LogitHash(*model), expected);
  EXPECT_TRUE(Load(true)->packed_read());
}

TEST_F(PackedFileTest, AnotherPlanIsRefused) {
  WorkerTeam team(2);
  std::vector<uint8_t> weights(3 << 20, 7), read(weights.size());
  const std::string digest(64, 'a');
  ASSERT_TRUE(WritePackedFile(packed_, digest, 5, weights).ok());
  EXPECT_EQ(*ReadPackedFile(packed_, 5, read, team), digest);
  EXPECT_EQ(read, weights);
  EXPECT_EQ(ReadPackedFile(packed_, 6, read, team).status().code(),
            absl::StatusCode::kFailedPrecondition);
  read.resize(read.size() - 64);
  EXPECT_EQ(ReadPackedFile(packed_, 5, read, team).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadPackedFile(folder_ + "/none", 5, read, team).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(PackedFileTest, APlaceThatCannotBeWrittenIsAnnouncedAndTheModelRuns) {
  std::filesystem::create_directories(packed_ + "/in the way");
  const uint64_t expected = LogitHash(*Load(false));
  const auto model = Load(true);
  EXPECT_THAT(warned_, HasSubstr("could not be written"));
  EXPECT_EQ(LogitHash(*model), expected);
}

}  // namespace
}  // namespace frontdesk::llm
