#include "llm/bench_model.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "llm/runtime/worker_team.h"

namespace frontdesk::llm {
namespace {

double SecondsSince(absl::Time start) { return absl::ToDoubleSeconds(absl::Now() - start); }

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Token ids that look like text to nobody: a full-period walk over the vocabulary.
std::vector<int32_t> SomeTokens(int count, int seed, int vocabulary) {
  std::vector<int32_t> ids;
  uint64_t state = static_cast<uint64_t>(seed) * 7919 + 1;
  for (int i = 0; i < count; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    ids.push_back(static_cast<int32_t>((state >> 33) % static_cast<uint64_t>(vocabulary)));
  }
  return ids;
}

// Reads 256 MiB with all workers at once; GB a second, best of three.
double ReadBandwidth(int threads) {
  std::vector<uint64_t> memory(size_t{32} << 20, 1);
  WorkerTeam team(threads);
  std::atomic<uint64_t> total{0};
  double best = 0;
  for (int run = 0; run < 3; ++run) {
    const absl::Time start = absl::Now();
    team.Wake();
    team.ForRange(static_cast<int>(memory.size() >> 10), 1, [&](int, int begin, int end) {
      const uint64_t* p = memory.data() + (static_cast<size_t>(begin) << 10);
      uint64_t sums[8] = {};
      for (size_t i = 0; i < static_cast<size_t>(end - begin) << 10; i += 8) {
        for (int k = 0; k < 8; ++k) sums[k] += p[i + k];
      }
      for (uint64_t sum : sums) total += sum;
    });
    best = std::max(best, static_cast<double>(memory.size()) * 8 / SecondsSince(start) / 1e9);
  }
  return total.load() > 0 ? best : 0;
}

// Decodes on several sequences at once; tokens a second in sum.
absl::StatusOr<double> DecodeOnce(LocalModel& model, int sequences, int tokens) {
  std::vector<absl::Status> statuses(sequences);
  std::vector<std::thread> callers;
  const absl::Time start = absl::Now();
  for (int s = 0; s < sequences; ++s) {
    callers.emplace_back([&, s] {
      TokenRequest request;
      request.prompt = SomeTokens(1, s, model.config().vocabulary);
      request.max_tokens = tokens;
      request.stop_at_end_of_turn = false;
      request.use_prefix_cache = false;
      request.speculate = false;
      statuses[s] = model.RunTokens(request).status();
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  return sequences * tokens / SecondsSince(start);
}

// Seconds until the first token of a prompt.
absl::StatusOr<double> FirstToken(LocalModel& model, std::vector<int32_t> prompt, int shared) {
  TokenRequest request;
  request.prompt = std::move(prompt);
  request.shared_tokens = shared;
  request.use_prefix_cache = shared > 0;
  request.max_tokens = 1;
  request.stop_at_end_of_turn = false;
  const absl::Time start = absl::Now();
  if (absl::Status status = model.RunTokens(request).status(); !status.ok()) return status;
  return SecondsSince(start);
}

// The median over runs of f(run), the first run dropped.
template <typename Fn>
absl::StatusOr<double> MedianOf(int runs, Fn f) {
  std::vector<double> values;
  for (int run = 0; run <= runs; ++run) {
    absl::StatusOr<double> value = f(run);
    if (!value.ok()) return value.status();
    if (run > 0 || runs == 0) values.push_back(*value);
  }
  return Median(std::move(values));
}

}  // namespace

absl::StatusOr<BenchReport> BenchModel(const std::string& path, const BenchOptions& options) {
  BenchReport report;
  report.threads = options.model.threads;
  absl::Time start = absl::Now();
  absl::StatusOr<std::unique_ptr<LocalModel>> loaded = LocalModel::Load(path, options.model);
  if (!loaded.ok()) return loaded.status();
  report.load_ms = SecondsSince(start) * 1000;
  LocalModel& model = **loaded;
  report.isa = std::string(model.isa_name());
  const int vocabulary = model.config().vocabulary;
  const int context = model.config().context;

  const int prompt = std::min(options.prompt_tokens, context - 1);
  absl::StatusOr<double> seconds = MedianOf(options.runs, [&](int run) {
    return FirstToken(model, SomeTokens(prompt, run, vocabulary), 0);
  });
  if (!seconds.ok()) return seconds.status();
  report.prompt_tok_s = prompt / *seconds;

  for (int sequences : options.sequences) {
    absl::StatusOr<double> rate = MedianOf(options.runs, [&](int) {
      return DecodeOnce(model, sequences, std::min(options.decode_tokens, context - 2));
    });
    if (!rate.ok()) return rate.status();
    report.decode_tok_s.emplace_back(sequences, *rate);
  }

  const int prefix = std::min(options.prefix_tokens, context - options.new_tokens - 1);
  if (prefix > 0) {
    const std::vector<int32_t> shared = SomeTokens(prefix, 1 << 20, vocabulary);
    const auto with_new = [&](int run) {
      std::vector<int32_t> ids = shared;
      const std::vector<int32_t> fresh = SomeTokens(options.new_tokens, run + 1000, vocabulary);
      ids.insert(ids.end(), fresh.begin(), fresh.end());
      return ids;
    };
    seconds = MedianOf(0, [&](int) { return FirstToken(model, with_new(-1), 0); });
    if (!seconds.ok()) return seconds.status();
    report.ttft_prompt_ms = *seconds * 1000;
    seconds =
        MedianOf(options.runs, [&](int run) { return FirstToken(model, with_new(run), prefix); });
    if (!seconds.ok()) return seconds.status();
    report.ttft_prefix_ms = *seconds * 1000;
  }

  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  report.peak_mb = static_cast<double>(usage.ru_maxrss) / 1024;
  report.read_gb_s = ReadBandwidth(options.model.threads);
  report.decode_bound_tok_s =
      report.read_gb_s * 1e9 / static_cast<double>(model.weights().bytes_read_per_token());
  return report;
}

}  // namespace frontdesk::llm
