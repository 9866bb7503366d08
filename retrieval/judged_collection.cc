#include "retrieval/judged_collection.h"

#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"
#include "retrieval/stopwatch.h"

namespace frontdesk::retrieval {
namespace {

// Calls read(line) for each line that is not empty; an error gets the file's name and line.
absl::Status ForEachLine(const std::string& path,
                         const std::function<absl::Status(const std::string&, size_t)>& read) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot open ", path));
  std::string line;
  for (size_t number = 1; std::getline(file, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    if (absl::Status status = read(line, number); !status.ok()) {
      return absl::Status(status.code(), absl::StrCat(path, ":", number, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> StringField(const nlohmann::json& object, const char* name) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_string()) {
    return absl::InvalidArgumentError(absl::StrCat("has no string field \"", name, "\""));
  }
  return field->get<std::string>();
}

absl::StatusOr<nlohmann::json> ParseObject(const std::string& line) {
  nlohmann::json object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return absl::InvalidArgumentError("is not a JSON object");
  return object;
}

KnowledgeOptions WholeDocuments(const EmbedFn& embed, const RankingOptions& ranking) {
  KnowledgeOptions out;
  out.embed = embed;
  out.ranking = ranking;
  out.passages.target_words = out.passages.max_words = 1'000'000;
  return out;
}

}  // namespace

absl::StatusOr<JudgedCollection> ReadJudgedCollection(const std::string& corpus,
                                                      const std::string& queries,
                                                      const std::string& qrels) {
  JudgedCollection out;
  std::set<std::string> seen;
  absl::Status status = ForEachLine(corpus, [&](const std::string& line, size_t) -> absl::Status {
    absl::StatusOr<nlohmann::json> object = ParseObject(line);
    if (!object.ok()) return object.status();
    absl::StatusOr<std::string> id = StringField(*object, "_id");
    absl::StatusOr<std::string> text = StringField(*object, "text");
    if (!id.ok()) return id.status();
    if (!text.ok()) return text.status();
    if (!seen.insert(*id).second) return absl::InvalidArgumentError("repeats id " + *id);
    out.documents.push_back({*id, object->value("title", ""), *text});
    return absl::OkStatus();
  });
  if (!status.ok()) return status;

  std::map<std::string, Judgements> judged;
  status = ForEachLine(qrels, [&](const std::string& line, size_t number) -> absl::Status {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    int grade = 0;
    if (fields.size() != 3) return absl::InvalidArgumentError("has not three fields");
    if (!absl::SimpleAtoi(fields[2], &grade)) {
      if (number == 1) return absl::OkStatus();  // the heading
      return absl::InvalidArgumentError("has a grade that is no number");
    }
    if (grade > 0) judged[fields[0]][fields[1]] = grade;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;

  status = ForEachLine(queries, [&](const std::string& line, size_t) -> absl::Status {
    absl::StatusOr<nlohmann::json> object = ParseObject(line);
    if (!object.ok()) return object.status();
    absl::StatusOr<std::string> id = StringField(*object, "_id");
    absl::StatusOr<std::string> text = StringField(*object, "text");
    if (!id.ok()) return id.status();
    if (!text.ok()) return text.status();
    if (const auto found = judged.find(*id); found != judged.end()) {
      out.queries.push_back({*id, *text, found->second});
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (out.queries.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(qrels, " judges no query of ", queries, "; give files of one collection"));
  }
  return out;
}

absl::StatusOr<IndexedCollection> IndexCollection(const JudgedCollection& collection,
                                                  const EmbedFn& embed,
                                                  const RankingOptions& ranking) {
  std::vector<Document> documents;
  for (const auto& [id, title, text] : collection.documents) {
    documents.push_back({.id = id,
                         .title = title,
                         .format = Document::kText,
                         .bytes = text.empty() ? title : text,
                         .language = "en"});
  }
  // Indexing is timed by itself, without the encoder.
  auto timed = std::make_unique<KnowledgeBase>(WholeDocuments(nullptr, ranking));
  const Stopwatch watch;
  absl::StatusOr<UpsertReport> report = timed->Upsert(documents);
  if (!report.ok()) return report.status();
  IndexedCollection out;
  out.docs_per_second = static_cast<double>(documents.size()) / (watch.Microseconds() / 1e6);
  if (!embed) {
    out.base = std::move(timed);
    return out;
  }
  out.base = std::make_unique<KnowledgeBase>(WholeDocuments(embed, ranking));
  report = out.base->Upsert(documents);
  if (!report.ok()) return report.status();
  return out;
}

}  // namespace frontdesk::retrieval
