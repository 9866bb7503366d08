// `frontdesk import FILE.json`: transcripts of other systems into a store.
#include <spdlog/spdlog.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "server/commands/commands.h"
#include "server/commands/outside_commands.h"
#include "server/replay/import.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  std::string file, encoder = "none";
};

int RunImport(const Options& options) {
  spdlog::set_level(spdlog::level::err);
  std::ifstream file(options.file, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file)
    return Report("import", absl::NotFoundError(absl::StrCat(options.file, ": cannot be read")));
  ModelOptions model_options;
  model_options.folder = options.place.models;
  model_options.decoder = "";
  model_options.encoder = options.encoder == "none" ? "" : options.encoder;
  const auto models = Models::Load(model_options);
  if (!models.ok()) return Report("import", models.status());
  const auto place =
      SimulationPlace::Open(options.place.data, options.place.bundle, options.place.key_file,
                            options.place.data + "/cache", *models);
  if (!place.ok()) return Report("import", place.status());
  const auto report = ImportTranscripts(text.str(), *place, *models);
  if (!report.ok()) {
    return Report("import",
                  absl::Status(report.status().code(),
                               absl::StrCat(options.file, ": ",
                                            std::string(report.status().message()))));
  }
  std::printf("%lld conversations with %lld messages imported, %lld were there already\n",
              static_cast<long long>(report->conversations),
              static_cast<long long>(report->messages), static_cast<long long>(report->known));
  return 0;
}

}  // namespace

void AddImport(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("import", "Transcripts of other systems, from JSON into a store");
  AddPlaceFlags(*command, options->place, /*assistant=*/true);
  command->add_option("FILE", options->file, "JSON, docs/recordings.md")->required();
  command->add_option("--encoder", options->encoder, "Folder of the encoder, or none")
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = RunImport(*options); });
}

}  // namespace frontdesk::server
