#include "server/commands/model_bench.h"

#include <sys/resource.h>

#include <algorithm>
#include <functional>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "llm/local_model.h"

namespace frontdesk::server {
namespace {

constexpr int kRuns = 5;
constexpr int kDecodeTokens = 64;

// A prompt of any length whose tokens are spread over the vocabulary by a fixed rule;
// `salt` makes one that shares nothing with the others.
std::vector<int32_t> Prompt(int tokens, int vocabulary, int salt) {
  std::vector<int32_t> prompt;
  uint32_t state = 2463534242u + static_cast<uint32_t>(salt) * 7919u;
  for (int i = 0; i < tokens; ++i) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    prompt.push_back(static_cast<int32_t>(state % static_cast<uint32_t>(vocabulary - 100)) + 50);
  }
  return prompt;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Seconds of `work`, the median of kRuns after a warm-up. `work` gets the run's number.
double Timed(const std::function<void(int)>& work) {
  std::vector<double> seconds;
  for (int run = 0; run <= kRuns; ++run) {
    const absl::Time begin = absl::Now();
    work(run);
    if (run > 0) seconds.push_back(absl::ToDoubleSeconds(absl::Now() - begin));
  }
  return Median(seconds);
}

llm::TokenRequest Request(std::vector<int32_t> prompt, int tokens, bool cache) {
  llm::TokenRequest request;
  request.prompt = std::move(prompt);
  request.max_tokens = tokens;
  request.stop_at_end_of_turn = false;
  request.use_prefix_cache = cache;
  request.speculate = false;
  return request;
}

}  // namespace

absl::StatusOr<ModelBench> BenchModel(const std::string& file, int threads) {
  ModelBench bench;
  const absl::Time begin = absl::Now();
  auto loaded = llm::LocalModel::Load(file, {.threads = threads});
  if (!loaded.ok()) return loaded.status();
  llm::LocalModel& model = **loaded;
  const int vocabulary = model.config().vocabulary;
  (void)model.RunTokens(Request(Prompt(1, vocabulary, 0), 1, false));
  bench.load_ms = absl::ToDoubleMilliseconds(absl::Now() - begin);

  bench.prompt_tok_s = 512 / Timed([&](int run) {
                         (void)model.RunTokens(Request(Prompt(512, vocabulary, run), 1, false));
                       });
  bench.ttft_ms = 1000 * Timed([&](int run) {
                    (void)model.RunTokens(Request(Prompt(680, vocabulary, 50 + run), 1, false));
                  });
  const std::vector<int32_t> prefix = Prompt(1000, vocabulary, 99);
  bench.ttft_prefix_ms = 1000 * Timed([&](int run) {
                           std::vector<int32_t> prompt = prefix;
                           const std::vector<int32_t> rest = Prompt(60, vocabulary, 200 + run);
                           prompt.insert(prompt.end(), rest.begin(), rest.end());
                           llm::TokenRequest request = Request(std::move(prompt), 1, true);
                           request.shared_tokens = 1000;
                           (void)model.RunTokens(request);
                         });
  for (const int sequences : {1, 8, 16}) {
    // The prompt's part is taken off: decode speed is tokens beyond the first.
    const auto run_all = [&](int tokens, int salt) {
      std::vector<std::thread> callers;
      for (int s = 0; s < sequences; ++s) {
        callers.emplace_back([&, s] {
          (void)model.RunTokens(Request(Prompt(128, vocabulary, salt * 100 + s), tokens, false));
        });
      }
      for (std::thread& caller : callers) caller.join();
    };
    const double first = Timed([&](int run) { run_all(1, run); });
    const double all = Timed([&](int run) { run_all(1 + kDecodeTokens, run); });
    bench.decode_tok_s[sequences] = sequences * kDecodeTokens / std::max(1e-6, all - first);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  bench.peak_mb = static_cast<double>(usage.ru_maxrss) / 1024;
  return bench;
}

std::string ModelBench::ToTable() const {
  std::string table = absl::StrFormat("prompt of 512 tokens          %8.1f tok/s\n", prompt_tok_s);
  for (const auto& [sequences, speed] : decode_tok_s) {
    absl::StrAppendFormat(&table, "decode, %2d sequences          %8.1f tok/s\n", sequences, speed);
  }
  absl::StrAppendFormat(&table, "first token, 680 tokens       %8.1f ms\n", ttft_ms);
  absl::StrAppendFormat(&table, "first token, 1000 cached + 60 %8.1f ms\n", ttft_prefix_ms);
  absl::StrAppendFormat(&table, "load to first token           %8.1f ms\n", load_ms);
  absl::StrAppendFormat(&table, "peak memory                   %8.1f MB\n", peak_mb);
  return table;
}

nlohmann::json ModelBench::ToJson() const {
  nlohmann::json decode = nlohmann::json::object();
  for (const auto& [sequences, speed] : decode_tok_s) decode[absl::StrCat(sequences)] = speed;
  return {{"prompt_tok_s", prompt_tok_s},     {"decode_tok_s", decode}, {"ttft_ms", ttft_ms},
          {"ttft_prefix_ms", ttft_prefix_ms}, {"load_ms", load_ms},     {"peak_mb", peak_mb}};
}

}  // namespace frontdesk::server
