// `frontdesk doctor`: looks at every part of an installation and says what is wrong and what to do.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "server/commands/commands.h"
#include "storage/maintenance.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  bool deep = false;
};

const char* Mark(storage::Finding::Severity severity) {
  switch (severity) {
    case storage::Finding::Severity::kNote:
      return "ok   ";
    case storage::Finding::Severity::kWarning:
      return "warn ";
    case storage::Finding::Severity::kFault:
      return "FAULT";
  }
  return "";
}

// Prints one line about a file that should be there; true when it is.
bool Present(const std::filesystem::path& path, const char* what, const char* remedy) {
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  std::printf("%s %s: %s%s%s\n", there ? "ok   " : "warn ", what, path.c_str(),
              there ? "" : " is missing; ", there ? "" : remedy);
  return there;
}

int RunDoctor(const Options& options) {
  const std::filesystem::path data(options.place.data);
  const std::filesystem::path models(options.place.models);
  Present(models / "smollm2-135m-instruct-q4_1.gguf", "decoder",
          "answers are extractive without it; run scripts/fetch_models.sh");
  Present(models / "all-minilm-l6-v2" / "model.safetensors", "encoder",
          "intents and search use words only without it; run scripts/fetch_models.sh");
  if (!Present(data / "frontdesk.db", "store", "it is created when the server first starts"))
    return 0;

  storage::StoreOptions store;
  store.path = (data / "frontdesk.db").string();
  store.key_file = options.place.key_file;
  store.read_only = true;
  const absl::StatusOr<storage::IntegrityReport> report =
      storage::DiagnoseStore(store, options.deep);
  if (!report.ok()) return Report("doctor", report.status());
  for (const storage::Finding& finding : report->findings) {
    std::printf("%s %s%s%s\n", Mark(finding.severity), finding.what.c_str(),
                finding.remedy.empty() ? "" : "; ", finding.remedy.c_str());
  }
  std::printf("      schema %d, %lld conversations, %lld events, %.1f MiB\n",
              report->schema_version, static_cast<long long>(report->conversations),
              static_cast<long long>(report->events),
              static_cast<double>(report->bytes) / (1 << 20));
  return report->healthy() ? 0 : 1;
}

}  // namespace

void AddDoctor(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("doctor", "Check the installation: models, store, keys, chains");
  AddPlaceFlags(*command, options->place, /*assistant=*/true);
  command->add_flag("--deep", options->deep, "Also recompute the hash chain of every conversation");
  command->callback([options, &exit_code] { exit_code = RunDoctor(*options); });
}

}  // namespace frontdesk::server
