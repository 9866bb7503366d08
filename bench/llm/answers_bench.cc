// Question: how much sooner do the demo shop's own answers come with prompt lookup than without it, held to
// the passages (mode grounded)?
// Data: the prompts and passages that the server composes for demo/questions.jsonl over the demo's documents;
// of the questions for which the model is asked, --count evenly spaced. No seed: decoding is greedy.
// Rival: the same decoder with lookup off, whose tokens must be the same.
//
//   answers_bench [--count 20] [--runs 3] [--threads 2] [--json]
//
// Run at the top of the source tree. Each question's prompt is read once before; then its answer is timed in turns
// with lookup and without, medians over the runs, summed over the questions. "whole" adds the reading of the prompt,
// measured once with nothing cached.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "dialog/answer/answer.h"
#include "dialog/answer/asked_question.h"
#include "dialog/effects/live_effects.h"
#include "dialog/replay/replay_effects.h"
#include "dialog/turn.h"
#include "llm/constraint/grounded.h"
#include "llm/local_model.h"
#include "server/assistant/models.h"
#include "server/replay/stage.h"
#include "server/server_options.h"

namespace frontdesk {
namespace {

struct Options {
  std::string bundle = "demo/bundle", questions = "demo/questions.jsonl";
  std::string models = server::DefaultModelsFolder();
  std::string decoder = "smollm2-135m-instruct-q4_1.gguf";
  int count = 20, runs = 3, threads = 2;
  bool json = false;
};

// Replay effects that hear what the model is asked, and answer that it is not there.
class ListeningEffects : public dialog::ReplayEffects {
 public:
  ListeningEffects(const dialog::ReplaySources& sources, std::vector<llm::GenerateRequest>& heard)
      : ReplayEffects({}, sources, true), heard_(heard) {
    info_.context_tokens = 8192;
  }
  absl::StatusOr<llm::Generation> Generate(const llm::GenerateRequest& request) override {
    heard_.push_back(request);
    return absl::UnavailableError("only listening");
  }
  const llm::ModelInfo* Model() const override { return &info_; }

