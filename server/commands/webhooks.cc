// `frontdesk webhooks replay NAME`: tells an endpoint again what happened since a time.
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "server/commands/commands.h"
#include "server/commands/outside_commands.h"
#include "server/webhooks/courier.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  std::string endpoint, from;
};

int RunReplay(const Options& options) {
  absl::Time from;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%d", options.from, absl::UTCTimeZone(), &from, &error) &&
      !absl::ParseTime("%Y-%m-%dT%H:%MZ", options.from, absl::UTCTimeZone(), &from, &error)) {
    return Report("webhooks", absl::InvalidArgumentError(
                                  "--from takes a time such as 2026-11-20 or 2026-11-20T10:00Z"));
  }
  storage::StoreOptions at;
  at.path = options.place.data + "/frontdesk.db";
  at.key_file = options.place.key_file;
  // Opened as a server would, so that none can run meanwhile and write the cursor back.
  const auto store = storage::Store::Open(at);
  if (!store.ok()) return Report("webhooks", store.status());
  const auto again = SetCursorBack(**store, options.place.data + "/webhooks", options.endpoint,
                                   absl::ToUnixMillis(from));
  if (!again.ok()) return Report("webhooks", again.status());
  std::printf("%s is told again about %lld conversations when the server runs; ids stay the same\n",
              options.endpoint.c_str(), static_cast<long long>(*again));
  return 0;
}

}  // namespace

void AddWebhooks(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* webhooks = program.add_subcommand("webhooks", "Deliveries to other systems");
  webhooks->require_subcommand(1);
  CLI::App* command = webhooks->add_subcommand(
      "replay", "Tell an endpoint again; while no server runs on the store");
  AddPlaceFlags(*command, options->place, /*assistant=*/false);
  command->add_option("NAME", options->endpoint, "Name of the webhook")->required();
  command->add_option("--from", options->from, "Conversations that began at or after, UTC")
      ->required();
  command->callback([options, &exit_code] { exit_code = RunReplay(*options); });
}

}  // namespace frontdesk::server
