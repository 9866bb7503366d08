// The ledger, the vault, the queue and the attempt counters.
#include "tests/storage/temp_store.h"

namespace frontdesk::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EffectsTest : public StoreTest {
 protected:
  absl::Status Ledger(const ConversationId& id, LedgerUpdate update) {
    AppendRequest request;
    request.conversation = id;
    request.events = {{"tool", "{}"}};
    request.ledger = {std::move(update)};
    request.now_ms = kNow;
    return store_->Append(std::move(request)).status();
  }
  absl::Status Prepare(const ConversationId& id, const std::string& key,
                       const std::string& resource) {
    return Ledger(id, {.key = key,
                       .tool = "refunds.create",
                       .resource = resource,
                       .arguments = R"({"amount":4990})"});
  }
  absl::Status Move(const ConversationId& id, const std::string& key, LedgerState state,
                    const std::string& result = "{}") {
    return Ledger(id, {.key = key, .state = state, .result = result});
  }
  absl::Status Queue(const ConversationId& id, QueueUpdate update, int64_t now_ms) {
    AppendRequest request;
    request.conversation = id;
    request.queue = std::move(update);
    request.now_ms = now_ms;
    return store_->Append(std::move(request)).status();
  }
};

TEST_F(EffectsTest, AnEntryKeepsWhatWasCalledAndWhatCameBack) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Prepare(id, "k-1", "order/1182"));
  auto prepared = store_->ListPrepared();
  ASSERT_OK(prepared);
  ASSERT_EQ(prepared->size(), 1u);
  ASSERT_OK(Move(id, "k-1", LedgerState::kDone, R"({"id":"R-7"})"));
  Reopen();
  auto entry = store_->GetLedger("k-1");
  ASSERT_OK(entry);
  ASSERT_TRUE(entry->has_value());
  EXPECT_EQ((*entry)->conversation, id);
  EXPECT_EQ((*entry)->tool, "refunds.create");
  EXPECT_EQ((*entry)->resource, "order/1182");
  EXPECT_EQ((*entry)->arguments, R"({"amount":4990})");
  EXPECT_EQ((*entry)->result, R"({"id":"R-7"})");
  EXPECT_EQ((*entry)->state, LedgerState::kDone);
  EXPECT_TRUE(store_->ListPrepared()->empty());
  EXPECT_FALSE(store_->GetLedger("k-2")->has_value());
  EXPECT_EQ(ReadFile(folder_ / "frontdesk.db-wal").find("1182"), std::string::npos);
}

// Every step from every state, against the diagram in ledger.h.
TEST_F(EffectsTest, OnlyTheStepsOfTheDiagramAreTaken) {
  using S = LedgerState;
  const std::optional<S> none;
  struct Case {
    std::optional<S> from;
    S to;
    absl::StatusCode code;
  };
  const auto ok = absl::StatusCode::kOk;
  const auto refused = absl::StatusCode::kFailedPrecondition;
  const Case cases[] = {
      {none, S::kPrepared, ok},
      {none, S::kDone, refused},
      {none, S::kUnknown, refused},
      {none, S::kFailed, refused},
      {S::kPrepared, S::kPrepared, absl::StatusCode::kAborted},
      {S::kPrepared, S::kDone, ok},
      {S::kPrepared, S::kUnknown, ok},
      {S::kPrepared, S::kFailed, ok},
      {S::kDone, S::kPrepared, absl::StatusCode::kAlreadyExists},
      {S::kDone, S::kDone, refused},
      {S::kDone, S::kUnknown, refused},
      {S::kDone, S::kFailed, refused},
      {S::kUnknown, S::kPrepared, refused},
      {S::kUnknown, S::kDone, ok},
      {S::kUnknown, S::kUnknown, refused},
      {S::kUnknown, S::kFailed, ok},
      {S::kFailed, S::kPrepared, ok},
      {S::kFailed, S::kDone, refused},
      {S::kFailed, S::kUnknown, refused},
      {S::kFailed, S::kFailed, refused},
  };
  const ConversationId id = Create("c-1");
  int number = 0;
  for (const Case& c : cases) {
    const std::string key = "k-" + std::to_string(++number);
    const std::string resource = "order/" + key;
    if (c.from.has_value()) {
      ASSERT_OK(Prepare(id, key, resource));
      if (*c.from != S::kPrepared) ASSERT_OK(Move(id, key, *c.from));
    }
    const absl::Status status =
        c.to == S::kPrepared ? Prepare(id, key, resource) : Move(id, key, c.to);
    EXPECT_EQ(status.code(), c.code) << (c.from ? LedgerStateName(*c.from) : "none") << " to "
                                     << LedgerStateName(c.to) << ": " << status;
    auto entry = store_->GetLedger(key);
    ASSERT_OK(entry);
    if (status.ok()) {
      EXPECT_EQ((*entry)->state, c.to);
    } else if (c.from.has_value()) {
      EXPECT_EQ((*entry)->state, *c.from);
    } else {
      EXPECT_FALSE(entry->has_value());
    }
  }
}

