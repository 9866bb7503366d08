// `frontdesk eval KIND`: quality on labelled files. Formats, flags and JSON keys are those
// of docs/evaluation.md; each prints a table for people and, with --json, one JSON object
// as its last line.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dialog/answer/claims.h"
#include "dialog/answer/measure_answers.h"
#include "dialog/policy/measure_bias.h"
#include "dialog/screen/measure_attacks.h"
#include "dialog/understand/measure.h"
#include "retrieval/measure.h"
#include "dialog/effects/live_effects.h"
#include "server/assistant/documents.h"
#include "server/assistant/models.h"
#include "server/commands/commands.h"
#include "server/commands/peer_figures.h"
#include "server/replay/stage.h"
#include "text/lines.h"
#include "tools/pii/measure.h"

namespace frontdesk::server {
namespace {

struct Options {
  std::string train, val, test, peer;
  std::string corpus, queries, qrels;
  std::vector<std::string> fit;
  std::string bundle = "demo/bundle", questions;
  std::string modes = "bm25,dense,hybrid";
  std::string predictions;
  std::string peers;
  std::string models;
  std::string decoder;  // "": quotes only
  int threads = 2;
  int stride = 5;
  bool json = false;
  bool shipped = false;
  bool leave_one_source_out = false;
};

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

absl::Status WritePredictions(const Options& options, const std::string& lines) {
  if (options.predictions.empty()) return absl::OkStatus();
  std::ofstream file(options.predictions, std::ios::binary);
  file << lines;
  file.close();
  return file ? absl::OkStatus()
              : absl::PermissionDeniedError(
                    absl::StrCat(options.predictions, ": cannot be written"));
}

// Prints table, JSON and predictions of one measurement; the exit code.
int Print(const char* command, const Options& options, const std::string& table,
          const nlohmann::json& json, const std::string& predictions) {
  if (absl::Status written = WritePredictions(options, predictions); !written.ok())
    return Report(command, written);
  std::printf("%s", table.c_str());
  if (options.json) std::printf("%s\n", json.dump().c_str());
  return 0;
}

// Prints ours beside the file of --peers, where one was given; the exit code.
int PrintBesidePeers(const char* command, const Options& options,
                     const std::vector<NamedFigures>& ours, int n, const std::string& file,
                     const std::vector<std::string>& keys) {
  if (options.peers.empty()) return 0;
  // A set is called like the folder of its files.
  const std::string set = std::filesystem::path(file).parent_path().filename().string();
  const auto peers = ReadPeerFigures(options.peers, n, set);
  if (!peers.ok()) return Report(command, peers.status());
  std::printf("%s", BesidePeers(ours, *peers, keys).c_str());
  return 0;
}

absl::StatusOr<Models> LoadModels(const Options& options) {
  ModelOptions model_options;
  model_options.folder = options.models;
  model_options.decoder = options.decoder;
  model_options.threads = options.threads;
  return Models::Load(model_options);
}

int RunSlots(const Options& options) {
  understand::SlotEvalOptions eval;
  eval.test = options.test;
  const auto report = understand::RunSlotEval(eval);
  if (!report.ok()) return Report("eval slots", report.status());
  if (const int failed = PrintBesidePeers("eval slots", options, {{"ours", report->ToJson()}},
                                          report->n, options.test,
                                          {"exact", "precision", "recall", "f1"}))
    return failed;
  return Print("eval slots", options, report->ToTable(), report->ToJson(), report->predictions);
}

int RunPii(const Options& options) {
  const absl::StatusOr<std::string> jsonl = ReadFile(options.test);
  if (!jsonl.ok()) return Report("eval pii", jsonl.status());
  const auto report = tools::RunPiiEval(*jsonl);
  if (!report.ok()) return Report("eval pii", report.status());
  std::string table = tools::PiiReportTable(*report);
  if (!options.peer.empty()) {
    const absl::StatusOr<std::string> peer = ReadFile(options.peer);
    if (!peer.ok()) return Report("eval pii", peer.status());
    const auto beside = tools::PiiPeerTable(*report, *peer);
    if (!beside.ok()) {
      return Report("eval pii", absl::InvalidArgumentError(
                                    absl::StrCat(options.peer, ": ", beside.status().message())));
    }
    absl::StrAppend(&table, "\n", *beside);
  }
  return Print("eval pii", options, table,
               nlohmann::json::parse(tools::PiiReportJson(*report)), report->predictions);
}

int RunRetrievalFit(const Options& options) {
  const absl::StatusOr<Models> models = LoadModels(options);
  if (!models.ok()) return Report("eval retrieval", models.status());
  const auto report = retrieval::RunRetrievalFit(options.fit, models->embed, {});
  if (!report.ok()) return Report("eval retrieval", report.status());
  std::printf("%s", retrieval::ToText(*report).c_str());
  return 0;
}

// A measurement on labelled lines with the encoder: read, score, print; the keys of `beside` also
// beside the file of --peers.
template <class Eval, class Run, class Set>
int RunLabelled(const char* command, const Options& options, Run run, Set set,
                const std::vector<std::string>& beside = {}) {
  const absl::StatusOr<Models> models = LoadModels(options);
  if (!models.ok()) return Report(command, models.status());
  Eval eval;
  eval.train = options.train;
  eval.test = options.test;
  set(eval, *models);
  const auto report = run(eval);
  if (!report.ok()) return Report(command, report.status());
  const nlohmann::json figures = report->ToJson();
  if (const int failed = PrintBesidePeers(command, options, {{"ours", figures}},
                                          figures.value("n", 0), options.test, beside))
    return failed;
  return Print(command, options, report->ToTable(), figures, report->predictions);
}

int RunIntents(const Options& options) {
  return RunLabelled<understand::IntentEvalOptions>(
      "eval intents", options, understand::RunIntentEval,
      [&](understand::IntentEvalOptions& eval, const Models& models) {
        eval.features = models.features;
        eval.val = options.val;
        eval.threads = options.threads;
      },
      {"accuracy", "oos_auroc", "train_seconds"});
}

int RunInjection(const Options& options) {
  return RunLabelled<screen::AttackEvalOptions>(
      "eval injection", options, screen::RunAttackEval,
      [&](screen::AttackEvalOptions& eval, const Models& models) {
        eval.embed = models.embed;
        eval.shipped = options.shipped;
        eval.leave_one_source_out = options.leave_one_source_out;
      });
}

int RunGrounding(const Options& options) {
  return RunLabelled<dialog::GroundingEvalOptions>(
      "eval grounding", options, dialog::RunGroundingEval,
      [&](dialog::GroundingEvalOptions& eval, const Models& models) {
        eval.embed = models.embed;
        eval.shipped = options.shipped;
      });
}

// A bundle with its documents and the encoder, as conversations would find them.
struct Prepared {
  Models models;
  std::shared_ptr<const ReplayStage> stage;
  dialog::ReplaySources sources;

