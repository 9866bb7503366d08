// `frontdesk replay PATH…`: recorded conversations run again and held against the record.
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/assistant/documents.h"
#include "server/commands/chat_files.h"
#include "server/commands/commands.h"
#include "server/replay/gates.h"
#include "server/replay/render.h"
#include "server/replay/run.h"

namespace frontdesk::server {
namespace {

struct Options {
  std::vector<std::string> paths;
  std::string against;  // bundle to compare with
  std::string bundle;   // of exported recordings and .chat files; empty: their own, demo/bundle
  std::string models, key_file, cache;
  std::string decoder = "smollm2-135m-instruct-q4_1.gguf", encoder = "all-minilm-l6-v2";
  std::string from, until, json_file, html_file, junit_file;
  ReplayFilter filter;
  ReplayPlan plan;
  std::vector<std::string> gates_text;
  ReplayGates gates;
  int model_threads = 2;
  bool verify = false, update = false, no_decode = false, no_causes = false;
};

class ReplayCommand {
 public:
  explicit ReplayCommand(const Options& options) : options_(options) {}

  absl::Status Prepare();
  // Runs everything; the exit code.
  int Run();

 private:
  absl::Status Add(const std::string& path);
  absl::Status AddStore(const std::string& folder);
  void AddFile(const std::string& file);
  absl::StatusOr<std::shared_ptr<const ReplayStage>> StageFor(const Recording& recording);
  absl::Status Write(const std::string& file, const std::string& text);

  const Options& options_;
  Models models_;
  std::unique_ptr<StageShelf> shelf_;
  struct OpenStore {
    std::unique_ptr<storage::Store> store;
    std::unique_ptr<RecordingReader> reader;
  };
  std::vector<OpenStore> stores_;
  int64_t from_ms_ = std::numeric_limits<int64_t>::min();
  int64_t until_ms_ = std::numeric_limits<int64_t>::max();
  std::vector<ArchiveEntry> entries_;
  std::vector<std::string> chats_;
};

absl::Status ReadDay(const std::string& text, const char* flag, int64_t& ms) {
  if (text.empty()) return absl::OkStatus();
  absl::Time time;
  std::string error;
  for (const char* format : {"%Y-%m-%d", "%Y-%m-%dT%H:%MZ"}) {
    if (absl::ParseTime(format, text, absl::UTCTimeZone(), &time, &error)) {
      ms = absl::ToUnixMillis(time);
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " takes a time such as 2026-11-20 or 2026-11-20T10:00Z"));
}

absl::Status ReplayCommand::Prepare() {
  if (options_.verify && !options_.against.empty())
    return absl::InvalidArgumentError("--verify and --against exclude each other");
  if (options_.gates.any() && options_.against.empty())
    return absl::InvalidArgumentError("limits on changes need --against BUNDLE");
  if (absl::Status read = ReadDay(options_.from, "--from", from_ms_); !read.ok()) return read;
  if (absl::Status read = ReadDay(options_.until, "--until", until_ms_); !read.ok()) return read;
  ModelOptions model_options;
  model_options.folder = options_.models;
  model_options.decoder = options_.decoder == "none" ? "" : options_.decoder;
  model_options.encoder = options_.encoder == "none" ? "" : options_.encoder;
  model_options.threads = options_.model_threads;
  absl::StatusOr<Models> models = Models::Load(model_options);
  if (!models.ok()) return models.status();
  models_ = *std::move(models);
  shelf_ = std::make_unique<StageShelf>(
      models_, options_.cache.empty()
                   ? (std::filesystem::temp_directory_path() / "frontdesk-replay").string()
                   : options_.cache);
  for (const std::string& path : options_.paths) {
    if (absl::Status added = Add(path); !added.ok()) return added;
  }
  return absl::OkStatus();
}

absl::Status ReplayCommand::Add(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path + "/frontdesk.db", error)) return AddStore(path);
  if (!std::filesystem::is_directory(path, error)) {
    AddFile(path);
    return absl::OkStatus();
  }
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
    const std::string file = entry.path().string();
    if (absl::EndsWith(file, ".chat") || absl::EndsWith(file, ".jsonl")) found.push_back(file);
  }
  std::sort(found.begin(), found.end());
  if (found.empty()) {
    return absl::NotFoundError(
        absl::StrCat(path, ": holds no store, no .chat and no .jsonl recordings"));
  }
  for (const std::string& file : found) AddFile(file);
  return absl::OkStatus();
}

