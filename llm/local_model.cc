#include "llm/local_model.h"

#include <future>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "llm/check_request.h"
#include "llm/constraint/grounded.h"
#include "llm/gguf/file_digest.h"
#include "llm/gguf/gguf_file.h"
#include "llm/numerics.h"
#include "llm/runtime/packed_file.h"
#include "llm/tokenizer/utf8_stream.h"

namespace frontdesk::llm {

namespace {

void Warn(const LocalModelOptions& options, const absl::Status& status, std::string_view then) {
  if (options.warn) options.warn(absl::StrCat(std::string(status.message()), std::string(then)));
}

// The decoder of a file, from packed weights where they are asked for and fit the file's digest.
absl::StatusOr<std::unique_ptr<Transformer>> LoadTransformer(
    const GgufFile& file, const std::string& path, const Kernels& kernels,
    const LocalModelOptions& options, const std::shared_future<std::string>& digest) {
  if (!options.keep_packed || options.adapter) {
    return Transformer::Load(file, kernels, options.threads);
  }
  const std::string packed = PackedFilePath(path);
  absl::StatusOr<std::unique_ptr<Transformer>> loaded =
      Transformer::Load(file, kernels, options.threads, packed);
  if (!loaded.ok()) return loaded;
  absl::Status unfit = (*loaded)->weights().packed_status;
  const std::string& from = (*loaded)->weights().packed_from;
  if (!from.empty() && from != digest.get()) {
    unfit = absl::FailedPreconditionError(
        absl::StrCat(packed, ": the packed weights are of another model"));
    loaded->reset();  // not twice in memory
    loaded = Transformer::Load(file, kernels, options.threads);
    if (!loaded.ok()) return loaded;
  }
  if (unfit.ok() || digest.get().empty()) return loaded;
  if (!absl::IsNotFound(unfit)) Warn(options, unfit, "; they are packed again");
  const Weights& weights = (*loaded)->weights();
  const absl::Status written =
      WritePackedFile(packed, digest.get(), weights.plan, weights.arena.taken());
  if (!written.ok()) Warn(options, written, "");
  return loaded;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalModel>> LocalModel::Load(const std::string& path,
                                                             const LocalModelOptions& options) {
  const Kernels* kernels = options.isa ? KernelsFor(*options.isa) : &BestKernels();
  if (!kernels) {
    return absl::FailedPreconditionError(
        absl::StrCat("this processor has no ", absl::string_view(IsaName(*options.isa).data()),
                     " instructions; leave the instruction set to be chosen"));
  }
  absl::StatusOr<std::unique_ptr<GgufFile>> file = GgufFile::Open(path);
  if (!file.ok()) return file.status();

  // The digest reads the file through its own descriptor while the weights are packed.
  const std::shared_future<std::string> digesting =
      std::async(std::launch::async, [path] { return FileSha256(path); });
  std::unique_ptr<LocalModel> model(new LocalModel);
  absl::Status status;
  if (options.adapter) status = options.adapter->ApplyTo(**file);
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = Tokenizer::FromGguf(**file);
  status.Update(tokenizer.status());
  absl::StatusOr<ChatTemplate> chat = ChatTemplate::FromGguf(**file);
  status.Update(chat.status());
  absl::StatusOr<std::unique_ptr<Transformer>> transformer = absl::UnknownError("");
  if (status.ok()) {
    transformer = LoadTransformer(**file, path, *kernels, options, digesting);
    status.Update(transformer.status());
  }
  if (!status.ok()) return status;
  std::string digest = digesting.get();
  if (digest.empty()) return absl::DataLossError(absl::StrCat("cannot read all of ", path));
  if (options.adapter) {
    const std::string both = absl::StrCat(digest, "\n", options.adapter->sha256(), "\n");
    digest = BytesSha256({reinterpret_cast<const uint8_t*>(both.data()), both.size()});
  }

  model->tokenizer_ = *std::move(tokenizer);
  model->chat_ = *std::move(chat);
  model->transformer_ = *std::move(transformer);
  const ModelConfig& config = model->transformer_->config();
  model->info_ = {.name = config.name,
                  .family = config.family,
                  .sha256 = digest,
                  .numerics_version = std::string(kNumericsVersion),
                  .context_tokens = config.context};
  model->scheduler_ =
      std::make_unique<Scheduler>(*model->transformer_, *model->tokenizer_, options.scheduler);
  model->ReadPrefixes(options);
  return model;
}

void LocalModel::ReadPrefixes(const LocalModelOptions& options) {
  if (options.prefix_folder.empty()) return;
  warn_ = options.warn;
  prefix_file_ =
      absl::StrCat(options.prefix_folder, "/prefixes-", info_.sha256.substr(0, 32), ".bin");
  const absl::StatusOr<int> pages =
      scheduler_->ReadPrefixes(prefix_file_, {info_.sha256, info_.numerics_version});
  if (pages.ok()) prefixes_read_ = *pages;
  if (!pages.ok() && !absl::IsNotFound(pages.status()) && warn_) {
    warn_(absl::StrCat(std::string(pages.status().message()), "; they are computed again"));
  }
}

LocalModel::~LocalModel() {
  if (prefix_file_.empty()) return;
  scheduler_->Stop();
  const absl::StatusOr<int> pages =
      scheduler_->WritePrefixes(prefix_file_, {info_.sha256, info_.numerics_version});
  if (!pages.ok() && warn_) warn_(std::string(pages.status().message()));
}

absl::StatusOr<RenderedPrompt> LocalModel::Render(const std::vector<ChatMessage>& messages) const {
  return chat_.Render(messages, *tokenizer_);
}

absl::StatusOr<TokenRun> LocalModel::RunTokens(
    const TokenRequest& request, const std::function<void(int32_t)>& on_token) {
  return scheduler_->Run(request, on_token);
}

absl::StatusOr<Generation> LocalModel::Generate(const GenerateRequest& request) {
  if (absl::Status status = CheckRequest(request); !status.ok()) return status;
  absl::StatusOr<RenderedPrompt> prompt = Render(request.messages);
  if (!prompt.ok()) return prompt.status();
  TokenRequest tokens;
  tokens.prompt = std::move(prompt->ids);
  tokens.shared_tokens = prompt->shared_tokens;
  tokens.scope = request.key.conversation;
  tokens.max_tokens = request.max_tokens;
  tokens.sampling = request.sampling;
  tokens.key = request.key;
  tokens.deadline = request.deadline;
  tokens.cancelled = request.cancelled;
  tokens.stop_after_tokens = request.stop_after_tokens;
  if (request.grounding) {
    absl::StatusOr<std::shared_ptr<const GroundedConstraint>> grounded =
        GroundedConstraint::Make(*request.grounding);
    if (!grounded.ok()) return grounded.status();
    tokens.constraint = *std::move(grounded);
  }

  Generation result;
  result.grounded = request.grounding.has_value();
  Utf8Stream stream;
  const auto show = [&](const std::string& piece) {
    if (piece.empty()) return;
    result.text += piece;
    if (request.on_text) request.on_text(piece);
  };
  std::function<void(int32_t)> on_token;
  if (request.on_text) {
    on_token = [&](int32_t token) { show(stream.Push(tokenizer_->Piece(token))); };
  }
  absl::StatusOr<TokenRun> run = scheduler_->Run(tokens, on_token);
  if (!run.ok()) return run.status();
  if (!on_token) {
    for (int32_t token : run->token_ids) show(stream.Push(tokenizer_->Piece(token)));
  }
  show(stream.Flush());
  result.token_ids = std::move(run->token_ids);
  if (run->ended_turn) result.token_ids.pop_back();
  result.stop = run->stop;
  result.prompt_tokens = run->prompt_tokens;
  result.cached_prompt_tokens = run->cached_prompt_tokens;
  return result;
}

}  // namespace frontdesk::llm
