// Trains the answer model of dialog/answer on a bundle's documents and writes its weights.
//
//   train_answers BUNDLE QUESTIONS.jsonl ENCODER_FOLDER OUT.bin [MISSES.txt]
//
// QUESTIONS.jsonl: as dialog/answer/asked_question.h says. The weights are thresholds and values over
// the signals of unit_signals.h and answerable.h; no text gets into them (docs/answering.md).
// Deterministic: the same input gives the same bytes.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "dialog/answer/train_answers.h"
#include "dialog/effects/live_effects.h"
#include "llm/encoder/encoder.h"
#include "retrieval/knowledge_base.h"
#include "retrieval/ranking/query_words.h"

namespace frontdesk {
namespace {

constexpr int kPassages = 6;
constexpr int64_t kSentences = 4;

absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat(path.string(), ": cannot be read"));
  return std::move(bytes).str();
}

absl::Status Read(retrieval::KnowledgeBase& base, const std::filesystem::path& folder) {
  std::vector<retrieval::Document> documents;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    const std::string id = std::filesystem::relative(entry.path(), folder).generic_string();
    const auto format = retrieval::FormatOfFileName(id);
    if (!entry.is_regular_file() || !format) continue;
    auto bytes = ReadFile(entry.path());
    if (!bytes.ok()) return bytes.status();
    documents.push_back({.id = id, .format = *format, .bytes = *std::move(bytes)});
  }
  std::sort(documents.begin(), documents.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  return base.Upsert(documents).status();
}

absl::Status Train(const std::string& bundle, const std::string& questions,
                   const std::string& encoder_folder, const std::string& out,
                   const std::string& misses) {
  const auto encoder = llm::Encoder::Load(encoder_folder, {.threads = 2, .cached_texts = 65536});
  if (!encoder.ok()) return encoder.status();
  const screen::EmbedFn embed = [&](std::span<const std::string> texts) {
    return (*encoder)->Embed(texts);
  };
  retrieval::KnowledgeOptions options;
  options.embed = embed;
  options.embedding_fingerprint = "training";
  if (const auto synonyms = ReadFile(std::filesystem::path(bundle) / "synonyms.txt"); synonyms.ok()) {
    auto groups = retrieval::ReadSynonyms(*synonyms);
    if (!groups.ok()) return groups.status();
    options.synonyms = *std::move(groups);
  }
  retrieval::KnowledgeBase base(std::move(options));
  if (absl::Status read = Read(base, std::filesystem::path(bundle) / "knowledge"); !read.ok())
    return read;
  const auto jsonl = ReadFile(questions);
  if (!jsonl.ok()) return jsonl.status();
  auto asked = dialog::ReadAskedQuestions(*jsonl);
  if (!asked.ok()) return asked.status();
  const auto snapshot = base.snapshot();
  const std::vector<dialog::AskedCollection> collections = {
      {*std::move(asked), [&](std::string_view query) {
         return dialog::SearchPassages(*snapshot, query, kPassages);
       }}};
  const auto training = dialog::TrainAnswers(collections, kSentences, embed);
  if (!training.ok()) return training.status();
  std::printf("%s", training->report.c_str());
  const std::string bytes = training->model.Save();
  std::ofstream file(out, std::ios::binary);
  file << bytes;
  file.close();
  if (!file) return absl::PermissionDeniedError(absl::StrCat(out, ": cannot be written"));
  std::printf("%zu bytes\n", bytes.size());
  if (!misses.empty()) std::ofstream(misses) << training->misses;
  return absl::OkStatus();
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) {
  if (argc != 5 && argc != 6) {
    std::fprintf(stderr, "usage: train_answers BUNDLE QUESTIONS.jsonl ENCODER_FOLDER OUT.bin [MISSES.txt]\n");
    return 2;
  }
  const absl::Status done = frontdesk::Train(argv[1], argv[2], argv[3], argv[4], argc == 6 ? argv[5] : "");
  if (done.ok()) return 0;
  std::fprintf(stderr, "train_answers: %s\n", std::string(done.message()).c_str());
  return 1;
}
