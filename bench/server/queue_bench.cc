// Question: how soon do 50 agents see a change of the queue while 1,000 conversations live?
//
// Data: the demo shop, its humans always on duty, no decoder. 1,000 conversations are opened
// and 300 of them ask for a human. 50 agents watch the whole queue, one stream each. Then for
// 20 seconds customers of all conversations go on writing (30 messages a second) and agents
// claim, answer and return; returned ones ask for a human again. Each claim is a change that
// all 50 should see: its latency on one console is the time from the answer to the claim (it
// is committed) until that console's stream has the entry as claimed; negative is 0. The time
// from before the claim was sent is printed too. Seed 7. Rival: none; the target is the project's.
//
//   build/release/bench/server/queue_bench build/release/frontdesk [data folder]
//
// Prints a table and, last, one JSON object. Bounded: about a minute, loopback only.
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "bench/server/served_program.h"
#include "clients/cpp/console_client.h"

namespace frontdesk {
namespace {

using bench::Quantile;
using client::ChatClient;
using client::ConsoleClient;

constexpr int kConversations = 1000, kWaiting = 300, kAgents = 50, kChannels = 20;
constexpr int kWriters = 6, kActors = 6;
constexpr double kMessagesPerSecond = 30, kClaimsPerSecond = 12;
constexpr absl::Duration kLoad = absl::Seconds(20);

std::string OpenBundle(const std::string& data) {
  const std::string target = data + "/bundle";
  std::filesystem::remove_all(target);
  std::filesystem::copy("demo/bundle", target, std::filesystem::copy_options::recursive);
  std::ifstream in(target + "/assistant.yaml");
  std::string text, line;
  bool holidays = false;
  while (std::getline(in, line)) {
    if (line.rfind("holidays:", 0) == 0) holidays = true;
    else if (!(holidays && line.rfind("  - ", 0) == 0)) holidays = false;
    if (holidays) continue;
    if (line.size() > 6 && line.substr(0, 2) == "  " && line[5] == ':' &&
        std::string("mon tue wed thu fri sat sun").find(line.substr(2, 3)) != std::string::npos)
      line = line.substr(0, 6) + " \"00:00-24:00\"";
    text += line + "\n";
  }
  std::ofstream(target + "/assistant.yaml") << text;
  return target;
}

std::string TokenOf(const std::string& program, const std::string& data, int agent) {
  const std::string command =
      absl::StrCat(program, " user add agent", agent, " --role agent --data ", data);
  FILE* pipe = ::popen(command.c_str(), "r");
  char line[4096] = "";
  if (pipe == nullptr || std::fgets(line, sizeof line, pipe) == nullptr) {
    std::fprintf(stderr, "no token: %s\n", command.c_str());
    std::exit(1);
  }
  ::pclose(pipe);
  std::string token = line;
  while (!token.empty() && std::isspace(static_cast<unsigned char>(token.back())) != 0) token.pop_back();
  return token;
}

// When each console saw each conversation claimed for the n-th time.
class Sightings {
 public:
  void See(const std::string& conversation, absl::Time at) {
    std::lock_guard lock(mutex_);
    seen_[conversation].push_back(at);
  }
  // The first sighting at or after `from`, or infinite future.
  absl::Time After(const std::string& conversation, absl::Time from) const {
    std::lock_guard lock(mutex_);
    const auto it = seen_.find(conversation);
    if (it == seen_.end()) return absl::InfiniteFuture();
    for (const absl::Time at : it->second) {
      if (at >= from) return at;
    }
    return absl::InfiniteFuture();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<absl::Time>> seen_;
};

struct Live {
  std::string name, token;
};

int Run(const std::string& program, const std::string& data) {
  std::filesystem::create_directories(data);
  const std::string bundle = OpenBundle(data);
  auto server = std::make_unique<bench::Server>(
      program, data, std::vector<std::string>{"--bundle", bundle, "--decoder", "none"});
  const client::ServerAddress address = server->address();

  std::vector<std::unique_ptr<v1::ChatService::Stub>> stubs;
  for (int c = 0; c < kChannels; ++c) {
    grpc::ChannelArguments own;
    own.SetInt("frontdesk.bench.channel", c);  // keeps the channels apart
    stubs.push_back(v1::ChatService::NewStub(grpc::CreateCustomChannel(
        address.address, grpc::InsecureChannelCredentials(), own)));
  }
  const auto stub = [&](size_t i) -> v1::ChatService::Stub& { return *stubs[i % stubs.size()]; };
  const auto say = [&](size_t i, const Live& live, const std::string& text) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + live.token);
    v1::SendMessageRequest request;
    request.set_conversation(live.name);
    request.set_request_id(client::NewRequestId());
    request.set_text(text);
    auto stream = stub(i).SendMessage(&context, request);
    v1::SendMessageResponse response;
    while (stream->Read(&response)) {
    }
    return stream->Finish().ok();
  };

