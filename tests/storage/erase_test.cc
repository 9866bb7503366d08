// Persons: bound, erased, gone; and everybody else untouched.
#include "storage/keystore.h"

#include "tests/storage/temp_store.h"

namespace frontdesk::storage {
namespace {

class EraseTest : public StoreTest {
 protected:
  // A conversation with all that may be personal, bound to a person after its first event.
  ConversationId Full(const std::string& name, const CustomerId& customer) {
    const ConversationId id = Create(name);
    EXPECT_OK(Append(id, "before we knew"));
    AppendRequest request;
    request.conversation = id;
    request.events = {{"verified", "now we know"}};
    request.bind_customer = customer;
    request.vault = {{"<EMAIL_1>", "EMAIL", "ada@example.com"}};
    request.ledger = {{.key = "k-" + name,
                       .tool = "t",
                       .resource = "order/" + name,
                       .arguments = R"({"order":1182})"}};
    request.request = RequestKey{RequestId("r-1"), "body"};
    request.queue = QueueUpdate{.reason = "asked"};
    EXPECT_OK(store_->Append(request));
    return id;
  }
  void ExpectErased(const ConversationId& id, int64_t events) {
    auto read = store_->Read(id, 0, 100);
    ASSERT_OK(read);
    EXPECT_EQ(static_cast<int64_t>(read->size()), events);
    for (const StoredEvent& event : *read) {
      EXPECT_TRUE(event.erased);
      EXPECT_EQ(event.body, "");
    }
    auto chain = store_->VerifyChain(id);
    ASSERT_OK(chain);
    EXPECT_TRUE(chain->intact) << chain->reason;
    EXPECT_EQ(chain->events, events);
    EXPECT_TRUE(store_->GetConversation(id)->erased);
    EXPECT_FALSE(store_->GetConversation(id)->customer.has_value());
    EXPECT_TRUE(store_->ListVault(id)->empty());
    EXPECT_ERROR(store_->RevealVault(id, "<EMAIL_1>"), kNotFound, "erased");
    EXPECT_ERROR(store_->Fingerprint(id, "x"), kNotFound, "erased");
    EXPECT_ERROR(Append(id, "more"), kFailedPrecondition, "erased");
  }
};

TEST_F(EraseTest, ErasingAPersonLeavesAProvableEmptyShell) {
  const CustomerId ada("person-ada"), bob("person-bob");
  const ConversationId a1 = Full("a1", ada), a2 = Full("a2", ada), b = Full("b", bob);
  auto receipt = store_->EraseCustomer(ada, kNow);
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->conversations, 2);
  EXPECT_EQ(receipt->events, 4);
  EXPECT_EQ(receipt->vault_entries, 2);
  EXPECT_EQ(receipt->ledger_entries, 2);
  EXPECT_EQ(receipt->keys_destroyed, 3);  // the person's, and those of two unbound conversations
  EXPECT_TRUE(receipt->log_wiped);
  for (bool reopened : {false, true}) {
    if (reopened) Reopen();
    ExpectErased(a1, 2);
    ExpectErased(a2, 2);
    auto entry = store_->GetLedger("k-a1");
    ASSERT_OK(entry);
    EXPECT_TRUE((*entry)->erased);
    EXPECT_EQ((*entry)->arguments, "");
    EXPECT_EQ(Bodies(b), (std::vector<std::string>{"before we knew", "now we know"}));
    EXPECT_EQ(*store_->RevealVault(b, "<EMAIL_1>"), "ada@example.com");
    EXPECT_EQ(store_->ListQueue({})->size(), 1u);
  }
  store_.reset();
  for (const char* name : {"frontdesk.db", "frontdesk.db-wal"}) {
    EXPECT_EQ(ReadFile(folder_ / name).find("person-ada"), std::string::npos) << name;
  }
}

TEST_F(EraseTest, ErasingTwiceIsHarmlessAndAReturningPersonStartsAfresh) {
  const CustomerId ada("ada");
  const ConversationId before = Full("before", ada);
  ASSERT_OK(store_->EraseCustomer(ada, kNow));
  auto again = store_->EraseCustomer(ada, kNow);
  ASSERT_OK(again);
  EXPECT_EQ(again->conversations, 0);
  const ConversationId after = Full("after", ada);
  EXPECT_EQ(Bodies(after).size(), 2u);
  ExpectErased(before, 2);
  EXPECT_EQ(Bodies(after)[0], "before we knew");
}

TEST_F(EraseTest, AConversationOfNobodyCanBeErasedAlone) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "hello"));
  auto receipt = store_->EraseConversation(id, kNow);
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->events, 1);
  ExpectErased(id, 1);
  const ConversationId bound = Full("bound", CustomerId("ada"));
  EXPECT_ERROR(store_->EraseConversation(bound, kNow), kFailedPrecondition, "person");
}

TEST_F(EraseTest, BindingIsOnceAndKeepsWhatWasSaid) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "hello"));
  const Digest fingerprint = *store_->Fingerprint(id, "x");
  ASSERT_OK(store_->BindCustomer(id, CustomerId("ada")));
  ASSERT_OK(store_->BindCustomer(id, CustomerId("ada")));
  EXPECT_ERROR(store_->BindCustomer(id, CustomerId("bob")), kFailedPrecondition, "another person");
  EXPECT_EQ(Bodies(id), std::vector<std::string>{"hello"});
  EXPECT_EQ(*store_->Fingerprint(id, "x"), fingerprint);
}

TEST_F(EraseTest, ABackupOfBeforeTheErasureStaysUnreadable) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "hello"));
  ASSERT_OK(store_->Backup(folder_ / "unbound.db"));
  ASSERT_OK(store_->BindCustomer(id, CustomerId("ada")));
  ASSERT_OK(store_->Backup(folder_ / "bound.db"));

  // While the person is there, the older backup reads as it did.
  store_.reset();
  ASSERT_OK(RestoreStore(folder_ / "unbound.db", Options()));
  Reopen();
  EXPECT_EQ(Bodies(id), std::vector<std::string>{"hello"});
  store_.reset();
  ASSERT_OK(RestoreStore(folder_ / "bound.db", Options()));
  Reopen();
  ASSERT_OK(store_->EraseCustomer(CustomerId("ada"), kNow));
  for (const char* backup : {"unbound.db", "bound.db"}) {
    store_.reset();
    ASSERT_OK(RestoreStore(folder_ / backup, Options()));
    Reopen();
    ExpectErased(id, 1);
  }
}

TEST_F(EraseTest, AnErasureCutShortIsFinishedAtTheNextStart) {
  const ConversationId id = Full("c-1", CustomerId("ada"));
  store_.reset();
  {
    auto keystore =
        Keystore::Open({.path = folder_ / "keystore.db", .key_file = folder_ / "master.key"});
    ASSERT_OK(keystore);
    ASSERT_OK((*keystore)->DestroyKeys({"customer/ada"}, kNow));
  }
  Reopen();
  ExpectErased(id, 2);
  EXPECT_TRUE(store_->ListQueue({})->empty());
}

}  // namespace
}  // namespace frontdesk::storage
