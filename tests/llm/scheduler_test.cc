// Continuous batching on a small synthetic model: nothing a run shares with others, or
// finds in a cache, changes its logits; everything ends, and all memory comes back.

#include "llm/runtime/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "llm/local_model.h"
#include "llm/runtime/prefix_cache.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

class SchedulerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    path_ = new std::string(WriteTemporary(
        "scheduler.gguf",
        SyntheticModel(
            {.width = 128, .heads = 4, .feed_forward = 256, .own_head = true, .seed = 11})));
  }
  static void TearDownTestSuite() {
    unlink(path_->c_str());
    delete path_;
  }
  static std::unique_ptr<LocalModel> Load(LocalModelOptions options) {
    auto model = LocalModel::Load(*path_, options);
    EXPECT_TRUE(model.ok()) << model.status();
    return *std::move(model);
  }
  // A request that decodes freely; every seed another prompt.
  static TokenRequest Request(int seed, int prompt = 40, int tokens = 24) {
    TestRandom random(static_cast<uint64_t>(seed));
    TokenRequest request;
    for (int i = 0; i < prompt; ++i) request.prompt.push_back(random.Below(260));
    request.max_tokens = tokens;
    request.stop_at_end_of_turn = false;
    request.want_logit_hash = true;
    return request;
  }
  static std::string* path_;
};
std::string* SchedulerTest::path_ = nullptr;

TEST_F(SchedulerTest, NothingButTheRequestChangesTheLogits) {
  const TokenRequest request = Request(1, 70, 10);
  const auto expected = Load({.threads = 1, .isa = Isa::kPortable})->RunTokens(request);
  ASSERT_TRUE(expected.ok()) << expected.status();
  for (Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512Vnni}) {
    if (!KernelsFor(isa)) {
      std::printf("SKIPPED: this processor has no %s\n", std::string(IsaName(isa)).c_str());
      continue;
    }
    for (int threads : {1, 2}) {
      const auto model = Load({.threads = threads, .isa = isa});
      for (int chunk : {1, 7, 64, 512}) {
        for (bool speculate : {false, true}) {
          if (isa == Isa::kPortable && (speculate != (chunk == 7) || chunk == 1)) continue;
          TokenRequest varied = request;
          varied.prompt_chunk = chunk;
          varied.speculate = speculate;
          varied.use_prefix_cache = speculate;  // the second round finds its prefix
          varied.scope = "c";
          const auto run = model->RunTokens(varied);
          ASSERT_TRUE(run.ok()) << run.status();
          EXPECT_EQ(run->token_ids, expected->token_ids);
          EXPECT_EQ(run->logit_hash, expected->logit_hash)
              << IsaName(isa) << " threads " << threads << " chunk " << chunk;
        }
      }
    }
  }
}

TEST_F(SchedulerTest, CompanionsDoNotChangeTheLogits) {
  const auto model = Load({.threads = 2});
  std::vector<TokenRun> alone;
  for (int i = 0; i < 16; ++i) alone.push_back(*model->RunTokens(Request(i, 5 + 9 * i, 8 + i)));
  std::vector<std::thread> callers;
  std::vector<TokenRun> together(16);
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&, i] { together[i] = *model->RunTokens(Request(i, 5 + 9 * i, 8 + i)); });
  }
  for (std::thread& caller : callers) caller.join();
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(together[i].token_ids, alone[i].token_ids) << i;
    EXPECT_EQ(together[i].logit_hash, alone[i].logit_hash) << i;
  }
}

TEST_F(SchedulerTest, FollowingAnAnswerSeesTheSameLogits) {
  const auto model = Load({.threads = 2});
  const TokenRequest free = Request(3);
  const TokenRun decoded = *model->RunTokens(free);
  TokenRequest forced = free;
  forced.forced = decoded.token_ids;
  forced.want_gaps = true;
  forced.want_top = 5;
  const TokenRun followed = *model->RunTokens(forced);
  EXPECT_EQ(followed.argmax_ids, decoded.token_ids);
  EXPECT_EQ(followed.logit_hash, decoded.logit_hash);
  EXPECT_EQ(followed.gaps.size(), decoded.token_ids.size());
  EXPECT_EQ(followed.top[0].first, decoded.token_ids[0]);
  for (float p : followed.log_probabilities) EXPECT_LT(p, 0);
}

TEST_F(SchedulerTest, SamplingIsReproducible) {
  const auto model = Load({.threads = 2});
  TokenRequest request = Request(4);
  request.sampling = {.temperature = 1.5, .top_k = 50, .top_p = 0.95};
  request.key = {"conversations/1", 2};
  const TokenRun first = *model->RunTokens(request);
  request.speculate = false;
  EXPECT_EQ(model->RunTokens(request)->token_ids, first.token_ids);
  request.key.turn = 3;
  EXPECT_NE(model->RunTokens(request)->token_ids, first.token_ids);
}

TEST_F(SchedulerTest, PrefixIsFoundWithinItsScopeOnly) {
  const auto model = Load({.threads = 1});
  TokenRequest request = Request(5, 100, 4);
  request.shared_tokens = 40;  // two whole pages
  request.scope = "a";
  EXPECT_EQ(model->RunTokens(request)->cached_prompt_tokens, 0);
  EXPECT_EQ(model->RunTokens(request)->cached_prompt_tokens, 96);
  request.scope = "b";
  EXPECT_EQ(model->RunTokens(request)->cached_prompt_tokens, 32);
  request.scope = "";
  EXPECT_EQ(model->RunTokens(request)->cached_prompt_tokens, 32);
  request.prompt[3] ^= 1;
  EXPECT_EQ(model->RunTokens(request)->cached_prompt_tokens, 0);
}

