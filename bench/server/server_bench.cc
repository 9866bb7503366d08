// Question: how fast and how small is the whole server, seen by its clients?
//
// Data: the demo shop (demo/bundle and its generated CRM). Messages are varied by a
// counter, so that no embedding comes from the cache. The server is a process of its
// own on this machine; this program is the load. First turns of each part are dropped.
// Rival: none does the same work (durable, redacted, embedded, with a tool call); the
// targets printed beside are the project's own.
//
//   build/release/bench/server/server_bench build/release/frontdesk [data folder]
//
// Prints a table and, last, one JSON object. Bounded: about a minute, loopback only.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/server/served_program.h"
#include "clients/cpp/chat_client.h"

namespace frontdesk {
namespace {

using bench::Quantile;
using bench::Server;
using client::ChatClient;

std::unique_ptr<ChatClient> Chat(const Server& server) {
  auto chat = ChatClient::Connect(server.address());
  if (!chat.ok() || !(*chat)->Start().ok()) {
    std::fprintf(stderr, "no conversation could be opened\n");
    std::exit(1);
  }
  return *std::move(chat);
}

// Milliseconds until the turn is over; first: until the first words.
struct Turn {
  double whole = 0, first = 0;
  bool ok = false;
};
Turn Say(ChatClient& chat, const std::string& text) {
  Turn turn;
  const absl::Time begin = absl::Now();
  turn.ok = chat.Send(text, [&](const v1::ConversationEvent& event) {
                  if (event.has_utterance() && turn.first == 0) {
                    turn.first = absl::ToDoubleMilliseconds(absl::Now() - begin);
                  }
                }).ok();
  turn.whole = absl::ToDoubleMilliseconds(absl::Now() - begin);
  return turn;
}

std::string FlowMessage(int number) {
  static const char* const kOpenings[] = {"where is my order", "any news on order", "can you check the parcel of order",
                                          "has order already left", "what is the status of my order"};
  return absl::StrCat(kOpenings[number % 5], " 48213? asked ", number, " times. ada.quill@post.example");
}

std::string Question(int number) {
  static const char* const kQuestions[] = {
      "how many days do I have to send something back", "what does standard delivery to Germany cost",
      "how long is the guarantee on tents", "how do I wash a down jacket", "can I pay by invoice",
      "how do I clean the water filter", "what is the warranty on a headlamp", "do you ship to Norway"};
  return absl::StrCat(kQuestions[number % 8], ", question ", number, "?");
}

void Print(const char* what, double value, const char* unit, const char* target) {
  std::printf("%-44s %10.1f %-10s %s\n", what, value, unit, target);
}

int Run(const std::string& program, const std::string& data) {
  nlohmann::json json;
  { Server built(program, data, {}); }  // trains, indexes and makes the CRM: the next start is the usual one
  {
    Server server(program, data, {});
    Print("start to serving, built bundle", server.start_ms(), "ms", "under 2000");
    Print("memory with both models", server.rss_mib(), "MiB", "under 450");
    json["start_ms"] = server.start_ms();
    json["rss_start_mib"] = server.rss_mib();

    std::vector<double> flow;
    for (int i = 0; i < 220; ++i) {
      auto chat = Chat(server);
      const Turn turn = Say(*chat, FlowMessage(i));
      if (turn.ok && i >= 20) flow.push_back(turn.whole);
    }
    Print("flow turn, 1 client, p50", Quantile(flow, .5), "ms", "");
    Print("flow turn, 1 client, p99", Quantile(flow, .99), "ms", "under 30");
    json["flow_p50_ms"] = Quantile(flow, .5);
    json["flow_p99_ms"] = Quantile(flow, .99);

    constexpr int kClients = 24;
    std::vector<std::unique_ptr<ChatClient>> chats;
    for (int c = 0; c < kClients; ++c) chats.push_back(Chat(server));
    std::atomic<int> turns = 0, number = 1000;
    const double cpu_before = server.cpu_ms();
    const absl::Time begin = absl::Now(), end = begin + absl::Seconds(10);
    std::vector<std::thread> clients;
    for (auto& chat : chats) {
      clients.emplace_back([&, chat = chat.get()] {
        while (absl::Now() < end) {
          if (Say(*chat, FlowMessage(number++)).ok) ++turns;
        }
      });
    }
    for (std::thread& one : clients) one.join();
    const double rate = turns / absl::ToDoubleSeconds(absl::Now() - begin);
    Print("flow turns, 24 clients", rate, "turns/s", "150 or more");
    json["flow_turns_s"] = rate;
    const double cpu = (server.cpu_ms() - cpu_before) / turns;
    Print("server CPU of a flow turn", cpu, "ms", "");
    json["flow_cpu_ms"] = cpu;
    Print("memory after the load", server.rss_mib(), "MiB", "under 450");
    json["rss_loaded_mib"] = server.rss_mib();
  }
  {
    Server server(program, data, {"--decoder", "none"});
    std::vector<double> first;
    for (int i = 0; i < 120; ++i) {
      auto chat = Chat(server);
      const Turn turn = Say(*chat, Question(i));
      if (turn.ok && i >= 20 && turn.first > 0) first.push_back(turn.first);
    }
    Print("first sentence of an extractive answer, p50", Quantile(first, .5), "ms", "under 60");
    Print("first sentence of an extractive answer, p99", Quantile(first, .99), "ms", "");
    json["extract_first_p50_ms"] = Quantile(first, .5);
    json["extract_first_p99_ms"] = Quantile(first, .99);
  }
  {
    Server server(program, data, {});
    constexpr int kStreams = 2000;
    auto chat = Chat(server);
    const double before = server.rss_mib();
    // Streams on a few shared channels, as a gateway would hold them.
    std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
    std::vector<std::unique_ptr<grpc::ClientReader<v1::SubscribeResponse>>> readers;
    std::vector<std::unique_ptr<v1::ChatService::Stub>> stubs;
    for (int c = 0; c < 20; ++c) {
      grpc::ChannelArguments own;
      own.SetInt("frontdesk.bench.channel", c);  // keeps the channels apart
      stubs.push_back(v1::ChatService::NewStub(
          grpc::CreateCustomChannel(server.address().address, grpc::InsecureChannelCredentials(), own)));
    }
    v1::SubscribeResponse greeting;
    for (int s = 0; s < kStreams; ++s) {
      contexts.push_back(std::make_unique<grpc::ClientContext>());
      contexts.back()->AddMetadata("authorization", "Bearer " + chat->token());
      v1::SubscribeRequest request;
      request.set_conversation(chat->conversation().name());
      readers.push_back(stubs[static_cast<size_t>(s) % stubs.size()]->Subscribe(contexts.back().get(), request));
      (void)readers.back()->Read(&greeting);  // the stream is open and idle from here on
    }
    const double each = (server.rss_mib() - before) * 1024 / kStreams;
    Print("2,000 idle Subscribe streams, each", each, "KiB", "under 60");
    json["idle_stream_kib"] = each;
    for (auto& context : contexts) context->TryCancel();
    for (auto& reader : readers) {
      while (reader->Read(&greeting)) {
      }
      (void)reader->Finish();
    }
  }
  std::printf("%s\n", json.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (argc < 2) {
    std::fprintf(stderr, "usage: server_bench PATH_TO_FRONTDESK [DATA_FOLDER]\n");
    return 2;
  }
  const std::string data =
      argc > 2 ? argv[2] : (std::filesystem::temp_directory_path() / absl::StrCat("frontdesk-bench-", ::getpid())).string();
  return frontdesk::Run(argv[1], data);
}
