#include "server/assistant/models.h"

#include <spdlog/spdlog.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "llm/local_model.h"
#include "llm/numerics.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

std::string PathOf(const std::string& folder, const std::string& name) {
  const std::filesystem::path path(name);
  return path.is_absolute() ? name : (std::filesystem::path(folder) / path).string();
}

bool There(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

}  // namespace

absl::StatusOr<Models> Models::Load(const ModelOptions& options) {
  Models models;
  const std::string decoder = PathOf(options.folder, options.decoder);
  if (options.decoder.empty()) {
    models.missing.push_back("decoder: switched off; answers are extracts of the documents");
  } else if (!There(decoder)) {
    models.missing.push_back(absl::StrCat(
        "decoder: ", decoder,
        " is not there; answers are extracts of the documents; run scripts/fetch_models.sh"));
  } else {
    auto loaded = llm::LocalModel::Load(decoder, {.threads = options.threads});
    if (!loaded.ok()) return loaded.status();
    models.decoder = *std::move(loaded);
  }
  const std::string encoder = PathOf(options.folder, options.encoder);
  if (options.encoder.empty()) {
    models.missing.push_back("encoder: switched off; intents and search use words only");
  } else if (!There(encoder)) {
    models.missing.push_back(absl::StrCat(
        "encoder: ", encoder,
        " is not there; intents and search use words only; run scripts/fetch_models.sh"));
  } else {
    auto loaded = llm::Encoder::Load(encoder, {.threads = options.threads});
    if (!loaded.ok()) return loaded.status();
    models.encoder = *std::move(loaded);
    models.encoder_fingerprint = storage::ToHex(models.encoder->fingerprint());
    models.batcher = std::make_unique<EmbeddingBatcher>(*models.encoder);
    models.embed = [batcher = models.batcher.get()](std::span<const std::string> texts) {
      return batcher->Embed(texts);
    };
  }
  for (const std::string& sentence : models.missing) spdlog::warn("degraded=1 {}", sentence);
  return models;
}

void Models::AddTo(dialog::Manifest& manifest) const {
  manifest["model:decoder"] = decoder ? decoder->info().sha256 : "none";
  manifest["model:encoder"] = encoder ? encoder_fingerprint : "none";
  manifest["numerics"] = std::string(llm::kNumericsVersion);
}

}  // namespace frontdesk::server
