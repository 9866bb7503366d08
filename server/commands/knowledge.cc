// `frontdesk knowledge search`: ranks the passages of a folder of documents for a question.
#include <cstdio>
#include <memory>

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
};

int RunSearch(const Options& options) {
  const auto documents = ReadKnowledgeFolder(options.folder);
  if (!documents.ok()) return Report("knowledge search", documents.status());
  if (documents->empty()) {
    return Report("knowledge search",
                  absl::NotFoundError(options.folder + ": no documents there; give --folder DIR"));
  }
  ModelOptions model_options;
  model_options.folder = options.models;
  model_options.decoder = "";
  const absl::StatusOr<Models> models = Models::Load(model_options);
  if (!models.ok()) return Report("knowledge search", models.status());
  retrieval::KnowledgeOptions knowledge;
  knowledge.embed = models->embed;
  knowledge.embedding_fingerprint = models->encoder_fingerprint;
  retrieval::KnowledgeBase base(std::move(knowledge));
  if (auto report = base.Upsert(*documents); !report.ok())
    return Report("knowledge search", report.status());
  const auto snapshot = base.snapshot();
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
}

}  // namespace frontdesk::server