  // Agents first: somebody must be on duty before humans are asked for.
  std::vector<std::unique_ptr<ConsoleClient>> agents;
  std::vector<Sightings> sightings(kAgents);
  std::atomic<bool> over = false;
  std::atomic<int> updates = 0;
  std::vector<std::thread> watchers;
  std::set<std::string> free_now;  // as the first console sees it
  std::mutex free_mutex;
  for (int a = 0; a < kAgents; ++a) {
    auto console = ConsoleClient::Connect(address, TokenOf(program, data, a));
    if (!console.ok() || !(*console)->SetPresence(true, absl::StrCat("Agent ", a)).ok()) {
      std::fprintf(stderr, "an agent could not sign in\n");
      return 1;
    }
    agents.push_back(*std::move(console));
  }
  for (int a = 0; a < kAgents; ++a) {
    watchers.emplace_back([&, a] {
      (void)agents[static_cast<size_t>(a)]->WatchQueue(
          [&, a](const v1::WatchQueueResponse& change) {
            ++updates;
            if (!change.has_entry()) return;
            const v1::QueueEntry& entry = change.entry();
            if (!change.removed() && !entry.claimed_by_user().empty())
              sightings[static_cast<size_t>(a)].See(entry.conversation(), absl::Now());
            if (a != 0) return;
            std::lock_guard lock(free_mutex);
            if (!change.removed() && entry.claimed_by_user().empty()) free_now.insert(entry.conversation());
            else free_now.erase(entry.conversation());
          },
          [&] { return over.load(); });
    });
  }

  std::vector<Live> lives(kConversations);
  std::vector<std::thread> openers;
  std::atomic<int> failed = 0;
  for (int t = 0; t < kWriters; ++t) {
    openers.emplace_back([&, t] {
      for (int i = t; i < kConversations; i += kWriters) {
        grpc::ClientContext context;
        v1::CreateConversationRequest request;
        request.set_request_id(client::NewRequestId());
        v1::CreateConversationResponse response;
        if (!stub(static_cast<size_t>(i)).CreateConversation(&context, request, &response).ok()) {
          ++failed;
          continue;
        }
        Live& live = lives[static_cast<size_t>(i)];
        live.name = response.conversation().name();
        live.token = response.conversation_token();
        if (i < kWaiting && !say(static_cast<size_t>(i), live, "I want to speak to a human")) ++failed;
      }
    });
  }
  for (std::thread& one : openers) one.join();
  if (failed > 0) {
    std::fprintf(stderr, "%d conversations could not be opened\n", failed.load());
    return 1;
  }

