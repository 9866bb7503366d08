// The knowledge folder: what is saved opens as it was, damage is an error that names the file, and
// a process that is killed at any moment leaves a state that was asked for.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "retrieval/knowledge_base.h"
#include "retrieval/snapshot_parts.h"
#include "tests/retrieval/small_shop.h"

namespace frontdesk::retrieval {
namespace {

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void WriteAll(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

KnowledgeOptions Options(std::string fingerprint = "words-1") {
  return {.embed = WordVectors, .embedding_fingerprint = std::move(fingerprint)};
}

class SavedKnowledge : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "/frontdesk_saved_knowledge_" + std::to_string(getpid());
    std::filesystem::remove_all(folder_);
    KnowledgeBase base(Options());
    ASSERT_TRUE(base.Upsert(Shop()).ok());
    ASSERT_TRUE(base.Upsert(std::vector<Document>{{.id = "gone", .bytes = "Old words."}}).ok());
    ASSERT_TRUE(base.Upsert(std::vector<Document>{{.id = "stays", .bytes = "New words."},
                                                  {.id = "goes", .bytes = "No words."},
                                                  {.id = "too", .bytes = "Some words."}})
                    .ok());
    ASSERT_TRUE(base.Delete(std::vector<std::string>{"gone", "goes"}).ok());
    base.WaitForMerges();
    revision_ = base.snapshot()->revision().value();
    ASSERT_TRUE(base.SaveTo(folder_).ok());
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      files_[entry.path()] = ReadAll(entry.path());
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  absl::StatusOr<std::unique_ptr<KnowledgeBase>> Load(std::string fingerprint = "words-1") {
    return KnowledgeBase::LoadFrom(folder_, Options(std::move(fingerprint)));
  }
  void Restore() {
    for (const auto& [path, bytes] : files_) WriteAll(path, bytes);
  }

  std::string folder_;
  std::string revision_;
  std::map<std::filesystem::path, std::string> files_;
};

TEST_F(SavedKnowledge, LoadsAndGoesOn) {
  EXPECT_EQ(files_.size(), 3u) << "a manifest and two parts";
  auto base = Load();
  ASSERT_TRUE(base.ok()) << base.status();
  EXPECT_EQ((*base)->snapshot()->revision().value(), revision_);
  EXPECT_EQ((*base)->snapshot()->passage_count(), 6u);
  EXPECT_TRUE((*base)->snapshot()->Search("old", {.mode = SearchMode::kBm25})->empty());
  const auto report = (*base)->Upsert(Shop());
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->documents_unchanged, 3u);
  ASSERT_TRUE((*base)->Delete(std::vector<std::string>{"returns.md"}).ok());
  EXPECT_EQ((*base)->snapshot()->passage_count(), 4u);
}

TEST_F(SavedKnowledge, SavesOnlyWhatIsNewAndRemovesWhatNothingNames) {
  auto base = Load();
  ASSERT_TRUE(base.ok());
  std::map<std::filesystem::path, std::filesystem::file_time_type> before;
  for (const auto& [path, bytes] : files_) before[path] = std::filesystem::last_write_time(path);
  WriteAll(folder_ + "/0123.part", "left by a crash");
  WriteAll(folder_ + "/MANIFEST.new", "left by a crash");
  ASSERT_TRUE((*base)->Upsert(std::vector<Document>{{.id = "x", .bytes = "More words."}}).ok());
  ASSERT_TRUE((*base)->SaveTo(folder_).ok());
  size_t parts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const auto known = before.find(entry.path());
    if (known != before.end() && entry.path().filename() != "MANIFEST") {
      EXPECT_EQ(std::filesystem::last_write_time(entry.path()), known->second);
    }
    EXPECT_NE(entry.path().filename(), "0123.part");
    EXPECT_NE(entry.path().extension(), ".new");
    parts += entry.path().extension() == ".part";
  }
  EXPECT_EQ(parts, 3u);
}

TEST_F(SavedKnowledge, AnyCutOrChangeIsDataLossThatNamesTheFolder) {
  std::mt19937 random(3);
  for (int round = 0; round < 60; ++round) {
    auto at = files_.begin();
    std::advance(at, round % files_.size());
    std::string bad = at->second;
    if (random() % 2) {
      bad.resize(random() % bad.size());
    } else {
      bad[random() % bad.size()] ^= static_cast<char>(1 + random() % 255);
    }
    WriteAll(at->first, bad);
    const absl::Status status = Load().status();
    ASSERT_TRUE(status.code() == absl::StatusCode::kDataLoss ||
                status.code() == absl::StatusCode::kFailedPrecondition)
        << at->first << " " << status;
    ASSERT_NE(status.message().find(folder_), std::string::npos) << status;
    Restore();
  }
}

// Damage behind a right checksum: a file of another program, or of a bug of ours.
TEST_F(SavedKnowledge, DamageWithARightChecksumIsRefusedOrHarmless) {
  std::mt19937 random(9);
  int opened = 0;
  for (int round = 0; round < 200; ++round) {
    auto at = files_.begin();
    std::advance(at, round % files_.size());
    std::string bad = at->second.substr(0, at->second.size() - 32);
    for (int i = 0; i < 3; ++i) {
      // The first 200 bytes hold counts and lengths of everything that follows.
      const size_t most = random() % 2 ? std::min<size_t>(200, bad.size() - 12) : bad.size() - 12;
      bad[12 + random() % most] = static_cast<char>(random());
    }
    bad.append(storage::AsBytes(storage::Sha256(bad)));
    WriteAll(at->first, bad);
    if (auto base = Load(); base.ok()) {
      ++opened;
      (void)(*base)->snapshot()->Search("words returns parcel");
    }
    Restore();
  }
  EXPECT_LT(opened, 200);
}

