// Question: how fast does our runtime read prompts and decode, alone and in batches, and
// how soon does the first token come, cold and with a cached prefix?
// Data: synthetic token ids from a fixed seed (llm/bench_model.cc). Model: the default
// one unless a path is given. Rival: llama.cpp on the same file, see
// bench/peers/llm/README.md; its figures of the starting machine are printed beside ours.
//
//   model_bench [MODEL.gguf] [THREADS] [RUNS]

#include <cstdio>
#include <cstdlib>
#include <string>

#include "llm/bench_model.h"

int main(int argc, char** argv) {
  using namespace frontdesk::llm;
  const char* folder = std::getenv("FRONTDESK_MODELS");
  const char* home = std::getenv("HOME");
  std::string path = folder ? folder : std::string(home ? home : "") + "/.cache/frontdesk/models";
  path += "/smollm2-135m-instruct-q4_1.gguf";
  if (argc > 1) path = argv[1];
  BenchOptions options;
  options.model.threads = argc > 2 ? std::atoi(argv[2]) : 2;
  options.runs = argc > 3 ? std::atoi(argv[3]) : 5;
  const absl::StatusOr<BenchReport> report = BenchModel(path, options);
  if (!report.ok()) {
    std::fprintf(stderr, "%s\n", std::string(report.status().message()).c_str());
    return 1;
  }
  // llama.cpp on an Intel Xeon at 2.5 GHz, two threads.
  const auto rival = [](int sequences) {
    return sequences == 1 ? 77.0 : (sequences == 8 ? 120.0 : (sequences == 16 ? 117.0 : 0.0));
  };
  std::printf("%s, %d threads\n", report->isa.c_str(), report->threads);
  std::printf("%-28s %10s %12s\n", "", "ours", "llama.cpp");
  std::printf("%-28s %10.1f %12.1f\n", "prompt, tok/s", report->prompt_tok_s, 183.0);
  for (const auto& [sequences, rate] : report->decode_tok_s) {
    std::printf("decode x%-20d %10.1f %12.1f\n", sequences, rate, rival(sequences));
  }
  std::printf("%-28s %10.1f\n", "memory bound of decode", report->decode_bound_tok_s);
  std::printf("%-28s %10.1f\n", "first token, cold, ms", report->ttft_prompt_ms);
  std::printf("%-28s %10.1f %12.1f\n", "first token, prefix, ms", report->ttft_prefix_ms, 880.0);
  std::printf("%-28s %10.1f %12.1f\n", "load, ms", report->load_ms, 200.0);
  std::printf("%-28s %10.1f %12.1f\n", "peak memory, MB", report->peak_mb, 160.0);
  std::printf("{\"prompt_tok_s\":%.1f,\"decode_tok_s\":{", report->prompt_tok_s);
  for (size_t i = 0; i < report->decode_tok_s.size(); ++i) {
    std::printf("%s\"%d\":%.1f", i ? "," : "", report->decode_tok_s[i].first,
                report->decode_tok_s[i].second);
  }
  std::printf(
      "},\"ttft_prompt_ms\":%.1f,\"ttft_prefix_ms\":%.1f,\"load_ms\":%.1f,\"peak_mb\":%.1f}\n",
      report->ttft_prompt_ms, report->ttft_prefix_ms, report->load_ms, report->peak_mb);
  return 0;
}
