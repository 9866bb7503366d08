// A folder that is removed at the end of a test, and stores in it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "storage/store.h"

namespace frontdesk::storage {

inline constexpr int64_t kNow = 1'740'000'000'000;

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "frontdesk-store-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Fails the test with the Status' text; use as ASSERT_OK(store.Append(…)).
inline absl::Status StatusOf(const absl::Status& status) { return status; }
template <typename T>
absl::Status StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}
#define ASSERT_OK(expression)                                                                     \
  if (const absl::Status status_of = ::frontdesk::storage::StatusOf(expression); !status_of.ok()) \
  FAIL() << #expression << ": " << status_of
#define EXPECT_OK(expression)                                  \
  EXPECT_TRUE(::frontdesk::storage::StatusOf(expression).ok()) \
      << ::frontdesk::storage::StatusOf(expression)
// The code, and that the text names what a person needs to know.
inline ::testing::AssertionResult IsError(const absl::Status& status, absl::StatusCode code,
                                          const std::string& part) {
  if (status.code() == code && std::string(status.message()).find(part) != std::string::npos) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure()
         << status << "\n  instead of " << absl::StatusCodeToString(code) << " with '" << part
         << "'";
}
#define EXPECT_ERROR(expression, expected, part)                                        \
  EXPECT_TRUE(::frontdesk::storage::IsError(::frontdesk::storage::StatusOf(expression), \
                                            absl::StatusCode::expected, part))

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override { Reopen(); }

  StoreOptions Options() const { return {.path = folder_ / "frontdesk.db"}; }

  void Reopen() { Reopen(Options()); }
  void Reopen(const StoreOptions& options) {
    store_.reset();
    auto store = Store::Open(options);
    ASSERT_OK(store);
    store_ = *std::move(store);
  }

  ConversationId Create(const std::string& id) {
    NewConversation conversation;
    conversation.id = ConversationId(id);
    conversation.bundle_version = BundleVersion("bundle-1");
    conversation.knowledge_revision = KnowledgeRevision("knowledge-1");
    conversation.created_ms = kNow;
    EXPECT_OK(store_->CreateConversation(conversation));
    return conversation.id;
  }

  absl::StatusOr<AppendResult> Append(const ConversationId& id, const std::string& body) {
    AppendRequest request;
    request.conversation = id;
    request.events = {{"received", body}};
    return store_->Append(std::move(request));
  }

  std::vector<std::string> Bodies(const ConversationId& id) {
    std::vector<std::string> bodies;
    auto events = store_->Read(id, 0, 100000);
    EXPECT_OK(events);
    if (events.ok()) {
      for (const StoredEvent& event : *events) bodies.push_back(event.body);
    }
    return bodies;
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
};

}  // namespace frontdesk::storage
