// A replaced file is the old one or the new one, never a part of either, and leaves nothing beside it.
#include "storage/files/replace_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

namespace frontdesk::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class ReplaceFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ("replace." + std::to_string(::getpid()) + "." +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    path_ = folder_ / "file";
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Content() const {
    std::ifstream file(path_, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
  }
  size_t Names() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_, path_;
};

TEST_F(ReplaceFileTest, PartsFollowOneAnotherAndTheOldContentIsGone) {
  ASSERT_TRUE(ReplaceFile(path_, {"a long old content"}).ok());
  ASSERT_TRUE(ReplaceFile(path_, {"new", "", " one"}).ok());
  EXPECT_EQ(Content(), "new one");
  EXPECT_EQ(Names(), 1u);
}

TEST_F(ReplaceFileTest, OnlyTheOwnerReadsItUnlessToldOtherwise) {
  struct stat info {};
  ASSERT_TRUE(ReplaceFile(path_, {"secret"}).ok());
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_TRUE(ReplaceFile(path_, {"weights"}, {.mode = 0644, .flush = Flush::kNo}).ok());
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0077, 0044u);
}

TEST_F(ReplaceFileTest, MissingFolderIsNamed) {
  const absl::Status status = ReplaceFile(folder_ / "none" / "file", {"x"});
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(status.message()), HasSubstr("none/file"));
}

TEST_F(ReplaceFileTest, FolderInThePlaceIsKeptAndNothingIsLeft) {
  fs::create_directories(path_ / "inner");
  const absl::Status status = ReplaceFile(path_, {"x"});
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(fs::is_directory(path_ / "inner"));
  EXPECT_EQ(Names(), 1u);
}

TEST_F(ReplaceFileTest, WriteCutShortLeavesTheOldFile) {
  ASSERT_TRUE(ReplaceFile(path_, {"old"}).ok());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 1000;  // as a full disk: the write stops in the middle
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status status = ReplaceFile(path_, {std::string(800, 'a'), std::string(800, 'b')});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr(path_.string()));
  EXPECT_EQ(Content(), "old");
  EXPECT_EQ(Names(), 1u);
}

TEST_F(ReplaceFileTest, ManyAtOnceLeaveOneWholeContent) {
  std::vector<std::thread> writers;
  for (char letter : {'a', 'b', 'c', 'd'}) {
    writers.emplace_back([&, letter] {
      const std::string content(100'000, letter);
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(ReplaceFile(path_, {content}, {.flush = Flush::kNo}).ok());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_THAT(Content(), AnyOf(std::string(100'000, 'a'), std::string(100'000, 'b'),
                               std::string(100'000, 'c'), std::string(100'000, 'd')));
  EXPECT_EQ(Names(), 1u);
}

}  // namespace
}  // namespace frontdesk::storage
