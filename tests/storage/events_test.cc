// Conversations and events: what is appended is read, in order, fenced, once.
#include <atomic>
#include <future>
#include <thread>

#include "tests/storage/temp_store.h"

namespace frontdesk::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using EventsTest = StoreTest;

TEST_F(EventsTest, AppendedEventsAreReadInOrderAlsoAfterReopening) {
  const ConversationId id = Create("c-1");
  AppendRequest request;
  request.conversation = id;
  request.events = {{"received", R"({"text":"hi"})"}, {"reply.sent", R"({"text":"hello"})"}};
  auto result = store_->Append(request);
  ASSERT_OK(result);
  EXPECT_EQ(result->first_sequence, 1);
  EXPECT_EQ(result->last_sequence, 2);
  EXPECT_EQ(result->epoch, 1);
  ASSERT_OK(Append(id, "third"));
  EXPECT_THAT(Bodies(id), ElementsAre(R"({"text":"hi"})", R"({"text":"hello"})", "third"));
  Reopen();
  EXPECT_THAT(Bodies(id), ElementsAre(R"({"text":"hi"})", R"({"text":"hello"})", "third"));
  auto from = store_->Read(id, 1, 1);
  ASSERT_OK(from);
  ASSERT_EQ(from->size(), 1u);
  EXPECT_EQ(from->front().sequence, 2);
  EXPECT_EQ(from->front().kind, "reply.sent");
}

TEST_F(EventsTest, BodiesOfEverySizeAndByteComeBack) {
  const ConversationId id = Create("c-1");
  std::vector<std::string> bodies = {"", std::string(1, '\0'), std::string(4000, 'x'),
                                     std::string(1 << 20, '\xff')};
  for (const std::string& body : bodies) ASSERT_OK(Append(id, body));
  EXPECT_EQ(Bodies(id), bodies);
}

TEST_F(EventsTest, NoPlainTextIsInTheFiles) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "my email is ada.unmistakable@example.com"));
  for (const char* name : {"frontdesk.db", "frontdesk.db-wal", "keystore.db", "keystore.db-wal"}) {
    EXPECT_EQ(ReadFile(folder_ / name).find("unmistakable"), std::string::npos) << name;
  }
}

TEST_F(EventsTest, BadInputIsRefusedAndChangesNothing) {
  const ConversationId id = Create("c-1");
  struct Case {
    const char* name;
    NewEvent event;
  };
  const Case cases[] = {{"empty kind", {"", "x"}},
                        {"capital letter in kind", {"Received", "x"}},
                        {"long kind", {std::string(65, 'a'), "x"}},
                        {"huge body", {"received", std::string((4 << 20) + 1, 'x')}}};
  for (const Case& c : cases) {
    AppendRequest request;
    request.conversation = id;
    request.events = {{"received", "good"}, c.event};
    EXPECT_ERROR(store_->Append(request), kInvalidArgument, "event") << c.name;
  }
  EXPECT_THAT(Bodies(id), IsEmpty());
  EXPECT_ERROR(store_->Read(id, 0, 0), kInvalidArgument, "limit");
  EXPECT_ERROR(store_->Read(ConversationId("nobody"), 0, 10), kNotFound, "nobody");
  EXPECT_ERROR(Append(ConversationId("nobody"), "x"), kNotFound, "nobody");
  NewConversation bad;
  for (const char* text : {"", "a b", "../x", "line\nbreak"}) {
    bad.id = ConversationId(text);
    EXPECT_ERROR(store_->CreateConversation(bad), kInvalidArgument, "conversation id");
  }
  EXPECT_ERROR(store_->CreateConversation({.id = id}), kAlreadyExists, "c-1");
}

TEST_F(EventsTest, TheEpochFencesWrites) {
  const ConversationId id = Create("c-1");
  AppendRequest claim;
  claim.conversation = id;
  claim.events = {{"agent_claimed", "{}"}};
  claim.owner = OwnerChange{1, "agent-7"};
  claim.state_tag = "human";
  auto claimed = store_->Append(claim);
  ASSERT_OK(claimed);
  EXPECT_EQ(claimed->epoch, 2);

  AppendRequest late;
  late.conversation = id;
  late.events = {{"reply", "from the assistant"}};
  late.expected_epoch = 1;
  EXPECT_ERROR(store_->Append(late), kFailedPrecondition, "epoch 2");
  EXPECT_ERROR(store_->Append(claim), kFailedPrecondition, "epoch 2");
  late.expected_epoch = 2;
  EXPECT_OK(store_->Append(late));
  auto row = store_->GetConversation(id);
  ASSERT_OK(row);
  EXPECT_EQ(row->owner, "agent-7");
  EXPECT_EQ(row->state_tag, "human");
  EXPECT_EQ(row->last_sequence, 2);
}

