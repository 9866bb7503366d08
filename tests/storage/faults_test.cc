// What goes wrong on disk: each fault has its code, its text names path and remedy, nothing is
// lost.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "storage/keystore.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrations.h"
#include "storage/tables/event_table.h"
#include "tests/storage/temp_store.h"

namespace frontdesk::storage {
namespace {

using sqlite::Connection;

class FaultsTest : public StoreTest {
 protected:
  std::string path() const { return folder_ / "frontdesk.db"; }

  // Runs SQL on the closed store's file, as an intruder or an accident would.
  void Tamper(const std::string& sql) {
    store_.reset();
    auto db = Connection::Open(path(), Connection::Mode::kReadWrite, 1000);
    ASSERT_OK(db);
    ASSERT_OK((*db)->Execute(sql));
  }

  // Runs in a child process, which no limit or lost privilege outlives. True when it returned true.
  static bool InChild(const std::function<bool()>& run) {
    const pid_t child = ::fork();
    if (child == 0) std::_Exit(run() ? 0 : 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
};

TEST_F(FaultsTest, AFullFileRefusesTheWriteAndKeepsTheRest) {
  StoreOptions tight = Options();
  tight.max_pages = 120;
  Reopen(tight);
  const ConversationId id = Create("c-1");
  std::vector<std::string> kept;
  absl::Status refused;
  for (int i = 0; i < 100 && refused.ok(); ++i) {
    const std::string body = std::to_string(i) + std::string(20000, 'x');
    refused = Append(id, body).status();
    if (refused.ok()) kept.push_back(body);
  }
  EXPECT_ERROR(refused, kResourceExhausted, path());
  EXPECT_ERROR(refused, kResourceExhausted, "free space");
  EXPECT_GT(kept.size(), 5u);
  EXPECT_EQ(Bodies(id), kept);
  Reopen();
  EXPECT_EQ(Bodies(id), kept);
  EXPECT_OK(Append(id, "room again"));
  EXPECT_TRUE(store_->VerifyChain(id)->intact);
}

TEST_F(FaultsTest, InAFullFileOnlyTheGuiltyOfAGroupFail) {
  StoreOptions tight = Options();
  tight.max_pages = 200;
  Reopen(tight);
  std::vector<std::thread> threads;
  std::vector<std::vector<std::string>> kept(6);
  std::atomic<int> refused = 0;
  std::vector<ConversationId> ids;
  for (int t = 0; t < 6; ++t) ids.push_back(Create("c-" + std::to_string(t)));
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 40; ++i) {
        // Odd callers write what cannot fit, even ones what always can.
        const std::string body = std::to_string(i) + std::string(t % 2 == 0 ? 10 : 900000, 'x');
        auto result = Append(ids[t], body);
        if (result.ok()) {
          kept[t].push_back(body);
        } else {
          EXPECT_ERROR(result, kResourceExhausted, "free space");
          ++refused;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 3 * 40);
  for (int t = 0; t < 6; ++t) {
    EXPECT_EQ(kept[t].size(), t % 2 == 0 ? 40u : 0u);
    EXPECT_EQ(Bodies(ids[t]), kept[t]);
  }
}

TEST_F(FaultsTest, AFullDiskRefusesAndServesAgainWhenThereIsRoom) {
  const ConversationId id = Create("c-1");
  store_.reset();
  // A file size limit makes the write of the log fail as a full disk does; the child lifts it
  // later.
  EXPECT_TRUE(InChild([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    auto store = Store::Open(Options());
    if (!store.ok()) return false;
    struct rlimit limit {};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = 400'000;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int good = 0;
    absl::Status status;
    while (status.ok() && good < 1000) {
      AppendRequest request;
      request.conversation = id;
      request.events = {{"received", std::to_string(good) + std::string(5000, 'x')}};
      status = (*store)->Append(request).status();
      if (status.ok()) ++good;
    }
    const bool named = absl::IsResourceExhausted(status) &&
                       std::string(status.message()).find(path()) != std::string::npos;
    if (!named) std::fprintf(stderr, "%s\n", status.ToString().c_str());
    auto events = (*store)->Read(id, 0, 1000);
    const bool kept = events.ok() && static_cast<int>(events->size()) == good && good > 5;
    limit.rlim_cur = before;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    AppendRequest request;
    request.conversation = id;
    request.events = {{"received", "room again"}};
    const bool served = (*store)->Append(request).ok();
    return named && kept && served;
  }));
  Reopen();
  EXPECT_EQ(Bodies(id).back(), "room again");
  EXPECT_TRUE(store_->VerifyChain(id)->intact);
}

TEST_F(FaultsTest, TheChainNamesTheFirstBadEvent) {
  struct Case {
    const char* name;
    const char* sql;
    int64_t first_bad;
    const char* reason;
  };
  const Case cases[] = {
      {"a byte of a body",
       "UPDATE events SET body = CAST(substr(body, 1, 20) || x'00' || substr(body, 22) AS BLOB)"
       " WHERE sequence = 3",
       3, "body was changed"},
      {"a body and its digest",
       "UPDATE events SET body = x'00', digest = zeroblob(32) WHERE sequence = 3", 3,
       "body was changed"},
      {"a kind", "UPDATE events SET kind = 'refund' WHERE sequence = 2", 2, "kind"},
      {"a chain value", "UPDATE events SET chain = zeroblob(32) WHERE sequence = 4", 4, "chain"},
      {"a chain value of another size", "UPDATE events SET chain = x'01' WHERE sequence = 4", 4,
       "size"},
      {"an event removed", "DELETE FROM events WHERE sequence = 2", 2, "missing"},
      {"the last event removed", "DELETE FROM events WHERE sequence = 5", 5, "too early"},
      {"a body removed", "UPDATE events SET body = NULL WHERE sequence = 1", 1, "missing"},
      {"two events swapped",
       "UPDATE events SET sequence = 99 WHERE sequence = 2;"
       "UPDATE events SET sequence = 2 WHERE sequence = 3;"
       "UPDATE events SET sequence = 3 WHERE sequence = 99",
       2, "changed"},
      {"the end cut off cleanly",
       "DELETE FROM events WHERE sequence = 5;"
       "UPDATE conversations SET last_sequence = 4, chain = (SELECT chain FROM events WHERE"
       " sequence = 4)",
       4, "signed end"},
      {"an event added",
       "INSERT INTO events SELECT conversation, 6, kind, body, digest, chain FROM events WHERE"
       " sequence = 5",
       6, "changed"},
  };
  for (const Case& c : cases) {
    store_.reset();
    std::filesystem::remove_all(folder_.path());
    std::filesystem::create_directory(folder_.path());
    Reopen();
    const ConversationId id = Create("c-1");
    for (int i = 1; i <= 5; ++i) ASSERT_OK(Append(id, "event " + std::to_string(i)));
    ASSERT_TRUE(store_->VerifyChain(id)->intact);
    Tamper(c.sql);
    Reopen();
    auto report = store_->VerifyChain(id);
    ASSERT_OK(report);
    EXPECT_FALSE(report->intact) << c.name;
    EXPECT_EQ(report->first_bad_sequence, c.first_bad) << c.name << ": " << report->reason;
    EXPECT_THAT(report->reason, ::testing::HasSubstr(c.reason)) << c.name;
    auto doctor = store_->CheckIntegrity(/*deep=*/true);
    ASSERT_OK(doctor);
    EXPECT_FALSE(doctor->healthy()) << c.name;
  }
}

TEST_F(FaultsTest, AChangedBodyIsNeverServed) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "one"));
  ASSERT_OK(Append(id, "two"));
  Tamper(
      "UPDATE events SET body = (SELECT body FROM events WHERE sequence = 1) WHERE sequence = 2");
  Reopen();
  EXPECT_ERROR(store_->Read(id, 0, 10), kDataLoss, "event 2 of conversation c-1");
  EXPECT_OK(store_->Read(id, 0, 1));
}

// The worked example of docs/store_format.md.
TEST(ChainTest, TheDocumentedExample) {
  const Digest first = tables::FirstChain(ConversationId("c-1"));
  EXPECT_EQ(ToHex(first), "de373766c840a3ec84cb8e010256f25ba60cd03282d6ab42083de7a6e5f8d394");
  EXPECT_EQ(ToHex(tables::NextChain(first, 1, "received", Sha256("body"))),
            "07a4c8f6da04a355100c698f3e9afbc3a3d74141824285c93cea2b8ac3ebc8eb");
}

// The chain as docs/store_format.md writes it, computed from the raw rows by a plain twin.
TEST_F(FaultsTest, TheChainIsTheDocumentedOne) {
  const ConversationId id = Create("c-1");
  for (int i = 0; i < 3; ++i) ASSERT_OK(Append(id, std::to_string(i)));
  auto events = store_->Read(id, 0, 10);
  ASSERT_OK(events);
  store_.reset();
  auto db = Connection::Open(path(), Connection::Mode::kReadOnly, 1000);
  ASSERT_OK(db);
  sqlite::Query query(**db, "SELECT body FROM events ORDER BY sequence");
  Digest chain = Sha256("frontdesk chain 1c-1");
  for (int64_t n = 1; query.Next(); ++n) {
    const std::string number = {0, 0, 0, 0, 0, 0, 0, static_cast<char>(n)};
    chain = Sha256(std::string(AsBytes(chain)) + number + "received" +
                   std::string(AsBytes(Sha256(query.BlobView(0)))));
    EXPECT_EQ(chain, events->at(n - 1).chain);
  }
}

TEST_F(FaultsTest, CorruptFilesAreDataLossAndDoctorSaysSo) {
  const ConversationId id = Create("c-1");
  for (int i = 0; i < 50; ++i) ASSERT_OK(Append(id, std::string(3000, 'x')));
  store_.reset();
  const std::string good = ReadFile(path());
  ASSERT_FALSE(std::filesystem::exists(path() + "-wal")) << "the log was not merged on closing";
  struct Case {
    const char* name;
    std::string bytes;
  };
  std::string middle = good;
  for (size_t i = middle.size() / 2; i < middle.size() / 2 + 40000; ++i) middle[i] = 'Z';
  const Case cases[] = {
      {"no database at all", "This is a letter to the editor, and not a database of any kind.\n"},
      {"garbage header", std::string(100, '\x5a') + good.substr(100)},
      {"middle overwritten", middle},
      {"cut in half", good.substr(0, good.size() / 2)},
  };
  for (const Case& c : cases) {
    WriteFile(path(), c.bytes);
    auto store = Store::Open(Options());
    absl::Status status = store.status();
    if (status.ok()) status = (*store)->Read(id, 0, 1000).status();
    EXPECT_ERROR(status, kDataLoss, path()) << c.name;
    EXPECT_ERROR(status, kDataLoss, "restore") << c.name;
    if (store.ok()) store->reset();
    auto doctor = DiagnoseStore(Options(), /*deep=*/true);
    ASSERT_OK(doctor);
    EXPECT_FALSE(doctor->healthy()) << c.name;
    WriteFile(path(), c.bytes);
  }
  WriteFile(path(), good);
  Reopen();
  EXPECT_EQ(Bodies(id).size(), 50u);
}

// A kill while a new store is switched to its write-ahead log leaves a rollback journal behind,
// which only a writing connection may play back. Once this made the store impossible to open.
TEST_F(FaultsTest, ARollbackJournalLeftByAKillIsPlayedBack) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "kept"));
  store_.reset();
  std::string half, journal;
  {
    auto db = Connection::Open(path(), Connection::Mode::kReadWrite, 1000);
    ASSERT_OK(db);
    ASSERT_OK(
        (*db)->Execute("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN;"
                       "UPDATE events SET body = zeroblob(9000)"));
    ASSERT_OK(
        (*db)->Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
                       " i < 200) INSERT INTO blobs SELECT randomblob(32), zeroblob(3000)"
                       " FROM n"));
    half = ReadFile(path());
    journal = ReadFile(path() + "-journal");
    ASSERT_OK((*db)->Execute("ROLLBACK"));
  }
  ASSERT_GT(journal.size(), 512u);
  WriteFile(path(), half);
  WriteFile(path() + "-journal", journal);
  StoreOptions reading = Options();
  reading.read_only = true;
  EXPECT_ERROR(Store::Open(reading), kFailedPrecondition, "start the server on it once");
  Reopen();
  EXPECT_EQ(Bodies(id), std::vector<std::string>{"kept"});
  EXPECT_TRUE(store_->CheckIntegrity(/*deep=*/true)->healthy());
}

