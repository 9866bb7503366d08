// `frontdesk backup` copies the store while the server serves; `frontdesk restore` puts a copy
// back.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "server/commands/commands.h"
#include "storage/maintenance.h"
#include "storage/store.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  std::string file;
};

storage::StoreOptions StoreAt(const PlaceOptions& place, bool read_only) {
  storage::StoreOptions store;
  store.path = (std::filesystem::path(place.data) / "frontdesk.db").string();
  store.key_file = place.key_file;
  store.read_only = read_only;
  return store;
}

int RunBackup(const Options& options) {
  absl::StatusOr<std::unique_ptr<storage::Store>> store =
      storage::Store::Open(StoreAt(options.place, true));
  if (!store.ok()) return Report("backup", store.status());
  if (absl::Status copied = (*store)->Backup(options.file); !copied.ok())
    return Report("backup", copied);
  std::error_code error;
  std::printf(
      "%s written, %.1f MiB; keys are not in it: keep the keystore and the key file apart\n",
      options.file.c_str(),
      static_cast<double>(std::filesystem::file_size(options.file, error)) / (1 << 20));
  return 0;
}

int RunRestore(const Options& options) {
  const storage::StoreOptions store = StoreAt(options.place, false);
  if (absl::Status restored = storage::RestoreStore(options.file, store); !restored.ok()) {
    return Report("restore", restored);
  }
  std::printf("%s restored from %s\n", store.path.c_str(), options.file.c_str());
  return 0;
}

}  // namespace

void AddBackup(CLI::App& program, int& exit_code) {
  auto backup = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("backup", "Copy the store to a file, also while the server runs");
  AddPlaceFlags(*command, backup->place, /*assistant=*/false);
  command->add_option("FILE", backup->file, "New file")->required();
  command->callback([backup, &exit_code] { exit_code = RunBackup(*backup); });

  auto restore = std::make_shared<Options>();
  command = program.add_subcommand("restore",
                                   "Replace the store by a backup; the server must be stopped");
  AddPlaceFlags(*command, restore->place, /*assistant=*/false);
  command->add_option("FILE", restore->file, "A file that backup wrote")->required();
  command->callback([restore, &exit_code] { exit_code = RunRestore(*restore); });
}

}  // namespace frontdesk::server
