// The server as its clients see it: over loopback, on port zero, with the demo bundle.
#include "server/server.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "clients/cpp/chat_client.h"
#include "clients/cpp/console_client.h"
#include "server/auth/user_token.h"
#include "server/commands/commands.h"

namespace frontdesk::server {
namespace {

using client::ChatClient;
using client::ConsoleClient;

// A copy of the demo bundle whose humans are always on duty.
std::string AlwaysOpenBundle(const std::string& folder) {
  const std::string target = folder + "/bundle";
  std::filesystem::copy(FRONTDESK_SOURCE_DIR "/demo/bundle", target, std::filesystem::copy_options::recursive);
  std::ifstream in(target + "/assistant.yaml");
  std::string text, line;
  bool holidays = false;
  while (std::getline(in, line)) {
    if (absl::StartsWith(line, "holidays:")) {
      holidays = true;
      continue;
    }
    if (holidays && absl::StartsWith(line, "  -")) continue;
    holidays = false;
    for (const char* day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) {
      if (absl::StartsWith(line, absl::StrCat("  ", day, ":"))) line = absl::StrCat("  ", day, ": \"00:00-24:00\"");
    }
    absl::StrAppend(&text, line, "\n");
  }
  std::ofstream(target + "/assistant.yaml") << text;
  return target;
}

// One server for all tests of this file: loading models and training costs seconds.
class Running {
 public:
  static Running& Get() {
    static Running& running = *new Running();
    return running;
  }
  const std::string& data() const { return options_.data; }
  const ServerOptions& options() const { return options_; }
  client::ServerAddress address() const { return {absl::StrCat("127.0.0.1:", server_->port()), ""}; }

  std::unique_ptr<ChatClient> Chat() {
    auto chat = ChatClient::Connect(address());
    EXPECT_TRUE(chat.ok()) << chat.status();
    const absl::Status started = (*chat)->Start();
    EXPECT_TRUE(started.ok()) << started;
    return *std::move(chat);
  }
  std::unique_ptr<ConsoleClient> Console(const std::string& user, CallerRole role = CallerRole::kAgent) {
    auto console = ConsoleClient::Connect(address(), Token(user, role));
    EXPECT_TRUE(console.ok()) << console.status();
    return *std::move(console);
  }
  std::string Token(const std::string& user, CallerRole role) {
    const auto tokens = UserTokens::FromFile(options_.data + "/user-tokens.key", false);
    return *tokens->Issue(user, role, absl::Now(), absl::Hours(1));
  }

 private:
  Running() {
    options_.data = testing::TempDir() + absl::StrCat("frontdesk-server-test-", ::getpid());
    std::filesystem::create_directories(options_.data);
    options_.bundle = AlwaysOpenBundle(options_.data);
    options_.cache = FRONTDESK_BINARY_DIR "/server-test-cache";
    options_.models = DefaultModelsFolder();
    options_.listen = "127.0.0.1:0";
    options_.metrics_listen = "none";
    options_.rate_burst = 0;
    auto server = Server::Start(options_, nullptr);
    if (!server.ok()) {
      std::fprintf(stderr, "%s; run scripts/fetch_models.sh\n", std::string(server.status().message()).c_str());
      std::abort();
    }
    server_ = *std::move(server);
  }
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

struct Answer {
  absl::Status status;
  std::vector<v1::ConversationEvent> events;

  std::string text() const {
    std::string all;
    for (const auto& event : events) {
      if (event.has_utterance()) absl::StrAppend(&all, event.utterance().text(), "\n");
    }
    return all;
  }
  std::string outcome() const {
    return events.empty() ? "" : events.back().turn_completed().outcome();
  }
};

Answer Say(ChatClient& chat, const std::string& text) {
  Answer answer;
  answer.status = chat.Send(text, [&](const v1::ConversationEvent& event) { answer.events.push_back(event); });
  return answer;
}

// A raw stub, for requests that the client class would not make.
struct Raw {
  explicit Raw(const ChatClient& chat)
      : channel(*client::OpenChannel(Running::Get().address(), absl::Seconds(5))),
        stub(v1::ChatService::NewStub(channel)),
        token(chat.token()),
        name(chat.conversation().name()) {}