TEST_F(FaultsTest, OneProcessAtATime) {
  auto second = Store::Open(Options());
  EXPECT_ERROR(second, kUnavailable, "process " + std::to_string(::getpid()));
  EXPECT_ERROR(second, kUnavailable, path() + ".lock");
  EXPECT_ERROR(RestoreStore(path(), Options()), kUnavailable, "stop that process");
}

TEST_F(FaultsTest, ALockHeldByAnotherProgramIsWaitedForThenReported) {
  StoreOptions options = Options();
  options.busy_timeout_ms = 50;
  Reopen(options);
  const ConversationId id = Create("c-1");
  auto other = Connection::Open(path(), Connection::Mode::kReadWrite, 1000);
  ASSERT_OK(other);
  ASSERT_OK((*other)->Execute("BEGIN IMMEDIATE"));
  EXPECT_ERROR(Append(id, "blocked"), kUnavailable, path());
  ASSERT_OK((*other)->Execute("COMMIT"));
  EXPECT_OK(Append(id, "free"));
  EXPECT_EQ(Bodies(id), std::vector<std::string>{"free"});
}

TEST_F(FaultsTest, PathsThatCannotWorkAreNamed) {
  store_.reset();
  EXPECT_ERROR(Store::Open({.path = ""}), kInvalidArgument, "path");
  EXPECT_ERROR(Store::Open({.path = folder_ / "none/frontdesk.db"}), kNotFound, folder_ / "none");
  WriteFile(folder_ / "file", "x");
  EXPECT_ERROR(Store::Open({.path = folder_ / "file/frontdesk.db"}), kNotFound,
               "folder must exist");
  EXPECT_ERROR(Store::Open({.path = folder_ / "x.db", .group_limit = 0}), kInvalidArgument,
               "group_limit");
  // Root may write anywhere, so the test gives its privilege up in a child.
  ::chmod(folder_.path().c_str(), 0555);
  EXPECT_TRUE(InChild([&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) return false;
    const absl::Status status = Store::Open({.path = folder_ / "new.db"}).status();
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return absl::IsPermissionDenied(status) &&
           std::string(status.message()).find(folder_.path()) != std::string::npos;
  }));
  ::chmod(folder_.path().c_str(), 0700);
}

