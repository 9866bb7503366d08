// The kept digest of a model file: believed when nothing about the file changed and its last change is old, else
// taken again; a damaged record is announced.
#include "llm/gguf/model_digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "llm/gguf/file_digest.h"
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

class ModelDigestTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "digest" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
    model_ = folder_ + "/model.gguf";
    record_ = ModelDigest::RecordPath(model_);
    std::ofstream(model_, std::ios::binary) << "a model, as far as a digest goes";
    truth_ = FileSha256(model_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  struct Taken {
    std::string sha256;
    bool remembered;
    absl::Status record_status;
  };
  Taken Take(ModelDigest::Record use = ModelDigest::Record::kUse) const {
    const auto file = MappedFile::Open(model_);
    EXPECT_TRUE(file.ok()) << file.status();
    const ModelDigest digest(**file, use);
    if (use == ModelDigest::Record::kUse && !digest.remembered()) {
      EXPECT_TRUE(digest.Keep().ok());
    }
    return {digest.Wait(), digest.remembered(), digest.record_status()};
  }
  // As if the record had been written long after the model.
  void Age() const {
    std::filesystem::last_write_time(
        record_, std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  }
  std::string folder_, model_, record_, truth_;
};

TEST_F(ModelDigestTest, IsRememberedOnceTheFileIsOld) {
  EXPECT_EQ(Take(ModelDigest::Record::kIgnore).sha256, truth_);
  EXPECT_FALSE(std::filesystem::exists(record_));
  EXPECT_FALSE(Take().remembered);
  EXPECT_FALSE(Take().remembered);  // the file may have changed since, within the same tick
  Age();
  const Taken taken = Take();
  EXPECT_TRUE(taken.remembered);
  EXPECT_EQ(taken.sha256, truth_);
  EXPECT_FALSE(Take(ModelDigest::Record::kIgnore).remembered);
}

TEST_F(ModelDigestTest, AnyChangeOfTheFileIsSeen) {
  (void)Take();
  const std::string content = ReadAll(model_);
  const auto old = std::filesystem::last_write_time(model_);
  const struct {
    const char* name;
    std::function<void()> change;
  } kCases[] = {
      {"written over, the same length and the old time",
       [&] {
         std::fstream(model_, std::ios::in | std::ios::out | std::ios::binary) << "A";
         std::filesystem::last_write_time(model_, old);
       }},
      {"longer", [&] { std::ofstream(model_, std::ios::app) << "x"; }},
      {"cut", [&] { std::filesystem::resize_file(model_, 5); }},
      {"another file of the name",
       [&] {
         std::ofstream(folder_ + "/other", std::ios::binary) << content;
         std::filesystem::rename(folder_ + "/other", model_);
       }},
      {"touched", [&] { std::filesystem::last_write_time(model_, old); }},
  };
  for (const auto& c : kCases) {
    Age();
    ASSERT_TRUE(Take().remembered) << c.name;
    c.change();
    const Taken taken = Take();
    EXPECT_FALSE(taken.remembered) << c.name;
    EXPECT_TRUE(taken.record_status.ok()) << c.name;
    EXPECT_EQ(taken.sha256, FileSha256(model_)) << c.name;
  }
}

TEST_F(ModelDigestTest, ADamagedRecordIsAnnouncedAndWrittenAgain) {
  (void)Take();
  const std::string good = ReadAll(record_);
  std::vector<std::string> bad = {"", "x", good + "x", good.substr(0, good.size() - 1)};
  for (size_t at = 0; at < good.size(); at += 7) {
    bad.push_back(good);
    bad.back()[at] ^= 1;
  }
  for (const std::string& record : bad) {
    std::ofstream(record_, std::ios::binary) << record;
    Age();
    const Taken taken = Take();
    EXPECT_FALSE(taken.remembered) << record;
    EXPECT_THAT(std::string(taken.record_status.message()), HasSubstr(record_));
    EXPECT_EQ(taken.sha256, truth_);
    EXPECT_EQ(ReadAll(record_), good);
  }
}

TEST_F(ModelDigestTest, AFileThatIsCutWhileItIsMappedHasNone) {
  const auto file = MappedFile::Open(model_);
  ASSERT_TRUE(file.ok()) << file.status();
  std::filesystem::resize_file(model_, 5);
  const ModelDigest digest(**file, ModelDigest::Record::kUse);
  EXPECT_EQ(digest.Wait(), "");
  EXPECT_EQ(digest.Keep().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ModelDigestTest, AFileThatIsReplacedWhileItIsMappedKeepsItsOwn) {
  const auto file = MappedFile::Open(model_);
  ASSERT_TRUE(file.ok()) << file.status();
  std::ofstream(folder_ + "/other", std::ios::binary) << "another model";
  std::filesystem::rename(folder_ + "/other", model_);
  const ModelDigest digest(**file, ModelDigest::Record::kIgnore);
  EXPECT_EQ(digest.Wait(), truth_);
}

// What is remembered is what the model says of itself: a record of false contents, well made, shows it.
TEST_F(ModelDigestTest, AModelSaysTheDigestThatIsKept) {
  std::ofstream(model_, std::ios::binary)
      << SyntheticModel({.width = 64, .heads = 2, .kv_heads = 1, .feed_forward = 96});
  std::string warned;
  const auto load = [&](bool keep) {
    auto model = LocalModel::Load(
        model_, {.keep_packed = keep, .warn = [&](std::string_view what) { warned += what; }});
    EXPECT_TRUE(model.ok()) << model.status();
    return (*model)->info().sha256;
  };
  const std::string truth = FileSha256(model_);
  EXPECT_EQ(load(false), truth);
  EXPECT_FALSE(std::filesystem::exists(record_));
  EXPECT_EQ(load(true), truth);
  EXPECT_EQ(warned, "");

  std::string line = ReadAll(record_);
  line.resize(line.size() - 64);
  const std::string other(64, 'b');
  line.replace(line.size() - 65, 64, other);
  std::ofstream(record_, std::ios::binary)
      << line << BytesSha256({reinterpret_cast<const uint8_t*>(line.data()), line.size()});
  Age();
  EXPECT_EQ(load(true), other);
  EXPECT_THAT(warned, HasSubstr("of another model"));  // the packed weights name the true one
  EXPECT_EQ(load(false), truth);
}

}  // namespace
}  // namespace frontdesk::llm
