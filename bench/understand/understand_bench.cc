// Question: how long does it take to understand one message, with its embedding and without, and to
// train on a labelled file? Data: files of lines {"text","intent"} given by --train and --test. Seed:
// none, everything is deterministic. Rival: Rasa users report ten minutes and more for training on
// BANKING77's 10,003 examples; the targets are 30 s on 2 cores and 6 ms a message.
//
//   understand_bench --models ~/.cache/frontdesk/models --train train.jsonl --test test.jsonl
//
// Prints one JSON object: quality, seconds to embed and to train, p50 and p99 of one message in ms
// (one thread, the first 50 messages dropped), bytes of the saved form.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_split.h"
#include "dialog/understand/measure.h"
#include "dialog/understand/understander.h"
#include "llm/encoder/encoder.h"

namespace frontdesk::understand {
namespace {

double Quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(q * static_cast<double>(values.size() - 1))];
}

int Run(int argc, char** argv) {
  std::string models, train, val, test;
  int threads = 2;
  CLI::App app("Speed and quality of understanding");
  app.add_option("--models", models)->required();
  app.add_option("--train", train)->required();
  app.add_option("--val", val);
  app.add_option("--test", test)->required();
  app.add_option("--threads", threads);
  CLI11_PARSE(app, argc, argv);
  llm::EncoderOptions encoder_options;
  encoder_options.threads = threads;
  encoder_options.cached_texts = 0;
  const auto encoder = llm::Encoder::Load(models + "/all-minilm-l6-v2", encoder_options);
  if (!encoder.ok()) {
    std::fprintf(stderr, "%s\n", std::string(encoder.status().message()).c_str());
    return 2;
  }
  const FeatureFn features = [&](std::span<const std::string> texts) {
    return (*encoder)->Features(texts);
  };
  const auto report = RunIntentEval(
      {.train = train, .test = test, .val = val, .features = features, .threads = threads});
  if (!report.ok()) {
    std::fprintf(stderr, "%s\n", std::string(report.status().message()).c_str());
    return 2;
  }

  // Understanding alone, on a bundle of the same intents.
  const auto lines = ReadLabelledFile(test);
  std::vector<std::string> texts;
  for (absl::string_view line : absl::StrSplit(*lines, '\n')) {
    const auto item = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
    if (item.is_object()) texts.push_back(item.value("text", ""));
  }
  TrainingSet set;
  for (const IntentQuality& intent : report->training.intents) {
    set.intents.push_back({intent.intent, "", {intent.intent, intent.intent + " please"}});
  }
  const auto small = Understander::Train(set, features, {.threads = threads});
  if (!small.ok()) return 2;
  std::vector<double> with, without;
  for (size_t i = 0; i < texts.size() && i < 550; ++i) {
    UtteranceInput input;
    input.text = texts[i];
    auto start = std::chrono::steady_clock::now();
    input.features = *features(small->understander.TextsToEmbed(input));
    const auto embedded = std::chrono::steady_clock::now();
    if (!small->understander.Understand(input).ok()) return 2;
    const auto end = std::chrono::steady_clock::now();
    if (i < 50) continue;
    with.push_back(std::chrono::duration<double, std::milli>(end - start).count());
    without.push_back(std::chrono::duration<double, std::milli>(end - embedded).count());
  }
  nlohmann::json json = report->ToJson();
  json["p50_ms"] = Quantile(with, 0.5);
  json["p99_ms"] = Quantile(with, 0.99);
  json["p50_ms_without_embedding"] = Quantile(without, 0.5);
  json["p99_ms_without_embedding"] = Quantile(without, 0.99);
  std::printf("%s%s\n", report->ToTable().c_str(), json.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace frontdesk::understand

int main(int argc, char** argv) { return frontdesk::understand::Run(argc, argv); }
