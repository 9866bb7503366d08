// Of the documents that a customer's task needs, how many does the assistant find on the way?
//
// Data: a knowledge base (lines {"id","title","content"}) and tasks (lines with
// user_scenario.instructions and required_documents). A task's messages are what its instructions
// quote the customer as saying, of five words or more; the first is the opening. A task without
// quotes gives the sentences that say what the customer wants. Each message is searched by itself.
// Prints, per ranking: recall@10 of the opening; of all messages together (a document counts when
// any message finds it among its first ten); and the mean over messages. No randomness.
//
//   retrieval_needs_bench --models MODELS --cache FILE DATA/bank_kb
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bench/retrieval/vector_cache.h"
#include "llm/encoder/encoder.h"
#include "nlohmann/json.hpp"
#include "retrieval/knowledge_base.h"
#include "retrieval/measure.h"
#include "text/segment.h"

namespace {

using namespace frontdesk::retrieval;

struct Task {
  std::vector<std::string> messages;  // the opening first
  std::set<std::string> needed;
};

std::vector<std::string> Quoted(const std::string& instructions) {
  std::vector<std::string> out;
  size_t opening = std::string::npos;
  size_t begin = instructions.find('"');
  while (begin != std::string::npos) {
    const size_t end = instructions.find('"', begin + 1);
    if (end == std::string::npos) break;
    const std::string said = instructions.substr(begin + 1, end - begin - 1);
    if (frontdesk::text::Words(said, "en").size() >= 5 && said.find("\n\n") == std::string::npos) {
      const std::string before = instructions.substr(0, begin);
      const std::string line = before.substr(before.rfind('\n') + 1);
      if (opening == std::string::npos && (line.find("Opening") != std::string::npos ||
                                           line.find("Start") != std::string::npos)) {
        opening = out.size();
      }
      out.push_back(said);
    }
    begin = instructions.find('"', end + 1);
  }
  // What stands before the opening are names and examples.
  if (opening != std::string::npos) {
    out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(opening));
  }
  return out;
}

std::vector<std::string> Wishes(const std::string& instructions) {
  std::vector<std::string> out;
  for (const auto& span : frontdesk::text::Sentences(instructions, "en")) {
    const std::string sentence(frontdesk::text::Slice(instructions, span));
    for (const char* wish : {"looking for", "You want", "wants to", "want to"}) {
      if (sentence.find(wish) == std::string::npos) continue;
      out.push_back(sentence);
      break;
    }
  }
  if (out.empty()) out.push_back(instructions.substr(0, 300));
  return out;
}

std::vector<Task> ReadTasks(const std::string& path) {
  std::vector<Task> out;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line);
    const std::string instructions = json["user_scenario"]["instructions"];
    Task task{.messages = Quoted(instructions)};
    if (task.messages.empty()) task.messages = Wishes(instructions);
    for (const std::string id : json["required_documents"]) task.needed.insert(id);
    out.push_back(std::move(task));
  }
  return out;
}

std::vector<std::string> FirstTen(const KnowledgeSnapshot& snapshot, const std::string& message,
                                  SearchMode mode) {
  std::vector<std::string> out;
  const auto hits = snapshot.Search(message, {.k = 100, .mode = mode});
  if (!hits.ok()) return out;
  for (const Hit& hit : *hits) {
    const std::string& id = hit.passage->document_id;
    if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(id);
    if (out.size() == 10) break;
  }
  return out;
}

double Share(const std::set<std::string>& needed, const std::set<std::string>& found) {
  size_t hits = 0;
  for (const std::string& id : needed) hits += found.count(id);
  return static_cast<double>(hits) / static_cast<double>(needed.size());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("documents found over the messages of a task");
  std::string folder, models, cache;
  app.add_option("folder", folder)->required();
  app.add_option("--models", models)->required();
  app.add_option("--cache", cache);
  CLI11_PARSE(app, argc, argv);
  auto encoder = frontdesk::llm::Encoder::Load(models + "/all-minilm-l6-v2");
  if (!encoder.ok()) {
    std::fprintf(stderr, "%s\n", encoder.status().ToString().c_str());
    return 2;
  }
  frontdesk::bench::VectorCache vectors(cache, **encoder);
  KnowledgeBase base(
      {.embed = [&](std::span<const std::string> texts) { return vectors.Embed(texts); }});
  std::vector<Document> documents;
  std::ifstream in(folder + "/documents.jsonl");
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line);
    documents.push_back({.id = json["id"],
                         .title = json["title"],
                         .format = Document::kMarkdown,
                         .bytes = json["content"],
                         .language = "en"});
  }
  if (const auto report = base.Upsert(documents); !report.ok()) {
    std::fprintf(stderr, "%s\n", report.status().ToString().c_str());
    return 2;
  }
  const auto snapshot = base.snapshot();
  const std::vector<Task> tasks = ReadTasks(folder + "/tasks.jsonl");
  size_t messages = 0;
  for (const Task& task : tasks) messages += task.messages.size();
  std::printf("%zu documents, %zu passages, %zu tasks, %zu messages\n", documents.size(),
              snapshot->passage_count(), tasks.size(), messages);
  std::printf("ranking   opening   all messages   mean of messages\n");
  for (const SearchMode mode : {SearchMode::kBm25, SearchMode::kDense, SearchMode::kHybrid}) {
    double opening = 0, all = 0, mean = 0;
    for (const Task& task : tasks) {
      std::set<std::string> together;
      for (size_t i = 0; i < task.messages.size(); ++i) {
        const auto ten = FirstTen(*snapshot, task.messages[i], mode);
        const std::set<std::string> found(ten.begin(), ten.end());
        const double share = Share(task.needed, found);
        if (i == 0) opening += share;
        mean += share;
        together.insert(found.begin(), found.end());
      }
      all += Share(task.needed, together);
    }
    const auto n = static_cast<double>(tasks.size());
    std::printf("%-8s   %.4f         %.4f             %.4f\n", std::string(ModeName(mode)).c_str(),
                opening / n, all / n, mean / static_cast<double>(messages));
  }
  return 0;
}
