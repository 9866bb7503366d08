// Every RPC handler: sequences of calls with arbitrary bytes by every role, against a whole server
// with a store of its own (rpc_script.h says how an input reads). Each input has a new conversation.
//
// Invariants: a role that the table of permissions does not name is refused; no request that is a
// message of its type is answered UNKNOWN, INTERNAL or DATA_LOSS; every call ends; no customer is
// answered the words of another one's conversation; the chains of everything written verify when
// the server stops.
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/auth/permissions.h"
#include "tests/fuzz/rpc_script.h"
#include "tests/fuzz/served_shop.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

namespace {

using namespace frontdesk::server;
using google::protobuf::Message;
using std::chrono::milliseconds;

constexpr char kForeignWords[] = "zebra quill umbrella";  // said in another customer's conversation
constexpr int kInputsPerServer = 4000;                    // then a new one with an empty store
constexpr milliseconds kLongestCall(60'000);
constexpr milliseconds kEndlessStream(15);

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "rpc: %s\n", what.c_str());
  std::abort();
}

const Method& Named(const char* row) {
  for (const Method& method : Methods()) {
    if (method.name.row == row) return method;
  }
  Fail(absl::StrCat("no method ", row));
}

struct World {
  ServedShop shop;
  std::string foreign;  // name of the other customer's conversation
  int inputs = 0;

  // Calls that must go well.
  void Must(const char* row, const std::string& authorization, const Message& request, Seen& seen) {
    const Method& method = Named(row);
    RawCall call(shop.stub(), method.name.path, authorization, request.SerializeAsString());
    const grpc::Status status = call.Await(kLongestCall);
    if (!status.ok()) Fail(absl::StrCat(row, ": ", status.error_message()));
    for (const std::string& bytes : call.answers()) {
      const std::unique_ptr<Message> answer(method.response->New());
      if (!answer->ParseFromString(bytes)) Fail(absl::StrCat(row, ": an answer that does not parse"));
      seen.Take(*answer);
    }
  }

  Seen NewConversation() {
    Seen seen;
    const Method& create = Named("ChatService/CreateConversation");
    const std::unique_ptr<Message> request(create.request->New());
    static int number = 0;
    request->GetReflection()->SetString(request.get(), request->GetDescriptor()->FindFieldByName("request_id"),
                                        absl::StrCat("fuzz-", ++number));
    Must("ChatService/CreateConversation", "", *request, seen);
    seen.Set("conversation", seen.Get("name"));
    seen.Set("other", foreign);
    return seen;
  }

  World() {
    Seen seen = NewConversation();
    foreign = seen.Get("conversation");
    const Method& send = Named("ChatService/SendMessage");
    const std::unique_ptr<Message> request(send.request->New());
    const auto set = [&](const char* field, const std::string& value) {
      request->GetReflection()->SetString(request.get(), request->GetDescriptor()->FindFieldByName(field), value);
    };
    set("conversation", foreign);
    set("request_id", "first");
    set("text", kForeignWords);
    Must("ChatService/SendMessage", "Bearer " + seen.Get("conversation_token"), *request, seen);
  }
};

std::unique_ptr<World>& TheWorld() {
  static auto& world = *new std::unique_ptr<World>();
  return world;
}

World& Fresh() {
  std::unique_ptr<World>& world = TheWorld();
  if (world == nullptr || ++world->inputs > kInputsPerServer) {
    world.reset();
    world = std::make_unique<World>();
  }
  return *world;
}

struct Running {
  const Method* method;
  CallerRole role;
  bool parses;
  std::unique_ptr<RawCall> call;
};

void Finish(Running& running, Seen& seen) {
  const Method& method = *running.method;
  Principal caller;
  caller.role = running.role;
  const bool allowed = MayCall(caller, method.name.row).ok();
  // A refusal ends a stream too, however long it takes.
  const grpc::Status status = running.call->Await(method.endless && allowed ? kEndlessStream : kLongestCall);
  const grpc::StatusCode code = status.error_code();
  const std::string what = absl::StrCat(method.name.row, ": ", static_cast<int>(code), " ", status.error_message());
  if (code == grpc::StatusCode::CANCELLED && !method.endless && running.call->answers().size() < 64) {
    Fail(absl::StrCat("does not end: ", what));
  }
  if (!running.parses) return;
  if (code == grpc::StatusCode::UNKNOWN || code == grpc::StatusCode::INTERNAL || code == grpc::StatusCode::DATA_LOSS) {
    Fail(what);
  }
  if (!allowed) {
    if (code != grpc::StatusCode::UNAUTHENTICATED && code != grpc::StatusCode::PERMISSION_DENIED) {
      Fail(absl::StrCat("not refused: ", what));
    }
    if (!running.call->answers().empty()) Fail(absl::StrCat("refused and answered: ", what));
  }
  for (const std::string& bytes : running.call->answers()) {
    const bool foreign = bytes.find(kForeignWords) != std::string::npos;
    if (foreign && running.role <= CallerRole::kCustomer) Fail(absl::StrCat("another one's words: ", what));
    const std::unique_ptr<Message> answer(method.response->New());
    if (!answer->ParseFromString(bytes)) Fail(absl::StrCat("an answer that does not parse: ", what));
    if (!foreign) seen.Take(*answer);
  }
}

}  // namespace

// The first server trains its bundle, which takes longer than any input may. Registered behind it,
// the last one stops before what it uses does (the log's registry, say).
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);  // it tells of every text that is no UTF-8
  Fresh();
  // On a thread of its own: the main one's thread-local objects are gone by then.
  if (std::atexit([] { std::thread([] { TheWorld().reset(); }).join(); }) != 0) {
    Fail("no room for one more handler at the exit");
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<ScriptedCall> calls = ReadScript({reinterpret_cast<const char*>(data), size});
  if (calls.empty()) return 0;
  World& world = Fresh();
  Seen seen = world.NewConversation();
  const std::string conversation = seen.Get("conversation");
  const std::string customer = "Bearer " + seen.Get("conversation_token");
  std::vector<Running> running;
  for (const ScriptedCall& call : calls) {
    const Method& method = Methods()[call.method % Methods().size()];
    std::string bytes = call.request;
    const std::unique_ptr<Message> request(method.request->New());
    const bool parses = request->ParseFromString(bytes);
    if (parses) {
      seen.Set("conversation", conversation);
      seen.Fill(*request);
      bytes = request->SerializeAsString();
    }
    const CallerRole role = RoleOf(call);
    running.push_back({&method, role, parses,
                       std::make_unique<RawCall>(world.shop.stub(), method.name.path,
                                                 role == CallerRole::kCustomer ? customer
                                                                               : world.shop.Authorization(role),
                                                 bytes)});
    if (!Waits(call)) continue;
    for (Running& one : running) Finish(one, seen);
    running.clear();
  }
  for (Running& one : running) Finish(one, seen);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
  Dice dice(seed);
  dice.Next();
  if (dice.Roll(5) == 0) return LLVMFuzzerMutate(data, size, most);
  std::vector<ScriptedCall> calls = ReadScript({reinterpret_cast<const char*>(data), size});
  for (int times = 1 + dice.Roll(3); times > 0; --times) Mutate(calls, dice);
  std::string bytes = WriteScript(calls);
  while (bytes.size() > most && !calls.empty()) {
    calls.pop_back();
    bytes = WriteScript(calls);
  }
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}