  grpc::Status Send(const std::string& request_id, const std::string& text, std::vector<int64_t>* sequences = nullptr,
                    const std::string& conversation = "") {
    v1::SendMessageRequest request;
    request.set_conversation(conversation.empty() ? name : conversation);
    request.set_request_id(request_id);
    request.set_text(text);
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token);
    auto stream = stub->SendMessage(&context, request);
    v1::SendMessageResponse response;
    while (stream->Read(&response)) {
      if (sequences != nullptr) sequences->push_back(response.event().sequence());
    }
    return stream->Finish();
  }

  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::ChatService::Stub> stub;
  std::string token, name;
};

TEST(Chat, GreetsAndDoesATaskWithATool) {
  auto chat = Running::Get().Chat();
  const Answer answer = Say(*chat, "where is my order 48213? my email is ada.quill@post.example");
  ASSERT_TRUE(answer.status.ok()) << answer.status;
  EXPECT_TRUE(absl::StrContains(answer.text(), "48213")) << answer.text();
  ASSERT_FALSE(answer.events.empty());
  EXPECT_TRUE(answer.events.front().has_customer_message());
  EXPECT_TRUE(answer.events.back().has_turn_completed());
}

TEST(Chat, AnswersFromADocumentAndOpensTheSource) {
  auto chat = Running::Get().Chat();
  const Answer answer = Say(*chat, "how many days do I have to return something?");
  ASSERT_TRUE(answer.status.ok()) << answer.status;
  const v1::Citation* citation = nullptr;
  for (const auto& event : answer.events) {
    if (event.utterance().citations_size() > 0) citation = &event.utterance().citations(0);
  }
  ASSERT_NE(citation, nullptr) << answer.text();
  const auto passage = chat->Passage(citation->passage_hash());
  ASSERT_TRUE(passage.ok()) << passage.status();
  EXPECT_EQ(passage->document_id(), citation->document_id());
  EXPECT_LE(passage->begin(), citation->begin());
  EXPECT_GE(passage->end(), citation->end());
  EXPECT_FALSE(chat->Passage(std::string(64, '0')).ok());
}

TEST(Chat, AResendReturnsTheFirstAnswerAndAnotherBodyIsRefused) {
  auto chat = Running::Get().Chat();
  Raw raw(*chat);
  std::vector<int64_t> first, second;
  EXPECT_TRUE(raw.Send("r-1", "what are your opening hours?", &first).ok());
  EXPECT_TRUE(raw.Send("r-1", "what are your opening hours?", &second).ok());
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(first, second);
  EXPECT_EQ(raw.Send("r-1", "something else").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST(Chat, AMessageSentTwiceAtOnceIsAnsweredOnceAndToBoth) {
  auto chat = Running::Get().Chat();
  Raw once(*chat), again(*chat);
  for (int round = 0; round < 16; ++round) {
    const std::string request_id = absl::StrCat("twice-", round);
    std::vector<int64_t> first, second;
    grpc::Status second_status;
    std::thread other([&] { second_status = again.Send(request_id, "thanks", &second); });
    const grpc::Status first_status = once.Send(request_id, "thanks", &first);
    other.join();
    EXPECT_TRUE(first_status.ok()) << first_status.error_message();
    EXPECT_TRUE(second_status.ok()) << second_status.error_message();
    EXPECT_FALSE(first.empty());
    EXPECT_EQ(first, second);
  }
}

TEST(Chat, MessagesDuringATurnAreQueuedInOrder) {
  auto chat = Running::Get().Chat();
  std::vector<std::thread> senders;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i) {
    senders.emplace_back([&, i] {
      Raw raw(*chat);
      good += raw.Send(absl::StrCat("q-", i), "thanks").ok() ? 1 : 0;
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(good, 4);
  // Every turn is whole: its message, then its end, before the next begins.
  std::vector<v1::ConversationEvent> events;
  std::atomic<int> completed = 0;
  const absl::Status followed = chat->Follow(
      0,
      [&](const v1::ConversationEvent& event) {
        events.push_back(event);
        completed += event.has_turn_completed() ? 1 : 0;
      },
      [&] { return completed >= 4; });
  EXPECT_TRUE(followed.ok()) << followed;
  bool open = false;
  for (const auto& event : events) {
    if (event.has_customer_message()) {
      EXPECT_FALSE(open);
      open = true;
    }
    if (event.has_turn_completed()) open = false;
  }
}

TEST(Subscribe, ResumesWithoutLossOrDuplicateFromAnySequence) {
  auto chat = Running::Get().Chat();
  ASSERT_TRUE(Say(*chat, "hello").status.ok());
  ASSERT_TRUE(Say(*chat, "how much is shipping to Ireland?").status.ok());
  const auto all_after = [&](int64_t after, size_t wanted) {
    std::vector<int64_t> sequences;
    std::atomic<size_t> seen = 0;
    const absl::Time give_up = absl::Now() + absl::Seconds(10);
    (void)chat->Follow(
        after,
        [&](const v1::ConversationEvent& event) {
          sequences.push_back(event.sequence());
          ++seen;
        },
        [&] { return seen >= wanted || absl::Now() > give_up; });
    return sequences;
  };
  const std::vector<int64_t> all = all_after(0, 6);
  ASSERT_GE(all.size(), 6u);
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    const std::vector<int64_t> rest = all_after(all[i], all.size() - i - 1);
    EXPECT_EQ(rest, std::vector<int64_t>(all.begin() + static_cast<long>(i) + 1, all.end())) << "after " << all[i];
  }
}

TEST(Converse, TakesMessagesAndSendsEventsOnOneStream) {
  auto chat = Running::Get().Chat();
  Raw raw(*chat);
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + raw.token);
  auto stream = raw.stub->Converse(&context);
  v1::ConverseRequest request;
  request.mutable_subscribe()->set_conversation(raw.name);
  ASSERT_TRUE(stream->Write(request));
  v1::ConverseRequest message;
  message.mutable_message()->set_request_id("c-1");
  message.mutable_message()->set_text("hello");
  ASSERT_TRUE(stream->Write(message));
  v1::ConverseRequest bad;
  bad.mutable_message()->set_request_id("");
  bad.mutable_message()->set_text("no id");
  ASSERT_TRUE(stream->Write(bad));
  bool completed = false, refused = false;
  v1::ConverseResponse response;
  while (!(completed && refused) && stream->Read(&response)) {
    completed = completed || response.event().has_turn_completed();
    refused = refused || response.refused().code() == static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT);
  }
  EXPECT_TRUE(completed);
  EXPECT_TRUE(refused);
  stream->WritesDone();
  context.TryCancel();
  (void)stream->Finish();
}

TEST(BadInput, EachHasItsStatusCode) {
  auto chat = Running::Get().Chat();
  auto other = Running::Get().Chat();
  Raw raw(*chat);
  struct Case {
    const char* name;
    std::string request_id, text, conversation;
    grpc::StatusCode code;
  };
  const Case cases[] = {
      {"no request id", "", "hi", "", grpc::StatusCode::INVALID_ARGUMENT},
      {"request id too long", std::string(65, 'x'), "hi", "", grpc::StatusCode::INVALID_ARGUMENT},
      {"empty text", "b-1", "", "", grpc::StatusCode::INVALID_ARGUMENT},
      {"1 MiB of text", "b-2", std::string(1 << 20, 'x'), "", grpc::StatusCode::INVALID_ARGUMENT},
      {"someone else's conversation", "b-3", "hi", other->conversation().name(), grpc::StatusCode::PERMISSION_DENIED},
      {"unknown conversation", "b-4", "hi", "conversations/none", grpc::StatusCode::PERMISSION_DENIED},
      {"no conversation name", "b-5", "hi", "none", grpc::StatusCode::INVALID_ARGUMENT},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(raw.Send(c.request_id, c.text, nullptr, c.conversation).error_code(), c.code) << c.name;
  }
  raw.token = "nonsense";
  EXPECT_EQ(raw.Send("b-6", "hi").error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(Say(*chat, "hello").status.ok()) << "the conversation took no harm";
}

// Bytes that are no message of ours: gRPC refuses them, and the server lives on.
TEST(BadInput, MalformedProtosAndInvalidUtf8AreRefused) {
  auto chat = Running::Get().Chat();
  Raw raw(*chat);
  grpc::GenericStub stub(raw.channel);
  for (const std::string& bytes : {std::string("\xff\xff\xff\xff"), std::string("\x0a\xff"),
                                   std::string("\x1a\x03\xff\xfe\xfd")}) {
    grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + raw.token);
    grpc::Status status;
    std::mutex mutex;
    std::condition_variable wake;
    bool done = false;
    stub.UnaryCall(&context, "/frontdesk.v1.ChatService/GetConversation", {}, &request, &response, [&](grpc::Status s) {
      std::lock_guard lock(mutex);
      status = s;
      done = true;
      wake.notify_all();
    });
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return done; });
    EXPECT_FALSE(status.ok());
  }
  EXPECT_TRUE(Say(*chat, "hello").status.ok());
}

TEST(BadInput, CallsWithoutTokenOrWithTheWrongRoleAreRefused) {
  auto chat = Running::Get().Chat();
  auto customer_console = ConsoleClient::Connect(Running::Get().address(), chat->token());
  EXPECT_EQ((*customer_console)->SetPresence(true, "x").status().code(), absl::StatusCode::kPermissionDenied);
  auto nobody = ConsoleClient::Connect(Running::Get().address(), "");
  EXPECT_EQ((*nobody)->SetPresence(true, "x").status().code(), absl::StatusCode::kUnauthenticated);
  auto auditor = Running::Get().Console("ida", CallerRole::kAuditor);
  EXPECT_EQ(auditor->Claim("conversations/x").status().code(), absl::StatusCode::kPermissionDenied);
}

TEST(Handoff, ClaimReplyReturn) {
  auto console = Running::Get().Console("noor");
  ASSERT_TRUE(console->SetPresence(true, "Noor").ok());
  auto chat = Running::Get().Chat();
  const std::string name = chat->conversation().name();
  const Answer asked = Say(*chat, "I want to speak to a human");
  ASSERT_TRUE(asked.status.ok());
  EXPECT_EQ(asked.outcome(), "handed_off") << asked.text();

  const auto queue = console->Queue();
  ASSERT_TRUE(queue.ok()) << queue.status();
  bool waits = false;
  for (const auto& entry : *queue) waits = waits || entry.conversation() == name;
  EXPECT_TRUE(waits);

  const auto epoch = console->Claim(name);
  ASSERT_TRUE(epoch.ok()) << epoch.status();
  // While a human owns it the assistant is silent.
  const Answer silent = Say(*chat, "where is my order?");
  EXPECT_EQ(silent.outcome(), "silent");
  EXPECT_EQ(silent.text(), "");
  ASSERT_TRUE(console->Reply(name, *epoch, "Hello, this is Noor.").ok());
  EXPECT_EQ(console->Reply(name, *epoch - 1, "late").code(), absl::StatusCode::kAborted);
  auto second = Running::Get().Console("maya");
  EXPECT_FALSE(second->Claim(name).ok()) << "another agent's lease runs";
  EXPECT_FALSE(second->Reply(name, *epoch, "me too").ok());

  ASSERT_TRUE(console->ReturnToAssistant(name, *epoch, "please go on").ok());
  EXPECT_EQ(console->Reply(name, *epoch, "one more thing").code(), absl::StatusCode::kAborted);
  const Answer back = Say(*chat, "thanks");
  EXPECT_NE(back.text(), "");
  const auto transcript = console->Transcript(name);
  ASSERT_TRUE(transcript.ok());
  int human = 0;
  for (const auto& event : transcript->events()) {
    human += event.utterance().source() == v1::UTTERANCE_SOURCE_HUMAN ? 1 : 0;
  }
  EXPECT_EQ(human, 1);
}

TEST(Handoff, AgentsSeeMaskedValuesAndRevealsAreRecorded) {
  auto console = Running::Get().Console("noor");
  ASSERT_TRUE(console->SetPresence(true, "Noor").ok());
  auto chat = Running::Get().Chat();
  const std::string name = chat->conversation().name();
  ASSERT_TRUE(Say(*chat, "I want a human. my email is rosa.lind@post.example").status.ok());
  const auto before = console->Transcript(name);
  ASSERT_TRUE(before.ok());
  EXPECT_FALSE(absl::StrContains(before->ShortDebugString(), "rosa.lind"));
  EXPECT_FALSE(console->RevealValue(name, "<EMAIL_1>", "callback").ok()) << "not claimed yet";
  ASSERT_TRUE(console->Claim(name).ok());
  const auto value = console->RevealValue(name, "<EMAIL_1>", "callback");
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(*value, "rosa.lind@post.example");
  EXPECT_FALSE(console->RevealValue(name, "<EMAIL_9>", "callback").ok());
}

// What grpcurl does for `describe`: every service that is served has a description in the pool.
TEST(Start, ReflectionDescribesEveryService) {
  for (const char* service :
       {"frontdesk.v1.ChatService", "frontdesk.v1.AgentConsoleService", "frontdesk.v1.KnowledgeService",
        "frontdesk.v1.BundleService", "frontdesk.v1.ReplayService", "frontdesk.v1.InsightService",
        "frontdesk.v1.PrivacyService", "frontdesk.v1.AuditService", "grpc.health.v1.Health",
        "grpc.channelz.v1.Channelz"}) {
    EXPECT_NE(google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service), nullptr) << service;
  }
}