TEST_F(FaultsTest, WrongKeysAreNamedAndNothingIsReplaced) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "kept"));
  store_.reset();
  const std::string key = ReadFile(folder_ / "master.key");
  const std::string keystore = ReadFile(folder_ / "keystore.db");

  WriteFile(folder_ / "master.key", std::string(64, '0') + "\n");
  EXPECT_ERROR(Store::Open(Options()), kUnauthenticated, folder_ / "master.key");
  std::filesystem::remove(folder_ / "master.key");
  EXPECT_ERROR(Store::Open(Options()), kNotFound, folder_ / "master.key");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "master.key")) << "a new key would hide the loss";
  WriteFile(folder_ / "master.key", key);
  ::chmod((folder_ / "master.key").c_str(), 0600);
  std::filesystem::remove(folder_ / "keystore.db");
  EXPECT_ERROR(Store::Open(Options()), kNotFound, folder_ / "keystore.db");

  StoreOptions other = Options();
  other.keystore_path = folder_ / "other.db";
  other.key_file = folder_ / "other.key";
  {
    StoreOptions fresh = other;
    fresh.path = folder_ / "second.db";
    ASSERT_OK(Store::Open(fresh));
  }
  EXPECT_ERROR(Store::Open(other), kFailedPrecondition, "other.db is not the one");
  WriteFile(folder_ / "keystore.db", keystore);
  Reopen();
  EXPECT_EQ(Bodies(id), std::vector<std::string>{"kept"});
}