TEST_F(EffectsTest, ARefusedLedgerStepTakesTheWholeAppendBack) {
  const ConversationId id = Create("c-1");
  EXPECT_ERROR(Move(id, "k-1", LedgerState::kDone), kFailedPrecondition, "never prepared");
  EXPECT_EQ(Bodies(id).size(), 0u);
}

TEST_F(EffectsTest, AnUnknownResultBlocksItsResourceInEveryConversation) {
  const ConversationId a = Create("a"), b = Create("b");
  ASSERT_OK(Prepare(a, "a-1", "order/1182"));
  EXPECT_ERROR(Prepare(b, "b-1", "order/1182"), kAborted, "in flight");
  ASSERT_OK(Move(a, "a-1", LedgerState::kUnknown));
  EXPECT_ERROR(Prepare(b, "b-1", "order/1182"), kFailedPrecondition, "a-1");
  EXPECT_ERROR(Prepare(a, "a-2", "order/1182"), kFailedPrecondition, "unknown");
  EXPECT_OK(Prepare(b, "b-2", "order/9999"));
  EXPECT_OK(Prepare(b, "b-3", ""));
  EXPECT_OK(Prepare(b, "b-4", ""));
  auto blocking = store_->BlockedResource("order/1182");
  ASSERT_OK(blocking);
  ASSERT_TRUE(blocking->has_value());
  EXPECT_EQ((*blocking)->key, "a-1");
  ASSERT_OK(Move(a, "a-1", LedgerState::kFailed));
  EXPECT_FALSE(store_->BlockedResource("order/1182")->has_value());
  EXPECT_OK(Prepare(b, "b-1", "order/1182"));
  EXPECT_ERROR(Move(a, "b-1", LedgerState::kDone), kFailedPrecondition, "another conversation");
}

TEST_F(EffectsTest, TryingAgainIsTheSameVisitAndIsCounted) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Prepare(id, "k-1", "order/1"));
  ASSERT_OK(Move(id, "k-1", LedgerState::kFailed, R"({"why":"timeout before sending"})"));
  ASSERT_OK(Prepare(id, "k-1", "order/1"));
  auto entries = store_->ListLedger(id);
  ASSERT_OK(entries);
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ(entries->front().attempts, 2);
  EXPECT_EQ(entries->front().result, "");
}

