// `frontdesk knowledge search|report`: ranks the passages of a folder of documents for a question, or
// says what in them wants a look.
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "retrieval/report/knowledge_report.h"
#include "server/assistant/documents.h"
#include "server/assistant/models.h"
#include "server/commands/commands.h"

namespace frontdesk::server {
namespace {

struct Options {
  std::string models;
  std::string folder = "demo/bundle/knowledge";
  std::string question;
  int limit = 5;
  std::string questions, today;
  bool json = false;
};

// The folder's documents, indexed.
absl::StatusOr<std::unique_ptr<retrieval::KnowledgeBase>> Index(const Options& options,
                                                                const Models& models) {
  const auto documents = ReadKnowledgeFolder(options.folder);
  if (!documents.ok()) return documents.status();
  if (documents->empty()) {
    return absl::NotFoundError(options.folder + ": no documents there; give --folder DIR");
  }
  retrieval::KnowledgeOptions knowledge;
  knowledge.embed = models.embed;
  knowledge.embedding_fingerprint = models.encoder_fingerprint;
  auto base = std::make_unique<retrieval::KnowledgeBase>(std::move(knowledge));
  if (auto report = base->Upsert(*documents); !report.ok()) return report.status();
  return base;
}

absl::StatusOr<Models> EncoderOnly(const Options& options) {
  ModelOptions model_options;
  model_options.folder = options.models;
  model_options.decoder = "";
  return Models::Load(model_options);
}

int RunSearch(const Options& options) {
  const absl::StatusOr<Models> models = EncoderOnly(options);
  if (!models.ok()) return Report("knowledge search", models.status());
  const auto base = Index(options, *models);
  if (!base.ok()) return Report("knowledge search", base.status());
  const auto snapshot = (*base)->snapshot();
  const auto hits = snapshot->Search(options.question, {.k = options.limit});
  if (!hits.ok()) return Report("knowledge search", hits.status());
  for (const retrieval::Hit& hit : *hits) {
    std::printf("%.4f  %s  bytes %u-%u  (bm25 %.2f, cosine %.3f)\n        %.200s\n",
                static_cast<double>(hit.score_q) / 1e6, hit.passage->document_id.c_str(),
                hit.passage->begin, hit.passage->end, hit.bm25, hit.cosine,
                hit.passage->text.c_str());
  }
  std::printf("%zu of %zu passages in %zu documents\n", hits->size(), snapshot->passage_count(),
              snapshot->Documents().size());
  return hits->empty() ? 1 : 0;
}

// Errors: INVALID_ARGUMENT (not YYYY-MM-DD).
absl::StatusOr<retrieval::CalendarDay> DayOf(const std::string& text) {
  absl::CivilDay day(absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()));
  if (!text.empty() && !absl::ParseCivilTime(text, &day)) {
    return absl::InvalidArgumentError(absl::StrCat("--today ", text, " is no day; write 2026-11-24"));
  }
  return retrieval::CalendarDay{static_cast<int>(day.year()), day.month(), day.day()};
}

int RunReport(const Options& options) {
  retrieval::ReportOptions report_options;
  const auto today = DayOf(options.today);
  if (!today.ok()) return Report("knowledge report", today.status());
  report_options.today = *today;
  if (!options.questions.empty()) {
    std::ifstream lines(options.questions);
    if (!lines) {
      return Report("knowledge report",
                    absl::NotFoundError(absl::StrCat(options.questions, ": no such file")));
    }
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty()) report_options.questions.push_back(line);
    }
  }
  const absl::StatusOr<Models> models = EncoderOnly(options);
  if (!models.ok()) return Report("knowledge report", models.status());
  const auto base = Index(options, *models);
  if (!base.ok()) return Report("knowledge report", base.status());
  const auto snapshot = (*base)->snapshot();
  const auto report = retrieval::MakeReport(*snapshot, report_options);
  if (!report.ok()) return Report("knowledge report", report.status());
  std::printf("%s", retrieval::ToText(*report).c_str());
  if (options.json) std::printf("%s\n", retrieval::ToJson(*report).dump().c_str());
  return 0;
}

}  // namespace

void AddKnowledge(CLI::App& program, int& exit_code) {
  CLI::App* knowledge = program.add_subcommand("knowledge", "The business's documents");
  knowledge->require_subcommand(1);
  auto options = std::make_shared<Options>();
  options->models = DefaultModelsFolder();
  CLI::App* command =
      knowledge->add_subcommand("search", "Rank the passages of a folder for a question");
  command->add_option("QUESTION", options->question, "What a customer would ask")->required();
  command->add_option("--folder", options->folder, "Folder of documents")->capture_default_str();
  command->add_option("--models", options->models, "Folder of the model files")
      ->capture_default_str();
  command->add_option("--limit", options->limit, "How many")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = RunSearch(*options); });

  command = knowledge->add_subcommand(
      "report", "Near-duplicates, contradicting numbers, passed dates, unanswered questions");
  command->add_option("--folder", options->folder, "Folder of documents")->capture_default_str();
  command->add_option("--models", options->models, "Folder of the model files")
      ->capture_default_str();
  command->add_option("--questions", options->questions,
                      "File of customers' questions, one a line: which find nothing?");
  command->add_option("--today", options->today, "The day that dates are held against, YYYY-MM-DD");
  command->add_flag("--json", options->json, "One JSON object as the last line");
  command->callback([options, &exit_code] { exit_code = RunReport(*options); });
}

}  // namespace frontdesk::server