 private:
  std::vector<llm::GenerateRequest>& heard_;
  llm::ModelInfo info_;
};

// What the model is asked for the file's questions, in order.
absl::StatusOr<std::vector<llm::GenerateRequest>> RequestsOf(const Options& options) {
  server::ModelOptions model_options;
  model_options.folder = options.models;
  model_options.decoder = "";
  model_options.threads = options.threads;
  absl::StatusOr<server::Models> models = server::Models::Load(model_options);
  if (!models.ok()) return models.status();
  server::StageShelf shelf(
      *models, (std::filesystem::temp_directory_path() / "frontdesk-replay").string());
  const auto stage = shelf.ForFolder(options.bundle);
  if (!stage.ok()) return stage.status();
  std::ifstream in(options.questions);
  std::ostringstream text;
  text << in.rdbuf();
  const auto questions = dialog::ReadAskedQuestions(text.str());
  if (!questions.ok()) return questions.status();

  dialog::Bundle bundle = (*stage)->assistant().bundle;
  bundle.assistant.model_mode = dialog::ModelMode::kGrounded;
  const dialog::TurnParts parts{.bundle = bundle,
                                .understander = (*stage)->assistant().understander};
  const auto snapshot = (*stage)->knowledge().snapshot();
  dialog::ReplaySources sources;
  sources.embed = models->embed;
  sources.features = models->features;
  sources.knowledge = [&](std::string_view) -> dialog::ReplayKnowledge {
    return {snapshot->revision().value(), [&](std::string_view query, int k) {
              return dialog::SearchPassages(*snapshot, query, k);
            }};
  };
  std::vector<llm::GenerateRequest> heard;
  for (const dialog::AskedQuestion& asked : *questions) {
    ListeningEffects effects(sources, heard);
    dialog::Conversation conversation{.id = storage::ConversationId("bench")};
    conversation.state.language = bundle.assistant.languages.front();
    dialog::Turn turn(conversation, parts, effects);
    turn.now = absl::UnixEpoch();
    dialog::AnswerFromKnowledge(turn, asked.question);
  }
  return heard;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Sum {
  double with_s = 0, without_s = 0, prompt_s = 0;
  int answers = 0, tokens = 0, steps = 0, drafted = 0, accepted = 0;
};

absl::StatusOr<double> Timed(llm::LocalModel& model, const llm::TokenRequest& request,
                             llm::TokenRun& run) {
  const absl::Time start = absl::Now();
  absl::StatusOr<llm::TokenRun> done = model.RunTokens(request);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  if (!done.ok()) return done.status();
  run = *std::move(done);
  return seconds;
}

absl::Status Measure(llm::LocalModel& model, const llm::GenerateRequest& asked, int runs, Sum& sum) {
  absl::StatusOr<llm::RenderedPrompt> prompt = model.Render(asked.messages);
  if (!prompt.ok()) return prompt.status();
  if (!asked.grounding) return absl::FailedPreconditionError("a prompt without its passages");
  llm::TokenRequest request;
  request.prompt = prompt->ids;
  request.shared_tokens = static_cast<int>(request.prompt.size());
  request.max_tokens = 1;
  llm::TokenRun run;
  absl::StatusOr<double> seconds = Timed(model, request, run);
  if (!seconds.ok()) return seconds.status();
  sum.prompt_s += *seconds;

  const auto constraint = llm::GroundedConstraint::Make(*asked.grounding);
  if (!constraint.ok()) return constraint.status();
  request.constraint = *constraint;
  request.max_tokens = asked.max_tokens;
  request.sampling = asked.sampling;
  std::vector<double> with, without;
  std::vector<int32_t> tokens;
  for (int i = 0; i < runs; ++i) {
    for (bool speculate : {true, false}) {
      request.speculate = speculate;
      seconds = Timed(model, request, run);
      if (!seconds.ok()) return seconds.status();
      (speculate ? with : without).push_back(*seconds);
      if (tokens.empty()) tokens = run.token_ids;
      if (tokens != run.token_ids) return absl::InternalError("lookup changed an answer");
      if (!speculate || i > 0) continue;
      sum.steps += run.steps;
      sum.drafted += run.drafted;
      sum.accepted += run.accepted;
    }
  }
  sum.answers += 1;
  sum.tokens += static_cast<int>(tokens.size());
  sum.with_s += Median(std::move(with));
  sum.without_s += Median(std::move(without));
  return absl::OkStatus();
}

absl::StatusOr<Sum> MeasureAll(const Options& options) {
  const auto requests = RequestsOf(options);
  if (!requests.ok()) return requests.status();
  if (requests->empty()) return absl::NotFoundError("the model is asked for none of the questions");
  auto model = llm::LocalModel::Load(absl::StrCat(options.models, "/", options.decoder),
                                     {.threads = options.threads});
  if (!model.ok()) return model.status();
  Sum sum;
  const int all = static_cast<int>(requests->size()), count = std::min(options.count, all);
  for (int i = 0; i < count; ++i) {
    absl::Status measured =
        Measure(**model, (*requests)[static_cast<size_t>(i) * all / count], options.runs, sum);
    if (!measured.ok()) return measured;
  }
  return sum;
}

int Run(const Options& options) {
  const absl::StatusOr<Sum> sum = MeasureAll(options);
  if (!sum.ok()) {
    std::fprintf(stderr, "%s\n", std::string(sum.status().message()).c_str());
    return 1;
  }
  const double with = sum->tokens / sum->with_s, without = sum->tokens / sum->without_s;
  const double whole =
      (sum->prompt_s + sum->without_s) / (sum->prompt_s + sum->with_s);
  std::printf("%-44s %8d\n%-44s %8d\n%-44s %8.2f\n%-44s %8.2f\n", "answers", sum->answers, "tokens",
              sum->tokens, "tokens a step with lookup",
              static_cast<double>(sum->tokens) / sum->steps, "drafted tokens that came true, share",
              sum->drafted == 0 ? 0.0 : static_cast<double>(sum->accepted) / sum->drafted);
  std::printf("%-44s %8.1f\n%-44s %8.1f\n%-44s %8.2f\n%-44s %8.2f\n", "tokens/s with lookup", with,
              "tokens/s without", without, "ratio", with / without,
              "ratio, whole, the prompt read anew", whole);
  if (options.json) {
    std::printf("%s\n",
                absl::StrFormat("{\"answers\":%d,\"tokens\":%d,\"steps\":%d,\"drafted\":%d,"
                                "\"accepted\":%d,\"answers_tok_s\":%.6g,\"answers_plain_tok_s\":%.6g,"
                                "\"prompt_s\":%.6g,\"whole_ratio\":%.6g}",
                                sum->answers, sum->tokens, sum->steps, sum->drafted, sum->accepted,
                                with, without, sum->prompt_s, whole)
                    .c_str());
  }
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) {
  frontdesk::Options options;
  CLI::App app("Grounded answers of the demo shop with prompt lookup and without");
  app.add_option("--bundle", options.bundle, "The assistant, with its knowledge/")
      ->capture_default_str();
  app.add_option("--questions", options.questions, "JSON lines (docs/evaluation.md)")
      ->capture_default_str();
  app.add_option("--models", options.models, "Folder of the model files")->capture_default_str();
  app.add_option("--decoder", options.decoder, "GGUF file in it")->capture_default_str();
  app.add_option("--count", options.count, "Questions, evenly spaced")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--runs", options.runs, "Of each, with and without")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_flag("--json", options.json, "One JSON object as the last line");
  CLI11_PARSE(app, argc, argv);
  return frontdesk::Run(options);
}