void ReplayCommand::AddFile(const std::string& file) {
  if (absl::EndsWith(file, ".chat")) {
    chats_.push_back(file);
    return;
  }
  // The period of a recording is known only when it is read.
  if (!options_.from.empty() || !options_.until.empty()) {
    const auto recording = ReadRecordingFile(file);
    if (recording.ok() && (recording->began_ms < from_ms_ || recording->began_ms >= until_ms_))
      return;
  }
  entries_.push_back({file, [file] { return ReadRecordingFile(file); }});
}

absl::Status ReplayCommand::AddStore(const std::string& folder) {
  storage::StoreOptions at;
  at.path = folder + "/frontdesk.db";
  at.key_file = options_.key_file;
  at.read_only = true;
  absl::StatusOr<std::unique_ptr<storage::Store>> store = storage::Store::Open(at);
  if (!store.ok()) return store.status();
  auto reader = std::make_unique<RecordingReader>(**store);
  auto entries =
      EntriesOf(**store, *reader, from_ms_, until_ms_, /*verified=*/options_.against.empty());
  if (!entries.ok()) return entries.status();
  stores_.push_back({*std::move(store), std::move(reader)});
  std::move(entries->begin(), entries->end(), std::back_inserter(entries_));
  return absl::OkStatus();
}

// The candidate, else what is given for the recordings, else what was kept with them.
absl::StatusOr<std::shared_ptr<const ReplayStage>> ReplayCommand::StageFor(
    const Recording& recording) {
  if (!options_.against.empty()) return shelf_->ForFolder(options_.against);
  if (!options_.bundle.empty()) return shelf_->ForFolder(options_.bundle);
  return shelf_->ForRecording(recording);
}

absl::Status ReplayCommand::Write(const std::string& file, const std::string& text) {
  if (file.empty()) return absl::OkStatus();
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  return out ? absl::OkStatus() : absl::PermissionDeniedError(file + ": cannot be written");
}

int ReplayCommand::Run() {
  entries_ = Filtered(std::move(entries_), options_.filter, options_.plan.threads);
  ReplayPlan plan = options_.plan;
  plan.mode =
      options_.against.empty() ? dialog::ReplayMode::kVerify : dialog::ReplayMode::kCompare;
  plan.decode = !options_.no_decode;
  if (::isatty(STDERR_FILENO) != 0) {
    plan.progress = [](size_t done, size_t total) {
      std::fprintf(stderr, "\rreplaying %zu/%zu%s", done, total, done == total ? "\n" : "");
    };
  }
  if (!options_.against.empty()) {
    const auto candidate = shelf_->ForFolder(options_.against);
    if (!candidate.ok()) return Report("replay", candidate.status());
  }
  const ReplayResult result = RunReplay(
      entries_, [this](const Recording& recording) { return StageFor(recording); }, plan);
  std::vector<DiffForm> forms = FormsOf(result);
  if (plan.mode == dialog::ReplayMode::kCompare && !options_.no_causes && !forms.empty()) {
    const absl::Time begin = absl::Now();
    Candidate candidate;
    candidate.files = *ReadBundleFiles(options_.against);
    candidate.documents = *ReadKnowledgeFolder(options_.against + "/knowledge");
    FindCauses(forms, entries_, candidate, *shelf_);
    std::printf("causes looked for in %.1f s\n", absl::ToDoubleSeconds(absl::Now() - begin));
  }
  const std::vector<DiffRow> rows = RowsOf(forms, result.turns);
  const ChatOutcome chats = RunChatFiles(
      chats_,
      {.bundle = !options_.against.empty() ? options_.against
                 : options_.bundle.empty() ? "demo/bundle"
                                           : options_.bundle,
       .update = options_.update},
      models_, *shelf_);
  if (!entries_.empty()) std::printf("%s", ToTerminal(result, rows).c_str());
  if (!chats_.empty()) std::printf("%s", chats.text.c_str());
  const ReplayTitle title{
      .record = options_.paths.front(),
      .candidate = options_.against,
      .when = absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::Now(), absl::UTCTimeZone())};
  for (const absl::Status& written :
       {Write(options_.json_file, ToJson(result, rows).dump(1) + "\n"),
        Write(options_.html_file, ToHtml(result, rows, title)),
        Write(options_.junit_file, ToJUnit(result))}) {
    if (!written.ok()) return Report("replay", written);
  }
  const std::vector<std::string> exceeded = Exceeded(options_.gates, result);
  for (const std::string& sentence : exceeded) std::printf("limit: %s\n", sentence.c_str());
  const bool as_wanted =
      options_.gates.any() ? exceeded.empty() : result.differ() == result.unreadable;
  return as_wanted && result.unreadable == 0 && chats.failed == 0 ? 0 : 1;
}

