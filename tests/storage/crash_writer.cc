// The victim of crash_test: appends as fast as it can and reports each acknowledgement on stdout,
// until it is killed.
//
//   crash_writer events STORE ROUND      crash_writer ledger STORE ROUND EFFECTS_FILE
//
// Lines of `events`:  "acked CONVERSATION FIRST LAST TAG" after an append was acknowledged,
//                     "shown CONVERSATION SEQUENCE" after a reader, told by the commit listener,
//                     saw it.
// Line of `ledger`:   "done KEY" after the result was acknowledged. The effect itself is one line
// in
//                     the effects file: a system that knows no idempotency and counts every call.
#include <fcntl.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "storage/store.h"

namespace frontdesk::storage {
namespace {

constexpr int kThreads = 4;

// One write call below PIPE_BUF, so lines of several threads never mix.
void Say(int file, const std::string& line) {
  if (::write(file, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::_Exit(3);
}

[[noreturn]] void Fail(const std::string& what, const absl::Status& status) {
  std::fprintf(stderr, "crash_writer: %s: %s\n", what.c_str(), status.ToString().c_str());
  std::_Exit(2);
}

// Waits for commits and shows what it reads, as a subscriber would.
void ShowForever(Store& store, const ConversationId& id) {
  std::mutex mutex;
  std::condition_variable wake;
  bool news = true;
  store.AddCommitListener([&](const Store::Committed& commit) {
    if (commit.conversation != id) return;
    std::lock_guard lock(mutex);
    news = true;
    wake.notify_one();
  });
  int64_t shown = store.GetConversation(id)->last_sequence;
  while (true) {
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [&] { return news; });
      news = false;
    }
    auto events = store.Read(id, shown, 1000);
    if (!events.ok()) Fail("read", events.status());
    for (const StoredEvent& event : *events) {
      Say(1, "shown " + id.value() + " " + std::to_string(event.sequence) + "\n");
      shown = event.sequence;
    }
  }
}

// Appends 1 to 3 events at a time; the body says which append it belongs to and how many it has.
void AppendForever(Store& store, int thread, const std::string& round) {
  const ConversationId id("c-" + round + "-" + std::to_string(thread));
  NewConversation conversation;
  conversation.id = id;
  conversation.events = {{"started", "start 1/1"}};
  if (auto created = store.CreateConversation(conversation); !created.ok()) {
    Fail("create", created.status());
  }
  Say(1, "acked " + id.value() + " 1 1 start\n");
  for (int i = 0;; ++i) {
    AppendRequest request;
    request.conversation = id;
    const std::string tag = round + "." + std::to_string(thread) + "." + std::to_string(i);
    const int count = 1 + i % 3;
    for (int k = 1; k <= count; ++k) {
      request.events.push_back(
          {"received", tag + " " + std::to_string(k) + "/" + std::to_string(count)});
    }
    if (i == 5) request.bind_customer = CustomerId("person-" + round);
    auto result = store.Append(std::move(request));
    if (!result.ok()) Fail("append", result.status());
    Say(1, "acked " + id.value() + " " + std::to_string(result->first_sequence) + " " +
               std::to_string(result->last_sequence) + " " + tag + "\n");
  }
}

void RunEvents(Store& store, const std::string& round) {
  const ConversationId shared("shared");
  if (!store.GetConversation(shared).ok()) {
    NewConversation conversation;
    conversation.id = shared;
    if (auto created = store.CreateConversation(conversation); !created.ok()) {
      Fail("create", created.status());
    }
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&store, t, round] { AppendForever(store, t, round); });
  }
  threads.emplace_back([&store, shared] { ShowForever(store, shared); });
  threads.emplace_back([&store, shared, round] {
    for (int i = 0;; ++i) {
      AppendRequest request;
      request.conversation = shared;
      request.events = {{"received", "shared." + round + "." + std::to_string(i) + " 1/1"}};
      if (auto result = store.Append(std::move(request)); !result.ok()) {
        Fail("append", result.status());
      }
    }
  });
  for (std::thread& thread : threads) thread.join();
}

void Step(Store& store, const ConversationId& id, LedgerUpdate update) {
  AppendRequest request;
  request.conversation = id;
  request.events = {{"tool", update.key + " " + LedgerStateName(update.state)}};
  request.ledger = {std::move(update)};
  if (auto result = store.Append(std::move(request)); !result.ok()) Fail("ledger", result.status());
}

// The protocol of the design: prepared is committed, then the call, then its result.
void CallOnce(Store& store, const ConversationId& id, const std::string& key, int effects,
              bool prepared) {
  if (!prepared) {
    Step(store, id,
         {.key = key,
          .state = LedgerState::kPrepared,
          .tool = "refunds.create",
          .resource = "order/" + key,
          .arguments = "{}"});
  }
  Say(effects, key + "\n");
  Step(store, id, {.key = key, .state = LedgerState::kDone, .result = "ok"});
  Say(1, "done " + key + "\n");
}

void RunLedger(Store& store, const std::string& round, const std::string& effects_path) {
  const int effects = ::open(effects_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  std::set<std::string> happened;
  std::ifstream file(effects_path);
  for (std::string line; std::getline(file, line);) happened.insert(line);
  auto open = store.ListPrepared();
  if (!open.ok()) Fail("list", open.status());
  for (const LedgerEntry& entry : *open) {
    if (happened.contains(entry.key)) {
      Step(store, entry.conversation,
           {.key = entry.key, .state = LedgerState::kDone, .result = "found by key"});
      Say(1, "done " + entry.key + "\n");
    } else {
      CallOnce(store, entry.conversation, entry.key, effects, /*prepared=*/true);
    }
  }
  if (round == "last") std::_Exit(0);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&store, t, round, effects] {
      const ConversationId id("c-" + round + "-" + std::to_string(t));
      NewConversation conversation;
      conversation.id = id;
      if (auto created = store.CreateConversation(conversation); !created.ok()) {
        Fail("create", created.status());
      }
      for (int i = 0;; ++i) {
        CallOnce(store, id, id.value() + "." + std::to_string(i), effects, /*prepared=*/false);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace frontdesk::storage

int main(int argc, char** argv) {
  using namespace frontdesk::storage;
  if (argc < 4) return 2;
  auto store = Store::Open({.path = argv[2]});
  if (!store.ok()) Fail("open", store.status());
  if (std::string(argv[1]) == "events") RunEvents(**store, argv[3]);
  if (std::string(argv[1]) == "ledger" && argc == 5) RunLedger(**store, argv[3], argv[4]);
  return 2;
}
