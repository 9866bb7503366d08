#include "server/assistant/models.h"

#include <spdlog/spdlog.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "llm/local_model.h"
#include "llm/numerics.h"
#include "storage/digest.h"
#include "tools/breaker.h"

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

// Binds a breaker, so that a server that keeps failing is left alone for a while.
llm::RemoteModelOptions Guarded(llm::RemoteModelOptions options) {
  auto breaker = std::make_shared<tools::Breaker>();
  options.admit = [breaker](absl::Time now) { return breaker->Admit(now); };
  options.report = [breaker](int64_t pass, bool answered, absl::Time now) {
    const tools::BreakerState before = breaker->state();
    breaker->Report(pass, answered, now);
    const tools::BreakerState after = breaker->state();
    if (before == after) return;
    spdlog::warn("remote_model_breaker={} before={}", tools::Name(after), tools::Name(before));
  };
  return options;
}

}  // namespace

absl::StatusOr<Models> Models::Load(const ModelOptions& options) {
  Models models;
  const std::string decoder = PathOf(options.folder, options.decoder);
  if (options.remote) {
    auto remote = llm::RemoteModel::Create(Guarded(*options.remote));
    if (!remote.ok()) return remote.status();
    models.decoder = *std::move(remote);
  } else if (options.decoder.empty()) {
    models.missing.push_back("decoder: switched off; answers are extracts of the documents");
  } else if (!There(decoder)) {
    models.missing.push_back(absl::StrCat(
        "decoder: ", decoder,
        " is not there; answers are extracts of the documents; run scripts/fetch_models.sh"));
  } else {
    const llm::LocalModelOptions local{
        .threads = options.threads,
        .prefix_folder = options.prefix_folder,
        .keep_packed = options.keep_packed,
        .warn = [](std::string_view what) { spdlog::warn("kept_file=unusable {}", what); }};
    auto loaded = llm::LocalModel::Load(decoder, local);
    if (!loaded.ok()) return loaded.status();
    if ((*loaded)->info().sha256.empty()) {
      return absl::DataLossError(absl::StrCat("cannot read all of ", decoder));
    }
    models.decoder = *std::move(loaded);
    models.adapted = std::make_unique<AdaptedDecoders>(decoder, local);
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
    models.features = [batcher = models.batcher.get()](std::span<const std::string> texts) {
      return batcher->Features(texts);
    };
  }
  for (const std::string& sentence : models.missing) spdlog::warn("degraded=1 {}", sentence);
  return models;
}

void Models::AddTo(dialog::Manifest& manifest) const {
  const bool remote = decoder && decoder->info().family == "remote";
  manifest["model:decoder"] = decoder && !remote ? decoder->info().sha256 : "none";
  if (remote) {
    manifest["model:remote"] = storage::ToHex(storage::Sha256(decoder->info().name));
  }
  manifest["model:encoder"] = encoder ? encoder_fingerprint : "none";
  manifest["numerics"] = std::string(llm::kNumericsVersion);
}

}  // namespace frontdesk::server