  dialog::TurnParts parts() const {
    return {.bundle = stage->assistant().bundle, .understander = stage->assistant().understander};
  }
};

absl::StatusOr<std::unique_ptr<Prepared>> Prepare(const Options& options) {
  auto prepared = std::make_unique<Prepared>();
  absl::StatusOr<Models> models = LoadModels(options);
  if (!models.ok()) return models.status();
  prepared->models = *std::move(models);
  StageShelf shelf(prepared->models,
                   (std::filesystem::temp_directory_path() / "frontdesk-replay").string());
  auto stage = shelf.ForFolder(options.bundle);
  if (!stage.ok()) return stage.status();
  prepared->stage = *std::move(stage);
  prepared->sources.embed = prepared->models.embed;
  prepared->sources.features = prepared->models.features;
  prepared->sources.model = prepared->models.decoder.get();
  const auto snapshot = prepared->stage->knowledge().snapshot();
  prepared->sources.knowledge = [snapshot](std::string_view) -> dialog::ReplayKnowledge {
    return {snapshot->revision().value(), [snapshot](std::string_view query, int k) {
              return dialog::SearchPassages(*snapshot, query, k);
            }};
  };
  return prepared;
}

// Without --decoder answers are quotes: the documents and the judgement are measured, not the model.
int RunAnswers(const Options& options) {
  const absl::StatusOr<std::string> questions = ReadFile(options.questions);
  if (!questions.ok()) return Report("eval answers", questions.status());
  const auto prepared = Prepare(options);
  if (!prepared.ok()) return Report("eval answers", prepared.status());
  const auto report =
      dialog::RunAnswerEval(*questions, (*prepared)->parts(), (*prepared)->sources);
  if (!report.ok()) return Report("eval answers", report.status());
  return Print("eval answers", options, report->ToTable(), report->ToJson(), report->predictions);
}

int RunBias(const Options& options) {
  std::vector<dialog::BiasMessage> messages;
  if (!options.test.empty()) {
    const absl::StatusOr<std::string> jsonl = ReadFile(options.test);
    if (!jsonl.ok()) return Report("eval bias", jsonl.status());
    for (const auto& [number, line] : text::NonEmptyLines(*jsonl)) {
      const auto json = nlohmann::json::parse(line, nullptr, false);
      if (!json.is_object() || !json.contains("text") || !json["text"].is_string()) {
        return Report("eval bias", absl::InvalidArgumentError(absl::StrCat(
                                       options.test, " line ", number,
                                       R"(: needs {"text": string, "intent": string})")));
      }
      messages.push_back({json["text"], json.value("intent", "")});
    }
  }
  const auto prepared = Prepare(options);
  if (!prepared.ok()) return Report("eval bias", prepared.status());
  const dialog::BiasReport report = dialog::RunBiasEval(
      std::move(messages), options.stride, (*prepared)->parts(), (*prepared)->sources);
  return Print("eval bias", options, report.ToTable(), report.ToJson(), "");
}

int RunRetrieval(const Options& options) {
  if (!options.fit.empty()) return RunRetrievalFit(options);
  if (options.corpus.empty() || options.queries.empty() || options.qrels.empty()) {
    return Report("eval retrieval", absl::InvalidArgumentError(
                                        "give --corpus, --queries and --qrels, or --fit FOLDER…"));
  }
  retrieval::RetrievalEvalOptions eval;
  eval.corpus = options.corpus;
  eval.queries = options.queries;
  eval.qrels = options.qrels;
  eval.predictions = options.predictions;
  eval.modes.clear();
  bool embeds = false;
  for (const absl::string_view name : absl::StrSplit(options.modes, ',')) {
    const auto mode = retrieval::ModeFromName(std::string_view(name.data(), name.size()));
    if (!mode.ok()) return Report("eval retrieval", mode.status());
    eval.modes.push_back(*mode);
    embeds = embeds || *mode != retrieval::SearchMode::kBm25;
  }
  absl::StatusOr<Models> models = Models{};
  if (embeds) models = LoadModels(options);
  if (!models.ok()) return Report("eval retrieval", models.status());
  eval.embed = models->embed;
  const auto report = retrieval::RunRetrievalEval(eval);
  if (!report.ok()) return Report("eval retrieval", report.status());
  std::vector<NamedFigures> ours;
  for (const auto& [mode, figures] : retrieval::ToJson(*report).items()) {
    if (figures.is_object()) ours.emplace_back(absl::StrCat("ours ", mode), figures);
  }
  const int queries = ours.empty() ? 0 : ours.front().second.value("n", 0);
  if (const int failed = PrintBesidePeers("eval retrieval", options, ours, queries, options.corpus,
                                          {"ndcg10", "p50_us", "p99_us", "docs_per_second"}))
    return failed;
  std::printf("%s", retrieval::ToTable(*report).c_str());
  if (options.json) std::printf("%s\n", retrieval::ToJson(*report).dump().c_str());
  return 0;
}

void AddPeers(CLI::App& command, const std::shared_ptr<Options>& options) {
  command.add_option("--peers", options->peers,
                     "Lines of the scripts under bench/peers/: also print ours beside theirs");
}

// A subcommand with the flags that every kind has.
CLI::App* Kind(CLI::App& eval, const char* name, const char* help,
               const std::shared_ptr<Options>& options, int& exit_code,
               int (*run)(const Options&)) {
  CLI::App* command = eval.add_subcommand(name, help);
  options->models = DefaultModelsFolder();
  command->add_option("--models", options->models, "Folder of the model files")
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--predictions", options->predictions,
                      "Write one JSON line an item to this file");
  command->add_flag("--json", options->json, "One JSON object as the last line");
  command->callback([options, run, &exit_code] { exit_code = run(*options); });
  return command;
}

}  // namespace

