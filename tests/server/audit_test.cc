// The administrators' log, the verification of a whole store, retention.
#include "server/audit/audit_log.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "server/audit/verify_store.h"
#include "server/privacy/retention.h"
#include "tests/storage/temp_store.h"

namespace frontdesk::server {
namespace {

using storage::ConversationId;

const absl::Time kNow = absl::FromUnixMillis(storage::kNow);

class AuditTest : public testing::Test {
 protected:
  AuditTest() { Open(); }
  void Open() {
    auto opened = storage::Store::Open({.path = folder_ / "frontdesk.db"});
    EXPECT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }
  void Talk(const std::string& id, absl::Time at, const char* customer = nullptr) {
    storage::NewConversation row;
    row.id = ConversationId(id);
    row.created_ms = absl::ToUnixMillis(at);
    if (customer != nullptr) row.customer = storage::CustomerId(customer);
    row.events = {{"message.received", "{}"}, {"reply.said", "{}"}};
    const auto created = store_->CreateConversation(row);
    EXPECT_TRUE(created.ok()) << created.status();
  }
  void Sql(const std::string& sql) {
    store_.reset();
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open((folder_ / "frontdesk.db").c_str(), &db), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
    sqlite3_close(db);
    Open();
  }
  storage::TempFolder folder_;
  std::unique_ptr<storage::Store> store_;
};

TEST_F(AuditTest, KeepsWhatAdministratorsDidAndNamesNobody) {
  AuditLog log(*store_);
  EXPECT_TRUE(AuditLog::Read(*store_)->empty());
  const std::string person = AuditLog::PersonTag(*store_, "C00012");
  EXPECT_EQ(person, AuditLog::PersonTag(*store_, "C00012"));
  EXPECT_NE(person, AuditLog::PersonTag(*store_, "C00013"));
  EXPECT_EQ(person.find("C00012"), std::string::npos);
  ASSERT_TRUE(log.Record({.user = "root", .role = "admin", .action = "a", .subject = person}, kNow).ok());
  ASSERT_TRUE(log.Record({.user = "ida", .role = "admin", .action = "b", .detail = "x\xff"}, kNow).ok());
  const auto acts = AuditLog::Read(*store_);
  ASSERT_TRUE(acts.ok());
  ASSERT_EQ(acts->size(), 2u);
  EXPECT_EQ((*acts)[0].subject, person);
  EXPECT_EQ((*acts)[1].user, "ida");
  EXPECT_EQ((*acts)[1].now_ms, storage::kNow);
  // It is nobody's conversation, and stays when everything else goes.
  EXPECT_TRUE(store_->ListConversations({})->empty());
  EXPECT_FALSE(store_->ExpireConversation(ConversationId(kAuditConversation), storage::kNow).ok());
}

TEST_F(AuditTest, EveryKindOfTamperingIsLocated) {
  AuditLog log(*store_);
  Talk("a", kNow);
  Talk("b", kNow);
  ASSERT_TRUE(log.Record({.user = "root", .action = "x"}, kNow).ok());
  ASSERT_TRUE(log.Record({.user = "root", .action = "y"}, kNow).ok());
  Talk("c", kNow);
  const auto whole = VerifyStore(*store_);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(whole->conversations, 4);
  EXPECT_EQ(whole->events, 8);
  ASSERT_TRUE(whole->breaks.empty());
  Sql("UPDATE events SET body = CAST(substr(body, 1, 20) || x'00' || substr(body, 22) AS BLOB)"
      " WHERE conversation = (SELECT position FROM conversations WHERE id = 'system.audit') AND sequence = 2");
  auto chains = VerifyStore(*store_);
  ASSERT_EQ(chains->breaks.size(), 1u);
  EXPECT_EQ(chains->breaks[0].where, "conversations/system.audit event 2");
  Sql("PRAGMA foreign_keys = OFF; DELETE FROM events WHERE conversation = 2; DELETE FROM conversations WHERE position = 2");
  chains = VerifyStore(*store_);
  ASSERT_EQ(chains->breaks.size(), 2u);
  EXPECT_EQ(chains->breaks[1].where, "conversation number 2");
}

// Each byte of each sealed body, flipped: found, at its event.
TEST_F(AuditTest, EveryFlippedBitOfABodyIsFound) {
  Talk("a", kNow);
  sqlite3* db = nullptr;
  store_.reset();
  ASSERT_EQ(sqlite3_open((folder_ / "frontdesk.db").c_str(), &db), SQLITE_OK);
  sqlite3_stmt* read = nullptr;
  sqlite3_prepare_v2(db, "SELECT body FROM events WHERE sequence = 2", -1, &read, nullptr);
  ASSERT_EQ(sqlite3_step(read), SQLITE_ROW);
  const std::string body(static_cast<const char*>(sqlite3_column_blob(read, 0)), static_cast<size_t>(sqlite3_column_bytes(read, 0)));
  sqlite3_finalize(read);
  sqlite3_stmt* write = nullptr;
  sqlite3_prepare_v2(db, "UPDATE events SET body = ?1 WHERE sequence = 2", -1, &write, nullptr);
  int found = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    std::string changed = body;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    sqlite3_bind_blob(write, 1, changed.data(), static_cast<int>(changed.size()), SQLITE_TRANSIENT);
    ASSERT_EQ(sqlite3_step(write), SQLITE_DONE);
    sqlite3_reset(write);
    auto store = storage::Store::Open({.path = folder_ / "frontdesk.db", .read_only = true});
    ASSERT_TRUE(store.ok()) << store.status();
    const auto report = (*store)->VerifyChain(ConversationId("a"));
    ASSERT_TRUE(report.ok());
    found += !report->intact && report->first_bad_sequence == 2 ? 1 : 0;
  }
  sqlite3_finalize(write);
  sqlite3_close(db);
  EXPECT_EQ(found, static_cast<int>(body.size()));
}

TEST_F(AuditTest, RetentionRemovesWhatIsDueAndNothingElse) {
  Talk("known-old", kNow - absl::Hours(24 * 401), "C1");
  Talk("known-new", kNow - absl::Hours(24 * 399), "C1");
  Talk("unknown-old", kNow - absl::Hours(24 * 91));
  Talk("unknown-new", kNow - absl::Hours(24 * 89));
  EXPECT_TRUE(DueForRetention(*store_, {}, kNow)->empty());
  const auto due = DueForRetention(*store_, {.known_days = 400, .unknown_days = 90}, kNow);
  ASSERT_TRUE(due.ok());
  ASSERT_EQ(due->size(), 2u);
  EXPECT_EQ((*due)[0].id.value(), "known-old");
  EXPECT_TRUE((*due)[0].known);
  EXPECT_EQ((*due)[1].id.value(), "unknown-old");
  // The dry run has changed nothing.
  EXPECT_FALSE(store_->GetConversation(ConversationId("known-old"))->erased);
  const auto sum = ApplyRetention(*store_, *due, kNow);
  ASSERT_TRUE(sum.ok()) << sum.status();
  EXPECT_EQ(sum->conversations, 2);
  EXPECT_EQ(sum->events, 4);
  for (const auto& [id, gone] : std::map<std::string, bool>{
           {"known-old", true}, {"known-new", false}, {"unknown-old", true}, {"unknown-new", false}}) {
    EXPECT_EQ(store_->GetConversation(ConversationId(id))->erased, gone) << id;
    const auto events = store_->Read(ConversationId(id), 0, 10);
    ASSERT_TRUE(events.ok()) << events.status();
    EXPECT_EQ(events->at(0).body.empty(), gone) << id;
  }
  EXPECT_TRUE(VerifyStore(*store_)->breaks.empty());
  EXPECT_TRUE(DueForRetention(*store_, {.known_days = 400, .unknown_days = 90}, kNow)->empty());
}

}  // namespace
}  // namespace frontdesk::server
