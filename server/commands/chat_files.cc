#include "server/commands/chat_files.h"

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dialog/transcript/run_transcript.h"
#include "tools/crm/generate/generate.h"

namespace frontdesk::server {
namespace {

ChatOutcome Failed(const std::vector<std::string>& files, const absl::Status& status) {
  ChatOutcome outcome;
  outcome.failed = static_cast<int>(files.size());
  outcome.text = absl::StrCat(std::string(status.message()), "\n");
  return outcome;
}

struct OneFile {
  bool passed = false, rewritten = false;
  std::string diff;
};

OneFile RunFile(const std::string& path, bool update, const dialog::TranscriptStage& stage) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return {.diff = path + ": cannot be read\n"};
  file.close();
  const absl::StatusOr<dialog::Transcript> transcript = dialog::ParseTranscript(text.str(), path);
  if (!transcript.ok()) return {.diff = std::string(transcript.status().message()) + "\n"};
  const dialog::TranscriptRun run = dialog::RunTranscript(*transcript, stage);
  OneFile one{.passed = run.passed, .diff = run.diff};
  if (update && !run.passed && !run.rewritten.empty()) {
    std::ofstream out(path, std::ios::binary);
    out << run.rewritten;
    out.close();
    one.rewritten = static_cast<bool>(out);
  }
  return one;
}

}  // namespace

ChatOutcome RunChatFiles(const std::vector<std::string>& files, const ChatFileOptions& options,
                         const Models& models, StageShelf& shelf) {
  if (files.empty()) return {};
  const auto stage = shelf.ForFolder(options.bundle);
  if (!stage.ok()) return Failed(files, stage.status());
  const auto crm = tools::DemoCrm::OpenInMemory();
  if (!crm.ok()) return Failed(files, crm.status());
  if (absl::Status made = tools::GenerateDemoCrm(**crm, {}); !made.ok()) return Failed(files, made);
  const dialog::TranscriptStage world{.bundle = (*stage)->assistant().bundle,
                                      .understander = (*stage)->assistant().understander,
                                      .knowledge = (*stage)->knowledge(),
                                      .embed = models.embed,
                                      .features = models.features,
                                      .crm = **crm};
  std::vector<OneFile> results(files.size());
  std::atomic<size_t> next = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < options.threads; ++t) {
    threads.emplace_back([&] {
      for (size_t i = next++; i < files.size(); i = next++)
        results[i] = RunFile(files[i], options.update, world);
    });
  }
  for (std::thread& thread : threads) thread.join();
  ChatOutcome outcome;
  for (const OneFile& result : results) {
    ++(result.passed ? outcome.passed : outcome.failed);
    outcome.rewritten += result.rewritten ? 1 : 0;
    outcome.text += result.diff;
  }
  absl::StrAppend(&outcome.text, files.size(), " transcripts: ", outcome.passed, " as written, ",
                  outcome.failed, " not");
  if (outcome.rewritten > 0)
    absl::StrAppend(&outcome.text, ", ", outcome.rewritten, " rewritten; review them");
  outcome.text += "\n";
  return outcome;
}

}  // namespace frontdesk::server
