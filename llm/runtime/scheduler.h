// Runs many sequences through one decoder: continuous batching.
//
// One thread steps: every sequence that decodes gives one row (more when prompt lookup
// proposes a draft), prompts give chunks, and all go through the model together.
// Sequences join and leave between any two steps; while others decode, prompt work in a
// step is bounded so that nobody's next token waits long. A sequence is admitted when
// its whole need of key-value pages can be reserved, first come first served, so no
// sequence ever has to be thrown out. None of this shows in an output.
//
// Thread-safe. Deadlines and cancels are looked at between steps.
//
//   Scheduler scheduler(transformer, tokenizer, {});
//   absl::StatusOr<TokenRun> run = scheduler.Run(request, nullptr);

#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/constraint/token_trie.h"
#include "llm/runtime/kv_cache.h"
#include "llm/runtime/prefix_cache.h"
#include "llm/runtime/prefix_file.h"
#include "llm/runtime/token_run.h"
#include "llm/runtime/transformer.h"
#include "llm/tokenizer/tokenizer.h"

namespace frontdesk::llm {

struct SchedulerOptions {
  size_t kv_bytes = size_t{128} << 20;
  int max_sequences = 32;       // decoding at once
  int max_waiting = 256;        // beyond: RESOURCE_EXHAUSTED
  int prompt_rows = 256;        // prompt rows in a step when nobody decodes
  int prompt_rows_beside = 64;  // and when somebody does
  int draft_tokens = 15;        // proposed ahead at most (draft.h); 0: off
};

class Scheduler {
 public:
  Scheduler(Transformer& transformer, const Tokenizer& tokenizer, SchedulerOptions options);
  // Ends all runs with CANCELLED.
  ~Scheduler();
  // The same, and nothing runs from then on. Called by the destructor.
  void Stop();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Runs a request to its end. on_token, when given, is called on this thread for each
  // token in order, soon after it is chosen.
  // Errors: INVALID_ARGUMENT (empty prompt, ids outside the vocabulary, prompt longer
  // than the context), RESOURCE_EXHAUSTED (queue full, or more key-value memory than
  // there is; a constraint beyond its bounds), DATA_LOSS (non-finite logits),
  // FAILED_PRECONDITION (the vocabulary cannot write what the constraint wants), CANCELLED
  // (the scheduler ends).
  absl::StatusOr<TokenRun> Run(const TokenRequest& request,
                               const std::function<void(int32_t)>& on_token);

  // Shared prefixes from and to a file (runtime/prefix_file.h). Not while anything runs: before
  // the first Run, and after Stop.
  absl::StatusOr<int> ReadPrefixes(const std::string& path, const PrefixOwner& owner);
  absl::StatusOr<int> WritePrefixes(const std::string& path, const PrefixOwner& owner) const;

  struct Load {
    int decoding = 0;
    int waiting = 0;
    int kv_pages_used = 0;  // cached prefixes included
    int kv_pages = 0;
    int cached_pages = 0;
  };
  Load load() const;

 private:
  struct Sequence;

  void StepLoop();
  absl::Status Check(const TokenRequest& request) const;
  void Admit();
  bool MakeRoom(int pages);
  void EndExpired();
  void BuildRows();
  void Step();
  void StepOneByOne();
  void TakeLogits();
  void TakeLogitsOf(Sequence& sequence);
  int32_t Choose(Sequence& sequence, std::span<const float> logits, int step);
  bool TakeRow(Sequence& sequence, int row_token, std::span<const float> logits);
  void Draft(Sequence& sequence, int most);
  void Finish(Sequence& sequence, StopReason stop);
  void Fail(Sequence& sequence, absl::Status status);
  void Remember(Sequence& sequence);
  void PublishAndRetire();

  Transformer& transformer_;
  const Tokenizer& tokenizer_;
  const SchedulerOptions options_;
  KvPool pool_;
  PrefixCache cache_;                // step thread only
  std::unique_ptr<TokenTrie> trie_;  // step thread only; made for the first constraint

  mutable std::mutex mutex_;
  std::condition_variable wake_;  // the step thread: something waits, or the end
  std::deque<std::shared_ptr<Sequence>> waiting_;
  int decoding_count_ = 0;  // active_.size() and cache_.size(), readable under the mutex
  int cached_count_ = 0;
  bool stopping_ = false;

  // Step thread only.
  std::list<std::shared_ptr<Sequence>> active_;
  std::vector<ForwardRow> rows_;
  std::vector<float> logits_;
  std::thread thread_;
};

}  // namespace frontdesk::llm
