// Question: how many durable appends a second does the store acknowledge, one by one and grouped?
//
// Data: one flow turn's worth per append: four sealed events of 300 bytes in a conversation of its
// own thread; synchronous=FULL on the disk of --path. Warm-up: the first fifth is dropped. Latency
// is that of one append as its caller sees it. Rival: the same four inserts and one update in plain
// SQLite with the same settings, without sealing, chain or queue (one transaction each), which is
// the bound that the disk sets.
//
//   group_commit_bench [--path FOLDER] [--seconds 2] [--json]
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "storage/sqlite/connection.h"
#include "storage/store.h"

namespace frontdesk::storage {
namespace {

using Clock = std::chrono::steady_clock;

struct Result {
  std::string name;
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double writes_per_commit = 1;
};

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

Result Summary(const std::string& name, std::vector<double> ms, double seconds) {
  std::sort(ms.begin(), ms.end());
  Result result{name};
  if (ms.empty()) return result;
  result.per_second = static_cast<double>(ms.size()) / seconds;
  result.p50_ms = ms[ms.size() / 2];
  result.p99_ms = ms[std::min(ms.size() - 1, ms.size() * 99 / 100)];
  return result;
}

// append(thread) is one append; threads run it for `seconds` after a warm-up of a quarter of that.
template <typename Append>
Result Measure(const std::string& name, int threads, double seconds, Append append) {
  std::vector<std::vector<double>> ms(threads);
  const auto start = Clock::now();
  const auto warm = start + std::chrono::duration<double>(seconds / 4);
  const auto end = warm + std::chrono::duration<double>(seconds);
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&, t] {
      while (true) {
        const auto before = Clock::now();
        if (before >= end) return;
        append(t);
        const auto after = Clock::now();
        if (before >= warm) {
          ms[t].push_back(std::chrono::duration<double, std::milli>(after - before).count());
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  std::vector<double> all;
  for (const auto& part : ms) all.insert(all.end(), part.begin(), part.end());
  return Summary(name, std::move(all), seconds);
}

Result MeasureStore(const std::string& folder, int threads, double seconds) {
  auto store = Store::Open({.path = folder + "/frontdesk.db"});
  Check(store.status());
  std::vector<ConversationId> ids;
  for (int t = 0; t < threads; ++t) {
    ids.emplace_back("c-" + std::to_string(threads) + "-" + std::to_string(t));
    NewConversation conversation;
    conversation.id = ids.back();
    Check((*store)->CreateConversation(conversation).status());
  }
  AppendRequest turn;
  for (int i = 0; i < 4; ++i) turn.events.push_back({"received", std::string(300, 'x')});
  const StoreCounters before = (*store)->counters();
  Result result = Measure(std::to_string(threads) + " callers", threads, seconds, [&](int t) {
    AppendRequest request = turn;
    request.conversation = ids[t];
    Check((*store)->Append(std::move(request)).status());
  });
  const StoreCounters after = (*store)->counters();
  result.writes_per_commit =
      static_cast<double>(after.writes - before.writes) / (after.commits - before.commits);
  return result;
}

Result MeasurePlain(const std::string& folder, double seconds) {
  auto db = sqlite::Connection::Open(folder + "/plain.db", sqlite::Connection::Mode::kCreate, 0);
  Check(db.status());
  Check(
      (*db)->Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "CREATE TABLE c (id INTEGER PRIMARY KEY, last INTEGER);"
                     "CREATE TABLE e (c INTEGER, n INTEGER, body TEXT, PRIMARY KEY (c, n))"
                     " WITHOUT ROWID; INSERT INTO c VALUES (1, 0)"));
  int64_t n = 0;
  const std::string body(300, 'x');
  return Measure("plain SQLite, 1 caller", 1, seconds, [&](int) {
    Check((*db)->Execute("BEGIN IMMEDIATE"));
    for (int i = 0; i < 4; ++i) {
      sqlite::Query insert(**db, "INSERT INTO e VALUES (1, ?1, ?2)");
      Check(insert.Bind(++n, body).Run());
    }
    {
      sqlite::Query update(**db, "UPDATE c SET last = ?1 WHERE id = 1");
      Check(update.Bind(n).Run());
    }
    Check((*db)->Execute("COMMIT"));
  });
}

void Print(const std::vector<Result>& results, bool json) {
  std::printf("%-24s %12s %10s %10s %16s\n", "", "appends/s", "p50 ms", "p99 ms", "appends/COMMIT");
  for (const Result& r : results) {
    std::printf("%-24s %12.0f %10.2f %10.2f %16.1f\n", r.name.c_str(), r.per_second, r.p50_ms,
                r.p99_ms, r.writes_per_commit);
  }
  if (!json) return;
  std::printf("{\"bench\":\"group_commit\",\"cpus\":%u,\"results\":[",
              std::thread::hardware_concurrency());
  for (size_t i = 0; i < results.size(); ++i) {
    const Result& r = results[i];
    std::printf(
        "%s{\"name\":\"%s\",\"per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
        "\"writes_per_commit\":%.2f}",
        i == 0 ? "" : ",", r.name.c_str(), r.per_second, r.p50_ms, r.p99_ms, r.writes_per_commit);
  }
  std::printf("]}\n");
}

}  // namespace
}  // namespace frontdesk::storage

int main(int argc, char** argv) {
  using namespace frontdesk::storage;
  std::string parent = std::filesystem::temp_directory_path();
  double seconds = 2;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--json") {
      json = true;
    } else if (flag == "--path" && i + 1 < argc) {
      parent = argv[++i];
    } else if (flag == "--seconds" && i + 1 < argc) {
      seconds = std::atof(argv[++i]);
    } else {
      std::fprintf(stderr, "usage: group_commit_bench [--path FOLDER] [--seconds S] [--json]\n");
      return 2;
    }
  }
  std::string folder = parent + "/frontdesk-bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    std::fprintf(stderr, "cannot make a folder in %s\n", parent.c_str());
    return 2;
  }
  std::vector<Result> results = {MeasurePlain(folder, seconds)};
  for (int threads : {1, 4, 16, 64}) results.push_back(MeasureStore(folder, threads, seconds));
  Print(results, json);
  std::filesystem::remove_all(folder);
  return 0;
}
