// The agents' queue follows the store: what a commit does to the queue is shown at once, and
// nothing else is looked at.
#include "server/delivery/queue_board.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "dialog/events.h"
#include "server/auth/gate.h"

namespace frontdesk::server {
namespace {

constexpr auto kLongEnough = std::chrono::seconds(60);  // a bound for a test that fails

// Reads the board on every wake until something is as wanted.
class Watcher : public CommitListener {
 public:
  void Wake() override {
    std::lock_guard lock(mutex_);
    ++wakes_;
    woken_.notify_all();
  }
  bool Until(const std::function<bool()>& wanted) {
    std::unique_lock lock(mutex_);
    for (int seen = -1;;) {
      if (seen != wakes_) {
        seen = wakes_;
        lock.unlock();
        if (wanted()) return true;
        lock.lock();
        continue;
      }
      if (!woken_.wait_for(lock, kLongEnough, [&] { return wakes_ != seen; })) return false;
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  int wakes_ = 0;
};

class QueueBoardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + absl::StrCat("queue-board-", ::getpid());
    std::filesystem::create_directories(folder_);
    store_ = *storage::Store::Open({.path = folder_ + "/frontdesk.db"});
    board_ = std::make_unique<QueueBoard>(
        *store_, presence_,
        QueueBoardParts{.answer_within = [](int32_t) { return absl::Minutes(5); },
                        .customer_value = [](const storage::ConversationId&) { return 0; }});
    board_->Watch(watcher_);
  }
  void TearDown() override {
    board_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  storage::ConversationId Create(const std::string& name) {
    storage::NewConversation row;
    row.id = storage::ConversationId(name);
    row.bundle_version = storage::BundleVersion("b");
    row.knowledge_revision = storage::KnowledgeRevision("k");
    EXPECT_TRUE(store_->CreateConversation(row).ok());
    return row.id;
  }

  // A handoff as the turn commits it, behind `before` other events of the same commit.
  void HandOff(const storage::ConversationId& id, const std::string& mode, const std::string& wants,
               int before = 0) {
    dialog::HandedOff handoff{.reason = "customer_asked", .mode = mode};
    handoff.packet.wants = wants;
    storage::AppendRequest step;
    step.conversation = id;
    for (int i = 0; i < before; ++i) {
      const auto said = dialog::EncodeEvent(dialog::Said{.text = "one moment", .path = "template"});
      step.events.push_back({said.kind, said.body});
    }
    const auto opened = dialog::EncodeEvent(handoff);
    step.queue = storage::QueueUpdate{.reason = handoff.reason, .reason_event = step.events.size()};
    step.events.push_back({opened.kind, opened.body});
    if (mode == "queue") step.state_tag = "waiting";
    step.now_ms = ++now_ms_;
    EXPECT_TRUE(store_->Append(step).ok());
  }

  // Summary of the conversation's entry; empty: it is not on the board.
  std::string Summary(const storage::ConversationId& id) const {
    for (const auto& entry : board_->Since(0).entries) {
      if (entry->conversation() == ConversationName(id)) return entry->packet().summary();
    }
    return "";
  }
  bool Shows(const storage::ConversationId& id, const std::string& summary) {
    return watcher_->Until([&] { return Summary(id) == summary; });
  }

  std::string folder_;
  int64_t now_ms_ = 0;
  Presence presence_;
  std::unique_ptr<storage::Store> store_;
  std::shared_ptr<Watcher> watcher_ = std::make_shared<Watcher>();
  std::unique_ptr<QueueBoard> board_;
};

TEST_F(QueueBoardTest, ATicketIsShownWithoutAnythingElseHappening) {
  // The assistant keeps the conversation: neither owner nor state tell that the queue changed.
  const auto id = Create("c-1");
  HandOff(id, "ticket", "a refund");
  EXPECT_TRUE(Shows(id, "a refund"));
}

TEST_F(QueueBoardTest, TheNewestHandoffIsShown) {
  const auto id = Create("c-1"), other = Create("c-2");
  HandOff(id, "queue", "a refund", /*before=*/3);
  EXPECT_TRUE(Shows(id, "a refund"));
  HandOff(other, "queue", "an exchange", /*before=*/1);
  EXPECT_TRUE(Shows(other, "an exchange"));
  HandOff(id, "ticket", "its money back", /*before=*/2);
  EXPECT_TRUE(Shows(id, "its money back"));
  EXPECT_EQ(Summary(other), "an exchange");
}

TEST_F(QueueBoardTest, WhoIsErasedLeavesTheBoard) {
  const auto id = Create("c-1"), stays = Create("c-2");
  HandOff(id, "queue", "a refund");
  HandOff(stays, "queue", "an exchange");
  ASSERT_TRUE(Shows(id, "a refund"));
  ASSERT_TRUE(Shows(stays, "an exchange"));
  ASSERT_TRUE(store_->EraseConversation(id, ++now_ms_).ok());
  EXPECT_TRUE(Shows(id, ""));
  EXPECT_EQ(Summary(stays), "an exchange");
}

TEST_F(QueueBoardTest, AConversationTakenOverUnaskedHasNoPacket) {
  const auto id = Create("c-1");
  storage::AppendRequest step;
  step.conversation = id;
  step.queue = storage::QueueUpdate{.reason = "taken_over"};
  ASSERT_TRUE(store_->Append(step).ok());
  EXPECT_TRUE(watcher_->Until([&] { return board_->Since(0).entries.size() == 1; }));
  EXPECT_FALSE(board_->Since(0).entries.front()->has_packet());
}

}  // namespace
}  // namespace frontdesk::server
