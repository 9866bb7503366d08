// Which input made a difference: found by experiment, one changed input at a time.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/replay/rows.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr size_t kTrialsPerForm = 2;
constexpr size_t kMostDocuments = 40;  // tried one by one; more are tried together

using DocumentsById = std::map<std::string, retrieval::Document>;

DocumentsById ById(const std::vector<retrieval::Document>& documents) {
  DocumentsById by_id;
  for (const retrieval::Document& document : documents) by_id[document.id] = document;
  return by_id;
}

std::vector<retrieval::Document> Listed(const DocumentsById& documents) {
  std::vector<retrieval::Document> list;
  for (const auto& [id, document] : documents) list.push_back(document);
  return list;
}

bool Same(const retrieval::Document& a, const retrieval::Document& b) {
  return a.bytes == b.bytes && a.title == b.title && a.url == b.url && a.language == b.language;
}

// A turn that stands for its form, and what came out of it with the candidate.
struct Trial {
  size_t form = 0;
  size_t conversation = 0;
  int64_t turn = 0;
  std::string outcome;  // kind and words of the first difference
};

std::string FirstDifference(const dialog::ReplayReport& report) {
  if (report.differences.empty()) return "";
  return absl::StrCat(report.differences.front().kind, " ", report.differences.front().what);
}

// One version that was recorded, and the trials of its conversations.
class Experiment {
 public:
  Experiment(const std::vector<ArchiveEntry>& entries, const Candidate& candidate,
             StageShelf& shelf, BundleFiles files, DocumentsById documents)
      : entries_(entries),
        candidate_(candidate),
        shelf_(shelf),
        files_(std::move(files)),
        documents_(std::move(documents)),
        candidate_documents_(candidate.documents_given ? ById(candidate.documents) : documents_) {}

  void Add(Trial trial) { trials_.push_back(std::move(trial)); }

  // Causes by form; the first trial that tells decides.
  std::map<size_t, std::string> Run() {
    // The recorded bundle as today's code runs it: a difference there is no file's.
    Try("code", files_, documents_);
    for (const std::string& path : ChangedPaths()) {
      BundleFiles hybrid = files_;
      Replace(candidate_.files, path, hybrid);
      Try(path, hybrid, documents_);
    }
    const std::vector<std::string> ids = ChangedDocuments();
    if (ids.size() > kMostDocuments) {
      Try(absl::StrCat("knowledge (", ids.size(), " documents)"), files_, candidate_documents_);
    } else {
      for (const std::string& id : ids) {
        DocumentsById hybrid = documents_;
        Replace(candidate_documents_, id, hybrid);
        Try("knowledge/" + id, files_, hybrid);
      }
    }
    TryWithout();
    return std::move(causes_);
  }

 private:
  template <class Map>
  static void Replace(const Map& from, const std::string& key, Map& into) {
    const auto found = from.find(key);
    if (found == from.end()) {
      into.erase(key);
    } else {
      into[key] = found->second;
    }
  }

  std::vector<std::string> ChangedPaths() const {
    std::vector<std::string> paths;
    for (const auto& [path, bytes] : files_) {
      const auto now = candidate_.files.find(path);
      if (now == candidate_.files.end() || now->second != bytes) paths.push_back(path);
    }
    for (const auto& [path, bytes] : candidate_.files) {
      if (files_.count(path) == 0) paths.push_back(path);
    }
    return paths;
  }

  std::vector<std::string> ChangedDocuments() const {
    std::vector<std::string> ids;
    for (const auto& [id, document] : documents_) {
      const auto now = candidate_documents_.find(id);
      if (now == candidate_documents_.end() || !Same(now->second, document)) ids.push_back(id);
    }
    for (const auto& [id, document] : candidate_documents_) {
      if (documents_.count(id) == 0) ids.push_back(id);
    }
    return ids;
  }

  bool Open(const Trial& trial) const { return causes_.count(trial.form) == 0; }
  bool AnyOpen() const {
    return std::any_of(trials_.begin(), trials_.end(), [this](const Trial& t) { return Open(t); });
  }