TEST_F(EffectsTest, TheVaultKeepsAValuePerTokenForGood) {
  const ConversationId id = Create("c-1");
  const auto put = [&](const std::string& token, const std::string& value) {
    AppendRequest request;
    request.conversation = id;
    request.vault = {{token, "EMAIL", value}};
    return store_->Append(std::move(request)).status();
  };
  ASSERT_OK(put("<EMAIL_1>", "ada.unmistakable@example.com"));
  ASSERT_OK(put("<EMAIL_1>", "ada.unmistakable@example.com"));
  ASSERT_OK(put("<EMAIL_2>", "bob@example.com"));
  EXPECT_ERROR(put("<EMAIL_1>", "eve@example.com"), kFailedPrecondition, "another value");
  EXPECT_ERROR(put("", "x"), kInvalidArgument, "token");
  Reopen();
  EXPECT_EQ(*store_->RevealVault(id, "<EMAIL_1>"), "ada.unmistakable@example.com");
  EXPECT_ERROR(store_->RevealVault(id, "<EMAIL_9>"), kNotFound, "token");
  auto all = store_->ListVault(id);
  ASSERT_OK(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(all->at(1).token, "<EMAIL_2>");
  EXPECT_EQ(all->at(1).type, "EMAIL");
  EXPECT_EQ(ReadFile(folder_ / "frontdesk.db").find("unmistakable"), std::string::npos);
  EXPECT_ERROR(store_->RevealVault(Create("c-2"), "<EMAIL_1>"), kNotFound, "c-2");
}

TEST_F(EffectsTest, TheQueueIsOrderedAndClaimsAreLeases) {
  using A = QueueUpdate::Action;
  const ConversationId a = Create("a"), b = Create("b"), c = Create("c");
  ASSERT_OK(Queue(a, {.action = A::kEnqueue, .reason = "asked", .team = "orders"}, 100));
  ASSERT_OK(
      Queue(b, {.action = A::kEnqueue, .reason = "angry", .team = "orders", .priority = 5}, 200));
  ASSERT_OK(Queue(c, {.action = A::kEnqueue, .reason = "asked", .team = "billing"}, 50));
  const auto ids = [&](const QueueFilter& filter) {
    std::vector<std::string> found;
    auto entries = store_->ListQueue(filter);
    EXPECT_OK(entries);
    for (const QueueEntry& entry : *entries) found.push_back(entry.conversation.value());
    return found;
  };
  EXPECT_THAT(ids({}), ElementsAre("b", "c", "a"));
  EXPECT_THAT(ids({.team = "orders"}), ElementsAre("b", "a"));

  const QueueUpdate ann{.action = A::kClaim, .agent = AgentId("ann"), .lease_until_ms = 1000};
  QueueUpdate bob{.action = A::kClaim, .agent = AgentId("bob"), .lease_until_ms = 2000};
  ASSERT_OK(Queue(b, ann, 300));
  EXPECT_ERROR(Queue(b, bob, 400), kFailedPrecondition, "another agent");
  EXPECT_THAT(ids({.claimable_at_ms = 400}), ElementsAre("c", "a"));
  EXPECT_THAT(ids({.expired_at_ms = 1000}), ElementsAre("b"));
  Reopen();
  ASSERT_OK(Queue(b, bob, 1000));  // ann vanished, the lease ran out
  EXPECT_ERROR(
      Queue(b, {.action = A::kRenew, .agent = AgentId("ann"), .lease_until_ms = 9000}, 1100),
      kFailedPrecondition, "not this agent's");
  bob.action = A::kRenew;
  bob.lease_until_ms = 5000;
  ASSERT_OK(Queue(b, bob, 1500));
  EXPECT_EQ(store_->ListQueue({})->front().lease_until_ms, 5000);
  EXPECT_EQ(store_->ListQueue({})->front().since_ms, 200);
  ASSERT_OK(Queue(b, {.action = A::kRelease}, 1600));
  EXPECT_FALSE(store_->ListQueue({})->front().claimed_by.has_value());
  ASSERT_OK(Queue(b, {.action = A::kRemove}, 1700));
  ASSERT_OK(Queue(b, {.action = A::kRemove}, 1800));
  EXPECT_THAT(ids({}), ElementsAre("c", "a"));
  EXPECT_ERROR(Queue(b, ann, 300), kNotFound, "not in the queue");
}

TEST_F(EffectsTest, OnlyOneOfManyClaimsWins) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Queue(id, {.action = QueueUpdate::Action::kEnqueue, .reason = "asked"}, 1));
  int won = 0;
  for (int i = 0; i < 5; ++i) {
    AppendRequest claim;
    claim.conversation = id;
    claim.events = {{"claimed", "{}"}};
    claim.owner = OwnerChange{1, "agent-" + std::to_string(i)};
    claim.queue = QueueUpdate{.action = QueueUpdate::Action::kClaim,
                              .agent = AgentId("agent-" + std::to_string(i)),
                              .lease_until_ms = 1000};
    claim.now_ms = 2;
    if (store_->Append(claim).ok()) ++won;
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(store_->GetConversation(id)->owner, "agent-0");
  EXPECT_EQ(Bodies(id).size(), 1u);
}

