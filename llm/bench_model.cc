#include "llm/bench_model.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "llm/constraint/grounded.h"
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

// Questions whose answers stand in the passage, word for word.
constexpr const char* kQuestions[] = {
    "Quote the sentence that says when the shop is open.",
    "Quote the sentence about returns.",
    "Quote the sentence that says how long a delivery takes.",
    "Repeat the whole passage word for word.",
};
constexpr const char* kPassage[] = {
    "The shop is open from 9:00 to 18:00 on weekdays and from 10:00 to 16:00 on Saturdays.",
    "Unworn shoes can be returned within 30 days of delivery, and refunds go to the card that "
    "paid.",
    "A delivery inside the country takes two to four working days once the parcel has left our "
    "warehouse.",
};

// Tokens a second over the grounded answers to the first `count` questions; reading the prompt is
// not counted: it is cached before.
absl::StatusOr<double> QuotingRate(LocalModel& model, int count, bool speculate) {
  Grounding grounding;
  for (const char* sentence : kPassage) grounding.sentences.emplace_back(sentence);
  const auto constraint = GroundedConstraint::Make(grounding);
  if (!constraint.ok()) return constraint.status();
  const std::string instruction = absl::StrCat("Answer with sentences of this passage.\n\n",
                                               absl::StrJoin(grounding.sentences, " "));
  double seconds = 0;
  int tokens = 0;
  for (int i = 0; i < count; ++i) {
    absl::StatusOr<RenderedPrompt> prompt =
        model.Render({{"system", instruction}, {"user", kQuestions[i]}});
    if (!prompt.ok()) return prompt.status();
    TokenRequest request;
    request.prompt = prompt->ids;
    request.shared_tokens = static_cast<int>(request.prompt.size());
    request.max_tokens = 1;
    if (auto run = model.RunTokens(request); !run.ok()) return run.status();
    request.max_tokens = 96;
    request.constraint = *constraint;
    request.speculate = speculate;
    const absl::Time start = absl::Now();
    const absl::StatusOr<TokenRun> run = model.RunTokens(request);
    if (!run.ok()) return run.status();
    seconds += SecondsSince(start);
    tokens += static_cast<int>(run->token_ids.size());
  }
  return tokens / seconds;
}

