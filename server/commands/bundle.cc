// `frontdesk bundle check|train|diff`.
#include <cstdio>
#include <fstream>
#include <memory>

#include "absl/time/clock.h"
#include "server/assistant/assistant.h"
#include "server/commands/commands.h"
#include "server/quality/score_card.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  std::string bundle = "demo/bundle";
  std::string other;
  std::string report;          // file for the training report as JSON; empty: none
  double wanted_error = 0.05;  // of decisions, for the proposed thresholds
};

int RunCheck(const Options& options) {
  std::vector<dialog::BundleFault> faults;
  const absl::StatusOr<dialog::Bundle> bundle = dialog::LoadBundle(options.bundle, &faults);
  if (const auto files = ReadBundleFiles(options.bundle); files.ok()) CheckScoreCard(*files, faults);
  int errors = 0;
  for (const dialog::BundleFault& fault : faults) {
    std::printf("%s\n", fault.ToString().c_str());
    errors += fault.warning ? 0 : 1;
  }
  if (!bundle.ok() && errors == 0) return Report("bundle check", bundle.status());
  if (errors > 0) {
    std::printf("%d errors\n", errors);
    return 1;
  }
  std::printf("sound: %zu intents, %zu flows, %zu tools, %zu replies, %zu files\n",
              bundle->intents.size(), bundle->flows.size(), bundle->tools.tools.size(),
              bundle->replies.size(), bundle->files.size());
  return 0;
}

int RunTrain(const Options& options) {
  const absl::StatusOr<dialog::Bundle> bundle = dialog::LoadBundle(options.bundle);
  if (!bundle.ok()) return Report("bundle train", bundle.status());
  ModelOptions model_options;
  model_options.folder = options.place.models;
  model_options.decoder = "";
  const absl::StatusOr<Models> models = Models::Load(model_options);
  if (!models.ok()) return Report("bundle train", models.status());
  const absl::Time begin = absl::Now();
  const auto trained =
      understand::Understander::Train(dialog::MakeTrainingSet(*bundle), models->embed,
                                      {.wanted_error = options.wanted_error, .progress = {}});
  if (!trained.ok()) return Report("bundle train", trained.status());
  std::printf("%s\n", trained->report.ToText().c_str());
  if (!options.report.empty()) {
    std::ofstream file(options.report, std::ios::binary);
    file << trained->report.ToJson().dump(1) << "\n";
    file.close();
    if (!file) {
      return Report("bundle train",
                    absl::PermissionDeniedError(options.report + ": cannot be written"));
    }
  }
  std::printf("trained in %.1f s\n", absl::ToDoubleSeconds(absl::Now() - begin));
  return 0;
}

int RunDiff(const Options& options) {
  const absl::StatusOr<dialog::Bundle> before = dialog::LoadBundle(options.bundle);
  if (!before.ok()) return Report("bundle diff", before.status());
  const absl::StatusOr<dialog::Bundle> after = dialog::LoadBundle(options.other);
  if (!after.ok()) return Report("bundle diff", after.status());
  const std::vector<std::string> changes = dialog::CompareManifests(before->files, after->files);
  for (const std::string& change : changes) std::printf("%s\n", change.c_str());
  std::printf("%zu files differ\n", changes.size());
  return changes.empty() ? 0 : 1;
}

}  // namespace

void AddBundle(CLI::App& program, int& exit_code) {
  CLI::App* bundle = program.add_subcommand("bundle", "Check, train and compare bundles");
  bundle->require_subcommand(1);

  auto check = std::make_shared<Options>();
  CLI::App* command = bundle->add_subcommand(
      "check", "Validate a bundle whole; every fault with file, line and remedy");
  command->add_option("DIR", check->bundle, "The bundle's folder")->capture_default_str();
  command->callback([check, &exit_code] { exit_code = RunCheck(*check); });

  auto train = std::make_shared<Options>();
  train->place.models = DefaultModelsFolder();
  command = bundle->add_subcommand("train",
                                   "Train its intents and report precision, recall and confusions");
  command->add_option("DIR", train->bundle, "The bundle's folder")->capture_default_str();
  command->add_option("--models", train->place.models, "Folder of the model files")
      ->capture_default_str();
  command->add_option("--report", train->report,
                      "Write the report as JSON to this file; the same bundle gives the same bytes");
  command->add_option("--error-rate", train->wanted_error,
                      "Share of wrong decisions that the proposed thresholds aim at")
      ->check(CLI::Range(0.001, 0.5))
      ->capture_default_str();
  command->callback([train, &exit_code] { exit_code = RunTrain(*train); });

  auto diff = std::make_shared<Options>();
  command = bundle->add_subcommand(
      "diff", "Name the files that differ between two bundles; exit 1 when some do");
  command->add_option("DIR", diff->bundle, "One bundle's folder")->required();
  command->add_option("OTHER", diff->other, "The other's")->required();
  command->callback([diff, &exit_code] { exit_code = RunDiff(*diff); });
}

}  // namespace frontdesk::server
