// Sixteen callers at random for a bounded time: joins, cancels, deadlines, constraints, scarce memory.
//
//   llm_soak [SECONDS]      default 4; 600 with FRONTDESK_FULL=1
//
// Question: does anything leak, hang, race or change an answer when sequences come and go in any
// order? Run under AddressSanitizer and ThreadSanitizer. In rounds: sixteen threads send random
// requests; then all is quiet, no sequence may be left, every key-value page must belong to the
// prefix cache, and some answers are asked for again alone and must be the same. A watchdog
// ends the program when no token comes and no request ends for two minutes. Seeded.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "llm/constraint/grammar.h"
#include "llm/constraint/grounded.h"
#include "llm/local_model.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

constexpr int kCallers = 16;
constexpr int kRequestsInRound = 12;  // of each caller

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "soak: FAILED: %s\n", what.c_str());
  std::fflush(stderr);
  std::_Exit(1);
}

struct Counts {
  std::atomic<int64_t> runs{0}, tokens{0}, cancelled{0}, late{0}, refused{0}, constrained{0};
};

class Soak {
 public:
  // roomy: keys and values of all callers fit; scarce: of two or three, and admission waits.
  Soak(LocalModel& roomy, LocalModel& scarce) : roomy_(roomy), scarce_(scarce) {
    grammar_ = *Grammar::Read("root ::= ([a-z]{1,6} \" \"){0,5} [0-9]+ \".\"");
    grounded_ = *GroundedConstraint::Make(
        {.sentences = {"The order is in the other store.", "Or in the northern one, 30 days."},
         .connecting = {"Also,"},
         .most_sentences = 2});
  }

  void Round(uint64_t round) {
    LocalModel& model = round % 2 == 0 ? roomy_ : scarce_;
    std::vector<std::thread> callers;
    for (int i = 0; i < kCallers; ++i) {
      callers.emplace_back([this, &model, round, i] { Call(model, round * kCallers + i); });
    }
    for (std::thread& caller : callers) caller.join();
    const Scheduler::Load load = model.load();
    if (load.decoding != 0 || load.waiting != 0) Fail("a sequence is left when all is quiet");
    if (load.kv_pages_used != load.cached_pages) {
      Fail(std::to_string(load.kv_pages_used) + " key-value pages in use, the cache holds " +
           std::to_string(load.cached_pages));
    }
    AskAgain(model);
  }

  const Counts& counts() const { return counts_; }

 private:
  TokenRequest Request(TestRandom& random) {
    TokenRequest request;
    const int prompt = 1 + random.Below(90);
    for (int i = 0; i < prompt; ++i) request.prompt.push_back(random.Below(6) * 40);  // often alike
    request.max_tokens = 1 + random.Below(40);
    request.shared_tokens = random.Below(prompt + 1);
    request.scope = random.Below(3) ? "scope " + std::to_string(random.Below(5)) : "";
    request.use_prefix_cache = random.Below(5) != 0;
    request.speculate = random.Below(2) != 0;
    request.prompt_chunk = random.Below(3) ? 0 : 1 + random.Below(30);
    request.want_logit_hash = true;
    request.key = {"soak", random.Below(1000)};
    if (random.Below(3) == 0) request.sampling = {.temperature = 1, .top_k = 40, .top_p = 0.9};
    const int constraint = random.Below(5);
    if (constraint == 0) request.constraint = grammar_;
    if (constraint == 1) request.constraint = grounded_;
    return request;
  }

  void Call(LocalModel& model, uint64_t seed) {
    TestRandom random(seed + 1);
    for (int i = 0; i < kRequestsInRound; ++i) {
      const TokenRequest plain = Request(random);
      TokenRequest request = plain;
      const int fate = random.Below(6);
      std::atomic<int> polls{0};
      const int patience = random.Below(12);
      if (fate == 0) request.deadline = absl::Now() + absl::Microseconds(random.Below(20000));
      if (fate == 1) request.deadline = absl::InfinitePast();
      if (fate == 2) request.cancelled = [&] { return ++polls > patience; };
      if (fate == 3 && random.Below(4) == 0) request.prompt.assign(400, 7);  // more than there is
      std::vector<int32_t> streamed;
      const auto run = model.RunTokens(request, [&](int32_t token) {
        streamed.push_back(token);
        ++counts_.tokens;
      });
      ++counts_.runs;
      if (!run.ok()) {
        if (run.status().code() != absl::StatusCode::kResourceExhausted)
          Fail(run.status().ToString());
        ++counts_.refused;
        continue;
      }
      if (streamed != run->token_ids) Fail("what was streamed is not what was returned");
      counts_.late += run->stop == StopReason::kDeadline;
      counts_.cancelled += run->stop == StopReason::kCancelled;
      counts_.constrained += request.constraint != nullptr;
      if (fate >= 3 && random.Below(40) == 0) {
        std::lock_guard lock(mutex_);
        kept_.emplace_back(request, *run);
      }
    }
  }

