// `frontdesk insight`: the figures of InsightService recomputed from the log, offline.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/commands/commands.h"
#include "server/insight/outcome_book.h"
#include "server/quality/scores.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  std::string from, until, last, by, figure;
  OutcomeScope scope;
  bool json = false, quality = false;
};

absl::Status ReadTime(const std::string& text, const char* flag, int64_t& ms) {
  absl::Time time;
  std::string error;
  for (const char* format : {"%Y-%m-%d", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%SZ"}) {
    if (absl::ParseTime(format, text, absl::UTCTimeZone(), &time, &error)) {
      ms = absl::ToUnixMillis(time);
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " takes a time such as 2026-11-20 or 2026-11-20T10:00Z"));
}

absl::Status ReadScope(Options& options) {
  if (!options.last.empty()) {
    absl::Duration last;
    if (!absl::ParseDuration(options.last, &last))
      return absl::InvalidArgumentError("--last takes a duration such as 24h");
    options.scope.from_ms = absl::ToUnixMillis(absl::Now() - last);
  }
  if (!options.from.empty()) {
    if (absl::Status read = ReadTime(options.from, "--from", options.scope.from_ms); !read.ok())
      return read;
  }
  if (options.until.empty()) return absl::OkStatus();
  return ReadTime(options.until, "--until", options.scope.until_ms);
}

OutcomeGroups GroupsNamed(const std::string& name) {
  if (name == "intent") return OutcomeGroups::kIntent;
  if (name == "flow") return OutcomeGroups::kFlow;
  if (name == "version") return OutcomeGroups::kBundleVersion;
  return name == "day" ? OutcomeGroups::kDay : OutcomeGroups::kNone;
}

nlohmann::json ToJson(const std::vector<Outcome>& outcomes) {
  nlohmann::json json = nlohmann::json::object();
  for (const Outcome& o : outcomes) {
    json[o.name] = {{"value", o.value}, {"count", o.count}, {"base", o.base}, {"unit", o.unit},
                    {"low", o.low},     {"high", o.high}};
  }
  return json;
}

void Print(const std::vector<Outcome>& outcomes) {
  std::printf("%-32s %12s %20s %8s %8s  %s\n", "figure", "value", "95 % interval", "count", "of",
              "definition");
  for (const Outcome& o : outcomes) {
    char value[32], interval[32] = "";
    if (o.unit == "share") {
      std::snprintf(value, sizeof value, "%.1f %%", o.value * 100);
      std::snprintf(interval, sizeof interval, "%.1f to %.1f %%", o.low * 100, o.high * 100);
    } else if (o.unit == "conversations") {
      std::snprintf(value, sizeof value, "%lld", static_cast<long long>(o.count));
    } else {
      std::snprintf(value, sizeof value, o.unit == "cpu seconds" ? "%.3f %s" : "%.2f %s", o.value,
                    o.unit == "seconds" || o.unit == "cpu seconds" ? "s" : o.unit == "score" ? "of 5" : "");
    }
    std::printf("%-32s %12s %20s %8lld %8lld  %s\n", o.name.c_str(), value, interval,
                static_cast<long long>(o.count), static_cast<long long>(o.base),
                DefinitionOf(o.name).c_str());
  }
}

// The score card of the version that is active in the store.
absl::StatusOr<ScoreCard> ActiveCard(const storage::Store& store) {
  const auto active = store.GetPointer("active");
  if (!active.ok()) return active.status();
  if (!active->has_value() || (*active)->version.empty()) return DefaultScoreCard();
  const auto version = store.GetVersion((*active)->version);
  if (!version.ok()) return version.status();
  const absl::StatusOr<dialog::Manifest> manifest = dialog::ManifestFromJson(version->manifest);
  if (!manifest.ok()) return manifest.status();
  return ScoreCardOf(*manifest, store);
}

int PrintQuality(const storage::Store& store, const OutcomeReading& reading, bool as_json) {
  const auto card = ActiveCard(store);
  if (!card.ok()) return Report("insight", card.status());
  const QualityScores quality = MeasureQuality(reading.judged, *card);
  if (as_json) {
    nlohmann::json questions = nlohmann::json::object();
    for (const QuestionScores& q : quality.questions) {
      questions[q.question->name] = {{"given", q.given},
                                     {"mean", q.mean},
                                     {"agreement", q.agreement ? nlohmann::json(*q.agreement) : nullptr},
                                     {"scored_twice", q.scored_twice}};
    }
    std::printf("%s\n", nlohmann::json({{"card", card->name},
                                        {"sampled", quality.sampled},
                                        {"reviewed", quality.reviewed},
                                        {"mean", quality.mean},
                                        {"questions", std::move(questions)},
                                        {"disputed", quality.disputed}})
                            .dump()
                            .c_str());
    return 0;
  }
  std::printf("card %s: %lld of %lld sampled conversations scored, mean %.1f %%\n", card->name.c_str(),
              static_cast<long long>(quality.reviewed), static_cast<long long>(quality.sampled),
              quality.mean * 100);
  std::printf("%-16s %8s %10s %8s  %s\n", "question", "mean", "agreement", "twice", "answers");
  for (const QuestionScores& q : quality.questions) {
    std::string answers;
    for (size_t i = 0; i < q.given.size(); ++i)
      absl::StrAppend(&answers, i > 0 ? ", " : "", q.question->answers[i], " ", q.given[i]);
    char agreement[16] = "-";
    if (q.agreement) std::snprintf(agreement, sizeof agreement, "%.3f", *q.agreement);
    std::printf("%-16s %6.1f %% %10s %8lld  %s\n", q.question->name.c_str(), q.mean * 100, agreement,
                static_cast<long long>(q.scored_twice), answers.c_str());
  }
  for (const std::string& conversation : quality.disputed)
    std::printf("reviewers differ: %s\n", conversation.c_str());
  return 0;
}

int RunInsight(Options options) {
  if (absl::Status read = ReadScope(options); !read.ok()) return Report("insight", read);
  storage::StoreOptions at;
  at.path = options.place.data + "/frontdesk.db";
  at.key_file = options.place.key_file;
  at.read_only = true;
  const auto store = storage::Store::Open(at);
  if (!store.ok()) return Report("insight", store.status());
  OutcomeBook book(**store);
  const auto reading = book.Read(options.scope);
  if (!reading.ok()) return Report("insight", reading.status());
  if (options.quality) return PrintQuality(**store, **reading, options.json);
  if (!options.figure.empty()) {
    if (DefinitionOf(options.figure).empty()) {
      return Report("insight",
                    absl::InvalidArgumentError(absl::StrCat(
                        "--figure ", options.figure, ": no such figure; `insight` lists them")));
    }
    for (const JudgedConversation& c : (*reading)->judged) {
      if (IsBehind(options.figure, c)) std::printf("%s\n", c.facts->id.c_str());
    }
    return 0;
  }
  const std::vector<Outcome> all = MeasureOutcomes((*reading)->judged);
  const auto groups = Group((*reading)->judged, GroupsNamed(options.by));
  if (options.json) {
    nlohmann::json json = {{"figures", ToJson(all)}, {"groups", nlohmann::json::object()}};
    for (const auto& [key, conversations] : groups)
      json["groups"][key] = ToJson(MeasureOutcomes(conversations));
    std::printf("%s\n", json.dump().c_str());
    return 0;
  }
  Print(all);
  for (const auto& [key, conversations] : groups) {
    std::printf("\n%s %s\n", options.by.c_str(), key.c_str());
    Print(MeasureOutcomes(conversations));
  }
  return 0;
}

}  // namespace

void AddInsight(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("insight", "Outcome figures recomputed from the log");
  AddPlaceFlags(*command, options->place, /*assistant=*/false);
  command->add_option("--from", options->from, "Conversations that began at or after, UTC");
  command->add_option("--until", options->until, "Conversations that began before, UTC");
  command->add_option("--last", options->last, "Conversations of the last 24h, 90m, …");
  command->add_option("--intent", options->scope.intent, "First wish of the conversation");
  command->add_option("--flow", options->scope.flow, "A flow it went through");
  command->add_option("--version", options->scope.bundle_version, "The version that spoke");
  command->add_option("--by", options->by, "Also by group")
      ->check(CLI::IsMember({"intent", "flow", "version", "day"}));
  command->add_option("--figure", options->figure, "List the conversations behind a figure");
  command->add_flag("--quality", options->quality, "What reviewers scored, and how far they agree");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &exit_code] { exit_code = RunInsight(*options); });
}

}  // namespace frontdesk::server
