// A model that runs in this process, from a GGUF file, on our own runtime.
//
// Thread-safe: concurrent calls share each step (runtime/scheduler.h) and never see
// each other in their results. Same file, same request, same kNumericsVersion: the
// same tokens, on any machine with any number of threads.
//
//   auto model = LocalModel::Load("smollm2-135m-instruct-q4_1.gguf", {.threads = 2});
//   absl::StatusOr<Generation> answer = (*model)->Generate(request);

#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/gguf/model_digest.h"
#include "llm/kernels/kernels.h"
#include "llm/model.h"
#include "llm/runtime/adapter.h"
#include "llm/runtime/scheduler.h"
#include "llm/runtime/token_run.h"
#include "llm/tokenizer/chat_template.h"
#include "llm/tokenizer/tokenizer.h"

namespace frontdesk::llm {

struct LocalModelOptions {
  int threads = 2;             // 1..64
  std::optional<Isa> isa;      // forced by tests; else the fastest there is
  std::shared_ptr<const Adapter> adapter;  // applied to the weights; null: none
  SchedulerOptions scheduler;  // memory for keys and values, batch limits
  // Folder where shared prefixes are kept across restarts; empty: they are not.
  std::string prefix_folder;
  // Packed weights lie beside the model (runtime/packed_file.h): read when they fit it, else
  // written there; not with an adapter. So does the file's digest (gguf/model_digest.h).
  bool keep_packed = false;
  // Told in a sentence when kept prefixes or packed weights cannot be used or written; the model
  // runs without.
  std::function<void(std::string_view)> warn;
};

class LocalModel : public Model {
 public:
  // Errors: NOT_FOUND and other file errors; INVALID_ARGUMENT, UNIMPLEMENTED, DATA_LOSS
  // for a file that cannot be run, naming what and where; RESOURCE_EXHAUSTED; those of Adapter::ApplyTo.
  // Cost: the file is read once, and once more for its digest on a thread that info() waits for.
  // 100 MB in the page cache, two processors: about 50 ms, 25 ms with what is kept beside it.
  static absl::StatusOr<std::unique_ptr<LocalModel>> Load(const std::string& path,
                                                          const LocalModelOptions& options);
  ~LocalModel() override;

  absl::StatusOr<Generation> Generate(const GenerateRequest& request) override;
  // The first call waits until the file is hashed. sha256 is empty when the file was cut
  // or could not be read meanwhile.
  const ModelInfo& info() const override;

  // ---- at the level of tokens: commands, benches, tests ----

  // The prompt of a chat, as Generate runs it. Errors: as Generate.
  absl::StatusOr<RenderedPrompt> Render(const std::vector<ChatMessage>& messages) const;
  // Runs token ids; on_token as in Scheduler::Run. Errors: as there.
  absl::StatusOr<TokenRun> RunTokens(const TokenRequest& request,
                                     const std::function<void(int32_t)>& on_token = nullptr);

  const Tokenizer& tokenizer() const { return *tokenizer_; }
  const ModelConfig& config() const { return transformer_->config(); }
  const Weights& weights() const { return transformer_->weights(); }
  std::string_view isa_name() const { return transformer_->kernels().name; }
  Scheduler::Load load() const { return scheduler_->load(); }

  // Whether the weights were read packed.
  bool packed_read() const { return !transformer_->weights().packed_from.empty(); }
  // Prefix pages that were read from the folder at load.
  int prefixes_read() const { return prefixes_read_; }

 private:
  LocalModel() = default;
  void ReadPrefixes(const LocalModelOptions& options);

  mutable std::once_flag digested_;
  mutable ModelInfo info_;  // sha256 is the adapter's, or empty, until digested_
  std::unique_ptr<ModelDigest> digest_;
  std::unique_ptr<Tokenizer> tokenizer_;
  ChatTemplate chat_;
  std::unique_ptr<Transformer> transformer_;
  std::string prefix_file_;  // empty: none
  std::function<void(std::string_view)> warn_;
  int prefixes_read_ = 0;
  std::unique_ptr<Scheduler> scheduler_;  // last: it uses all the others
};

}  // namespace frontdesk::llm
