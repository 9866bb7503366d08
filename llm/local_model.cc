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
    const LocalModelOptions& options, const ModelDigest& digest) {
  if (!options.keep_packed || options.adapter) {
    return Transformer::Load(file, kernels, options.threads);
  }
  const std::string packed = PackedFilePath(path);
  absl::StatusOr<std::unique_ptr<Transformer>> loaded =
      Transformer::Load(file, kernels, options.threads, packed);
  if (!loaded.ok()) return loaded;
  absl::Status unfit = (*loaded)->weights().packed_status;
  const std::string& from = (*loaded)->weights().packed_from;
  if (!from.empty() && from != digest.Wait()) {
    unfit = absl::FailedPreconditionError(
        absl::StrCat(packed, ": the packed weights are of another model"));
    loaded->reset();  // not twice in memory
    loaded = Transformer::Load(file, kernels, options.threads);
    if (!loaded.ok()) return loaded;
  }
  if (unfit.ok() || digest.Wait().empty()) return loaded;
  if (!absl::IsNotFound(unfit)) Warn(options, unfit, "; they are packed again");
  const Weights& weights = (*loaded)->weights();
  const absl::Status written =
      WritePackedFile(packed, digest.Wait(), weights.plan, weights.arena.taken());
  if (!written.ok()) Warn(options, written, "");
  return loaded;
}

void KeepDigest(const ModelDigest& digest, const LocalModelOptions& options) {
  if (!digest.record_status().ok()) Warn(options, digest.record_status(), "; it is taken again");
  if (digest.remembered()) return;
  if (const absl::Status kept = digest.Keep(); !kept.ok()) Warn(options, kept, "");
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

  std::unique_ptr<LocalModel> model(new LocalModel);
  model->digest_ = std::make_unique<ModelDigest>(
      *(*file)->mapping(),
      options.keep_packed ? ModelDigest::Record::kUse : ModelDigest::Record::kIgnore);
  if (options.adapter) {
    if (absl::Status status = options.adapter->ApplyTo(**file); !status.ok()) return status;
  }
  // The tokenizer is made beside the weights.
  std::future<absl::StatusOr<std::unique_ptr<Tokenizer>>> making_tokenizer =
      std::async(std::launch::async, [&] { return Tokenizer::FromGguf(**file); });
  absl::StatusOr<std::unique_ptr<Transformer>> transformer =
      LoadTransformer(**file, path, *kernels, options, *model->digest_);
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = making_tokenizer.get();
  absl::StatusOr<ChatTemplate> chat = ChatTemplate::FromGguf(**file);
  absl::Status status = tokenizer.status();
  status.Update(chat.status());
  status.Update(transformer.status());
  if (!status.ok()) return status;
  if (options.keep_packed) KeepDigest(*model->digest_, options);

  model->tokenizer_ = *std::move(tokenizer);
  model->chat_ = *std::move(chat);
  model->transformer_ = *std::move(transformer);
  const ModelConfig& config = model->transformer_->config();
  model->info_ = {.name = config.name,
                  .family = config.family,
                  .sha256 = options.adapter ? options.adapter->sha256() : "",
                  .numerics_version = std::string(kNumericsVersion),
                  .context_tokens = config.context};
  model->scheduler_ =
      std::make_unique<Scheduler>(*model->transformer_, *model->tokenizer_, options.scheduler);
  model->ReadPrefixes(options);
  return model;
}

const ModelInfo& LocalModel::info() const {
  std::call_once(digested_, [this] {
    const std::string& file = digest_->Wait();
    if (info_.sha256.empty() || file.empty()) {
      info_.sha256 = file;
      return;
    }
    const std::string both = absl::StrCat(file, "\n", info_.sha256, "\n");
    info_.sha256 = BytesSha256({reinterpret_cast<const uint8_t*>(both.data()), both.size()});
  });
  return info_;
}

void LocalModel::ReadPrefixes(const LocalModelOptions& options) {
  if (options.prefix_folder.empty()) return;
  warn_ = options.warn;
  prefix_file_ =
      absl::StrCat(options.prefix_folder, "/prefixes-", info().sha256.substr(0, 32), ".bin");
  const absl::StatusOr<int> pages =
      scheduler_->ReadPrefixes(prefix_file_, {info().sha256, info().numerics_version});
  if (pages.ok()) prefixes_read_ = *pages;
  if (!pages.ok() && !absl::IsNotFound(pages.status()) && warn_) {
    warn_(absl::StrCat(std::string(pages.status().message()), "; they are computed again"));
  }
}

LocalModel::~LocalModel() {
  if (prefix_file_.empty()) return;
  scheduler_->Stop();
  const absl::StatusOr<int> pages =
      scheduler_->WritePrefixes(prefix_file_, {info().sha256, info().numerics_version});
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
