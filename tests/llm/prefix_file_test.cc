// Prefixes across restarts: shared text is found again with the same bits, a customer's words are not
// in the file, and a file that is damaged or of another model is refused whole.
#include "llm/runtime/prefix_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "llm/local_model.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

using testing::HasSubstr;

class PrefixFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "prefixes" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
    model_ = WriteTemporary("prefix_model.gguf",
                            SyntheticModel({.width = 64, .heads = 2, .kv_heads = 1, .feed_forward = 96}));
  }
  void TearDown() override {
    std::filesystem::remove_all(folder_);
    unlink(model_.c_str());
  }
  std::unique_ptr<LocalModel> Load(const std::string& path) {
    auto model = LocalModel::Load(path, {.prefix_folder = folder_,
                                         .warn = [this](std::string_view what) { warned_ += what; }});
    EXPECT_TRUE(model.ok()) << model.status();
    return *std::move(model);
  }
  std::string File() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) return entry.path();
    return "";
  }
  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    return bytes.str();
  }
  // 64 shared tokens, then 64 of one conversation.
  static TokenRequest Request(int conversation) {
    TokenRequest request;
    for (int i = 0; i < 128; ++i) request.prompt.push_back(i < 64 ? i : (i * conversation) % 250);
    request.shared_tokens = 64;
    request.scope = "conversation " + std::to_string(conversation);
    request.max_tokens = 6;
    request.want_logit_hash = true;
    return request;
  }
  std::string folder_, model_, warned_;
};

TEST_F(PrefixFileTest, SharedTextSurvivesARestartAndNothingElse) {
  TokenRun cold;
  {
    const auto model = Load(model_);
    EXPECT_EQ(model->prefixes_read(), 0);
    cold = *model->RunTokens(Request(3));
    EXPECT_EQ(cold.cached_prompt_tokens, 0);
    (void)model->RunTokens(Request(5));
  }
  ASSERT_NE(File(), "");
  struct stat about;
  ASSERT_EQ(stat(File().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  // Tokens 137, 140, … follow each other in the private part of conversation 3 only.
  std::string private_page;
  for (int32_t i = 64; i < 80; ++i) {
    const int32_t token = i * 3 % 250;
    private_page.append(reinterpret_cast<const char*>(&token), 4);
  }
  EXPECT_EQ(Read(File()).find(private_page), std::string::npos);

  const auto model = Load(model_);
  EXPECT_EQ(model->prefixes_read(), 4);
  const TokenRun warm = *model->RunTokens(Request(3));
  EXPECT_EQ(warm.cached_prompt_tokens, 64);  // not the conversation's own part
  EXPECT_EQ(warm.logit_hash, cold.logit_hash);
  EXPECT_EQ(warm.token_ids, cold.token_ids);
  EXPECT_EQ(warned_, "");
}

TEST_F(PrefixFileTest, ADamagedFileIsRefusedWithAWarningAndMadeAgain) {
  { (void)Load(model_)->RunTokens(Request(3)); }
  const std::string path = File(), good = Read(path);
  TestRandom random(2);
  std::vector<std::string> bad = {"", "x", good + "x", good.substr(0, good.size() - 1),
                                  good.substr(0, good.size() / 2)};
  for (int i = 0; i < 12; ++i) {
    std::string bent = good;
    bent[static_cast<size_t>(random.Below(static_cast<int>(good.size())))] ^= 4;
    bad.push_back(bent);
  }
  for (const std::string& bytes : bad) {
    std::ofstream(path, std::ios::binary) << bytes;
    warned_.clear();
    const auto model = Load(model_);
    EXPECT_EQ(model->prefixes_read(), 0);
    EXPECT_THAT(warned_, HasSubstr("computed again"));
    EXPECT_EQ(model->RunTokens(Request(3))->cached_prompt_tokens, 0);
  }
  EXPECT_EQ(Read(path), good);  // each run wrote it anew
  EXPECT_EQ(Load(model_)->prefixes_read(), 4);
}

TEST_F(PrefixFileTest, OtherModelsAndNumericsAreRefused) {
  { (void)Load(model_)->RunTokens(Request(3)); }
  ModelConfig config;
  config.layers = 2;
  config.kv_heads = 1;
  config.head_dim = 32;
  KvPool pool(config, 1 << 20);
  PrefixCache cache(pool);
  const auto model = Load(model_);
  const std::string digest = model->info().sha256, numerics = model->info().numerics_version;
  EXPECT_EQ(ReadPrefixFile(File(), {digest, "fd-0"}, cache, pool).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadPrefixFile(File(), {std::string(64, '0'), numerics}, cache, pool).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(pool.in_use(), 0);
  EXPECT_EQ(*ReadPrefixFile(File(), {digest, numerics}, cache, pool), 4);
  EXPECT_EQ(pool.in_use(), 4);
  config.head_dim = 64;
  KvPool larger(config, 1 << 20);
  PrefixCache other(larger);
  EXPECT_EQ(ReadPrefixFile(File(), {digest, numerics}, other, larger).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadPrefixFile(folder_ + "/none", {digest, numerics}, cache, pool).status().code(),
            absl::StatusCode::kNotFound);
  // A file larger than half of the memory is taken in part.
  config.head_dim = 32;
  KvPool small(config, 6 * 4096);
  PrefixCache little(small);
  EXPECT_EQ(*ReadPrefixFile(File(), {digest, numerics}, little, small), 3);
}

}  // namespace
}  // namespace frontdesk::llm