TEST_F(SavedKnowledge, AMissingPartIsDataLoss) {
  for (const auto& [path, bytes] : files_) {
    std::filesystem::remove(path);
    EXPECT_EQ(Load().status().code(), path.filename() == "MANIFEST"
                                          ? absl::StatusCode::kNotFound
                                          : absl::StatusCode::kDataLoss);
    Restore();
  }
}

TEST_F(SavedKnowledge, AnotherEncoderOrVersionIsAPrecondition) {
  EXPECT_EQ(Load("words-2").status().code(), absl::StatusCode::kFailedPrecondition);
  for (auto [path, bytes] : files_) {
    bytes[8] = 77;
    WriteAll(path, bytes);
    EXPECT_EQ(Load().status().code(), absl::StatusCode::kFailedPrecondition) << path;
    Restore();
  }
}

TEST_F(SavedKnowledge, AFolderThatCannotBeWrittenIsAnError) {
  KnowledgeBase base({});
  WriteAll(folder_ + "/file", "in the way");
  const absl::Status status = base.SaveTo(folder_ + "/file/below");
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find(folder_ + "/file"), std::string::npos) << status;
}

// The documents after `step` changes: what a restart has to find.
std::map<std::string, Document> StateAfter(int step) {
  std::map<std::string, Document> out;
  for (int i = 0; i <= step; ++i) {
    const std::string id = "d" + std::to_string(i * 7 % 23);
    if (i % 5 == 4 && out.contains(id)) {
      out.erase(id);
    } else {
      out[id] = {.id = id,
                 .bytes = "Parcel " + std::to_string(i) + " goes by road " + std::to_string(i % 9),
                 .language = "en"};
    }
  }
  return out;
}

// Changes and saves from `step` on until it is killed; tells the pipe each step before it begins.
[[noreturn]] void ChangeUntilKilled(const std::string& folder, int step, int pipe) {
  auto loaded = KnowledgeBase::LoadFrom(folder, Options());
  auto base = loaded.ok() ? *std::move(loaded) : std::make_unique<KnowledgeBase>(Options());
  for (;; ++step) {
    if (write(pipe, &step, sizeof(step)) != sizeof(step)) _exit(2);
    const auto before = StateAfter(step - 1);
    const auto after = StateAfter(step);
    std::vector<Document> changed;
    for (const auto& [id, document] : after) {
      const auto known = before.find(id);
      if (known == before.end() || known->second.bytes != document.bytes) changed.push_back(document);
    }
    std::vector<std::string> gone;
    for (const auto& [id, document] : before) {
      if (!after.contains(id)) gone.push_back(id);
    }
    if (!changed.empty() && !base->Upsert(changed).ok()) _exit(3);
    if (!gone.empty() && !base->Delete(gone).ok()) _exit(4);
    if (!base->SaveTo(folder).ok()) _exit(5);
  }
}

std::string RevisionOf(const std::map<std::string, Document>& state) {
  KnowledgeBase base(Options());
  std::vector<Document> documents;
  for (const auto& [id, document] : state) documents.push_back(document);
  EXPECT_TRUE(base.Upsert(documents).ok());
  return base.snapshot()->revision().value();
}

TEST(SavedKnowledgeCrash, AKilledProcessLeavesTheStateBeforeOrAfter) {
  const int kills = std::getenv("FRONTDESK_FULL") != nullptr ? 200 : 25;
  const std::string folder =
      testing::TempDir() + "/frontdesk_killed_knowledge_" + std::to_string(getpid());
  std::filesystem::remove_all(folder);
  std::mt19937 random(17);
  int step = 0, steps = 0, while_written = 0;
  std::set<std::filesystem::path> leftovers;
  for (int kill_number = 0; kill_number < kills; ++kill_number) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(pipe_ends[0]);
      ChangeUntilKilled(folder, step, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    // Some steps are saved, and the kill comes at any point of the next.
    int begun = step - 1;
    for (unsigned saved = 0; saved <= random() % 3; ++saved) {
      ASSERT_EQ(read(pipe_ends[0], &begun, sizeof(begun)), ssize_t{sizeof(begun)});
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 12000));
    ASSERT_EQ(kill(child, SIGKILL), 0);
    int how = 0;
    ASSERT_EQ(waitpid(child, &how, 0), child);
    ASSERT_TRUE(WIFSIGNALED(how)) << "the child ended by itself, with " << WEXITSTATUS(how);
    for (int told; read(pipe_ends[0], &told, sizeof(told)) == sizeof(told);) begun = told;
    close(pipe_ends[0]);
    auto base = KnowledgeBase::LoadFrom(folder, Options());
    if (begun <= 0 && absl::IsNotFound(base.status())) continue;
    ASSERT_TRUE(base.ok()) << kill_number << ": " << base.status();
    const std::string revision = (*base)->snapshot()->revision().value();
    const bool after = begun >= 0 && revision == RevisionOf(StateAfter(begun));
    ASSERT_TRUE(after || revision == RevisionOf(StateAfter(begun - 1))) << kill_number;
    const std::vector<WeightedTerm> query = {{"parcel", 1}, {"9", 1}};
    const auto& index = *(*base)->snapshot()->parts().index;
    ASSERT_EQ(index.Search(query, 50), index.SearchExhaustively(query, 50));
    bool torn = false;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      torn |= entry.path().extension() == ".new" && leftovers.insert(entry.path()).second;
    }
    while_written += torn;
    steps += begun + (after ? 1 : 0) - step;
    step = after ? begun + 1 : std::max(begun, 0);
  }
  std::printf("%d kills in %d steps, %d while a file was written\n", kills, steps, while_written);
  EXPECT_GT(steps, kills / 2);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace frontdesk::retrieval
