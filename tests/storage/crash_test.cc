// kill -9 at random moments: every acknowledged event is there afterwards, whole and chained;
// nothing that was shown is gone; every effect was called exactly once.
//
// FRONTDESK_CRASH_KILLS sets the number of kills of the first test (default 200, and half as many
// for the ledger); FRONTDESK_CRASH_SEED the seed. Both are printed.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "tests/storage/temp_store.h"

namespace frontdesk::storage {
namespace {

constexpr int kKillsPerStore = 25;  // then a new folder, so that first starts are killed too

// A sanitized victim starts slower, so it is given longer before it dies.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int kSlowness = 8;
#else
constexpr int kSlowness = 1;
#endif

int Setting(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

// A counter hashed: the moments of a seed are the same everywhere.
uint32_t Random(uint64_t seed, uint64_t index) {
  const Digest digest = Sha256("crash " + std::to_string(seed) + " " + std::to_string(index));
  return static_cast<uint32_t>(digest[0]) << 16 | digest[1] << 8 | digest[2];
}

struct Outcome {
  std::string lines;    // what the victim said before it died
  bool killed = false;  // false: it ended by itself
  int exit_code = 0;
};

// Starts the victim and kills it delay_us later; delay_us < 0: lets it end by itself.
Outcome RunVictim(const std::vector<std::string>& arguments, int delay_us) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  std::vector<char*> argv = {const_cast<char*>(FRONTDESK_CRASH_WRITER)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], 1);
    ::close(ends[0]);
    ::close(ends[1]);
    ::execv(argv[0], argv.data());
    std::_Exit(127);
  }
  ::close(ends[1]);
  Outcome outcome;
  std::thread listener([&] {
    char buffer[65536];
    for (ssize_t size; (size = ::read(ends[0], buffer, sizeof(buffer))) > 0;) {
      outcome.lines.append(buffer, static_cast<size_t>(size));
    }
  });
  if (delay_us >= 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(delay_us * kSlowness));
    ::kill(child, SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  listener.join();
  ::close(ends[0]);
  outcome.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

struct Acked {
  int64_t first = 0;
  int64_t last = 0;
  std::string tag;
};
using Promises = std::map<std::string, std::vector<Acked>>;

struct Told {
  Promises acked;
  std::map<std::string, int64_t> shown;  // the highest sequence
};

int64_t Listen(const std::string& lines, Told& told) {
  int64_t acknowledged = 0;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string verb, id;
    words >> verb >> id;
    if (verb == "acked") {
      Acked acked;
      words >> acked.first >> acked.last >> acked.tag;
      acknowledged += acked.last - acked.first + 1;
      told.acked[id].push_back(acked);
    } else if (verb == "shown") {
      int64_t sequence = 0;
      words >> sequence;
      told.shown[id] = std::max(told.shown[id], sequence);
    }
  }
  return acknowledged;
}

// Every append is whole: its events 1/n … n/n stand together.
void CheckWhole(const std::string& id, const std::vector<StoredEvent>& events) {
  for (size_t i = 0; i < events.size();) {
    const std::string& body = events[i].body;
    const size_t space = body.find(' ');
    ASSERT_NE(space, std::string::npos) << id << ": " << body;
    const std::string tag = body.substr(0, space);
    const int count = std::atoi(body.c_str() + body.find('/') + 1);
    for (int k = 1; k <= count; ++k, ++i) {
      ASSERT_LT(i, events.size()) << id << ": the append " << tag << " is cut";
      ASSERT_EQ(events[i].body, tag + " " + std::to_string(k) + "/" + std::to_string(count)) << id;
    }
  }
}

void CheckStore(const std::string& path, const Told& told) {
  auto store = Store::Open({.path = path});
  ASSERT_OK(store);
  auto rows = (*store)->ListConversations({.limit = 10000});
  ASSERT_OK(rows);
  std::set<std::string> present;
  for (const Conversation& row : *rows) {
    const std::string& id = row.id.value();
    present.insert(id);
    auto events = (*store)->Read(row.id, 0, 100000);
    ASSERT_OK(events);
    CheckWhole(id, *events);
    auto chain = (*store)->VerifyChain(row.id);
    ASSERT_OK(chain);
    ASSERT_TRUE(chain->intact) << id << " event " << chain->first_bad_sequence << ": "
                               << chain->reason;
    if (auto shown = told.shown.find(id); shown != told.shown.end()) {
      ASSERT_GE(row.last_sequence, shown->second) << id << ": a shown event is gone";
    }
    auto promises = told.acked.find(id);
    if (promises == told.acked.end()) continue;
    for (const Acked& acked : promises->second) {
      ASSERT_GE(row.last_sequence, acked.last) << id << ": an acknowledged event is gone";
      for (int64_t s = acked.first; s <= acked.last; ++s) {
        ASSERT_EQ(events->at(s - 1).body.rfind(acked.tag + " ", 0), 0u) << id << " event " << s;
      }
    }
  }
  for (const auto& [id, promises] : told.acked) {
    ASSERT_TRUE(present.contains(id)) << "acknowledged conversation " << id << " is gone";
  }
}

TEST(CrashTest, NoAcknowledgedEventIsLost) {
  const int kills = Setting("FRONTDESK_CRASH_KILLS", 200);
  const uint64_t seed = Setting("FRONTDESK_CRASH_SEED", 1);
  int64_t acknowledged = 0;
  std::unique_ptr<TempFolder> folder;
  Told told;
  for (int i = 0; i < kills; ++i) {
    if (i % kKillsPerStore == 0) {
      folder = std::make_unique<TempFolder>();
      told = {};
    }
    const std::string path = *folder / "frontdesk.db";
    const int delay_us = 2000 + static_cast<int>(Random(seed, i) % 180000);
    const Outcome outcome = RunVictim({"events", path, std::to_string(i)}, delay_us);
    ASSERT_TRUE(outcome.killed) << "the victim ended by itself with code " << outcome.exit_code;
    acknowledged += Listen(outcome.lines, told);
    // Checked after every kill at first, then in steps: each check reads the whole store.
    if (i % kKillsPerStore < 5 || i % 5 == 4 || i + 1 == kills) {
      CheckStore(path, told);
      if (HasFatalFailure()) FAIL() << "seed " << seed << ", kill " << i;
    }
  }
  std::printf("%d kills (seed %d), %lld acknowledged events, none lost\n", kills,
              static_cast<int>(seed), static_cast<long long>(acknowledged));
  EXPECT_GT(acknowledged, kills);
}

// The files of a new store are made one after the other; whichever exist, the next start goes on.
TEST(CrashTest, AKilledFirstStartCanBeRepeated) {
  const int kills = Setting("FRONTDESK_CRASH_KILLS", 200) / 3;
  const uint64_t seed = Setting("FRONTDESK_CRASH_SEED", 1) + 2000;
  int unfinished = 0;
  for (int i = 0; i < kills; ++i) {
    TempFolder folder;
    const std::string path = folder / "frontdesk.db";
    const int delay_us = static_cast<int>(Random(seed, i) % 150000);
    ASSERT_TRUE(RunVictim({"events", path, "0"}, delay_us).killed) << "kill " << i;
    if (!std::filesystem::exists(path)) ++unfinished;
    ASSERT_OK(Store::Open({.path = path}));
  }
  std::printf("%d first starts killed (seed %d), %d of them before there was a store\n", kills,
              static_cast<int>(seed), unfinished);
}

TEST(CrashTest, EveryEffectHappensExactlyOnce) {
  const int kills = Setting("FRONTDESK_CRASH_KILLS", 200) / 2;
  const uint64_t seed = Setting("FRONTDESK_CRASH_SEED", 1) + 1000;
  TempFolder folder;
  const std::string path = folder / "frontdesk.db";
  const std::string effects = folder / "effects";
  std::set<std::string> promised;
  for (int i = 0; i <= kills; ++i) {
    const bool last = i == kills;
    const int delay_us = last ? -1 : 2000 + static_cast<int>(Random(seed, i) % 180000);
    const Outcome outcome =
        RunVictim({"ledger", path, last ? "last" : std::to_string(i), effects}, delay_us);
    ASSERT_TRUE(last ? outcome.exit_code == 0 : outcome.killed) << outcome.exit_code;
    std::istringstream stream(outcome.lines);
    for (std::string verb, key; stream >> verb >> key;) promised.insert(key);
  }
  auto store = Store::Open({.path = path});
  ASSERT_OK(store);
  EXPECT_TRUE((*store)->ListPrepared()->empty());
  std::map<std::string, int> calls;
  std::istringstream called(ReadFile(effects));
  for (std::string key; called >> key;) ++calls[key];
  for (const auto& [key, count] : calls) {
    EXPECT_EQ(count, 1) << key << " was called more than once";
    auto entry = (*store)->GetLedger(key);
    ASSERT_OK(entry);
    ASSERT_TRUE(entry->has_value()) << key << " was called without being prepared";
    EXPECT_EQ((*entry)->state, LedgerState::kDone) << key;
  }
  for (const std::string& key : promised) EXPECT_EQ(calls[key], 1) << key;
  std::printf("%d kills (seed %d), %zu effects, each called once\n", kills, static_cast<int>(seed),
              calls.size());
  EXPECT_GT(calls.size(), static_cast<size_t>(kills) / 4);
}

}  // namespace
}  // namespace frontdesk::storage
