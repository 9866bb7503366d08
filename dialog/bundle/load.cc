#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dialog/bundle/bundle.h"
#include "dialog/bundle/check_bundle.h"
#include "dialog/bundle/core_replies.h"
#include "dialog/bundle/read_flow.h"
#include "dialog/bundle/read_settings.h"
#include "retrieval/ranking/query_words.h"
#include "storage/digest.h"
#include "text/utf8.h"
#include "tools/yaml_map.h"
#include "yaml-cpp/yaml.h"

namespace frontdesk::dialog {
namespace {

using Files = std::map<std::string, std::string>;

bool StartsWith(const std::string& text, std::string_view start) {
  return std::string_view(text).substr(0, start.size()) == start;
}
bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Parses files one by one; what a file lacks is left out, its faults are kept.
class Loader {
 public:
  Loader(const Files& files, std::vector<BundleFault>& faults) : files_(files), faults_(faults) {}

  Bundle Load() {
    Bundle bundle;
    WithYaml("assistant.yaml", true, [&](const YAML::Node& root, const tools::FaultSink& sink) {
      bundle.assistant = ReadAssistant(root, sink);
      CheckAdapter(root, sink, bundle.assistant.adapter);
    });
    languages_ = bundle.assistant.languages;
    ReadTools(bundle);
    ReadPolicies(bundle);
    CheckSynonyms();
    for (const auto& [path, bytes] : files_) {
      if (StartsWith(path, "intents/")) {
        WithYaml(path, false, [&](const YAML::Node& root, const tools::FaultSink& sink) {
          ReadIntents(root, {sink, languages_}, bundle);
        });
      } else if (StartsWith(path, "flows/")) {
        ReadFlowFile(path, bundle);
      } else if (StartsWith(path, "prompts/")) {
        if (EndsWith(path, ".txt")) bundle.prompts[path.substr(8, path.size() - 12)] = bytes;
      } else if (!Known(path)) {
        faults_.push_back({path, 0, "this file is not part of a bundle",
                           "remove it or correct its folder", true});
      }
      if (!StartsWith(path, "knowledge/") && !StartsWith(path, "transcripts/")) {
        bundle.files[path] = storage::ToHex(storage::Sha256(bytes));
      }
    }
    bundle.prompts.try_emplace("answer", CoreAnswerPrompt());
    CheckBundle(bundle, faults_);
    return bundle;
  }

 private:
  static bool Known(const std::string& path) {
    static const std::set<std::string> kFiles = {"assistant.yaml",       "tools.yaml",
                                                 "policies/policy.yaml", "policies/replies.yaml",
                                                 "policies/screen.yaml", "synonyms.txt",
                                                 "quality.yaml",
                                                 "README.md"};
    return kFiles.contains(path) || StartsWith(path, "knowledge/") ||
           StartsWith(path, "adapters/") || StartsWith(path, "transcripts/");
  }

  // Runs `read` on the parsed file; a YAML error is a fault with its line.
  template <class Read>
  void WithYaml(const std::string& path, bool required, Read read) {
    auto found = files_.find(path);
    if (found == files_.end()) {
      if (required)
        faults_.push_back(
            {path, 0, "the file is missing", "add it; docs/bundle.md describes it", false});
      return;
    }
    Parse(path, found->second, read);
  }

  template <class Read>
  void Parse(const std::string& path, std::string_view bytes, Read read) {
    if (absl::Status utf8 = text::CheckUtf8(bytes, path); !utf8.ok()) {
      faults_.push_back({path, 0, std::string(utf8.message()), "save the file as UTF-8", false});
      return;
    }
    std::vector<tools::Fault> found;
    tools::FaultSink sink{path, found};
    try {
      read(YAML::Load(std::string(bytes)), sink);
    } catch (const YAML::Exception& e) {
      found.push_back({path, e.mark.line + 1, "the YAML does not parse: " + e.msg,
                       "check indentation, quotes and brackets"});
    }
    for (tools::Fault& fault : found) {
      faults_.push_back(
          {fault.file, fault.line, std::move(fault.what), std::move(fault.remedy), false});
    }
  }

  void CheckAdapter(const YAML::Node& root, const tools::FaultSink& sink,
                    const std::string& adapter) const {
    if (adapter.empty()) return;
    if (!StartsWith(adapter, "adapters/") || !EndsWith(adapter, ".gguf")) {
      sink.Add(root["model"], absl::StrCat("adapter '", adapter, "' is not of the bundle"),
               "put a GGUF file below adapters/ and name it adapters/NAME.gguf");
    } else if (!files_.contains(adapter)) {
      sink.Add(root["model"], absl::StrCat("adapter ", adapter, " is not there"),
               "add the file to the bundle or leave `adapter` out");
    }
  }

