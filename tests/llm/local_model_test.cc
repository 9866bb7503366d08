// The default model, as it is downloaded: known answers, known bits.

#include "llm/local_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "llm/describe_model.h"
#include "llm/generate_line.h"
#include "tests/llm/model_file.h"

namespace frontdesk::llm {
namespace {

class DefaultModelTest : public testing::Test {
 protected:
  void SetUp() override { FD_NEED_MODEL(DefaultModelPath()); }
  static std::unique_ptr<LocalModel> Load(LocalModelOptions options) {
    auto model = LocalModel::Load(DefaultModelPath(), options);
    EXPECT_TRUE(model.ok()) << model.status();
    return *std::move(model);
  }
  static GenerateRequest Ask(const std::string& question, int max_tokens) {
    GenerateRequest request;
    request.messages = {{"system", "You help the customers of a shop. Answer in one sentence."},
                        {"user", question}};
    request.max_tokens = max_tokens;
    request.key = {"conversations/test", 1};
    return request;
  }
};

// All logit bits of a prompt and four answers' tokens. Changes only together with
// kNumericsVersion.
constexpr char kCommittedHash[] = "181b25e654368940";

TEST_F(DefaultModelTest, LogitBitsAreTheCommittedOnes) {
  GenerateLine line;
  line.prompt_text = "<|im_start|>user\nCan I return shoes?<|im_end|>\n<|im_start|>assistant\n";
  line.max_tokens = 4;
  for (Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512Vnni}) {
    if (!KernelsFor(isa)) {
      std::printf("SKIPPED: this processor has no %s\n", std::string(IsaName(isa)).c_str());
      continue;
    }
    for (int threads : {1, 2}) {
      if (isa == Isa::kPortable && threads == 1) continue;  // slow, and the other says it
      const auto model = Load({.threads = threads, .isa = isa});
      const auto out = RunLine(*model, line);
      ASSERT_TRUE(out.ok()) << out.status();
      EXPECT_EQ(out->logit_hash, kCommittedHash) << IsaName(isa) << ", threads " << threads;
      EXPECT_EQ(out->output_token_ids.size(), 4u);
    }
  }
}

TEST_F(DefaultModelTest, ChunksCacheCompanionsAndDraftsDoNotShow) {
  const auto model = Load({.threads = 2});
  const RenderedPrompt prompt = *model->Render(
      {{"system",
        "Answer from the passage. Returns: unworn shoes can be returned within 30 days of "
        "delivery. Refunds go to the card that paid."},
       {"user", "Can shoes be returned, and where do refunds go?"}});
  TokenRequest request;
  request.prompt = prompt.ids;
  request.max_tokens = 24;
  request.want_logit_hash = true;
  request.use_prefix_cache = false;
  request.speculate = false;
  const TokenRun expected = *model->RunTokens(request);
  request.speculate = true;
  request.use_prefix_cache = true;
  request.shared_tokens = prompt.shared_tokens;
  for (int chunk : {1, 7, 64, 512}) {
    request.prompt_chunk = chunk;
    request.scope = chunk == 512 ? "again" : "conversation " + std::to_string(chunk);
    const TokenRun run = *model->RunTokens(request);
    EXPECT_EQ(run.logit_hash, expected.logit_hash) << chunk;
    EXPECT_EQ(run.token_ids, expected.token_ids) << chunk;
    if (chunk != 1) {
      EXPECT_GT(run.cached_prompt_tokens, 0) << chunk;
    }
  }
  std::vector<std::thread> companions;
  for (int i = 0; i < 15; ++i) {
    companions.emplace_back([&, i] {
      EXPECT_TRUE(model->Generate(Ask("Companion " + std::to_string(i * i), 2 + i % 5)).ok());
    });
  }
  request.use_prefix_cache = false;
  EXPECT_EQ(model->RunTokens(request)->logit_hash, expected.logit_hash);
  for (std::thread& companion : companions) companion.join();
}

TEST_F(DefaultModelTest, AnswersAndSaysWhy) {
  const auto model = Load({.threads = 2});
  EXPECT_EQ(model->info().family, "llama");
  EXPECT_EQ(model->info().context_tokens, 8192);
  EXPECT_EQ(model->info().sha256,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
  const Generation answer = *model->Generate(Ask("What is the capital of France?", 40));
  EXPECT_THAT(answer.text, testing::HasSubstr("Paris"));
  EXPECT_EQ(answer.stop, StopReason::kEndOfTurn);

  GenerateRequest replay = Ask("What is the capital of France?", 40);
  replay.stop_after_tokens = 3;
  const Generation first = *model->Generate(replay);
  EXPECT_EQ(first.stop, StopReason::kReplayed);
  EXPECT_TRUE(answer.text.starts_with(first.text));
}

TEST_F(DefaultModelTest, IsDescribed) {
  const ModelDescription d = *DescribeModel(DefaultModelPath());
  EXPECT_EQ(d.config.layers, 30);
  EXPECT_EQ(d.parameters, 134515008u);
  EXPECT_EQ(d.tokenizer, "gpt2 / smollm");
  EXPECT_EQ(d.chat_template, "chatml");
  EXPECT_EQ(d.kv_bytes_per_token, 23040u);
  EXPECT_EQ(d.tensors.size(), 272u);
  EXPECT_LT(d.packed_bytes, 97u << 20);
}

TEST(LocalModelTest, NamesAFileItCannotRun) {
  EXPECT_EQ(LocalModel::Load("/no/such.gguf", {}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(LocalModel::Load("/proc/self/status", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace frontdesk::llm
