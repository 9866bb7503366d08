// `frontdesk model info|generate|tokenize|embed|perplexity|bench`: the runtime on its own.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "llm/bench_model.h"
#include "llm/constraint/grammar.h"
#include "llm/constraint/json_schema.h"
#include "llm/describe_model.h"
#include "llm/encoder/encoder.h"
#include "llm/local_model.h"
#include "llm/numerics.h"
#include "server/commands/commands.h"
#include "server/commands/json_lines.h"

namespace frontdesk::server {
namespace {

struct Options {
  std::string file;
  std::string jsonl;
  int max_tokens = 64;
  int threads = 2;
  int runs = 5;
  std::string text;
  int chunk = 512;
  bool teacher_force = false;
  bool json = false;
  bool f32 = false;
  double temperature = 0;
  int64_t seed = 0;
  int top = 0;
  bool tensors = false;
  std::string adapter;
  std::string grammar;
  std::string json_schema;
};

// A model as JSON: what the table says, and every tensor.
nlohmann::json ToJson(const llm::ModelDescription& d) {
  const llm::ModelConfig& c = d.config;
  nlohmann::json tensors = nlohmann::json::array();
  for (const llm::TensorDescription& t : d.tensors) {
    tensors.push_back({{"name", t.name}, {"format", t.format}, {"rows", t.rows},
                       {"columns", t.columns}, {"bytes", t.bytes}});
  }
  return {{"name", c.name}, {"family", c.family}, {"sha256", d.sha256},
          {"file_bytes", d.file_bytes}, {"parameters", d.parameters},
          {"packed_bytes", d.packed_bytes}, {"kv_bytes_per_token", d.kv_bytes_per_token},
          {"layers", c.layers}, {"width", c.width}, {"heads", c.heads},
          {"kv_heads", c.kv_heads}, {"head_dim", c.head_dim}, {"feed_forward", c.feed_forward},
          {"vocabulary", c.vocabulary}, {"context", c.context}, {"window", c.window},
          {"tokenizer", d.tokenizer}, {"chat_template", d.chat_template}, {"tensors", tensors}};
}

void PrintShape(const llm::ModelDescription& d) {
  const llm::ModelConfig& c = d.config;
  std::printf("name        %s\nfamily      %s\nsha256      %s\nnumerics    %s\nkernels     %s\n",
              c.name.c_str(), c.family.c_str(), d.sha256.c_str(),
              std::string(llm::kNumericsVersion).c_str(),
              std::string(llm::BestKernels().name).c_str());
  std::printf("parameters  %.1f M in %.1f MB\n", static_cast<double>(d.parameters) / 1e6,
              static_cast<double>(d.file_bytes) / 1e6);
  std::printf(
      "shape       %d layers, width %d, %d heads over %d key-value heads of %d, feed-forward %d\n",
      c.layers, c.width, c.heads, c.kv_heads, c.head_dim, c.feed_forward);
  std::printf("positions   context %d, rotary base %g over %d numbers", c.context, c.rope_base,
              c.rope_dims);
  if (c.window > 0) std::printf(", window %d but in each %dth layer", c.window, c.window_every);
  std::printf("\ntokenizer   %s, %d tokens\ntemplate    %s\n", d.tokenizer.c_str(), c.vocabulary,
              d.chat_template.c_str());
}

int RunInfo(const Options& options) {
  const absl::StatusOr<llm::ModelDescription> d = llm::DescribeModel(options.file);
  if (!d.ok()) return Report("model info", d.status());
  PrintShape(*d);
  std::map<std::string, std::pair<int, uint64_t>> kinds;
  for (const llm::TensorDescription& tensor : d->tensors) {
    auto& [count, bytes] = kinds[tensor.format];
    ++count;
    bytes += tensor.bytes;
  }
  for (const auto& [kind, sum] : kinds) {
    std::printf("tensors     %4d in %-5s %8.1f MB\n", sum.first, kind.c_str(),
                static_cast<double>(sum.second) / 1e6);
  }
  const int tokens = std::min(d->config.context, 2048);
  std::printf("memory      weights %.1f MB, keys and values %.1f KB a token\n",
              static_cast<double>(d->packed_bytes) / 1e6,
              static_cast<double>(d->kv_bytes_per_token) / 1e3);
  for (const int sequences : {1, 8, 16}) {
    std::printf("            %2d sequences of %d tokens: %.1f MB in all\n", sequences, tokens,
                static_cast<double>(d->MemoryFor(sequences, tokens)) / 1e6);
  }
  if (options.tensors) {
    for (const llm::TensorDescription& t : d->tensors) {
      std::printf("  %-32s %-5s %6llu x %-6llu %10llu bytes\n", t.name.c_str(), t.format.c_str(),
                  static_cast<unsigned long long>(t.rows), static_cast<unsigned long long>(t.columns),
                  static_cast<unsigned long long>(t.bytes));
    }
  }
  if (options.json) std::printf("%s\n", ToJson(*d).dump().c_str());
  return 0;
}

int RunTokenize(const Options& options) {
  auto tokenizer = llm::LoadTokenizer(options.file);
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

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(llm::Grammar::kMostTextBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open()) return absl::NotFoundError(absl::StrCat(path, ": cannot be opened"));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

// The constraint that --grammar or --json-schema asks for; nullptr: none.
absl::StatusOr<std::shared_ptr<const llm::Constraint>> ConstraintOf(const Options& options) {
  if (options.grammar.empty() && options.json_schema.empty()) return nullptr;
  if (!options.grammar.empty() && !options.json_schema.empty()) {
    return absl::InvalidArgumentError("--grammar and --json-schema exclude each other");
  }
  absl::StatusOr<std::string> text =
      ReadText(options.grammar.empty() ? options.json_schema : options.grammar);
  if (!text.ok()) return text.status();
  if (!options.json_schema.empty()) {
    text = llm::GrammarOfJsonSchema(*text);
    if (!text.ok()) return text.status();
  }
  absl::StatusOr<std::shared_ptr<const llm::Grammar>> grammar = llm::Grammar::Read(*text);
  if (!grammar.ok()) return grammar.status();
  return *std::move(grammar);
}

int RunGenerate(const Options& options) {
  const auto constraint = ConstraintOf(options);
  if (!constraint.ok()) return Report("model generate", constraint.status());
  llm::LocalModelOptions load{.threads = options.threads};
  if (!options.adapter.empty()) {
    auto adapter = llm::Adapter::Open(options.adapter);
    if (!adapter.ok()) return Report("model generate", adapter.status());
    load.adapter = *std::move(adapter);
  }
  auto model = llm::LocalModel::Load(options.file, load);
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
        request.constraint = *constraint;
        request.sampling.temperature = options.temperature;
        request.key.turn = options.seed;
        request.want_gaps = true;
        request.want_top = std::max(5, options.top);
        if (options.teacher_force) {
          request.forced = line.at("output_token_ids").get<std::vector<int32_t>>();
          request.max_tokens = static_cast<int>(request.forced.size());
          if (request.forced.empty())
            return absl::InvalidArgumentError("output_token_ids is empty: nothing to follow");
        }
        absl::StatusOr<llm::TokenRun> run = (*model)->RunTokens(request);
        if (!run.ok()) return run.status();
        nlohmann::json out = {{"output_token_ids", run->token_ids}, {"gaps", run->gaps}};
        std::vector<int32_t> shown = run->token_ids;
        if (run->ended_turn && !shown.empty()) shown.pop_back();
        out["output_text"] = tokenizer.Decode(shown);
        if (options.top > 0) out["top_step0"] = run->top;
        run->top.resize(std::min<size_t>(run->top.size(), 5));
        out["top5_step0"] = run->top;
        if (options.teacher_force) out["argmax_ids"] = run->argmax_ids;
        std::printf("%s\n",
                    out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
        return absl::OkStatus();
      });
  return status.ok() ? 0 : Report("model generate", status);
}

// The text is read in chunks of `chunk` tokens, each on its own behind the tokenizer's first
// token where it has one; the second half of a chunk counts, as llama-perplexity does it.
int RunPerplexity(const Options& options) {
  auto model = llm::LocalModel::Load(options.file, {.threads = options.threads});
  if (!model.ok()) return Report("model perplexity", model.status());
  const llm::Tokenizer& tokenizer = (*model)->tokenizer();
  std::ifstream in(options.text, std::ios::binary);
  if (!in) {
    return Report("model perplexity",
                  absl::NotFoundError(absl::StrCat(options.text, ": cannot be read")));
  }
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const std::vector<int32_t> ids = tokenizer.Encode(text, llm::MarksInText::kPlainText);
  const size_t chunk = static_cast<size_t>(options.chunk);
  if (ids.size() < chunk) {
    return Report("model perplexity",
                  absl::InvalidArgumentError(absl::StrCat(options.text, ": has ", ids.size(),
                                                          " tokens, fewer than one chunk of ",
                                                          chunk, "; give more text")));
  }
  double sum = 0;
  size_t counted = 0;
  for (size_t at = 0; at + chunk <= ids.size(); at += chunk) {
    llm::TokenRequest request;
    const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(at);
    const auto middle = begin + static_cast<std::ptrdiff_t>(chunk / 2 + 1);
    request.prompt.assign(begin, middle);
    request.forced.assign(middle, begin + static_cast<std::ptrdiff_t>(chunk));
    if (tokenizer.begin_token()) request.prompt[0] = *tokenizer.begin_token();
    request.use_prefix_cache = false;
    request.want_gaps = true;
    const absl::StatusOr<llm::TokenRun> run = (*model)->RunTokens(request);
    if (!run.ok()) return Report("model perplexity", run.status());
    for (const float p : run->log_probabilities) sum -= p;
    counted += run->log_probabilities.size();
  }
  const double perplexity = std::exp(sum / static_cast<double>(counted));
  std::printf("perplexity %.4f over %zu of %zu tokens, chunks of %zu\n", perplexity, counted,
              ids.size(), chunk);
  if (options.json) {
    std::printf("%s\n", nlohmann::json({{"perplexity", perplexity},
                                        {"counted", counted},
                                        {"tokens", ids.size()},
                                        {"chunk", chunk}})
                            .dump()
                            .c_str());
  }
  return 0;
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
  llm::BenchOptions bench;
  bench.model.threads = options.threads;
  bench.runs = options.runs;
  const absl::StatusOr<llm::BenchReport> report = llm::BenchModel(options.file, bench);
  if (!report.ok()) return Report("model bench", report.status());
  std::printf("%s", report->ToTable().c_str());
  if (options.json) std::printf("%s\n", report->ToJson().c_str());
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
  CLI::App* command = Add(*model, "info", "Family, sizes, quantisation, tokenizer, memory", info,
                          "GGUF file", false);
  command->add_flag("--tensors", info->tensors, "Each tensor with its format and size");
  command->add_flag("--json", info->json, "One JSON object as the last line");
  command->callback([info, &exit_code] { exit_code = RunInfo(*info); });

  auto tokenize = std::make_shared<Options>();
  Add(*model, "tokenize", "Print the ids of each line's text", tokenize, "GGUF file", true)
      ->callback([tokenize, &exit_code] { exit_code = RunTokenize(*tokenize); });

  auto generate = std::make_shared<Options>();
  command = Add(*model, "generate", "Decode each line's prompt_token_ids or prompt_text",
                          generate, "GGUF file", true);
  command->add_option("--max-tokens", generate->max_tokens, "Tokens at most")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_option("--temperature", generate->temperature, "0 is greedy")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  command->add_option("--seed", generate->seed, "Of the sampling")->capture_default_str();
  command->add_option("--top", generate->top, "Best logits of the first step to print as top_step0")
      ->check(CLI::Range(0, 1'000'000));
  command->add_option("--adapter", generate->adapter, "LoRA adapter (docs/adapters.md)");
  command->add_option("--grammar", generate->grammar,
                      "File of a grammar (docs/constrained_decoding.md) that the text must follow");
  command->add_option("--json-schema", generate->json_schema,
                      "File of a JSON schema that the text must follow");
  command->add_flag("--teacher-force", generate->teacher_force,
                    "Follow output_token_ids and print the argmax of each step");
  command->callback([generate, &exit_code] { exit_code = RunGenerate(*generate); });

  auto perplexity = std::make_shared<Options>();
  command = Add(*model, "perplexity", "Perplexity of a text, as llama-perplexity counts it",
                perplexity, "GGUF file", false);
  command->add_option("--text", perplexity->text, "UTF-8 text")->required();
  command->add_option("--chunk", perplexity->chunk, "Tokens read together")
      ->check(CLI::Range(8, 100'000))
      ->capture_default_str();
  command->add_flag("--json", perplexity->json, "One JSON object as the last line");
  command->callback([perplexity, &exit_code] { exit_code = RunPerplexity(*perplexity); });

  auto embed = std::make_shared<Options>();
  command = Add(*model, "embed", "Print ids and embedding of each line's text", embed,
                "Folder of a sentence encoder", true);
  command->add_flag("--f32", embed->f32, "In float32 instead of int8");
  command->callback([embed, &exit_code] { exit_code = RunEmbed(*embed); });

  auto bench = std::make_shared<Options>();
  command = Add(*model, "bench", "Speed of prompt, decoding, cached prefixes; load time and memory",
                bench, "GGUF file", false);
  command->add_option("--runs", bench->runs, "Runs of each kind, after one that is dropped")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  command->add_flag("--json", bench->json, "One JSON object as the last line");
  command->callback([bench, &exit_code] { exit_code = RunBench(*bench); });
}

}  // namespace frontdesk::server
