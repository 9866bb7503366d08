// The remote model against a real HTTP server on loopback that speaks the protocol well, and
// in every way a server can fail to.
#include "llm/remote/remote_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "llm/remote/chat_delta.h"
#include "llm/remote/key_file.h"
#include "llm/remote/server_sent_events.h"
#include "tests/llm/fake_model_server.h"
#include "tests/llm/synthetic_model.h"
#include "tools/breaker.h"

namespace frontdesk::llm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

FakeModelServer::Answer Good() {
  return {.pieces = {ChatEvent("Returns are free"), ChatEvent(" within 30 days.", "stop"), kChatUsage, kChatDone}};
}
FakeModelServer::Answer Status(int status) { return {.status = status}; }

RemoteModelOptions Quick(const FakeModelServer& server) {
  return {.url = server.url(), .model = "m", .backoff = absl::Milliseconds(1)};
}

std::unique_ptr<RemoteModel> Made(RemoteModelOptions options) {
  auto model = RemoteModel::Create(std::move(options));
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

GenerateRequest Ask() {
  GenerateRequest request;
  request.messages = {{"system", "Be brief."}, {"user", "Are returns free?"}};
  request.max_tokens = 40;
  request.key = {"conversations/1", 2};
  return request;
}

std::string KeyFile(const std::string& text, mode_t mode) {
  const std::string path = WriteTemporary(absl::StrCat("remote", mode, ".key"), text);
  chmod(path.c_str(), mode);
  return path;
}

TEST(RemoteModelTest, StreamsAnAnswer) {
  FakeModelServer server({Good()});
  RemoteModelOptions options = Quick(server);
  options.key_file = KeyFile("secret-1\n", 0600);
  const auto model = Made(options);
  GenerateRequest request = Ask();
  std::vector<std::string> pieces;
  request.on_text = [&](std::string_view piece) { pieces.emplace_back(piece); };
  const auto answer = model->Generate(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->text, "Returns are free within 30 days.");
  EXPECT_THAT(pieces, ElementsAre("Returns are free", " within 30 days."));
  EXPECT_EQ(answer->stop, StopReason::kEndOfTurn);
  EXPECT_EQ(answer->prompt_tokens, 21);
  EXPECT_TRUE(answer->token_ids.empty());
  EXPECT_EQ(model->info().family, "remote");
  EXPECT_EQ(model->info().numerics_version, "");

  const httplib::Request sent = server.last();
  EXPECT_EQ(sent.get_header_value("Authorization"), "Bearer secret-1");
  const nlohmann::json body = nlohmann::json::parse(sent.body);
  EXPECT_EQ(body["model"], "m");
  EXPECT_EQ(body["messages"][1]["content"], "Are returns free?");
  EXPECT_EQ(body["max_tokens"], 40);
  EXPECT_EQ(body["temperature"], 0.0);
  EXPECT_EQ(body["stream"], true);
  // The same key draws alike; the next turn does not.
  (void)model->Generate(request);
  EXPECT_EQ(nlohmann::json::parse(server.last().body)["seed"], body["seed"]);
  request.key.turn = 3;
  (void)model->Generate(request);
  EXPECT_NE(nlohmann::json::parse(server.last().body)["seed"], body["seed"]);
}

TEST(RemoteModelTest, PiecesMayBeCutAnywhere) {
  std::string all = ": hello\r\n\r\n" + ChatEvent("M\xC3\xBC") + ChatEvent("sli", "length") + kChatDone;
  FakeModelServer::Answer answer;
  for (char c : all) answer.pieces.emplace_back(1, c);
  FakeModelServer server({answer});
  const auto said = Made(Quick(server))->Generate(Ask());
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_EQ(said->text, "M\xC3\xBCsli");
  EXPECT_EQ(said->stop, StopReason::kMaxTokens);
}

TEST(RemoteModelTest, WhatCannotBeAnAnswerIsAnError) {
  const struct {
    const char* name;
    FakeModelServer::Answer answer;
    absl::StatusCode code;
    int calls;  // 3 attempts where another may help
  } kCases[] = {
      {"500", Status(500), absl::StatusCode::kUnavailable, 3},
      {"503", Status(503), absl::StatusCode::kUnavailable, 3},
      {"429", Status(429), absl::StatusCode::kResourceExhausted, 3},
      {"400", Status(400), absl::StatusCode::kInvalidArgument, 1},
      {"401", Status(401), absl::StatusCode::kFailedPrecondition, 1},
      {"404", Status(404), absl::StatusCode::kFailedPrecondition, 1},
      {"redirect", Status(302), absl::StatusCode::kFailedPrecondition, 1},
      {"not JSON", {.pieces = {"data: {\"choices\":[{\n\n"}}, absl::StatusCode::kUnavailable, 3},
      {"wrong shape", {.pieces = {"data: {\"choices\":7}\n\n"}}, absl::StatusCode::kUnavailable, 3},
      {"wrong content",
       {.pieces = {"data: {\"choices\":[{\"delta\":{\"content\":[1]}}]}\n\n"}},
       absl::StatusCode::kUnavailable,
       3},
      {"error event",
       {.pieces = {"data: {\"error\":{\"message\":\"no\"}}\n\n"}},
       absl::StatusCode::kUnavailable,
       3},
      {"bad UTF-8",
       {.pieces = {"data: {\"choices\":[{\"delta\":{\"content\":\"\xff\"}}]}\n\n"}},
       absl::StatusCode::kUnavailable,
       3},
      {"a page", {.pieces = {"<html>hello</html>"}}, absl::StatusCode::kUnavailable, 3},
      {"empty", {.pieces = {}}, absl::StatusCode::kUnavailable, 3},
      {"no end", {.pieces = {ChatEvent("Returns")}}, absl::StatusCode::kUnavailable, 3},
      {"cut", {.pieces = {ChatEvent("Returns")}, .cut = true}, absl::StatusCode::kUnavailable, 3},
      {"endless line",
       {.pieces = {"data: ", std::string(600'000, 'x'), std::string(600'000, 'x')}},
       absl::StatusCode::kUnavailable,
       3},
      {"endless answer",
       {.pieces = {ChatEvent(std::string(600'000, 'x')), ChatEvent(std::string(600'000, 'x'))}},
       absl::StatusCode::kUnavailable,
       3},
      {"filter",
       {.pieces = {ChatEvent("I", "content_filter"), kChatDone}},
       absl::StatusCode::kFailedPrecondition,
       1},
  };
  for (const auto& c : kCases) {
    FakeModelServer server({c.answer});
    const auto said = Made(Quick(server))->Generate(Ask());
    EXPECT_EQ(said.status().code(), c.code) << c.name << ": " << said.status();
    EXPECT_EQ(server.calls(), c.calls) << c.name;
  }
}

TEST(RemoteModelTest, TriesAgainUntilItAnswers) {
  FakeModelServer server({Status(503), {.pieces = {ChatEvent("Ret")}, .cut = true}, Good()});
  const auto said = Made(Quick(server))->Generate(Ask());
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_EQ(said->text, "Returns are free within 30 days.");
  EXPECT_EQ(server.calls(), 3);
}

TEST(RemoteModelTest, NeverSaysAPieceTwice) {
  FakeModelServer server({{.pieces = {ChatEvent("Ret")}, .cut = true}, Good()});
  GenerateRequest request = Ask();
  std::string shown;
  request.on_text = [&](std::string_view piece) { shown += piece; };
  EXPECT_EQ(Made(Quick(server))->Generate(request).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(shown, "Ret");
  EXPECT_EQ(server.calls(), 1);
}

TEST(RemoteModelTest, WaitsAsLongAsItIsToldWithinBounds) {
  FakeModelServer::Answer soon = Status(429), late = Status(429);
  soon.retry_after = "1";
  late.retry_after = "3000";
  {
    FakeModelServer server({soon, Good()});
    EXPECT_TRUE(Made(Quick(server))->Generate(Ask()).ok());
    EXPECT_EQ(server.calls(), 2);
  }
  FakeModelServer server({late, Good()});
  EXPECT_EQ(Made(Quick(server))->Generate(Ask()).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(server.calls(), 1);
}

TEST(RemoteModelTest, DeadlineAndCancelKeepWhatCame) {
  const FakeModelServer::Answer slow{
      .pieces = {ChatEvent("Returns"), ChatEvent(" are"), ChatEvent(" free.", "stop"), kChatDone},
      .between = absl::Seconds(60)};
  FakeModelServer::Answer begins = slow;
  begins.pieces = {ChatEvent("Returns"), ChatEvent(" are")};
  {
    FakeModelServer server({slow});
    GenerateRequest request = Ask();
    request.deadline = absl::Now() + absl::Milliseconds(80);
    const auto late = Made(Quick(server))->Generate(request);
    ASSERT_TRUE(late.ok()) << late.status();
    EXPECT_EQ(late->stop, StopReason::kDeadline);
    EXPECT_EQ(late->text, "");
  }
  {
    FakeModelServer server({slow});
    GenerateRequest request = Ask();
    request.cancelled = [&] { return server.calls() > 0; };
    const auto cut = Made(Quick(server))->Generate(request);
    ASSERT_TRUE(cut.ok()) << cut.status();
    EXPECT_EQ(cut->stop, StopReason::kCancelled);
  }
  {
    // What came before the cancel is kept.
    FakeModelServer server({{.pieces = {ChatEvent("Returns"), ChatEvent(" are"), ChatEvent(" free.")},
                        .between = absl::Milliseconds(40)}});
    GenerateRequest request = Ask();
    std::atomic<bool> seen{false};
    request.on_text = [&](std::string_view) { seen = true; };
    request.cancelled = [&] { return seen.load(); };
    const auto cut = Made(Quick(server))->Generate(request);
    ASSERT_TRUE(cut.ok()) << cut.status();
    EXPECT_EQ(cut->stop, StopReason::kCancelled);
    EXPECT_THAT(cut->text, testing::StartsWith("Returns"));
  }
  {
    FakeModelServer server({slow});
    RemoteModelOptions options = Quick(server);
    options.silence = absl::Milliseconds(50);
    options.attempts = 2;
    const auto silent = Made(options)->Generate(Ask());
    EXPECT_EQ(silent.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(silent.status().message(), HasSubstr("silent"));
    EXPECT_EQ(server.calls(), 2);
  }
  FakeModelServer server({slow});
  RemoteModelOptions options = Quick(server);
  options.timeout = absl::Milliseconds(50);
  EXPECT_THAT(Made(options)->Generate(Ask()).status().message(), HasSubstr("did not answer within"));
}

TEST(RemoteModelTest, TheBreakerOpensAndCloses) {
  FakeModelServer server({Status(500), Status(500), Status(500), Good()});
  tools::Breaker breaker({.failures = 3, .open_for = absl::Seconds(30)});
  std::atomic<int64_t> minutes{0};  // the breaker's clock is the test's
  const auto now = [&] { return absl::UnixEpoch() + absl::Minutes(minutes.load()); };
  RemoteModelOptions options = Quick(server);
  options.attempts = 1;
  options.admit = [&](absl::Time) { return breaker.Admit(now()); };
  options.report = [&](int64_t pass, bool answered, absl::Time) {
    breaker.Report(pass, answered, now());
  };
  const auto model = Made(options);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(model->Generate(Ask()).ok());
  EXPECT_EQ(breaker.state(), tools::BreakerState::kOpen);
  EXPECT_THAT(model->Generate(Ask()).status().message(), HasSubstr("not asked for a while"));
  EXPECT_EQ(server.calls(), 3);  // nothing was sent
  minutes = 1;
  EXPECT_TRUE(model->Generate(Ask()).ok());
  EXPECT_EQ(breaker.state(), tools::BreakerState::kClosed);
}

TEST(RemoteModelTest, ManyAtOnceGetTheirOwnAnswers) {
  FakeModelServer server({{.pieces = {ChatEvent("Returns are free", "stop"), kChatDone},
                      .between = absl::Milliseconds(5)}});
  const auto model = Made(Quick(server));
  std::vector<std::thread> callers;
  std::atomic<int> right{0};
  for (int i = 0; i < 6; ++i) {
    callers.emplace_back([&] {
      for (int k = 0; k < 3; ++k) {
        const auto said = model->Generate(Ask());
        right += said.ok() && said->text == "Returns are free";
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right, 18);
}

TEST(RemoteModelTest, NobodyThereIsUnavailable) {
  std::string url;
  {
    FakeModelServer server({Good()});
    url = server.url();
  }
  RemoteModelOptions options{.url = url, .model = "m", .backoff = absl::Milliseconds(1)};
  EXPECT_EQ(Made(options)->Generate(Ask()).status().code(), absl::StatusCode::kUnavailable);
}

TEST(RemoteModelTest, RefusesSettingsThatCannotBeMeant) {
  const auto error = [](RemoteModelOptions options) {
    const auto model = RemoteModel::Create(std::move(options));
    return model.ok() ? "" : std::string(model.status().message());
  };
  EXPECT_THAT(error({.url = "ftp://x/v1", .model = "m"}), HasSubstr("https://"));
  EXPECT_THAT(error({.url = "https://", .model = "m"}), HasSubstr("scheme, host and path"));
  EXPECT_THAT(error({.url = "https://u:p@x/v1", .model = "m"}), HasSubstr("own file"));
  EXPECT_THAT(error({.url = "https://x/v1"}), HasSubstr("name"));
  EXPECT_THAT(error({.url = "https://x/v1", .model = "m", .attempts = 0}), HasSubstr("1 to 10"));
  const std::string key = KeyFile("k", 0600);
  EXPECT_THAT(error({.url = "http://models.example/v1", .model = "m", .key_file = key}),
              HasSubstr("plain http"));
  EXPECT_THAT(error({.url = "http://127.models.example/v1", .model = "m", .key_file = key}),
              HasSubstr("plain http"));
  EXPECT_EQ(error({.url = "http://127.0.0.1:1/v1", .model = "m", .key_file = key}), "");
  EXPECT_EQ(error({.url = "https://models.example/v1/", .model = "m", .key_file = key}), "");

  GenerateRequest replayed = Ask();
  replayed.stop_after_tokens = 3;
  EXPECT_EQ(Made({.url = "https://x/v1", .model = "m"})->Generate(replayed).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(KeyFileTest, IsReadOnlyWhenNobodyElseCan) {
  EXPECT_EQ(*ReadKeyFile(KeyFile("  abc-DEF_1 \nsecond line", 0600)), "abc-DEF_1");
  EXPECT_EQ(*ReadKeyFile(KeyFile("abc", 0400)), "abc");
  EXPECT_EQ(ReadKeyFile(KeyFile("abc", 0640)).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReadKeyFile(KeyFile("abc", 0604)).status().code(), absl::StatusCode::kPermissionDenied);
  for (const std::string& bad : {std::string(""), std::string("\n"), std::string("a b"),
                                 std::string("a\rX: y"), std::string(5000, 'a')}) {
    EXPECT_EQ(ReadKeyFile(KeyFile(bad, 0600)).status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(ReadKeyFile("/no/such/key").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadKeyFile("/tmp").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ServerSentEventsTest, JoinsLinesAndSkipsTheRest) {
  const auto events = [](std::string_view text) {
    ServerSentEvents stream(100);
    std::vector<std::string> all;
    const auto add = [&](std::string_view data) { all.emplace_back(data); };
    for (char c : text) {
      if (!stream.Push({&c, 1}, add)) all.push_back("BROKEN");
    }
    return all;
  };
  EXPECT_THAT(events("data: a\n\ndata:b\r\n\r\ndata:  c\r\r"), ElementsAre("a", "b", " c"));
  EXPECT_THAT(events("data: a\ndata: b\n\n"), ElementsAre("a\nb"));
  EXPECT_THAT(events(": x\nevent: y\nid: 1\n\n\n\ndata\n\n"), ElementsAre(""));
  EXPECT_THAT(events("data: not ended\n"), ElementsAre());
  EXPECT_THAT(events("dat: a\n\ndatab: c\n\n"), ElementsAre());
  EXPECT_THAT(events("data: " + std::string(95, 'x')), testing::Contains("BROKEN"));
}

TEST(ChatDeltaTest, DeepAndOddJsonIsRefused) {
  EXPECT_FALSE(ReadChatDelta(std::string(100'000, '[')).ok());
  EXPECT_FALSE(ReadChatDelta("{\"choices\":" + std::string(40, '[') + std::string(40, ']') + "}").ok());
  EXPECT_FALSE(ReadChatDelta("").ok());
  EXPECT_FALSE(ReadChatDelta("null").ok());
  EXPECT_FALSE(ReadChatDelta(R"({"choices":[],"usage":{"prompt_tokens":-4}})").ok());
  EXPECT_EQ(ReadChatDelta(R"({"choices":[{"delta":{"content":null}}]})")->text, "");
  EXPECT_EQ(ReadChatDelta(R"({"choices":[{"delta":{"content":"\u00fc"}}]})")->text, "\xC3\xBC");
}

}  // namespace
}  // namespace frontdesk::llm
