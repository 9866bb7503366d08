// `frontdesk model info|generate|tokenize|embed|bench`: the runtime on its own.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "llm/encoder/encoder.h"
#include "llm/gguf/gguf_file.h"
#include "llm/local_model.h"
#include "llm/runtime/kv_cache.h"
#include "server/commands/commands.h"
#include "server/commands/json_lines.h"
#include "server/commands/model_bench.h"

namespace frontdesk::server {
namespace {

struct Options {
  std::string file;
  std::string jsonl;
  int max_tokens = 64;
  int threads = 2;
  bool teacher_force = false;
  bool json = false;
  bool f32 = false;
  double temperature = 0;
  int64_t seed = 0;
};

int RunInfo(const Options& options) {
  auto gguf = llm::GgufFile::Open(options.file);
  if (!gguf.ok()) return Report("model info", gguf.status());
  auto model = llm::LocalModel::Load(options.file, {.threads = options.threads});
  if (!model.ok()) return Report("model info", model.status());
  const llm::ModelConfig& config = (*model)->config();
  const llm::ModelInfo& info = (*model)->info();
  std::map<std::string, std::pair<int, size_t>> kinds;
  for (const llm::GgufTensor& tensor : (*gguf)->tensors()) {
    auto& [count, bytes] = kinds[std::string(llm::ShapeOf(tensor.type).name)];
    ++count;
    bytes += tensor.bytes.size();
  }
  std::printf(
      "name        %s\nfamily      %s\nsha256      %s\nnumerics    %s\nkernels     %s\ntokenizer   "
      "%s, %d tokens\n",
      info.name.c_str(), info.family.c_str(), info.sha256.c_str(), info.numerics_version.c_str(),
      std::string((*model)->isa_name()).c_str(), (*model)->tokenizer().description().c_str(),
      (*model)->tokenizer().size());
  std::printf(
      "shape       %d layers, width %d, %d heads over %d key-value heads of %d, feed-forward %d\n",
      config.layers, config.width, config.heads, config.kv_heads, config.head_dim,
      config.feed_forward);
  std::printf("context     %d tokens\n", config.context);
  for (const auto& [kind, sum] : kinds) {
    std::printf("tensors     %4d in %-5s %8.1f MB\n", sum.first, kind.c_str(),
                static_cast<double>(sum.second) / 1e6);
  }
  const double page = static_cast<double>(llm::KvPool(config, 64u << 20).page_bytes());
  const double sequence = page * config.context / llm::kPagePositions / 1e6;
  for (const int sequences : {1, 8, 16}) {
    std::printf("keys+values %2d sequences of %d tokens: %.1f MB\n", sequences, config.context,
                sequence * sequences);
  }
  return 0;
}

int RunTokenize(const Options& options) {
  auto gguf = llm::GgufFile::Open(options.file);
  if (!gguf.ok()) return Report("model tokenize", gguf.status());
  auto tokenizer = llm::Tokenizer::FromGguf(**gguf);
  if (!tokenizer.ok()) return Report("model tokenize", tokenizer.status());
  const absl::Status status = ForEachJsonLine(options.jsonl, [&](const nlohmann::json& line) {
    const std::string text = line.at("text").get<std::string>();
    std::printf("%s\n",
                nlohmann::json({{"ids", (*tokenizer)->Encode(text, llm::MarksInText::kPlainText)}})
                    .dump()
                    .c_str());
    return absl::OkStatus();
  });
  return status.ok() ? 0 : Report("model tokenize", status);
}

int RunGenerate(const Options& options) {
  auto model = llm::LocalModel::Load(options.file, {.threads = options.threads});
  if (!model.ok()) return Report("model generate", model.status());
  const llm::Tokenizer& tokenizer = (*model)->tokenizer();
  const absl::Status status =
      ForEachJsonLine(options.jsonl, [&](const nlohmann::json& line) -> absl::Status {
        llm::TokenRequest request;
        if (line.contains("prompt_token_ids")) {
          request.prompt = line["prompt_token_ids"].get<std::vector<int32_t>>();
        } else if (line.contains("prompt_text")) {
          request.prompt = tokenizer.Encode(line["prompt_text"].get<std::string>(),
                                            llm::MarksInText::kControlTokens);
        } else {
          return absl::InvalidArgumentError("needs prompt_token_ids or prompt_text");
        }
        request.max_tokens = options.max_tokens;
        request.sampling.temperature = options.temperature;
        request.key.turn = options.seed;
        request.want_gaps = true;
        request.want_top = 5;
        if (options.teacher_force) {
          request.forced = line.at("output_token_ids").get<std::vector<int32_t>>();
          request.max_tokens = static_cast<int>(request.forced.size());
          if (request.forced.empty())
            return absl::InvalidArgumentError("output_token_ids is empty: nothing to follow");
        }
        const absl::StatusOr<llm::TokenRun> run = (*model)->RunTokens(request);
        if (!run.ok()) return run.status();
        nlohmann::json out = {{"output_token_ids", run->token_ids}, {"gaps", run->gaps}};
        std::vector<int32_t> shown = run->token_ids;
        if (run->ended_turn && !shown.empty()) shown.pop_back();
        out["output_text"] = tokenizer.Decode(shown);
        out["top5_step0"] = run->top;
        if (options.teacher_force) out["argmax_ids"] = run->argmax_ids;
        std::printf("%s\n",
                    out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
        return absl::OkStatus();
      });
  return status.ok() ? 0 : Report("model generate", status);
}

int RunEmbed(const Options& options) {
  auto encoder = llm::Encoder::Load(
      options.file,
      {.precision = options.f32 ? llm::EncoderPrecision::kF32 : llm::EncoderPrecision::kInt8,
       .threads = options.threads});
  if (!encoder.ok()) return Report("model embed", encoder.status());
  const absl::Status status =
      ForEachJsonLine(options.jsonl, [&](const nlohmann::json& line) -> absl::Status {
        const std::vector<std::string> texts = {line.at("text").get<std::string>()};
        const auto vectors = (*encoder)->Embed(texts);
        if (!vectors.ok()) return vectors.status();
        std::printf("%s\n", nlohmann::json({{"ids", (*encoder)->Tokenize(texts[0])},
                                            {"embedding", (*vectors)[0]}})
                                .dump()
                                .c_str());
        return absl::OkStatus();
      });
  return status.ok() ? 0 : Report("model embed", status);
}

int RunBench(const Options& options) {
  const absl::StatusOr<ModelBench> bench = BenchModel(options.file, options.threads);
  if (!bench.ok()) return Report("model bench", bench.status());
  std::printf("%s", bench->ToTable().c_str());
  if (options.json) std::printf("%s\n", bench->ToJson().dump().c_str());
  return 0;
}

CLI::App* Add(CLI::App& model, const char* name, const char* help,
              const std::shared_ptr<Options>& options, const char* file_help, bool jsonl) {
  CLI::App* command = model.add_subcommand(name, help);
  command->add_option("FILE", options->file, file_help)->required();
  command->add_option("--threads", options->threads, "Threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  if (jsonl) command->add_option("--jsonl", options->jsonl, "File of JSON lines")->required();
  return command;
}

}  // namespace

void AddModel(CLI::App& program, int& exit_code) {
  CLI::App* model = program.add_subcommand("model", "The model runtime on its own");
  model->require_subcommand(1);

  auto info = std::make_shared<Options>();
  Add(*model, "info", "Family, sizes, quantisation, tokenizer, memory", info, "GGUF file", false)
      ->callback([info, &exit_code] { exit_code = RunInfo(*info); });

  auto tokenize = std::make_shared<Options>();
  Add(*model, "tokenize", "Print the ids of each line's text", tokenize, "GGUF file", true)
      ->callback([tokenize, &exit_code] { exit_code = RunTokenize(*tokenize); });

  auto generate = std::make_shared<Options>();
  CLI::App* command = Add(*model, "generate", "Decode each line's prompt_token_ids or prompt_text",
                          generate, "GGUF file", true);
  command->add_option("--max-tokens", generate->max_tokens, "Tokens at most")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_option("--temperature", generate->temperature, "0 is greedy")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  command->add_option("--seed", generate->seed, "Of the sampling")->capture_default_str();
  command->add_flag("--teacher-force", generate->teacher_force,
                    "Follow output_token_ids and print the argmax of each step");
  command->callback([generate, &exit_code] { exit_code = RunGenerate(*generate); });

  auto embed = std::make_shared<Options>();
  command = Add(*model, "embed", "Print ids and embedding of each line's text", embed,
                "Folder of a sentence encoder", true);
  command->add_flag("--f32", embed->f32, "In float32 instead of int8");
  command->callback([embed, &exit_code] { exit_code = RunEmbed(*embed); });

  auto bench = std::make_shared<Options>();
  command = Add(*model, "bench", "Speed of prompt, decoding, cached prefixes; load time and memory",
                bench, "GGUF file", false);
  command->add_flag("--json", bench->json, "One JSON object as the last line");
  command->callback([bench, &exit_code] { exit_code = RunBench(*bench); });
}

}  // namespace frontdesk::server