TEST_F(FaultsTest, NewerAndForeignFilesAreLeftAlone) {
  Tamper("PRAGMA user_version = 99");
  EXPECT_ERROR(Store::Open(Options()), kFailedPrecondition, "schema 99");
  EXPECT_ERROR(Store::Open(Options()), kFailedPrecondition, "newer frontdesk");
  StoreOptions foreign = Options();
  foreign.path = folder_ / "foreign.db";
  {
    auto db = Connection::Open(foreign.path, Connection::Mode::kCreate, 0);
    ASSERT_OK(db);
    ASSERT_OK((*db)->Execute("CREATE TABLE recipes (name TEXT)"));
  }
  const std::string before = ReadFile(foreign.path);
  EXPECT_ERROR(Store::Open(foreign), kFailedPrecondition, "another program");
  EXPECT_EQ(ReadFile(foreign.path), before);
  foreign.path = folder_ / "keystore.db";
  EXPECT_ERROR(Store::Open(foreign), kFailedPrecondition, "another part");
}

TEST_F(FaultsTest, MigrationsRunOnceInOrderAndWhole) {
  const sqlite::Migration steps[] = {
      {"one",
       "CREATE TABLE migrations (version INTEGER, name TEXT, applied_ms INTEGER);"
       "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)"},
      {"two", "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1"},
      {"bad", "CREATE TABLE b (x INTEGER); INSERT INTO nowhere VALUES (1)"},
  };
  const auto first = [&](size_t count) {
    return sqlite::Schema{7, std::span<const sqlite::Migration>(steps, count)};
  };
  auto db = Connection::Open(folder_ / "m.db", Connection::Mode::kCreate, 0);
  ASSERT_OK(db);
  ASSERT_OK(Migrate(**db, first(1), 10));
  ASSERT_OK(Migrate(**db, first(2), 20));
  ASSERT_OK(Migrate(**db, first(2), 30));
  EXPECT_EQ(*(*db)->QueryInt("SELECT y FROM a"), 2);
  EXPECT_EQ(*(*db)->QueryInt("SELECT sum(applied_ms) FROM migrations"), 30);
  EXPECT_FALSE(Migrate(**db, first(3), 40).ok());
  EXPECT_EQ(*(*db)->QueryInt("SELECT count(*) FROM sqlite_schema WHERE name = 'b'"), 0);
  EXPECT_EQ(*(*db)->QueryInt("PRAGMA user_version"), 2);
  EXPECT_ERROR(Migrate(**db, first(1), 50), kFailedPrecondition, "schema 2");
}

