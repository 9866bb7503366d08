// The model of transcripts, and what every model refuses.

#include "llm/scripted_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace frontdesk::llm {
namespace {

GenerateRequest Ask(std::string text) {
  GenerateRequest request;
  request.messages = {{"user", std::move(text)}};
  request.max_tokens = 20;
  return request;
}

TEST(ScriptedModelTest, AnswersInOrderAndRunsOut) {
  ScriptedModel model({"First answer."});
  model.Push("Second.");
  EXPECT_EQ(model.Generate(Ask("a"))->text, "First answer.");
  EXPECT_EQ(model.remaining(), 1);
  EXPECT_EQ(model.Generate(Ask("b"))->text, "Second.");
  EXPECT_EQ(model.last_messages()[0].content, "b");
  EXPECT_EQ(model.Generate(Ask("c")).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(ScriptedModelTest, StopsLikeARealModel) {
  ScriptedModel model({"one two three", "one two three", "one two three", "one two three"});
  GenerateRequest request = Ask("a");
  request.max_tokens = 2;
  EXPECT_EQ(model.Generate(request)->text, "one two");
  EXPECT_EQ(StopReasonName(StopReason::kMaxTokens), "max_tokens");
  request.stop_after_tokens = 1;
  EXPECT_EQ(model.Generate(request)->stop, StopReason::kReplayed);
  request.stop_after_tokens.reset();
  request.deadline = absl::InfinitePast();
  EXPECT_EQ(model.Generate(request)->stop, StopReason::kDeadline);
  request.cancelled = [] { return true; };
  EXPECT_EQ(model.Generate(request)->stop, StopReason::kCancelled);
}

TEST(CheckRequestTest, NamesTheField) {
  ScriptedModel model;
  const struct {
    const char* name;
    std::function<void(GenerateRequest&)> bend;
    const char* says;
  } kCases[] = {
      {"no message", [](auto& r) { r.messages.clear(); }, "at least one message"},
      {"role", [](auto& r) { r.messages[0].role = "tool"; }, "\"tool\""},
      {"late system",
       [](auto& r) {
         r.messages.push_back({"system", "x"});
       },
       "message 1"},
      {"bytes", [](auto& r) { r.messages[0].content = "\xC3"; }, "not valid UTF-8"},
      {"max_tokens", [](auto& r) { r.max_tokens = 0; }, "max_tokens"},
      {"temperature", [](auto& r) { r.sampling.temperature = -1; }, "temperature"},
      {"top_k", [](auto& r) { r.sampling.top_k = -1; }, "top_k"},
      {"top_p", [](auto& r) { r.sampling.top_p = 0; }, "top_p"},
      {"stop_after", [](auto& r) { r.stop_after_tokens = 21; }, "stop_after_tokens"},
  };
  for (const auto& c : kCases) {
    GenerateRequest request = Ask("hello");
    c.bend(request);
    const absl::Status status = model.Generate(request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.name;
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr(c.says)) << c.name;
  }
}

}  // namespace
}  // namespace frontdesk::llm
