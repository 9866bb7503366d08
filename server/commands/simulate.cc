// `frontdesk simulate`: seeded customers talk to the assistant in process, into a store.
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/commands/commands.h"
#include "server/insight/facts.h"
#include "server/replay/recording.h"
#include "server/simulate/place.h"
#include "server/simulate/simulation.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  SimulationOptions run;
  std::string start = "2026-11-16T08:00Z";
  std::string decoder = "none", encoder = "all-minilm-l6-v2";
  std::string cache, log;
  int days = 14;
  bool json = false;
};

// First messages of a store's conversations, with the wish each was taken for.
absl::StatusOr<std::vector<LoggedWish>> ReadLog(const std::string& folder) {
  std::vector<LoggedWish> wishes;
  if (folder.empty()) return wishes;
  storage::StoreOptions at;
  at.path = folder + "/frontdesk.db";
  at.read_only = true;
  const auto store = storage::Store::Open(at);
  if (!store.ok()) return store.status();
  RecordingReader reader(**store);
  storage::ConversationFilter filter;
  filter.limit = 1000;
  for (;;) {
    const auto page = (*store)->ListConversations(filter);
    if (!page.ok()) return page.status();
    for (const storage::Conversation& row : *page) {
      if (row.erased) continue;
      const auto recording = reader.Read(row.id);
      if (!recording.ok()) return recording.status();
      const ConversationFacts facts = FactsOf(row, recording->events);
      if (facts.intent.empty()) continue;
      for (const dialog::Event& event : recording->events) {
        if (const auto* said = std::get_if<dialog::Received>(&event)) {
          wishes.push_back({facts.intent, said->text});
          break;
        }
      }
    }
    if (page->size() < 1000) return wishes;
    filter.after_position = page->back().position;
  }
}

int RunSimulate(Options options) {
  spdlog::set_level(spdlog::level::err);
  std::string error;
  if (!absl::ParseTime("%Y-%m-%dT%H:%MZ", options.start, absl::UTCTimeZone(), &options.run.start,
                       &error)) {
    return Report("simulate",
                  absl::InvalidArgumentError("--start takes a time such as 2026-11-16T08:00Z"));
  }
  options.run.over = absl::Hours(24) * options.days;
  ModelOptions model_options;
  model_options.folder = options.place.models;
  model_options.decoder = options.decoder == "none" ? "" : options.decoder;
  model_options.encoder = options.encoder == "none" ? "" : options.encoder;
  const absl::StatusOr<Models> models = Models::Load(model_options);
  if (!models.ok()) return Report("simulate", models.status());
  if (models->decoder == nullptr && options.run.decoded_percent > 0) {
    return Report("simulate", absl::InvalidArgumentError(
                                  "--decoded-percent needs a model: give --decoder FILE"));
  }
  const auto logged = ReadLog(options.log);
  if (!logged.ok()) return Report("simulate", logged.status());
  const std::string cache =
      options.cache.empty() ? options.place.data + "/cache" : options.cache;
  const auto place = SimulationPlace::Open(options.place.data, options.place.bundle,
                                           options.place.key_file, cache, *models);
  if (!place.ok()) return Report("simulate", place.status());
  const std::shared_ptr<const Assistant> active = place->versions->Active();
  const auto world = MakeCustomerWorld(active->bundle, *place->crm, *logged);
  if (!world.ok()) return Report("simulate", world.status());
  if (::isatty(STDERR_FILENO) != 0) {
    options.run.progress = [total = options.run.conversations](int64_t done) {
      std::fprintf(stderr, "\rsimulating %lld/%lld", static_cast<long long>(done),
                   static_cast<long long>(total));
    };
  }
  const absl::Time begin = absl::Now();
  Simulation simulation({.store = *place->store,
                         .models = *models,
                         .knowledge = place->documents->base(),
                         .crm = *place->crm,
                         .world = *world,
                         .version_for = [&](const storage::ConversationId&) { return active; }});
  const auto report = simulation.Run(options.run);
  if (options.run.progress) std::fputc('\n', stderr);
  if (!report.ok()) return Report("simulate", report.status());
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  if (options.json) {
    std::printf("%s\n", nlohmann::json({{"conversations", report->conversations},
                                        {"turns", report->turns},
                                        {"events", report->events},
                                        {"escalated", report->escalated},
                                        {"rated", report->rated},
                                        {"digest", report->digest},
                                        {"bundle_version", active->version.value()},
                                        {"seconds", seconds}})
                            .dump()
                            .c_str());
    return 0;
  }
  std::printf(
      "%lld conversations, %lld turns, %lld events in %s; %lld escalated, %lld rated; %.1f s, "
      "%.0f turns/s\nseed %llu, bundle %s, digest %s\n",
      static_cast<long long>(report->conversations), static_cast<long long>(report->turns),
      static_cast<long long>(report->events), options.place.data.c_str(),
      static_cast<long long>(report->escalated), static_cast<long long>(report->rated), seconds,
      static_cast<double>(report->turns) / std::max(seconds, 1e-9),
      static_cast<unsigned long long>(options.run.seed), active->version.value().c_str(),
      report->digest.c_str());
  return 0;
}

}  // namespace

void AddSimulate(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "simulate", "Seeded customers talk to the assistant, into a store of their own");
  AddPlaceFlags(*command, options->place, /*assistant=*/true);
  options->place.data = "simulated";
  command->add_option("--conversations", options->run.conversations, "How many")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_option("--seed", options->run.seed, "Decides everything")->capture_default_str();
  command->add_option("--first", options->run.first, "Number of the first one, to go on later");
  command->add_option("--threads", options->run.threads, "Conversations at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--start", options->start, "When the first one begins, UTC")
      ->capture_default_str();
  command->add_option("--days", options->days, "Days over which they begin")
      ->check(CLI::Range(1, 3650))
      ->capture_default_str();
  command->add_option("--decoder", options->decoder, "GGUF file, or none")->capture_default_str();
  command->add_option("--encoder", options->encoder, "Folder of the encoder, or none")
      ->capture_default_str();
  command
      ->add_option("--decoded-percent", options->run.decoded_percent,
                   "Share of conversations that may use the decoder")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command->add_option("--log", options->log,
                      "Data folder whose recorded first messages are wishes, too");
  command->add_option("--cache", options->cache, "Folder for trained artefacts and indexes");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &exit_code] { exit_code = RunSimulate(*options); });
}

}  // namespace frontdesk::server