TEST_F(FaultsTest, AStoreOfTheFirstSchemaLearnsWhyItsConversationsWait) {
  StoreOptions options = Options();
  options.path = folder_ / "old.db";
  options.keystore_path = folder_ / "old-keys.db";
  {
    auto db = Connection::Open(options.path, Connection::Mode::kCreate, 0);
    ASSERT_OK(db);
    const sqlite::Schema& now = sqlite::StoreSchema();
    ASSERT_OK(Migrate(**db, sqlite::Schema{now.application_id, now.steps.first(1)}, 10));
    ASSERT_OK((*db)->Execute(R"sql(
INSERT INTO conversations (position, id, bundle_version, knowledge_revision, attributes, owner, epoch,
    state_tag, created_ms, updated_ms, last_sequence, chain, chain_mac, key_id)
  VALUES (1, 'asked-twice', 'b', 'k', '', 'queue', 1, 'waiting', 1, 1, 4, x'', x'', ''),
         (2, 'taken-over', 'b', 'k', '', 'agent', 1, 'human', 1, 1, 1, x'', x'', '');
INSERT INTO events (conversation, sequence, kind, digest, chain)
  VALUES (1, 1, 'handoff.opened', x'', x''), (1, 2, 'reply.said', x'', x''),
         (1, 3, 'handoff.opened', x'', x''), (1, 4, 'reply.said', x'', x''),
         (2, 1, 'agent.claimed', x'', x'');
INSERT INTO queue (conversation, reason, team, priority, since_ms, lease_until_ms)
  VALUES (1, 'asked', '', 1, 1, 0), (2, 'taken_over', '', 0, 1, 0);
)sql"));
  }
  Reopen(options);
  const auto queue = store_->ListQueue({});
  ASSERT_OK(queue);
  ASSERT_EQ(queue->size(), 2u);
  EXPECT_EQ(queue->at(0).reason_event, 3);
  EXPECT_EQ(queue->at(1).reason_event, 0);
}

TEST_F(FaultsTest, BackupWhileServingAndRestore) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "before"));
  std::atomic<bool> stop = false;
  std::thread busy([&] {
    const ConversationId other = Create("busy");
    while (!stop) EXPECT_OK(Append(other, "x"));
  });
  const absl::Status backup = store_->Backup(folder_ / "backup.db");
  stop = true;
  busy.join();
  ASSERT_OK(backup);
  EXPECT_ERROR(store_->Backup(folder_ / "backup.db"), kAlreadyExists, "backup.db");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "backup.db-wal"));
  ASSERT_OK(Append(id, "after"));
  store_.reset();
  ASSERT_OK(RestoreStore(folder_ / "backup.db", Options()));
  Reopen();
  EXPECT_EQ(Bodies(id), std::vector<std::string>{"before"});
  EXPECT_OK(Append(id, "goes on"));
  auto doctor = store_->CheckIntegrity(/*deep=*/true);
  ASSERT_OK(doctor);
  EXPECT_TRUE(doctor->healthy());
  // The store of before is kept whole.
  store_.reset();
  StoreOptions kept = Options();
  kept.path = path() + ".before-restore";
  Reopen(kept);
  EXPECT_EQ(Bodies(id), (std::vector<std::string>{"before", "after"}));
}