  void AskAgain(LocalModel& model) {
    for (auto& [request, before] : kept_) {
      request.use_prefix_cache = false;
      request.speculate = !request.speculate;
      const auto run = model.RunTokens(request);
      ++counts_.runs;
      if (!run.ok()) Fail(run.status().ToString());
      if (run->token_ids != before.token_ids || run->logit_hash != before.logit_hash)
        Fail("an answer alone differs from the same answer among fifteen others");
    }
    kept_.clear();
  }

  LocalModel& roomy_;
  LocalModel& scarce_;
  std::shared_ptr<const Constraint> grammar_, grounded_;
  Counts counts_;
  std::mutex mutex_;
  std::vector<std::pair<TokenRequest, TokenRun>> kept_;
};

int Run(int seconds) {
  const std::string path = WriteTemporary("soak.gguf", SyntheticModel({.layers = 2,
                                                                       .width = 64,
                                                                       .heads = 2,
                                                                       .kv_heads = 1,
                                                                       .head_dim = 32,
                                                                       .feed_forward = 64,
                                                                       .own_head = true,
                                                                       .seed = 3}));
  const auto roomy = LocalModel::Load(path, {.threads = 2, .scheduler = {.kv_bytes = 800 << 10}});
  const auto scarce = LocalModel::Load(path, {.threads = 1, .scheduler = {.kv_bytes = 100 << 10}});
  unlink(path.c_str());
  if (!roomy.ok() || !scarce.ok()) Fail(roomy.status().ToString());
  Soak soak(**roomy, **scarce);
  const Counts& counts = soak.counts();
  std::atomic<bool> over{false};
  std::thread watchdog([&] {
    int64_t before = -1;
    for (int still = 0; !over;) {
      absl::SleepFor(absl::Milliseconds(100));
      const int64_t now = counts.runs + counts.tokens;
      still = now == before ? still + 1 : 0;
      before = now;
      if (still == 1200) Fail("nothing moved for two minutes: a sequence is stuck");
    }
  });
  const absl::Time end = absl::Now() + absl::Seconds(seconds);
  uint64_t round = 0;
  do {
    soak.Round(round++);
  } while (absl::Now() < end || round < 4);
  over = true;
  watchdog.join();
  std::printf(
      "soak: %d s, %llu rounds, %lld runs, %lld tokens; %lld past their deadline, %lld cancelled, %lld "
      "refused for memory, %lld constrained; no page leaked, no sequence stuck, answers the same alone\n",
      seconds, static_cast<unsigned long long>(round), static_cast<long long>(counts.runs),
      static_cast<long long>(counts.tokens), static_cast<long long>(counts.late),
      static_cast<long long>(counts.cancelled), static_cast<long long>(counts.refused),
      static_cast<long long>(counts.constrained));
  const bool seen = counts.late > 0 && counts.cancelled > 0 && counts.refused > 0 && counts.constrained > 0;
  if (!seen) Fail("a fate never happened: the soak tests less than it says");
  return 0;
}

}  // namespace
}  // namespace frontdesk::llm

int main(int argc, char** argv) {
  const char* full = std::getenv("FRONTDESK_FULL");
  int seconds = full != nullptr && full[0] == '1' ? 600 : 4;
  if (argc > 1) seconds = std::atoi(argv[1]);
  if (argc > 2 || seconds < 1) {
    std::fprintf(stderr, "usage: llm_soak [SECONDS]\n");
    return 2;
  }
  return frontdesk::llm::Run(seconds);
}