TEST_F(SchedulerTest, EndsWhereItIsTold) {
  const auto model = Load({.threads = 1});
  TokenRequest request = Request(6, 20, 30);
  const TokenRun whole = *model->RunTokens(request);
  EXPECT_EQ(whole.stop, StopReason::kMaxTokens);
  EXPECT_EQ(whole.token_ids.size(), 30u);

  TokenRequest replayed = request;
  replayed.stop_after_tokens = 7;
  replayed.deadline = absl::InfinitePast();  // not looked at in a replay
  const TokenRun seven = *model->RunTokens(replayed);
  EXPECT_EQ(seven.stop, StopReason::kReplayed);
  EXPECT_EQ(seven.token_ids,
            std::vector<int32_t>(whole.token_ids.begin(), whole.token_ids.begin() + 7));
  replayed.stop_after_tokens = 0;
  EXPECT_TRUE(model->RunTokens(replayed)->token_ids.empty());

  TokenRequest late = request;
  late.deadline = absl::InfinitePast();
  EXPECT_EQ(model->RunTokens(late)->stop, StopReason::kDeadline);

  TokenRequest cancelled = request;
  std::atomic<int> polls{0};
  cancelled.cancelled = [&] { return ++polls > 5; };
  cancelled.speculate = false;
  const TokenRun cut = *model->RunTokens(cancelled);
  EXPECT_EQ(cut.stop, StopReason::kCancelled);
  EXPECT_LT(cut.token_ids.size(), 7u);

  TokenRequest full = Request(7, 500, 30);  // the context is 512
  const TokenRun to_the_end = *model->RunTokens(full);
  EXPECT_EQ(to_the_end.stop, StopReason::kContextFull);
  EXPECT_EQ(to_the_end.token_ids.size(), 12u);
}

TEST_F(SchedulerTest, RefusesWhatItCannotRun) {
  const auto model = Load({.threads = 1, .scheduler = {.kv_bytes = 64 << 10}});
  TokenRequest request = Request(8);
  request.prompt[2] = 5000;
  EXPECT_EQ(model->RunTokens(request).status().code(), absl::StatusCode::kInvalidArgument);
  request.prompt.clear();
  EXPECT_EQ(model->RunTokens(request).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(model->RunTokens(Request(8, 513)).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(model->RunTokens(Request(8, 400)).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(SchedulerTest, ScarceMemoryQueuesAndAllOfItComesBack) {
  // Room for about three of these at a time.
  const auto model = Load({.threads = 2, .scheduler = {.kv_bytes = 400 << 10}});
  std::vector<std::thread> callers;
  std::atomic<int> done{0};
  for (int i = 0; i < 12; ++i) {
    callers.emplace_back([&, i] {
      TokenRequest request = Request(i, 30 + i, 20);
      request.scope = "s" + std::to_string(i % 3);
      if (i % 4 == 0) request.deadline = absl::Now() + absl::Milliseconds(3);
      if (i % 5 == 0) request.cancelled = [&] { return done.load() > 2; };
      EXPECT_TRUE(model->RunTokens(request).ok());
      ++done;
    });
  }
  for (std::thread& caller : callers) caller.join();
  const Scheduler::Load load = model->load();
  EXPECT_EQ(load.decoding, 0);
  EXPECT_EQ(load.waiting, 0);
  EXPECT_EQ(load.kv_pages_used, load.cached_pages);
}

TEST_F(SchedulerTest, GenerateStreamsWhatItReturns) {
  const auto model = Load({.threads = 2});
  GenerateRequest request;
  request.messages = {{"system", "Be brief."}, {"user", "the order"}};
  request.max_tokens = 40;
  request.key = {"c", 1};
  std::string streamed;
  request.on_text = [&](std::string_view piece) { streamed += piece; };
  const Generation answer = *model->Generate(request);
  EXPECT_EQ(streamed, answer.text);
  request.on_text = nullptr;
  const Generation again = *model->Generate(request);
  EXPECT_EQ(again.text, answer.text);
  EXPECT_EQ(again.token_ids, answer.token_ids);
  EXPECT_GT(again.cached_prompt_tokens, 0);
  request.messages[1].role = "tool";
  EXPECT_EQ(model->Generate(request).status().code(), absl::StatusCode::kInvalidArgument);
  request.messages[1] = {"user", "\xFF"};
  EXPECT_EQ(model->Generate(request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(PrefixCacheTest, LetsGoOfTheLongestUnused) {
  ModelConfig config;
  config.layers = config.kv_heads = 1;
  config.head_dim = 16;
  KvPool pool(config, 64 << 10);
  PrefixCache cache(pool);
  std::vector<int32_t> first(32, 1), second(32, 2);
  for (const auto& tokens : {first, second}) {
    KvSequence sequence(pool);
    ASSERT_TRUE(sequence.Grow(32).ok());
    cache.Insert(tokens, 32, "", sequence.pages());
  }
  EXPECT_EQ(pool.in_use(), 4);
  EXPECT_EQ(cache.Find(first, 32, "").size(), 2u);  // now the more recent
  EXPECT_EQ(cache.Evict(2), 2);
  EXPECT_EQ(cache.Find(second, 32, "").size(), 0u);
  EXPECT_EQ(cache.Find(first, 32, "").size(), 2u);
  EXPECT_EQ(cache.Evict(9), 2);
  EXPECT_EQ(pool.in_use(), 0);
}

}  // namespace
}  // namespace frontdesk::llm
