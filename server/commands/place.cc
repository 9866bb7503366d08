#include <cstdio>

#include "server/commands/commands.h"

namespace frontdesk::server {

void AddPlaceFlags(CLI::App& command, PlaceOptions& options, bool assistant) {
  command.add_option("--data", options.data, "Folder of the store")
      ->envname("FRONTDESK_DATA")
      ->capture_default_str();
  command.add_option("--key-file", options.key_file,
                     "Master key; default: master.key in the data folder");
  if (!assistant) return;
  options.models = DefaultModelsFolder();
  command.add_option("--bundle", options.bundle, "Folder of the bundle")->capture_default_str();
  command.add_option("--models", options.models, "Folder of the model files")
      ->capture_default_str();
}

int Report(const char* command, const absl::Status& status) {
  std::fprintf(stderr, "frontdesk %s: %s\n", command, std::string(status.message()).c_str());
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kAlreadyExists:
      return 2;
    default:
      return 1;
  }
}

}  // namespace frontdesk::server