  void ReadTools(Bundle& bundle) {
    auto found = files_.find("tools.yaml");
    if (found == files_.end()) return;
    bundle.tools_yaml = found->second;
    std::vector<tools::Fault> faults;
    bundle.tools = tools::Catalogue::Parse(found->second, "tools.yaml", faults);
    for (tools::Fault& fault : faults) {
      faults_.push_back(
          {fault.file, fault.line, std::move(fault.what), std::move(fault.remedy), false});
    }
  }

  void ReadPolicies(Bundle& bundle) {
    WithYaml("policies/policy.yaml", false,
             [&](const YAML::Node& root, const tools::FaultSink& sink) {
               ReadPolicy(root, {sink, languages_}, bundle.policy);
             });
    bundle.replies = CoreReplies(languages_);
    WithYaml("policies/replies.yaml", false,
             [&](const YAML::Node& root, const tools::FaultSink& sink) {
               ReadReplies(root, {sink, languages_}, bundle.replies);
             });
    auto read_screen = [&](const YAML::Node& root, const tools::FaultSink& sink) {
      bundle.screen = ReadScreen(root, {sink, languages_});
    };
    if (files_.contains("policies/screen.yaml")) {
      WithYaml("policies/screen.yaml", false, read_screen);
    } else {
      Parse("policies/screen.yaml", CoreScreenYaml(), read_screen);
    }
  }

  // The search in documents reads it again; here its faults are told.
  void CheckSynonyms() {
    const auto found = files_.find("synonyms.txt");
    if (found == files_.end()) return;
    const auto groups = retrieval::ReadSynonyms(found->second);
    if (groups.ok()) return;
    faults_.push_back({found->first, 0, std::string(groups.status().message()),
                       "docs/bundle.md describes the file", false});
  }

  void ReadFlowFile(const std::string& path, Bundle& bundle) {
    WithYaml(path, false, [&](const YAML::Node& root, const tools::FaultSink& sink) {
      std::optional<Flow> flow = ReadFlow(root, {sink, languages_}, bundle.assistant);
      if (!flow) return;
      if (auto [at, fresh] = bundle.flows.emplace(flow->name, *flow); !fresh) {
        sink.Add(root, "flow " + flow->name + " is there twice",
                 "the first is in " + at->second.file);
      }
    });
  }

  const Files& files_;
  std::vector<BundleFault>& faults_;
  std::vector<std::string> languages_{"en"};
};

}  // namespace

std::string BundleFault::ToString() const {
  return absl::StrCat(file, line > 0 ? absl::StrCat(":", line) : "", ": ",
                      warning ? "warning" : "error", ": ", what, "; ", remedy);
}

absl::StatusOr<Bundle> LoadBundleFiles(const Files& files, std::vector<BundleFault>* faults) {
  std::vector<BundleFault> found;
  Bundle bundle = Loader(files, found).Load();
  std::stable_sort(found.begin(), found.end(), [](const BundleFault& a, const BundleFault& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  std::vector<std::string> errors;
  for (const BundleFault& fault : found) {
    if (!fault.warning) errors.push_back(fault.ToString());
  }
  if (faults != nullptr) *faults = std::move(found);
  if (!errors.empty()) return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
  return bundle;
}

absl::StatusOr<Bundle> LoadBundle(const std::filesystem::path& directory,
                                  std::vector<BundleFault>* faults) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    return absl::NotFoundError(
        absl::StrCat("bundle ", directory.string(),
                     " is not a directory; name the folder that holds assistant.yaml"));
  }
  Files files;
  for (fs::recursive_directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    if (!at->is_regular_file()) continue;
    std::string path = fs::relative(at->path(), directory).generic_string();
    if (path.front() == '.' || path.find("/.") != std::string::npos) continue;
    std::ifstream in(at->path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    if (!in)
      return absl::UnavailableError(
          absl::StrCat(at->path().string(), " cannot be read; check its permissions"));
    files[path] = std::move(bytes).str();
  }
  if (error) return absl::UnavailableError(absl::StrCat(directory.string(), ": ", error.message()));
  return LoadBundleFiles(files, faults);
}

}  // namespace frontdesk::dialog
