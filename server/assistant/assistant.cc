#include "server/assistant/assistant.h"

#include <spdlog/spdlog.h>

#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "llm/numerics.h"
#include "server/assistant/read_file.h"
#include "server/assistant/registry_of_bundle.h"
#include "server/quality/score_card.h"
#include "storage/digest.h"
#include "storage/files/replace_file.h"

namespace frontdesk::server {
namespace {

constexpr uintmax_t kMaxFileBytes = 16u << 20;

// Documents change live and transcripts only test: neither makes a new version.
bool PartOfVersion(const std::string& path) {
  return !absl::StartsWith(path, "knowledge/") && !absl::StartsWith(path, "transcripts/") &&
         !absl::EndsWith(path, ".md");
}

// Everything that decides what training gives: intents, slots, the encoder, the arithmetic.
std::string TrainingKey(const dialog::Bundle& bundle, const Models& models) {
  std::string lines =
      absl::StrCat(std::string(llm::kNumericsVersion), "\n", models.encoder_fingerprint, "\n");
  for (const auto& [path, digest] : bundle.files) {
    if (absl::StartsWith(path, "intents/") || absl::StartsWith(path, "flows/") ||
        path == "assistant.yaml") {
      absl::StrAppend(&lines, path, " ", digest, "\n");
    }
  }
  return storage::ToHex(storage::Sha256(lines));
}

void Keep(const std::filesystem::path& path, const std::string& bytes) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const absl::Status kept =
      storage::ReplaceFile(path, {bytes}, {.flush = storage::Flush::kNo});
  if (!kept.ok())
    spdlog::warn("cache=unwritable error=\"{}\" effect=\"trains again at the next start\"",
                 std::string(kept.message()));
}

absl::StatusOr<understand::Understander> Trained(const dialog::Bundle& bundle, const Models& models,
                                                 const AssistantOptions& options) {
  const std::filesystem::path cached =
      std::filesystem::path(options.cache_folder) /
      absl::StrCat("understander-", TrainingKey(bundle, models), ".bin");
  std::error_code error;
  if (!options.cache_folder.empty() && std::filesystem::exists(cached, error)) {
    absl::StatusOr<understand::Understander> loaded =
        understand::Understander::Load(ReadFile(cached));
    if (loaded.ok()) return loaded;
    spdlog::warn("cache=unusable path={} error=\"{}\" effect=\"trains again\"", cached.string(),
                 std::string(loaded.status().message()));
  }
  understand::TrainOptions train;
  train.threads = options.threads;
  train.progress = options.progress;
  absl::StatusOr<understand::Understander::Trained> trained =
      understand::Understander::Train(dialog::MakeTrainingSet(bundle), models.features, train);
  if (!trained.ok()) return trained.status();
  if (!options.cache_folder.empty()) Keep(cached, trained->understander.Save());
  return std::move(trained->understander);
}

// The decoder with the bundle's adapter; nullptr when the bundle has none or the decoder takes none.
absl::StatusOr<std::shared_ptr<llm::Model>> Adapted(const dialog::Bundle& bundle,
                                                    const BundleFiles& files,
                                                    const Models& models) {
  const std::string& name = bundle.assistant.adapter;
  if (name.empty()) return nullptr;
  if (models.adapted == nullptr) {
    spdlog::warn("degraded=1 adapter={} effect=\"not applied: there is no local decoder\"", name);
    return nullptr;
  }
  return models.adapted->With(name, files.at(name));
}

}  // namespace

absl::StatusOr<BundleFiles> ReadBundleFiles(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return absl::NotFoundError(
        absl::StrCat(folder.string(), ": no such bundle folder; give --bundle DIR"));
  }
  BundleFiles files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (!entry.is_regular_file(error)) continue;
    const std::string path =
        std::filesystem::relative(entry.path(), folder, error).generic_string();
    if (!PartOfVersion(path)) continue;
    if (entry.file_size(error) > kMaxFileBytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat(entry.path().string(), ": a file of a bundle has at most 16 MiB"));
    }
    files[path] = ReadFile(entry.path());
  }
  return files;
}

absl::StatusOr<std::shared_ptr<const Assistant>> LoadAssistant(const BundleFiles& files,
                                                               const Models& models,
                                                               const AssistantOptions& options) {
  absl::StatusOr<dialog::Bundle> bundle = dialog::LoadBundleFiles(files);
  if (!bundle.ok()) return bundle.status();
  if (const auto card = files.find(kScoreCardFile); card != files.end()) {
    if (absl::Status sound = ReadScoreCard(card->second).status(); !sound.ok()) return sound;
  }
  absl::StatusOr<understand::Understander> understander = Trained(*bundle, models, options);
  if (!understander.ok()) return understander.status();
  absl::StatusOr<tools::Registry> registry = BindTools(*bundle, options.demo_crm);
  if (!registry.ok()) return registry.status();
  absl::StatusOr<std::shared_ptr<llm::Model>> adapted = Adapted(*bundle, files, models);
  if (!adapted.ok()) return adapted.status();
  dialog::Manifest manifest = bundle->files;
  models.AddTo(manifest);
  if (*adapted != nullptr) manifest["model:decoder"] = (*adapted)->info().sha256;
  manifest["trained:understander"] = storage::ToHex(storage::Sha256(understander->Save()));
  const storage::BundleVersion version = dialog::VersionOf(manifest);
  return std::make_shared<const Assistant>(Assistant{version, std::move(manifest),
                                                     *std::move(bundle), *std::move(understander),
                                                     *std::move(registry), *std::move(adapted)});
}

}  // namespace frontdesk::server
