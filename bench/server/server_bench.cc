// Question: how fast and how small is the whole server, seen by its clients?
//
// Data: the demo shop (demo/bundle and its generated CRM). Messages are varied by a
// counter, so that the whole of none is in the cache of embeddings. The server is a process of
// its own on this machine; this program is the load. First turns of each part are dropped.
//
// A flow turn is a signed-in customer's question about an order of theirs: redacted, understood,
// decided, the order and its parcel read by tools, answered, appended. Every one of them is checked
// to have shown the order. Beside it, the turn of somebody who is not signed in and whose proof is
// refused: tries counted, nothing shown, and every third time a ticket.
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
#include "tools/verification.h"

namespace frontdesk {
namespace {

using bench::Quantile;
using bench::Server;
using client::ChatClient;

// People of the demo's CRM whose order is told in one turn, without a question back.
struct Customer {
  const char *id, *mailbox, *order;
};
constexpr Customer kCustomers[] = {
    {"C00001", "ada.quill", "48213"},      {"C00003", "cleo.marchetti", "47950"},
    {"C00004", "dev.lindqvist", "48502"},  {"C00005", "edie.novak", "48290"},
    {"C00006", "farid.haldane", "47810"},  {"C00007", "greta.sommer", "48411"},
    {"C00008", "hugo.abernathy", "48105"}, {"C00009", "ines.tavares", "48020"},
    {"C00010", "jonas.peel", "48188"},     {"C00011", "kirsten.vale", "48150"},
    {"C00012", "leo.brandt", "47333"},     {"C00013", "mara.ivory", "48066"},
    {"C00015", "orla.finch", "48455"},     {"C00016", "priya.dunmore", "47020"},
    {"C00017", "quentin.marsh", "48033"},  {"C00018", "rosa.whitlock", "47501"},
    {"C00019", "sam.teller", "48342"},     {"C00020", "tilde.corr", "48490"}};

[[noreturn]] void Stop(const std::string& why) {
  std::fprintf(stderr, "server_bench: %s\n", why.c_str());
  std::exit(1);
}

// What the business's own site hands to a customer who is signed in there.
std::string IdentityToken(const std::string& data, const Customer& customer) {
  std::ifstream file(data + "/identity.key");
  std::string key(std::istreambuf_iterator<char>(file), {});
  while (!key.empty() && key.back() == '\n') key.pop_back();
  tools::IdentityClaims claims;
  claims.customer_id = customer.id;
  claims.audience = "frontdesk";
  claims.nonce = client::NewRequestId();
  claims.expiry = absl::Now() + absl::Minutes(30);
  return tools::SignIdentityToken(claims, key);
}

std::unique_ptr<ChatClient> Chat(const Server& server, const std::string& identity_token = "") {
  auto chat = ChatClient::Connect(server.address());
  if (!chat.ok() || !(*chat)->Start("", identity_token).ok()) Stop("no conversation could be opened");
  return *std::move(chat);
}

// Milliseconds until the turn is over; first: until the first words.
struct Turn {
  double whole = 0, first = 0;
  bool ok = false, order_shown = false;
};
Turn Say(ChatClient& chat, const std::string& text) {
  Turn turn;
  const absl::Time begin = absl::Now();
  turn.ok = chat.Send(text, [&](const v1::ConversationEvent& event) {
                  if (event.has_utterance() && turn.first == 0) {
                    turn.first = absl::ToDoubleMilliseconds(absl::Now() - begin);
                  }
                  turn.order_shown = turn.order_shown || event.has_order_shown();
                }).ok();
  turn.whole = absl::ToDoubleMilliseconds(absl::Now() - begin);
  return turn;
}

std::string FlowMessage(const Customer& customer, int number) {
  static const char* const kOpenings[] = {"where is my order", "any news on order", "can you check the parcel of order",
                                          "has order already left", "what is the status of my order"};
  return absl::StrCat(kOpenings[number % 5], " ", customer.order, "? asked ", number, " times. ", customer.mailbox,
                      "@post.example");
}

struct Load {
  double turns_s = 0, cpu_ms = 0;  // of a turn, in the server
};
// `clients` conversations at once for ten seconds, each going on as soon as it is answered.
Load FlowTurns(const Server& server, const std::string& data, int clients, bool signed_in) {
  std::vector<std::unique_ptr<ChatClient>> chats;
  const auto customer = [&](size_t c) -> const Customer& {
    return kCustomers[signed_in ? c % std::size(kCustomers) : 0];
  };
  for (size_t c = 0; c < static_cast<size_t>(clients); ++c) {
    chats.push_back(Chat(server, signed_in ? IdentityToken(data, customer(c)) : ""));
  }
  static std::atomic<int> number = 1000;
  std::atomic<int> turns = 0, other = 0;
  const double cpu_before = server.cpu_ms();
  const absl::Time begin = absl::Now(), end = begin + absl::Seconds(10);
  std::vector<std::thread> threads;
  for (size_t c = 0; c < chats.size(); ++c) {
    threads.emplace_back([&, c] {
      while (absl::Now() < end) {
        const Turn turn = Say(*chats[c], FlowMessage(customer(c), number++));
        if (turn.ok) ++turns;
        if (!turn.ok || turn.order_shown != signed_in) ++other;
      }
    });
  }
  for (std::thread& one : threads) one.join();
  if (other > 0) Stop(absl::StrCat(other.load(), " turns failed or went another way than they should"));
  return {turns / absl::ToDoubleSeconds(absl::Now() - begin), (server.cpu_ms() - cpu_before) / turns};
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
      const Customer& customer = kCustomers[static_cast<size_t>(i) % std::size(kCustomers)];
      auto chat = Chat(server, IdentityToken(data, customer));
      const Turn turn = Say(*chat, FlowMessage(customer, i));
      if (!turn.order_shown) Stop("a flow turn did not show the order");
      if (i >= 20) flow.push_back(turn.whole);
    }
    Print("flow turn, 1 client, p50", Quantile(flow, .5), "ms", "");
    Print("flow turn, 1 client, p99", Quantile(flow, .99), "ms", "under 30");
    json["flow_p50_ms"] = Quantile(flow, .5);
    json["flow_p99_ms"] = Quantile(flow, .99);

    constexpr int kClients = 24;
    const Load load = FlowTurns(server, data, kClients, /*signed_in=*/true);
    Print("flow turns, 24 clients", load.turns_s, "turns/s", "400 or more");
    Print("server CPU of a flow turn", load.cpu_ms, "ms", "");
    json["flow_turns_s"] = load.turns_s;
    json["flow_cpu_ms"] = load.cpu_ms;
    // Orders are locked after five tries: the first few are let through and not counted.
    for (int i = 0; i < 8; ++i) (void)Say(*Chat(server), FlowMessage(kCustomers[0], i));
    const Load refused = FlowTurns(server, data, kClients, /*signed_in=*/false);
    Print("turns with a refused proof, 24 clients", refused.turns_s, "turns/s", "");
    Print("server CPU of such a turn", refused.cpu_ms, "ms", "");
    json["refused_turns_s"] = refused.turns_s;
    json["refused_cpu_ms"] = refused.cpu_ms;
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
