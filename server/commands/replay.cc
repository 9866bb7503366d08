// `frontdesk replay PATH…` and `frontdesk export`: recorded conversations run again and held
// against the record.
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/assistant/documents.h"
#include "server/commands/chat_files.h"
#include "server/commands/commands.h"
#include "server/replay/recording.h"
#include "server/replay/stage.h"

namespace frontdesk::server {
namespace {

constexpr char kCacheFolder[] = "/cache";

struct Options {
  std::vector<std::string> paths;
  std::string against;  // bundle to compare with
  std::string bundle = "demo/bundle";
  std::string models;
  std::string key_file;
  std::string decoder = "smollm2-135m-instruct-q4_1.gguf";
  std::string json_file;
  std::string cache;  // default: a folder in the temporary folder
  int threads = 2;
  int model_threads = 2;
  bool verify = false;
  bool update = false;
  bool no_decode = false;
};

// What is replayed, and on which stage.
struct Job {
  Recording recording;
  const ReplayStage* stage = nullptr;
  std::string error;  // the recording could not be read; says where
};

class Replayer {
 public:
  explicit Replayer(const Options& options) : options_(options) {}

  absl::Status LoadModels() {
    ModelOptions model_options;
    model_options.folder = options_.models;
    model_options.decoder = options_.decoder == "none" ? "" : options_.decoder;
    model_options.threads = options_.model_threads;
    absl::StatusOr<Models> models = Models::Load(model_options);
    if (!models.ok()) return models.status();
    models_ = *std::move(models);
    return absl::OkStatus();
  }

  absl::Status Add(const std::string& path) {
    std::error_code error;
    if (std::filesystem::exists(path + "/frontdesk.db", error)) return AddStore(path);
    if (std::filesystem::is_directory(path, error)) {
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
      for (const std::string& file : found) {
        if (absl::Status added = AddFile(file); !added.ok()) return added;
      }
      return absl::OkStatus();
    }
    return AddFile(path);
  }

  // Runs everything; the exit code.
  int Run();

 private:
  absl::Status AddFile(const std::string& file) {
    if (absl::EndsWith(file, ".chat")) {
      chats_.push_back(file);
      return absl::OkStatus();
    }
    absl::StatusOr<const ReplayStage*> stage =
        FolderStage(options_.against.empty() ? options_.bundle : options_.against);
    if (!stage.ok()) return stage.status();
    Job job{.stage = *stage};
    absl::StatusOr<Recording> recording = ReadRecordingFile(file);
    if (recording.ok()) {
      job.recording = *std::move(recording);
    } else {
      job.recording.name = file;
      job.error = std::string(recording.status().message());
    }
    jobs_.push_back(std::move(job));
    return absl::OkStatus();
  }

  absl::Status AddStore(const std::string& folder);
  absl::StatusOr<const ReplayStage*> FolderStage(const std::string& bundle);
  absl::StatusOr<const ReplayStage*> StoreStage(const storage::Store& store,
                                                const Recording& recording);
  std::string Cache() const {
    return options_.cache.empty()
               ? (std::filesystem::temp_directory_path() / "frontdesk-replay").string()
               : options_.cache;
  }