void AddGates(CLI::App& command, ReplayGates& gates) {
  const auto limit = [&](const char* flag, std::optional<double>& most, const char* text) {
    command.add_option_function<std::string>(
        flag,
        [&most](const std::string& share) {
          const auto read = ReadShare(share);
          if (!read.ok()) throw CLI::ValidationError(std::string(read.status().message()));
          most = *read;
        },
        text);
  };
  limit("--max-turn-change", gates.turn, "Turns that may differ at all, e.g. 1%");
  limit("--max-route-change", gates.route, "Turns whose decision or flow step may differ");
  limit("--max-slot-change", gates.slot, "Turns whose slots may differ");
  limit("--max-tool-change", gates.tool, "Turns whose tool calls may differ");
  limit("--max-sentence-change", gates.sentence, "Turns whose words may differ");
  limit("--max-citation-change", gates.citation, "Turns whose sources may differ");
  limit("--max-handoff-change", gates.handoff, "Turns whose handoff may differ");
  limit("--max-prompt-change", gates.prompt, "Turns whose prompt may differ");
  limit("--max-escalation-rise", gates.escalation_rise, "Rise of handoffs per turn");
  command.add_flag("--no-new-ungrounded", gates.no_new_ungrounded,
                   "No sentence may lose its support");
}

}  // namespace

void AddReplay(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<Options>();
  options->models = DefaultModelsFolder();
  CLI::App* command =
      program.add_subcommand("replay", "Run recorded conversations again; exit 1 when one differs");
  command
      ->add_option("PATH", options->paths,
                   "A data folder, a .chat file, an exported recording, or a folder of them")
      ->required();
  command->add_flag("--verify", options->verify, "Every event must be identical (the default)");
  command->add_option("--against", options->against, "Compare with this bundle instead");
  command->add_option("--bundle", options->bundle,
                      "Bundle of .chat files and exported recordings; default: what was kept with "
                      "the recordings, demo/bundle for .chat files");
  command->add_option("--models", options->models, "Folder of the model files")
      ->capture_default_str();
  command->add_option("--decoder", options->decoder, "GGUF file, or none")->capture_default_str();
  command->add_option("--encoder", options->encoder, "Folder of the encoder, or none")
      ->capture_default_str();
  command->add_option("--key-file", options->key_file,
                      "Master key; default: master.key in the data folder");
  command->add_option("--cache", options->cache, "Folder for trained artefacts and indexes");
  command->add_option("--threads", options->plan.threads, "Conversations at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--model-threads", options->model_threads, "Threads of the models")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--from", options->from, "Conversations that began at or after, UTC");
  command->add_option("--until", options->until, "Conversations that began before, UTC");
  command->add_option("--intent", options->filter.intent, "First wish of the conversation");
  command->add_option("--outcome", options->filter.outcome,
                      "contained, escalated, or a reason of escalation");
  command->add_option("--sample", options->filter.sample, "At most this many, drawn by --seed");
  command->add_option("--seed", options->filter.seed, "Of the sample")->capture_default_str();
  command->add_option("--json", options->json_file, "Write the report to this file as JSON");
  command->add_option("--html", options->html_file, "Write the report as one HTML page");
  command->add_option("--junit", options->junit_file, "Write the report as JUnit XML");
  command->add_flag("--no-decode", options->no_decode, "Take model output from the record");
  command->add_option("--decode-limit", options->plan.decode_limit,
                      "At most this many model outputs are decoded again");
  command->add_flag("--no-causes", options->no_causes,
                    "Do not look for the file that caused each difference");
  command->add_flag("--update", options->update, "Rewrite what .chat files expect; review it");
  AddGates(*command, options->gates);
  command->callback([options, &exit_code] {
    spdlog::set_level(spdlog::level::err);  // tools without an adapter are no news here
    ReplayCommand replay(*options);
    const absl::Status prepared = replay.Prepare();
    exit_code = prepared.ok() ? replay.Run() : Report("replay", prepared);
  });
}

}  // namespace frontdesk::server