// Fills sequences to the brim, all at once.
absl::Status FillSequences(LocalModel& model, int sequences, int tokens) {
  std::vector<absl::Status> statuses(sequences);
  std::vector<std::thread> callers;
  for (int s = 0; s < sequences; ++s) {
    callers.emplace_back([&, s] {
      TokenRequest request;
      request.prompt = SomeTokens(tokens - 16, s, model.config().vocabulary);
      request.max_tokens = 16;
      request.stop_at_end_of_turn = false;
      request.use_prefix_cache = false;
      request.speculate = false;
      statuses[s] = model.RunTokens(request).status();
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status MeasureFirstTokens(LocalModel& model, const BenchOptions& options,
                                BenchReport& report) {
  const int vocabulary = model.config().vocabulary, context = model.config().context;
  if (options.cold_tokens > 0) {
    const int cold = std::min(options.cold_tokens, context - 1);
    absl::StatusOr<double> seconds = MedianOf(options.runs, [&](int run) {
      return FirstToken(model, SomeTokens(cold, run + 500, vocabulary), 0);
    });
    if (!seconds.ok()) return seconds.status();
    report.ttft_ms = *seconds * 1000;
  }
  const int prefix = std::min(options.prefix_tokens, context - options.new_tokens - 1);
  if (options.prefix_tokens > 0 && prefix > 0) {
    const std::vector<int32_t> shared = SomeTokens(prefix, 1 << 20, vocabulary);
    absl::StatusOr<double> seconds = MedianOf(options.runs, [&](int run) {
      std::vector<int32_t> ids = shared;
      const std::vector<int32_t> fresh = SomeTokens(options.new_tokens, run + 1000, vocabulary);
      ids.insert(ids.end(), fresh.begin(), fresh.end());
      return FirstToken(model, std::move(ids), prefix);
    });
    if (!seconds.ok()) return seconds.status();
    report.ttft_prefix_ms = *seconds * 1000;
  }
  return absl::OkStatus();
}

absl::Status MeasureRates(LocalModel& model, const BenchOptions& options, BenchReport& report) {
  const int vocabulary = model.config().vocabulary, context = model.config().context;
  if (options.prompt_tokens > 0) {
    const int prompt = std::min(options.prompt_tokens, context - 1);
    absl::StatusOr<double> seconds = MedianOf(options.runs, [&](int run) {
      return FirstToken(model, SomeTokens(prompt, run, vocabulary), 0);
    });
    if (!seconds.ok()) return seconds.status();
    report.prompt_tok_s = prompt / *seconds;
  }
  for (int sequences : options.sequences) {
    absl::StatusOr<double> rate = MedianOf(options.runs, [&](int) {
      return DecodeOnce(model, sequences, std::min(options.decode_tokens, context - 2));
    });
    if (!rate.ok()) return rate.status();
    report.decode_tok_s.emplace_back(sequences, *rate);
  }
  if (options.quoted_answers > 0) {
    const int answers = std::min(options.quoted_answers, 4);
    for (bool speculate : {true, false}) {
      absl::StatusOr<double> rate =
          MedianOf(options.runs, [&](int) { return QuotingRate(model, answers, speculate); });
      // A model without a chat template has no such answers.
      if (absl::IsFailedPrecondition(rate.status())) break;
      if (!rate.ok()) return rate.status();
      (speculate ? report.quoting_tok_s : report.quoting_plain_tok_s) = *rate;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BenchReport> BenchModel(const std::string& path, const BenchOptions& options) {
  BenchReport report;
  report.threads = options.model.threads;
  const absl::Time start = absl::Now();
  absl::StatusOr<std::unique_ptr<LocalModel>> loaded = LocalModel::Load(path, options.model);
  if (!loaded.ok()) return loaded.status();
  report.load_ms = SecondsSince(start) * 1000;
  LocalModel& model = **loaded;
  report.isa = std::string(model.isa_name());
  if (auto first = FirstToken(model, {1}, 0); !first.ok()) return first.status();
  report.first_token_ms = SecondsSince(start) * 1000;

  if (absl::Status status = MeasureRates(model, options, report); !status.ok()) return status;
  if (absl::Status status = MeasureFirstTokens(model, options, report); !status.ok()) return status;
  if (options.full_sequences > 0) {
    absl::Status status = FillSequences(model, options.full_sequences, options.full_tokens);
    if (!status.ok()) return status;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  report.peak_mb = static_cast<double>(usage.ru_maxrss) / 1024;
  if (options.bandwidth) {
    report.read_gb_s = ReadBandwidth(options.model.threads);
    report.decode_bound_tok_s =
        report.read_gb_s * 1e9 / static_cast<double>(model.weights().bytes_read_per_token());
  }
  return report;
}

std::string BenchReport::ToJson() const {
  std::string json = absl::StrFormat("{\"isa\":\"%s\",\"threads\":%d", isa, threads);
  const auto add = [&](const char* name, double value) {
    if (value > 0) absl::StrAppendFormat(&json, ",\"%s\":%.6g", name, value);
  };
  add("load_ms", load_ms);
  add("first_token_ms", first_token_ms);
  add("prompt_tok_s", prompt_tok_s);
  if (!decode_tok_s.empty()) {
    std::string rates;
    for (const auto& [sequences, rate] : decode_tok_s) {
      absl::StrAppendFormat(&rates, "%s\"%d\":%.6g", rates.empty() ? "" : ",", sequences, rate);
    }
    absl::StrAppend(&json, ",\"decode_tok_s\":{", rates, "}");
  }
  add("ttft_ms", ttft_ms);
  add("ttft_prefix_ms", ttft_prefix_ms);
  add("quoting_tok_s", quoting_tok_s);
  add("quoting_plain_tok_s", quoting_plain_tok_s);
  add("peak_mb", peak_mb);
  add("read_gb_s", read_gb_s);
  add("decode_bound_tok_s", decode_bound_tok_s);
  return json + "}";
}

std::string BenchReport::ToTable() const {
  std::string table = absl::StrFormat("%-34s %10s\n%-34s %10d\n", "kernels", isa, "threads", threads);
  const auto add = [&](const std::string& name, double value) {
    if (value > 0) absl::StrAppendFormat(&table, "%-34s %10.1f\n", name, value);
  };
  add("load, ms", load_ms);
  add("load to first token, ms", first_token_ms);
  add("prompt, tokens/s", prompt_tok_s);
  for (const auto& [sequences, rate] : decode_tok_s) {
    add(absl::StrCat("decode x ", sequences, ", tokens/s in all"), rate);
  }
  add("memory bound of one decode", decode_bound_tok_s);
  add("first token, cold, ms", ttft_ms);
  add("first token, cached prefix, ms", ttft_prefix_ms);
  add("grounded answers, prompt lookup, /s", quoting_tok_s);
  add("grounded answers without it, /s", quoting_plain_tok_s);
  add("peak memory, MB", peak_mb);
  add("memory read, GB/s", read_gb_s);
  return table;
}

}  // namespace frontdesk::llm