TEST_F(EventsTest, TheExpectedLastSequenceIsChecked) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "one"));
  AppendRequest request;
  request.conversation = id;
  request.events = {{"received", "two"}};
  request.expected_last_sequence = 0;
  EXPECT_ERROR(store_->Append(request), kAborted, "has 1 events");
  request.expected_last_sequence = 1;
  EXPECT_OK(store_->Append(request));
}

TEST_F(EventsTest, AResendIsRecognisedWhateverHappenedSince) {
  const ConversationId id = Create("c-1");
  AppendRequest request;
  request.conversation = id;
  request.events = {{"received", "hi"}};
  request.request = RequestKey{RequestId("r-1"), "the body"};
  request.expected_epoch = 1;
  ASSERT_OK(store_->Append(request));
  AppendRequest owner;
  owner.conversation = id;
  owner.owner = OwnerChange{1, "queue"};
  ASSERT_OK(store_->Append(owner));
  Reopen();
  EXPECT_ERROR(store_->Append(request), kAlreadyExists, "r-1");
  request.request->body = "another body";
  EXPECT_ERROR(store_->Append(request), kInvalidArgument, "another body");
  EXPECT_THAT(Bodies(id), ElementsAre("hi"));
  auto record = store_->FindRequest(id, RequestId("r-1"));
  ASSERT_OK(record);
  ASSERT_TRUE(record->request.has_value());
  EXPECT_EQ(record->request->first_sequence, 1);
  EXPECT_EQ(record->request->last_sequence, 1);
  EXPECT_EQ(record->conversation.owner, "queue") << "of the same moment";
  auto none = store_->FindRequest(id, RequestId("r-2"));
  ASSERT_OK(none);
  EXPECT_FALSE(none->request.has_value());
}

TEST_F(EventsTest, ACreationCanBeResent) {
  NewConversation request;
  request.id = ConversationId("c-1");
  request.events = {{"started", "{}"}};
  request.request = RequestKey{RequestId("tab-1/create"), "body"};
  auto first = store_->CreateConversation(request);
  ASSERT_OK(first);
  EXPECT_EQ(first->last_sequence, 1);
  request.id = ConversationId("c-2");
  auto again = store_->CreateConversation(request);
  ASSERT_OK(again);
  EXPECT_EQ(again->id, ConversationId("c-1"));
  EXPECT_ERROR(store_->GetConversation(ConversationId("c-2")), kNotFound, "c-2");
  request.request->body = "other";
  EXPECT_ERROR(store_->CreateConversation(request), kInvalidArgument, "another body");
}

TEST_F(EventsTest, ListingsFilterAndPage) {
  for (int i = 0; i < 25; ++i) {
    NewConversation c;
    c.id = ConversationId("c-" + std::to_string(i));
    c.created_ms = kNow + i;
    c.state_tag = i % 2 == 0 ? "open" : "ended";
    if (i % 5 == 0) c.customer = CustomerId("person");
    ASSERT_OK(store_->CreateConversation(c));
  }
  ConversationFilter filter;
  filter.state_tag = "open";
  filter.limit = 5;
  std::vector<std::string> seen;
  while (true) {
    auto page = store_->ListConversations(filter);
    ASSERT_OK(page);
    if (page->empty()) break;
    for (const Conversation& c : *page) seen.push_back(c.id.value());
    filter.after_position = page->back().position;
  }
  EXPECT_EQ(seen.size(), 13u);
  EXPECT_EQ(seen.front(), "c-0");
  EXPECT_EQ(seen.back(), "c-24");
  ConversationFilter narrow;
  narrow.customer = CustomerId("person");
  narrow.created_from_ms = kNow + 5;
  narrow.created_until_ms = kNow + 15;
  narrow.newest_first = true;
  auto found = store_->ListConversations(narrow);
  ASSERT_OK(found);
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ(found->front().id.value(), "c-10");
  EXPECT_ERROR(store_->ListConversations({.limit = 0}), kInvalidArgument, "limit");
}

TEST_F(EventsTest, IdleDeadlinesAreSetClearedAndListed) {
  const ConversationId a = Create("a"), b = Create("b"), c = Create("c");
  const auto set = [&](const ConversationId& id, int64_t deadline) {
    AppendRequest request;
    request.conversation = id;
    request.idle_deadline_ms = deadline;
    EXPECT_OK(store_->Append(request));
  };
  set(a, 300);
  set(b, 200);
  set(c, 900);
  auto idle = store_->ListIdle(300, 10);
  ASSERT_OK(idle);
  ASSERT_EQ(idle->size(), 2u);
  EXPECT_EQ(idle->at(0).id, b);
  EXPECT_EQ(idle->at(1).id, a);
  set(b, 0);
  idle = store_->ListIdle(300, 10);
  ASSERT_OK(idle);
  ASSERT_EQ(idle->size(), 1u);
}