  std::optional<std::string> OutcomeOn(const ReplayStage& stage, const Trial& trial) {
    auto& recording = recordings_[trial.conversation];
    if (!recording) {
      absl::StatusOr<Recording> read = entries_[trial.conversation].read();
      if (!read.ok()) return std::nullopt;
      recording = *std::move(read);
    }
    return FirstDifference(stage.Replay(*recording, {.mode = dialog::ReplayMode::kCompare,
                                                     .decode = false,
                                                     .only_turns = {trial.turn}}));
  }

  // The recorded bundle with one input of the candidate: the same difference names the cause.
  void Try(const std::string& cause, const BundleFiles& files, const DocumentsById& documents) {
    if (!AnyOpen()) return;
    const auto stage = shelf_.ForFiles(files, Listed(documents));
    if (!stage.ok()) return;  // the file does not stand alone; TryWithout tells
    for (const Trial& trial : trials_) {
      if (!Open(trial)) continue;
      const auto outcome = OutcomeOn(**stage, trial);
      if (outcome && *outcome == trial.outcome) causes_[trial.form] = cause;
    }
  }

  // What no single input explains: the candidate without one input; each whose absence changes
  // the outcome takes part.
  void TryWithout() {
    if (!AnyOpen()) return;
    std::map<size_t, std::vector<std::string>> parts;
    const auto without = [&](const std::string& cause, const BundleFiles& files,
                             const DocumentsById& documents) {
      const auto stage = shelf_.ForFiles(files, Listed(documents));
      if (!stage.ok()) return;
      for (const Trial& trial : trials_) {
        if (!Open(trial)) continue;
        const auto outcome = OutcomeOn(**stage, trial);
        auto& of = parts[trial.form];
        if (outcome && *outcome != trial.outcome && (of.empty() || of.back() != cause))
          of.push_back(cause);
      }
    };
    for (const std::string& path : ChangedPaths()) {
      BundleFiles hybrid = candidate_.files;
      Replace(files_, path, hybrid);
      without(path, hybrid, candidate_documents_);
    }
    without("knowledge", candidate_.files, documents_);
    for (auto& [form, of] : parts) {
      if (!of.empty()) causes_[form] = absl::StrJoin(of, " + ");
    }
  }

  const std::vector<ArchiveEntry>& entries_;
  const Candidate& candidate_;
  StageShelf& shelf_;
  const BundleFiles files_;
  const DocumentsById documents_, candidate_documents_;
  std::vector<Trial> trials_;
  std::map<size_t, std::optional<Recording>> recordings_;
  std::map<size_t, std::string> causes_;
};

}  // namespace

void FindCauses(std::vector<DiffForm>& forms, const std::vector<ArchiveEntry>& entries,
                const Candidate& candidate, StageShelf& shelf) {
  std::map<std::string, std::unique_ptr<Experiment>> experiments;  // by version and documents
  for (size_t f = 0; f < forms.size(); ++f) {
    for (size_t t = 0; t < std::min(kTrialsPerForm, forms[f].turns.size()); ++t) {
      const TurnPlace& place = forms[f].turns[t];
      const absl::StatusOr<Recording> recording = entries[place.conversation].read();
      if (!recording.ok() || recording->revisions.empty()) continue;
      const std::string key =
          absl::StrCat(recording->version.value(), " ", recording->revisions.back());
      auto& experiment = experiments[key];
      if (experiment == nullptr) {
        const absl::StatusOr<BundleFiles> files = FilesOf(*recording);
        const auto documents = DocumentsOf(*recording, recording->revisions.back());
        if (!files.ok() || !documents.ok()) {
          spdlog::warn("conversation={} cause=unknown error=\"{}\"", recording->name,
                       std::string((files.ok() ? documents.status() : files.status()).message()));
          continue;
        }
        experiment = std::make_unique<Experiment>(entries, candidate, shelf, *files,
                                                  ById(*documents));
      }
      experiment->Add({f, place.conversation, place.turn,
                       absl::StrCat(forms[f].kind, " ", forms[f].what)});
    }
  }
  for (auto& [key, experiment] : experiments) {
    if (experiment == nullptr) continue;
    for (auto& [form, cause] : experiment->Run()) {
      if (forms[form].cause.empty()) forms[form].cause = std::move(cause);
    }
  }
}

}  // namespace frontdesk::server