  struct Claim {
    std::string conversation;
    absl::Time sent, answered;
  };
  std::vector<Claim> claims;
  std::mutex claims_mutex;
  std::atomic<int> messages = 0, ticket = 0;
  const absl::Time begin = absl::Now(), end = begin + kLoad;
  const auto pace = [&](std::atomic<int>& count, double per_second) {
    const absl::Time due = begin + absl::Seconds(count++ / per_second);
    if (due > absl::Now()) absl::SleepFor(due - absl::Now());
    return absl::Now() < end;
  };
  std::vector<std::thread> load;
  for (int w = 0; w < kWriters; ++w) {
    load.emplace_back([&, w] {
      std::mt19937 random(static_cast<unsigned>(7 + w));
      while (pace(messages, kMessagesPerSecond)) {
        const size_t i = random() % kConversations;
        (void)say(i, lives[i], absl::StrCat("where is my order 48213? asked ", random() % 1000, " times"));
      }
    });
  }
  for (int w = 0; w < kActors; ++w) {
    load.emplace_back([&, w] {
      std::mt19937 random(static_cast<unsigned>(70 + w));
      while (pace(ticket, kClaimsPerSecond)) {
        std::string conversation;
        {
          std::lock_guard lock(free_mutex);
          if (free_now.empty()) continue;
          auto it = free_now.begin();
          std::advance(it, static_cast<long>(random() % free_now.size()));
          conversation = *it;
          free_now.erase(it);
        }
        ConsoleClient& agent = *agents[random() % kAgents];
        Claim claim{conversation, absl::Now(), {}};
        const auto epoch = agent.Claim(conversation);
        claim.answered = absl::Now();
        if (!epoch.ok()) continue;
        {
          std::lock_guard lock(claims_mutex);
          claims.push_back(claim);
        }
        (void)agent.Reply(conversation, *epoch, "Hello, I am here.");
        (void)agent.ReturnToAssistant(conversation, *epoch, "");
        for (size_t i = 0; i < lives.size(); ++i) {
          if (lives[i].name == conversation) (void)say(i, lives[i], "I want to speak to a human");
        }
      }
    });
  }
  for (std::thread& one : load) one.join();
  absl::SleepFor(absl::Seconds(2));  // what was committed last arrives

  std::vector<double> after, from_sent;
  int unseen = 0;
  for (const Claim& claim : claims) {
    for (const Sightings& console : sightings) {
      const absl::Time at = console.After(claim.conversation, claim.sent);
      if (at == absl::InfiniteFuture()) {
        ++unseen;  // a claim and its return fell into one update: the console saw the newest state
        continue;
      }
      after.push_back(std::max(0.0, absl::ToDoubleMilliseconds(at - claim.answered)));
      from_sent.push_back(absl::ToDoubleMilliseconds(at - claim.sent));
    }
  }
  const double rate = updates / absl::ToDoubleSeconds(absl::Now() - begin);
  over = true;
  server.reset();  // ends the streams
  for (std::thread& watcher : watchers) watcher.join();
  std::printf("%-52s %8d\n", "conversations that live", kConversations);
  std::printf("%-52s %8d\n", "agents that watch", kAgents);
  std::printf("%-52s %8zu\n", "claims", claims.size());
  std::printf("%-52s %8.0f\n", "queue updates received a second, all agents", rate);
  std::printf("%-52s %8d of %zu\n", "claims undone before a console was told", unseen, claims.size() * kAgents);
  std::printf("%-52s %8.1f ms\n", "commit to sight, p50", Quantile(after, .5));
  std::printf("%-52s %8.1f ms  under 100\n", "commit to sight, p99", Quantile(after, .99));
  std::printf("%-52s %8.1f ms\n", "click to sight (claim sent to seen), p50", Quantile(from_sent, .5));
  std::printf("%-52s %8.1f ms\n", "click to sight (claim sent to seen), p99", Quantile(from_sent, .99));
  std::printf("%s\n", nlohmann::json({{"conversations", kConversations},
                                      {"agents", kAgents},
                                      {"claims", claims.size()},
                                      {"updates_s", rate},
                                      {"unseen", unseen},
                                      {"commit_to_sight_p50_ms", Quantile(after, .5)},
                                      {"commit_to_sight_p99_ms", Quantile(after, .99)},
                                      {"click_to_sight_p99_ms", Quantile(from_sent, .99)}})
                          .dump()
                          .c_str());
  return Quantile(after, .99) < 100 && !claims.empty() ? 0 : 1;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: queue_bench PATH_TO_FRONTDESK [DATA_FOLDER]\n");
    return 2;
  }
  const std::string data =
      argc > 2 ? argv[2] : (std::filesystem::temp_directory_path() / absl::StrCat("frontdesk-queue-bench-", ::getpid())).string();
  return frontdesk::Run(argv[1], data);
}