TEST_F(FaultsTest, ABadBackupIsRefusedAndTheStoreStays) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "kept"));
  ASSERT_OK(store_->Backup(folder_ / "backup.db"));
  store_.reset();
  const std::string good = ReadFile(folder_ / "backup.db");
  EXPECT_ERROR(RestoreStore(folder_ / "none.db", Options()), kNotFound, "none.db");
  WriteFile(folder_ / "backup.db", good.substr(0, good.size() / 2));
  EXPECT_ERROR(RestoreStore(folder_ / "backup.db", Options()), kDataLoss, "backup.db");
  WriteFile(folder_ / "backup.db", "no database but some text that is long enough to look at");
  EXPECT_ERROR(RestoreStore(folder_ / "backup.db", Options()), kDataLoss, "backup.db");
  StoreOptions other = {.path = folder_ / "second.db",
                        .keystore_path = folder_ / "other.db",
                        .key_file = folder_ / "other.key"};
  ASSERT_OK(Store::Open(other));
  WriteFile(folder_ / "backup.db", good);
  EXPECT_ERROR(RestoreStore(folder_ / "backup.db", other), kFailedPrecondition, "not the one");
  Reopen();
  EXPECT_EQ(Bodies(id), std::vector<std::string>{"kept"});
}

TEST_F(FaultsTest, ARestoreReplacesEvenARuinedStore) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "kept"));
  ASSERT_OK(store_->Backup(folder_ / "backup.db"));
  store_.reset();
  WriteFile(path(), "ruins");
  WriteFile(path() + "-wal", "more ruins");
  ASSERT_OK(RestoreStore(folder_ / "backup.db", Options()));
  Reopen();
  EXPECT_EQ(Bodies(id), std::vector<std::string>{"kept"});
  EXPECT_EQ(ReadFile(path() + ".before-restore"), "ruins");
}

TEST_F(FaultsTest, DoctorLooksAtARunningStoreWithoutDisturbingIt) {
  const ConversationId id = Create("c-1");
  ASSERT_OK(Append(id, "hello"));
  auto report = DiagnoseStore(Options(), /*deep=*/true);
  ASSERT_OK(report);
  EXPECT_TRUE(report->healthy());
  EXPECT_EQ(report->conversations, 1);
  EXPECT_EQ(report->events, 1);
  EXPECT_EQ(report->schema_version, sqlite::StoreSchema().version());
  EXPECT_GT(report->bytes, 0);
  EXPECT_ERROR(DiagnoseStore({.path = folder_ / "none.db"}, true), kNotFound, "none.db");

  StoreOptions reading = Options();
  reading.read_only = true;
  auto reader = Store::Open(reading);
  ASSERT_OK(reader);
  EXPECT_EQ((*reader)->Read(id, 0, 10)->size(), 1u);
  AppendRequest request;
  request.conversation = id;
  EXPECT_ERROR((*reader)->Append(request), kFailedPrecondition, "read-only");
  ASSERT_OK(Append(id, "goes on"));
  EXPECT_EQ((*reader)->Read(id, 0, 10)->size(), 2u);
}

TEST_F(FaultsTest, FilesArePrivate) {
  ASSERT_OK(Append(Create("c-1"), "x"));
  for (const char* name : {"frontdesk.db", "frontdesk.db-wal", "keystore.db", "master.key"}) {
    struct stat facts {};
    ASSERT_EQ(::stat((folder_ / name).c_str(), &facts), 0) << name;
    EXPECT_EQ(facts.st_mode & 0777, 0600u) << name;
  }
}

}  // namespace
}  // namespace frontdesk::storage