TEST_F(EventsTest, ListenersHearEveryCommitAndMissNothing) {
  const ConversationId id = Create("c-1");
  std::mutex mutex;
  std::vector<int64_t> heard;
  const int64_t number = store_->AddCommitListener([&](const Store::Committed& commit) {
    const int64_t last = commit.last_sequence;
    std::lock_guard lock(mutex);
    if (commit.conversation == id) heard.push_back(last);
    // What is announced is already there for every reader.
    EXPECT_EQ(store_->GetConversation(id)->last_sequence >= last, true);
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) EXPECT_OK(Append(id, "x"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  store_->RemoveCommitListener(number);
  ASSERT_OK(Append(id, "unheard"));
  ASSERT_EQ(heard.size(), 200u);
  for (size_t i = 0; i < heard.size(); ++i) EXPECT_EQ(heard[i], static_cast<int64_t>(i + 1));
}

TEST_F(EventsTest, BlockingOnTheWriterThreadIsRefusedRatherThanHanging) {
  const ConversationId id = Create("c-1");
  std::promise<absl::Status> inside;
  AppendRequest request;
  request.conversation = id;
  request.events = {{"received", "x"}};
  store_->AppendAsync(request, [&](absl::StatusOr<AppendResult> result) {
    EXPECT_OK(result);
    inside.set_value(Append(id, "y").status());
  });
  EXPECT_ERROR(inside.get_future().get(), kFailedPrecondition, "writer thread");
}

TEST_F(EventsTest, ManyThreadsOneFailingChangesNothingForTheOthers) {
  std::vector<ConversationId> ids;
  for (int i = 0; i < 8; ++i) ids.push_back(Create("c-" + std::to_string(i)));
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (const ConversationId& id : ids) {
    threads.emplace_back([&, id] {
      for (int i = 0; i < 60; ++i) {
        AppendRequest request;
        request.conversation = id;
        request.events = {{"received", std::to_string(i)}};
        if (i % 3 == 0) request.expected_epoch = 99;
        if (!store_->Append(request).ok()) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 8 * 20);
  for (const ConversationId& id : ids) {
    std::vector<std::string> expected;
    for (int i = 0; i < 60; ++i) {
      if (i % 3 != 0) expected.push_back(std::to_string(i));
    }
    EXPECT_EQ(Bodies(id), expected);
    auto chain = store_->VerifyChain(id);
    ASSERT_OK(chain);
    EXPECT_TRUE(chain->intact) << chain->reason;
  }
  const StoreCounters counters = store_->counters();
  EXPECT_LT(counters.commits, counters.writes + counters.failed) << "nothing was grouped";
}

TEST_F(EventsTest, AFullQueueRefusesAtOnce) {
  StoreOptions options = Options();
  options.queue_limit = 4;
  Reopen(options);
  const ConversationId id = Create("c-1");
  // The listener holds the writer thread while the queue fills.
  std::promise<void> release;
  std::shared_future<void> released(release.get_future());
  std::atomic<bool> held = false;
  const int64_t number = store_->AddCommitListener([&](const Store::Committed&) {
    held = true;
    released.wait();
  });
  std::atomic<int> good = 0, full = 0;
  const auto submit = [&] {
    AppendRequest request;
    request.conversation = id;
    request.events = {{"received", "x"}};
    store_->AppendAsync(request, [&](absl::StatusOr<AppendResult> result) {
      if (result.ok()) {
        ++good;
      } else {
        EXPECT_ERROR(result, kResourceExhausted, "queue");
        ++full;
      }
    });
  };
  submit();
  while (!held) std::this_thread::yield();
  for (int i = 0; i < 10; ++i) submit();
  EXPECT_EQ(full, 6);
  release.set_value();
  store_->RemoveCommitListener(number);
  store_.reset();
  EXPECT_EQ(good, 5);
}

TEST_F(EventsTest, FingerprintsAgreeWithinAConversationOnly) {
  const ConversationId a = Create("a"), b = Create("b");
  EXPECT_EQ(*store_->Fingerprint(a, "ada@example.com"), *store_->Fingerprint(a, "ada@example.com"));
  EXPECT_NE(*store_->Fingerprint(a, "ada@example.com"), *store_->Fingerprint(b, "ada@example.com"));
}

TEST_F(EventsTest, SecretsSurviveARestartAndDifferByPurpose) {
  const std::string secret = store_->DeriveSecret("tokens");
  EXPECT_EQ(secret.size(), 32u);
  EXPECT_NE(secret, store_->DeriveSecret("other"));
  Reopen();
  EXPECT_EQ(secret, store_->DeriveSecret("tokens"));
}

}  // namespace
}  // namespace frontdesk::storage
