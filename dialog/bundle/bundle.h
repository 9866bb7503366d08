// A bundle: the directory that is the assistant, as one immutable typed value.
//
// Load reads every file, validates the whole and reports all faults at once, each
// with file, line, what is wrong and the remedy. A Bundle that exists is sound:
// every step reachable, every name known, no dead end, no loop without input.
// Thread-safe; shared between turns as shared_ptr<const Bundle>.
//
//   std::vector<BundleFault> faults;
//   auto bundle = LoadBundle("demo/bundle", &faults);
//   for (const BundleFault& f : faults) std::cerr << f.ToString() << "\n";
//
// Format: docs/bundle.md.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dialog/bundle/flow.h"
#include "dialog/bundle/settings.h"
#include "dialog/understand/training_set.h"
#include "storage/ids.h"
#include "tools/catalogue.h"

namespace frontdesk::dialog {

struct BundleFault {
  std::string file;  // relative to the bundle's directory
  int line = 0;      // from 1; 0: the file as a whole
  std::string what;
  std::string remedy;
  bool warning = false;          // does not stop the bundle from loading
  std::string ToString() const;  // "flows/return.yaml:12: error: …; …"
};

// Bundle-relative path → hex SHA-256 of the file's bytes. Beside files it holds
// what else decides about behaviour: "model:decoder", "model:encoder",
// "trained:understander", "numerics".
using Manifest = std::map<std::string, std::string>;

struct Bundle {
  Assistant assistant;
  std::map<std::string, Intent> intents;
  std::vector<std::string> out_of_scope;  // examples of what is not for us
  std::map<std::string, Flow> flows;
  Policy policy;
  std::map<std::string, ReplyText> replies;    // the bundle's and the built-in core replies
  std::vector<ScreenRule> screen;              // in file order; the first that matches decides
  std::map<std::string, std::string> prompts;  // "answer" → text of prompts/answer.txt
  tools::Catalogue tools;
  std::string tools_yaml;  // text, for Registry::FromYaml
  Manifest files;          // of the directory, without knowledge/ and transcripts/

  const Flow* FindFlow(std::string_view name) const;
  const Intent* FindIntent(std::string_view name) const;
  // Wording `variant` (counted round) of a reply in a language, else in the first
  // language. The id must exist in replies (CHECK).
  const Template& Reply(std::string_view id, std::string_view language, int64_t variant = 0) const;
};

// The teams that handoffs of this bundle go to, sorted.
std::vector<std::string> TeamsOf(const Bundle& bundle);

// The wording `variant` (counted round) in a language, else in the first there is.
// Precondition: texts is not empty.
const Template& WordingOf(const Texts& texts, std::string_view language, int64_t variant);

// Reads a bundle directory. `faults` receives errors and warnings when given.
// Errors: INVALID_ARGUMENT (with every error, one a line), NOT_FOUND (no such directory).
// Cost: milliseconds per file.
absl::StatusOr<Bundle> LoadBundle(const std::filesystem::path& directory,
                                  std::vector<BundleFault>* faults = nullptr);

// The same from memory: path → bytes. For tests and uploaded bundles.
absl::StatusOr<Bundle> LoadBundleFiles(const std::map<std::string, std::string>& files,
                                       std::vector<BundleFault>* faults = nullptr);

// What understanding is trained from: intents, examples and the slots of all flows.
understand::TrainingSet MakeTrainingSet(const Bundle& bundle);

// The version of bundle + artifacts: SHA-256 over the manifest's lines. The first 16
// digits name it ("b-3f9a…").
storage::BundleVersion VersionOf(const Manifest& manifest);

// {"path": "hex", …}, what Store::PutVersion keeps, and back.
std::string ManifestToJson(const Manifest& manifest);
absl::StatusOr<Manifest> ManifestFromJson(std::string_view json);

// Names of the entries that differ: "flows/return.yaml (changed)", "… (added)", "… (removed)".
std::vector<std::string> CompareManifests(const Manifest& before, const Manifest& after);

}  // namespace frontdesk::dialog