TEST(Start, ATakenPortIsNamed) {
  ServerOptions options = Running::Get().options();
  options.listen = Running::Get().address().address;
  options.data += "-second";
  const auto server = Server::Start(options, nullptr);
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(std::string(server.status().message()), options.listen));
}

TEST(Start, WithoutModelsFlowsAndExtractsStillWork) {
  ServerOptions options = Running::Get().options();
  options.data += "-no-models";
  options.cache = options.data + "/cache";
  options.decoder = "none";
  options.encoder = "none";
  auto server = Server::Start(options, nullptr);
  ASSERT_TRUE(server.ok()) << server.status();
  auto chat = ChatClient::Connect({absl::StrCat("127.0.0.1:", (*server)->port()), ""});
  ASSERT_TRUE(chat.ok());
  ASSERT_TRUE((*chat)->Start().ok());
  const Answer answer = Say(**chat, "where is my order 48213? ada.quill@post.example");
  EXPECT_TRUE(absl::StrContains(answer.text(), "48213")) << answer.text();
  chat->reset();
  (*server)->Drain();
}

TEST(Start, BadPlacesAreNamed) {
  ServerOptions options = Running::Get().options();
  options.data += "-bad";
  options.bundle = "/nowhere";
  EXPECT_EQ(Server::Start(options, nullptr).status().code(), absl::StatusCode::kNotFound);
  options.bundle = Running::Get().options().bundle;
  options.listen = "0.0.0.0:0";
  const auto open = Server::Start(options, nullptr);
  EXPECT_EQ(open.status().code(), absl::StatusCode::kInvalidArgument) << "plain text beyond loopback";
}

TEST(Restart, GoesOnWhereItStopped) {
  ServerOptions options = Running::Get().options();
  options.data += "-restart";
  auto server = Server::Start(options, nullptr);
  ASSERT_TRUE(server.ok()) << server.status();
  auto chat = ChatClient::Connect({absl::StrCat("127.0.0.1:", (*server)->port()), ""});
  ASSERT_TRUE((*chat)->Start().ok());
  ASSERT_TRUE(Say(**chat, "I want to return something from order 48213").status.ok());
  const v1::Conversation conversation = (*chat)->conversation();
  const std::string token = (*chat)->token();
  chat->reset();
  (*server)->Drain();
  server->reset();

  server = Server::Start(options, nullptr);
  ASSERT_TRUE(server.ok()) << server.status();
  chat = ChatClient::Connect({absl::StrCat("127.0.0.1:", (*server)->port()), ""});
  (*chat)->Resume(conversation, token);
  const Answer answer = Say(**chat, "ada.quill@post.example");
  EXPECT_TRUE(answer.status.ok()) << answer.status;
  EXPECT_NE(answer.text(), "");
}

}  // namespace
}  // namespace frontdesk::server