TEST_F(EffectsTest, AttemptsAreCountedPerWindowAndSurviveARestart) {
  const auto count = [&](const std::string& key, int64_t now_ms) {
    auto attempts = store_->CountAttempts({{"verify", key}}, 1000, now_ms);
    EXPECT_OK(attempts);
    return attempts.ok() ? attempts->front() : -1;
  };
  EXPECT_EQ(count("order/1182.unmistakable", 10), 1);
  EXPECT_EQ(count("order/1182.unmistakable", 500), 2);
  EXPECT_EQ(count("order/9", 500), 1);
  Reopen();
  EXPECT_EQ(count("order/1182.unmistakable", 1009), 3);
  EXPECT_EQ(count("order/1182.unmistakable", 1010), 1) << "a new window";
  EXPECT_EQ(store_->CountAttempts({{"login", "order/1182.unmistakable"}}, 1000, 1010)->front(), 1);
  ASSERT_OK(store_->ClearAttempts("verify", "order/1182.unmistakable"));
  EXPECT_EQ(count("order/1182.unmistakable", 1011), 1);
  EXPECT_ERROR(store_->CountAttempts({{"verify", "k"}}, 0, 1), kInvalidArgument, "window");
  EXPECT_EQ(ReadFile(folder_ / "frontdesk.db-wal").find("unmistakable"), std::string::npos);
}

TEST_F(EffectsTest, AttemptsOfSeveralNamesAreCountedTogetherOrNotAtAll) {
  const std::vector<Store::AttemptName> both = {{"order", "1182"}, {"address", "192.0.2.1"}};
  ASSERT_OK(store_->CountAttempts({both[1]}, 1000, 10));
  auto counts = store_->CountAttempts(both, 1000, 20);
  ASSERT_OK(counts);
  EXPECT_EQ(*counts, (std::vector<int64_t>{1, 2}));
  EXPECT_ERROR(store_->CountAttempts({both[0], {"", "k"}}, 1000, 30), kInvalidArgument, "scope");
  counts = store_->CountAttempts(both, 1000, 40);
  ASSERT_OK(counts);
  EXPECT_EQ(*counts, (std::vector<int64_t>{2, 3})) << "what failed counted nothing";
}

TEST_F(EffectsTest, TheQueueKnowsTheEventThatSaysWhy) {
  const ConversationId id = Create("c-1");
  const auto enqueue = [&](std::vector<NewEvent> events, std::optional<size_t> reason_event) {
    AppendRequest request;
    request.conversation = id;
    request.events = std::move(events);
    request.queue = QueueUpdate{.reason = "asked", .reason_event = reason_event};
    return store_->Append(request).status();
  };
  const auto reason_event = [&] { return store_->ListQueue({})->at(0).reason_event; };
  ASSERT_OK(enqueue({}, std::nullopt));
  EXPECT_EQ(reason_event(), 0) << "nothing says why";
  ASSERT_OK(enqueue({{"a", "1"}, {"b", "2"}}, 1));
  EXPECT_EQ(reason_event(), 2);
  ASSERT_OK(enqueue({{"c", "3"}}, std::nullopt));
  EXPECT_EQ(reason_event(), 2) << "queued again for another reason, explained as before";
  EXPECT_ERROR(enqueue({{"d", "4"}}, 1), kInvalidArgument, "event 1");
  ASSERT_OK(enqueue({{"d", "4"}}, 0));
  EXPECT_EQ(reason_event(), 4);
}

}  // namespace
}  // namespace frontdesk::storage