void AddEval(CLI::App& program, int& exit_code) {
  CLI::App* eval = program.add_subcommand("eval", "Quality on labelled files");
  eval->require_subcommand(1);

  auto intents = std::make_shared<Options>();
  CLI::App* command = Kind(*eval, "intents", "Intent accuracy and out-of-scope detection", intents,
                           exit_code, RunIntents);
  command->add_option("--train", intents->train, "JSON lines {\"text\",\"intent\"}")->required();
  command->add_option("--val", intents->val, "Chooses the threshold; cross-validation without it");
  command->add_option("--test", intents->test, "JSON lines")->required();
  AddPeers(*command, intents);

  auto slots = std::make_shared<Options>();
  command = Kind(*eval, "slots", "Slot values of tricky utterances", slots, exit_code, RunSlots);
  command->add_option("--test", slots->test, "JSON lines")->required();
  AddPeers(*command, slots);

  auto pii = std::make_shared<Options>();
  command = Kind(*eval, "pii", "Detection of personal data", pii, exit_code, RunPii);
  command->add_option("--test", pii->test, "JSON lines")->required();
  command->add_option("--peer", pii->peer,
                      "What bench/peers/pii/run_presidio.py --json printed on the same file: shown beside ours");

  auto injection = std::make_shared<Options>();
  command = Kind(*eval, "injection", "Attacks on the assistant and their look-alikes", injection,
                 exit_code, RunInjection);
  command->add_option("--train", injection->train,
                      "JSON lines {\"text\",\"label\",\"source\",\"category\"}; without it, or "
                      "the test file itself: out of five folds");
  command->add_option("--test", injection->test, "JSON lines of the same form")->required();
  command->add_flag("--shipped", injection->shipped, "Judge with the weights of the program");
  command->add_flag("--leave-one-source-out", injection->leave_one_source_out,
                    "Also train without each source of attacks and look for them");

  auto grounding = std::make_shared<Options>();
  command = Kind(*eval, "grounding", "Is an answer supported by its context", grounding, exit_code,
                 RunGrounding);
  command->add_option("--train", grounding->train,
                      "JSON lines {\"context\",\"question\",\"answer\",\"hallucinated\"}; without "
                      "it, or the test file itself: out of five folds");
  command->add_option("--test", grounding->test, "JSON lines of the same form")->required();
  command->add_flag("--shipped", grounding->shipped, "Judge with the weights of the program");

  auto answers = std::make_shared<Options>();
  command = Kind(*eval, "answers", "Answers and refusals on a bundle's own documents", answers,
                 exit_code, RunAnswers);
  command->add_option("--bundle", answers->bundle, "The assistant, with its knowledge/")
      ->capture_default_str();
  command->add_option("--questions", answers->questions, "JSON lines (docs/evaluation.md)")
      ->required();
  command->add_option("--decoder", answers->decoder,
                      "GGUF file in the models folder; without it answers are quotes");

  auto bias = std::make_shared<Options>();
  command = Kind(*eval, "bias", "Are names, dialects and typing styles treated alike", bias,
                 exit_code, RunBias);
  command->add_option("--bundle", bias->bundle, "The assistant")->capture_default_str();
  command->add_option("--messages", bias->test,
                      "JSON lines {\"text\",\"intent\"}; without it: the bundle's own examples");
  command->add_option("--stride", bias->stride, "Take every N-th example")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();

  auto retrieval = std::make_shared<Options>();
  command = Kind(*eval, "retrieval", "Ranking of documents for judged queries", retrieval,
                 exit_code, RunRetrieval);
  command->add_option("--corpus", retrieval->corpus, "corpus.jsonl");
  command->add_option("--queries", retrieval->queries, "queries.jsonl");
  command->add_option("--qrels", retrieval->qrels, "qrels.tsv");
  command->add_option("--fit", retrieval->fit,
                      "Folders with corpus.jsonl, queries.jsonl, qrels.tsv: fits the weights of the "
                      "fused score to them and validates them by five folds");
  command->add_option("--mode", retrieval->modes, "bm25, dense, hybrid, with commas")
      ->capture_default_str();
  AddPeers(*command, retrieval);
}

}  // namespace frontdesk::server