  const Options& options_;
  Models models_;
  std::map<std::string, std::unique_ptr<ReplayStage>> stages_;
  std::vector<Job> jobs_;
  std::vector<std::string> chats_;
};

absl::StatusOr<const ReplayStage*> Replayer::FolderStage(const std::string& bundle) {
  if (const auto it = stages_.find(bundle); it != stages_.end()) return it->second.get();
  absl::StatusOr<BundleFiles> files = ReadBundleFiles(bundle);
  if (!files.ok()) return files.status();
  absl::StatusOr<std::vector<retrieval::Document>> documents =
      ReadKnowledgeFolder(bundle + "/knowledge");
  if (!documents.ok()) return documents.status();
  auto stage = MakeStage(*files, *documents, models_, Cache());
  if (!stage.ok()) return stage.status();
  return (stages_[bundle] = *std::move(stage)).get();
}

// The recorded version and revision as the store kept them, or the candidate bundle.
absl::StatusOr<const ReplayStage*> Replayer::StoreStage(const storage::Store& store,
                                                        const Recording& recording) {
  if (!options_.against.empty()) return FolderStage(options_.against);
  const std::string key = absl::StrCat(recording.version.value(), " ", recording.revision.value());
  if (const auto it = stages_.find(key); it != stages_.end()) return it->second.get();
  BundleFiles files;
  for (const auto& [path, hex] : recording.manifest) {
    if (absl::StrContains(path, ':') || path == "numerics") continue;  // not a file
    absl::StatusOr<storage::Digest> digest = storage::DigestFromHex(hex);
    if (!digest.ok()) return digest.status();
    absl::StatusOr<std::string> bytes = store.GetBlob(*digest);
    if (!bytes.ok()) return bytes.status();
    files[path] = *std::move(bytes);
  }
  std::vector<retrieval::Document> documents;
  absl::StatusOr<std::vector<storage::DocumentRecord>> records =
      store.ListDocumentsAt(recording.revision);
  if (!records.ok() && !absl::IsNotFound(records.status())) return records.status();
  if (records.ok()) {
    for (const storage::DocumentRecord& record : *records) documents.push_back(DocumentOf(record));
  }
  auto stage = MakeStage(files, documents, models_, Cache());
  if (!stage.ok()) return stage.status();
  return (stages_[key] = *std::move(stage)).get();
}

absl::Status Replayer::AddStore(const std::string& folder) {
  storage::StoreOptions at;
  at.path = folder + "/frontdesk.db";
  at.key_file = options_.key_file;
  at.read_only = true;
  absl::StatusOr<std::unique_ptr<storage::Store>> store = storage::Store::Open(at);
  if (!store.ok()) return store.status();
  storage::ConversationFilter filter;
  filter.limit = 1000;
  for (;;) {
    const auto page = (*store)->ListConversations(filter);
    if (!page.ok()) return page.status();
    for (const storage::Conversation& row : *page) {
      Job job;
      job.recording.name = row.id.value();
      // A changed byte in the file shows in the chain before anything is replayed.
      const auto chain = (*store)->VerifyChain(row.id);
      if (chain.ok() && !chain->intact) {
        job.error = absl::StrCat("event ", chain->first_bad_sequence, ": ", chain->reason);
      } else if (auto recording = ReadRecording(**store, row.id); !recording.ok()) {
        job.error = std::string(recording.status().message());
      } else {
        job.recording = *std::move(recording);
        if (!job.recording.erased) {
          const auto stage = StoreStage(**store, job.recording);
          if (!stage.ok()) return stage.status();
          job.stage = *stage;
        }
      }
      jobs_.push_back(std::move(job));
    }
    if (page->size() < 1000) return absl::OkStatus();
    filter.after_position = page->back().position;
  }
}

int Replayer::Run() {
  const absl::Time begin = absl::Now();
  const dialog::ReplayMode mode =
      options_.against.empty() ? dialog::ReplayMode::kVerify : dialog::ReplayMode::kCompare;
  std::vector<dialog::ReplayReport> reports(jobs_.size());
  std::atomic<size_t> next = 0, done = 0;
  const auto work = [&] {
    for (size_t i = next++; i < jobs_.size(); i = next++) {
      if (jobs_[i].stage != nullptr) {
        reports[i] = jobs_[i].stage->Replay(jobs_[i].recording, mode, !options_.no_decode);
      }
      const size_t finished = ++done;
      if (::isatty(STDERR_FILENO) != 0)
        std::fprintf(stderr, "\rreplaying %zu/%zu", finished, jobs_.size());
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < options_.threads; ++t) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  if (::isatty(STDERR_FILENO) != 0) std::fputc('\n', stderr);

  int64_t events = 0, turns = 0, decoded = 0, identical = 0, erased = 0, wrong = 0;
  nlohmann::json json = nlohmann::json::array();
  for (size_t i = 0; i < jobs_.size(); ++i) {
    const Job& job = jobs_[i];
    if (!job.error.empty()) {
      ++wrong;
      std::printf("%s: %s\n", job.recording.name.c_str(), job.error.c_str());
      json.push_back({{"conversation", job.recording.name}, {"error", job.error}});
      continue;
    }
    if (job.recording.erased) {
      ++erased;
      continue;
    }
    const dialog::ReplayReport& report = reports[i];
    events += report.events;
    turns += report.turns;
    decoded += report.decoded_again;
    // A record whose files are others than those at hand does not verify, even when no event shows
    // it.
    const bool same = report.identical() &&
                      (mode == dialog::ReplayMode::kCompare || report.changed_files.empty());
    if (same) {
      ++identical;
    } else {
      std::printf("%s\n", report.ToText().c_str());
    }
    json.push_back(report.ToJson());
  }
  const ChatOutcome chats =
      RunChatFiles(chats_,
                   {.bundle = options_.against.empty() ? options_.bundle : options_.against,
                    .cache_folder = Cache(),
                    .update = options_.update},
                   models_);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  const int64_t total = static_cast<int64_t>(jobs_.size());
  if (total > 0) {
    std::printf(
        "%lld conversations, %lld turns, %lld events: %lld identical, %lld differ, %lld erased; "
        "model output of %lld turns decoded again; %.1f s, %.0f turns/s\n",
        static_cast<long long>(total), static_cast<long long>(turns),
        static_cast<long long>(events), static_cast<long long>(identical),
        static_cast<long long>(total - identical - erased), static_cast<long long>(erased),
        static_cast<long long>(decoded), seconds,
        static_cast<double>(turns) / std::max(seconds, 1e-9));
  }
  if (!chats_.empty()) std::printf("%s", chats.text.c_str());
  if (!options_.json_file.empty()) {
    std::ofstream file(options_.json_file);
    file << json.dump(1) << "\n";
    if (!file)
      return Report("replay",
                    absl::PermissionDeniedError(options_.json_file + ": cannot be written"));
  }
  return identical + erased == total && wrong == 0 && chats.failed == 0 ? 0 : 1;
}

int RunReplay(const Options& options) {
  spdlog::set_level(spdlog::level::err);  // tools without an adapter are no news here
  if (options.verify && !options.against.empty()) {
    return Report("replay",
                  absl::InvalidArgumentError("--verify and --against exclude each other"));
  }
  Replayer replayer(options);
  if (absl::Status loaded = replayer.LoadModels(); !loaded.ok()) return Report("replay", loaded);
  for (const std::string& path : options.paths) {
    if (absl::Status added = replayer.Add(path); !added.ok()) return Report("replay", added);
  }
  return replayer.Run();
}

struct ExportOptions {
  PlaceOptions place;
  std::string folder;
};

int RunExport(const ExportOptions& options) {
  storage::StoreOptions at;
  at.path = options.place.data + "/frontdesk.db";
  at.key_file = options.place.key_file;
  at.read_only = true;
  absl::StatusOr<std::unique_ptr<storage::Store>> store = storage::Store::Open(at);
  if (!store.ok()) return Report("export", store.status());
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  storage::ConversationFilter filter;
  filter.limit = 1000;
  int64_t written = 0;
  for (;;) {
    const auto page = (*store)->ListConversations(filter);
    if (!page.ok()) return Report("export", page.status());
    for (const storage::Conversation& row : *page) {
      const auto recording = ReadRecording(**store, row.id);
      if (!recording.ok()) return Report("export", recording.status());
      if (recording->erased) continue;
      const std::string file = absl::StrCat(options.folder, "/", row.id.value(), ".jsonl");
      if (absl::Status put = WriteRecordingFile(*recording, file); !put.ok())
        return Report("export", put);
      ++written;
    }
    if (page->size() < 1000) break;
    filter.after_position = page->back().position;
  }
  std::printf("%lld recordings in %s; they are redacted but not encrypted\n",
              static_cast<long long>(written), options.folder.c_str());
  return 0;
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
  command->add_option("--bundle", options->bundle, "Bundle of .chat files and exported recordings")
      ->capture_default_str();
  command->add_option("--models", options->models, "Folder of the model files")
      ->capture_default_str();
  command->add_option("--decoder", options->decoder, "GGUF file, or none")->capture_default_str();
  command->add_option("--key-file", options->key_file,
                      "Master key; default: master.key in the data folder");
  command->add_option("--cache", options->cache, "Folder for trained artefacts and indexes");
  command->add_option("--threads", options->threads, "Conversations at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--model-threads", options->model_threads, "Threads of the models")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--json", options->json_file, "Write the report to this file as JSON");
  command->add_flag("--no-decode", options->no_decode, "Take model output from the record");
  command->add_flag("--update", options->update, "Rewrite what .chat files expect; review it");
  command->callback([options, &exit_code] { exit_code = RunReplay(*options); });

  auto exported = std::make_shared<ExportOptions>();
  command =
      program.add_subcommand("export", "Write every conversation as a recording that replay reads");
  AddPlaceFlags(*command, exported->place, /*assistant=*/false);
  command->add_option("FOLDER", exported->folder, "Where to")->required();
  command->callback([exported, &exit_code] { exit_code = RunExport(*exported); });
}

}  // namespace frontdesk::server
