#include "llm/runtime/scheduler.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "llm/constraint/token_filter.h"
#include "llm/math.h"
#include "llm/numerics.h"
#include "llm/runtime/draft.h"
#include "llm/runtime/draft_length.h"
#include "llm/runtime/sampler.h"

namespace frontdesk::llm {
namespace {

// Logit rows of a forced run in one step: bounds the memory for logits.
constexpr int kForcedRows = 32;
constexpr uint64_t kFnvBasis = 0xCBF29CE484222325, kFnvPrime = 0x100000001B3;

int PagesFor(int positions) { return (positions + kPagePositions - 1) / kPagePositions; }

float LogProbability(std::span<const float> logits, float best, int32_t id) {
  double total = 0;
  for (float logit : logits) total += Exp(static_cast<double>(logit) - best);
  return static_cast<float>(static_cast<double>(logits[id]) - best - Log(total));
}

std::vector<std::pair<int32_t, float>> TopLogits(std::span<const float> logits, int count) {
  std::vector<int32_t> ids(logits.size());
  std::iota(ids.begin(), ids.end(), 0);
  count = std::min<int>(count, static_cast<int>(ids.size()));
  std::partial_sort(ids.begin(), ids.begin() + count, ids.end(), [&](int32_t a, int32_t b) {
    return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
  });
  std::vector<std::pair<int32_t, float>> top;
  for (int i = 0; i < count; ++i) top.emplace_back(ids[i], logits[ids[i]]);
  return top;
}

}  // namespace

// One run. The step thread owns everything but the part under the scheduler's mutex.
struct Scheduler::Sequence {
  Sequence(const TokenRequest& request, KvPool& pool)
      : request(request), stream(StreamOf(request.key)), tokens(request.prompt), kv(pool) {
    tokens.insert(tokens.end(), request.forced.begin(), request.forced.end());
  }

  const TokenRequest& request;  // lives as long as Run
  const RandomStream stream;
  std::vector<int32_t> tokens;  // prompt, then chosen or forced
  int computed = 0;             // tokens whose keys and values are in kv
  std::vector<int32_t> draft;
  bool draft_forced = false;  // else looked up
  DraftLength lookup_length{DraftLength::kShort, DraftLength::kLong};
  DraftLength forced_length{DraftLength::kForced, DraftLength::kForced};
  int rows_from = 0, rows_count = 0;  // of this step, in rows_
  KvSequence kv;
  std::unique_ptr<TokenFilter> filter;  // with a constraint
  std::unique_ptr<TokenFilter> ahead;   // the same, for drafts: their bounds are not the run's
  size_t ahead_tokens = 0;              // of run.token_ids, taken by it
  TokenRun run;
  bool finished = false;
  absl::Status status;

  int prompt_size() const { return static_cast<int>(request.prompt.size()); }
  bool decoding() const { return computed >= prompt_size(); }
  int most_tokens() const {  // context taken at the end, at most
    return prompt_size() +
           static_cast<int>(request.forced.empty() ? request.max_tokens : request.forced.size());
  }

  // Under the mutex: what the caller has not taken yet.
  std::condition_variable progress;
  std::vector<int32_t> fresh;
  bool done = false;
  bool streams = false;  // the caller wants each token
  size_t published = 0;  // of run.token_ids
};

Scheduler::Scheduler(Transformer& transformer, const Tokenizer& tokenizer, SchedulerOptions options)
    : transformer_(transformer),
      tokenizer_(tokenizer),
      options_(options),
      pool_(transformer.config(), options.kv_bytes),
      cache_(pool_),
      thread_([this] { StepLoop(); }) {}

Scheduler::~Scheduler() { Stop(); }

void Scheduler::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<int> Scheduler::ReadPrefixes(const std::string& path, const PrefixOwner& owner) {
  absl::StatusOr<int> pages = ReadPrefixFile(path, owner, cache_, pool_);
  std::lock_guard lock(mutex_);
  cached_count_ = cache_.size();
  return pages;
}

absl::StatusOr<int> Scheduler::WritePrefixes(const std::string& path,
                                             const PrefixOwner& owner) const {
  return WritePrefixFile(path, owner, cache_, pool_);
}

absl::Status Scheduler::Check(const TokenRequest& request) const {
  if (request.prompt.empty()) return absl::InvalidArgumentError("the prompt has no tokens");
  const int vocabulary = transformer_.config().vocabulary;
  for (const auto* ids : {&request.prompt, &request.forced}) {
    for (int32_t id : *ids) {
      if (id < 0 || id >= vocabulary) {
        return absl::InvalidArgumentError(
            absl::StrCat("token id ", id, " is outside the vocabulary of ", vocabulary));
      }
    }
  }
  if (request.max_tokens < 1 && request.forced.empty()) {
    return absl::InvalidArgumentError("max_tokens must be 1 or more");
  }
  const size_t context = static_cast<size_t>(transformer_.config().context);
  if (request.prompt.size() + request.forced.size() > context) {
    return absl::InvalidArgumentError(
        absl::StrCat("the prompt has ", request.prompt.size() + request.forced.size(),
                     " tokens and the model reads ", context, "; shorten it"));
  }
  return absl::OkStatus();
}

absl::StatusOr<TokenRun> Scheduler::Run(const TokenRequest& request,
                                        const std::function<void(int32_t)>& on_token) {
  if (absl::Status status = Check(request); !status.ok()) return status;
  auto sequence = std::make_shared<Sequence>(request, pool_);
  sequence->streams = static_cast<bool>(on_token);
  sequence->run.prompt_tokens = sequence->prompt_size();
  const int needed = PagesFor(std::min(sequence->most_tokens(), transformer_.config().context));
  if (needed > pool_.capacity()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the request needs ", needed, " pages of key-value memory and there are ",
                     pool_.capacity(), "; shorten it or raise the model's memory setting"));
  }
  std::unique_lock lock(mutex_);
  if (stopping_) return absl::CancelledError("the model is shutting down");
  if (static_cast<int>(waiting_.size()) >= options_.max_waiting) {
    return absl::ResourceExhaustedError(
        absl::StrCat(waiting_.size(), " requests wait for the model already; try again later"));
  }
  waiting_.push_back(sequence);
  wake_.notify_one();
  while (true) {
    sequence->progress.wait(lock, [&] { return sequence->done || !sequence->fresh.empty(); });
    if (on_token && !sequence->fresh.empty()) {
      const std::vector<int32_t> fresh = std::exchange(sequence->fresh, {});
      lock.unlock();
      for (int32_t token : fresh) on_token(token);
      lock.lock();
      continue;
    }
    if (sequence->done) break;
  }
  if (!sequence->status.ok()) return sequence->status;
  return std::move(sequence->run);
}

Scheduler::Load Scheduler::load() const {
  std::lock_guard lock(mutex_);
  return {.decoding = decoding_count_,
          .waiting = static_cast<int>(waiting_.size()),
          .kv_pages_used = pool_.in_use(),
          .kv_pages = pool_.capacity(),
          .cached_pages = cached_count_};
}

void Scheduler::StepLoop() {
  const CanonicalFloatScope floats;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !waiting_.empty() || !active_.empty(); });
      if (stopping_) {
        for (const auto& sequence : waiting_) active_.push_back(sequence);
        waiting_.clear();
        lock.unlock();
        for (const auto& sequence : active_) {
          Fail(*sequence, absl::CancelledError("the model is shutting down"));
        }
        PublishAndRetire();
        return;
      }
    }
    Admit();
    EndExpired();
    BuildRows();
    if (!rows_.empty()) Step();
    PublishAndRetire();
  }
}

void Scheduler::Step() {
  if (transformer_.Forward(rows_, logits_).ok()) {
    TakeLogits();
  } else {
    StepOneByOne();
  }
}

// Somebody's logits are not finite: each sequence computes its rows alone, so that only
// those whose own are not finite fail. Keys and values are written again with the same bits.
void Scheduler::StepOneByOne() {
  const std::vector<ForwardRow> together = std::move(rows_);
  std::vector<std::shared_ptr<Sequence>> stepping;
  for (const auto& sequence : active_) {
    if (sequence->rows_count > 0) stepping.push_back(sequence);
  }
  for (const auto& sequence : stepping) {
    const auto first = together.begin() + sequence->rows_from;
    rows_.assign(first, first + sequence->rows_count);
    sequence->rows_from = 0;
    const absl::Status status = transformer_.Forward(rows_, logits_);
    if (status.ok()) {
      TakeLogitsOf(*sequence);
    } else {
      Fail(*sequence, status);
    }
  }
}

bool Scheduler::MakeRoom(int pages) {
  while (pool_.capacity() - pool_.in_use() < pages) {
    if (cache_.Evict(1) == 0) return false;
  }
  return true;
}

// Moves sequences from the queue to the active ones while their pages can be reserved.
void Scheduler::Admit() {
  while (static_cast<int>(active_.size()) < options_.max_sequences) {
    std::shared_ptr<Sequence> next;
    {
      std::lock_guard lock(mutex_);
      if (waiting_.empty()) return;
      next = waiting_.front();
    }
    Sequence& s = *next;
    if (s.request.use_prefix_cache) {
      // The last prompt token is always computed: its logits are wanted.
      const std::span<const int32_t> reusable(s.request.prompt.data(), s.request.prompt.size() - 1);
      const std::vector<KvPage> pages =
          cache_.Find(reusable, s.request.shared_tokens, s.request.scope);
      s.kv.Adopt(pages);
      s.computed = static_cast<int>(pages.size()) * kPagePositions;
      s.run.cached_prompt_tokens = s.computed;
    }
    const int positions = std::min(s.most_tokens(), transformer_.config().context);
    const int missing = PagesFor(positions) - static_cast<int>(s.kv.pages().size());
    if (!MakeRoom(missing) || !s.kv.Grow(positions).ok()) {
      s.kv.Truncate(0);
      s.computed = 0;
      return;  // stays first in the queue
    }
    if (s.request.constraint && s.request.forced.empty()) {
      if (!trie_) trie_ = std::make_unique<TokenTrie>(tokenizer_);
      s.filter = std::make_unique<TokenFilter>(*trie_, tokenizer_, *s.request.constraint);
      if (s.request.speculate) {
        s.ahead = std::make_unique<TokenFilter>(*trie_, tokenizer_, *s.request.constraint);
      }
    }
    active_.push_back(next);
    std::lock_guard lock(mutex_);
    waiting_.pop_front();
  }
}

void Scheduler::EndExpired() {
  const absl::Time now = absl::Now();
  const auto end_if_due = [&](Sequence& s) {
    if (s.finished) return;
    if (s.request.cancelled && s.request.cancelled()) {
      Finish(s, StopReason::kCancelled);
    } else if (s.request.stop_after_tokens == 0) {
      Finish(s, StopReason::kReplayed);
    } else if (!s.request.stop_after_tokens && now >= s.request.deadline) {
      Finish(s, StopReason::kDeadline);
    }
  };
  for (const auto& sequence : active_) end_if_due(*sequence);
  std::vector<std::shared_ptr<Sequence>> queued;
  {
    std::lock_guard lock(mutex_);
    queued.assign(waiting_.begin(), waiting_.end());
  }
  for (const auto& sequence : queued) {
    end_if_due(*sequence);
    if (!sequence->finished) continue;
    active_.push_back(sequence);
    std::lock_guard lock(mutex_);
    waiting_.erase(std::find(waiting_.begin(), waiting_.end(), sequence));
  }
}

void Scheduler::Draft(Sequence& s, int most) {
  s.draft.clear();
  const int left = s.request.max_tokens - static_cast<int>(s.run.token_ids.size()) - 1;
  most = std::min(
      {most, left, transformer_.config().context - static_cast<int>(s.tokens.size()) - 1});
  if (most < 1) return;
  if (s.ahead) {
    for (; s.ahead_tokens < s.run.token_ids.size(); ++s.ahead_tokens) {
      s.ahead->Accept(s.run.token_ids[s.ahead_tokens]);
    }
    if (const int forced = std::min(most, s.forced_length.Next()); forced > 0) {
      s.draft = ForcedDraft(forced, *s.ahead, tokenizer_);
    }
    s.draft_forced = !s.draft.empty();
    if (s.draft_forced) return;
  }
  if (const int looked_up = std::min(most, s.lookup_length.Next()); looked_up > 0) {
    s.draft = LookUpDraft(s.tokens, looked_up, s.ahead.get());
  }
}

void Scheduler::BuildRows() {
  rows_.clear();
  int decoding = 0;
  for (const auto& sequence : active_) {
    sequence->rows_count = 0;
    decoding += !sequence->finished && sequence->decoding() && sequence->request.forced.empty();
  }
  const auto add = [&](Sequence& s, int count) {
    s.rows_from = static_cast<int>(rows_.size());
    s.rows_count = count;
    for (int i = 0; i < count; ++i) {
      const int position = s.computed + i;
      const int known = static_cast<int>(s.tokens.size());
      rows_.push_back({.token = position < known ? s.tokens[position] : s.draft[position - known],
                       .position = position,
                       .sequence = &s.kv,
                       .wants_logits = position + 1 >= s.prompt_size()});
    }
  };
  const int draft_share = decoding == 0 ? 0 : std::max(0, 16 / decoding - 1);
  for (const auto& sequence : active_) {
    Sequence& s = *sequence;
    if (s.finished || !s.decoding() || !s.request.forced.empty()) continue;
    s.draft.clear();
    if (s.request.speculate) Draft(s, std::min(options_.draft_tokens, draft_share));
    add(s, 1 + static_cast<int>(s.draft.size()));
  }
  int budget = std::min(decoding > 0 ? options_.prompt_rows_beside : options_.prompt_rows,
                        Transformer::kMaxRows - static_cast<int>(rows_.size()));
  for (const auto& sequence : active_) {
    Sequence& s = *sequence;
    if (s.finished || s.rows_count > 0 || budget <= 0) continue;
    s.draft.clear();
    int count = std::min(budget, static_cast<int>(s.tokens.size()) - s.computed);
    if (s.request.prompt_chunk > 0) count = std::min(count, s.request.prompt_chunk);
    if (!s.request.forced.empty()) {
      // The last forced token needs no row: nothing follows it.
      count = std::min(count, static_cast<int>(s.tokens.size()) - 1 - s.computed);
      const int quiet = std::max(0, s.prompt_size() - 1 - s.computed);
      count = std::min(count, quiet + kForcedRows);
    }
    add(s, count);
    budget -= count;
  }
}

// The token that follows. With a constraint: the best or drawn one of those it allows; -1 when
// the run fails because there is none.
int32_t Scheduler::Choose(Sequence& s, std::span<const float> logits, int step) {
  const TokenRequest& request = s.request;
  if (!s.filter) return ChooseToken(logits, request.sampling, s.stream, step);
  int32_t token = -1;
  if (request.sampling.temperature == 0) {
    // Where the best token of all is allowed it is the best allowed one: no mask is needed.
    token = FindBest(logits).id;
    if (!s.filter->Allows(token)) token = -1;
  }
  if (token < 0) {
    token = ChooseToken(logits, request.sampling, s.stream, step, s.filter->Allowed());
  }
  if (token >= 0) {
    s.filter->Accept(token);
  } else {
    Fail(s, !s.filter->status().ok()
                ? s.filter->status()
                : absl::FailedPreconditionError(
                      "the model's vocabulary cannot write what the constraint wants next"));
  }
  return token;
}

// Records one row's logits and chooses the token that follows. row_token: its index in
// the sequence. Returns false when the sequence ends here or the draft was wrong.
bool Scheduler::TakeRow(Sequence& s, int row_token, std::span<const float> logits) {
  const TokenRequest& request = s.request;
  const BestToken best = FindBest(logits);
  const int step = row_token + 1 - s.prompt_size();
  if (request.want_logit_hash) {
    if (step == 0) s.run.logit_hash = kFnvBasis;
    for (float logit : logits) {
      s.run.logit_hash = (s.run.logit_hash ^ std::bit_cast<uint32_t>(logit)) * kFnvPrime;
    }
  }
  if (step == 0 && request.want_top > 0) s.run.top = TopLogits(logits, request.want_top);
  s.run.argmax_ids.push_back(best.id);
  if (request.want_gaps) s.run.gaps.push_back(best.gap);

  const bool forced = !request.forced.empty();
  const int32_t token = forced ? request.forced[step] : Choose(s, logits, step);
  if (token < 0) return false;
  if (forced && request.want_gaps) {
    s.run.log_probabilities.push_back(LogProbability(logits, best.logit, token));
  }
  s.run.token_ids.push_back(token);
  if (!forced) s.tokens.push_back(token);

  const int chosen = static_cast<int>(s.run.token_ids.size());
  if (forced) {
    if (chosen == static_cast<int>(request.forced.size())) Finish(s, StopReason::kReplayed);
  } else if (request.stop_at_end_of_turn && tokenizer_.EndsTurn(token)) {
    s.run.ended_turn = true;
    Finish(s, StopReason::kEndOfTurn);
  } else if (s.filter && s.filter->Complete()) {
    Finish(s, StopReason::kEndOfTurn);  // nothing can follow: no step is spent on saying so
  } else if (request.stop_after_tokens == chosen) {
    Finish(s, StopReason::kReplayed);
  } else if (chosen == request.max_tokens) {
    Finish(s, StopReason::kMaxTokens);
  } else if (static_cast<int>(s.tokens.size()) >= transformer_.config().context) {
    Finish(s, StopReason::kContextFull);
  }
  return !s.finished;
}

void Scheduler::TakeLogits() {
  for (const auto& sequence : active_) {
    if (sequence->rows_count > 0) TakeLogitsOf(*sequence);
  }
}

void Scheduler::TakeLogitsOf(Sequence& s) {
  const size_t vocabulary = static_cast<size_t>(transformer_.config().vocabulary);
  ++s.run.steps;
  s.run.drafted += static_cast<int>(s.draft.size());
  const bool was_prompt = !s.decoding();
  // Rows were built in another order than active_: find this one's first logits.
  size_t logit_row = 0;
  for (int i = 0; i < s.rows_from; ++i) logit_row += rows_[i].wants_logits;
  int taken = 0;
  const int accepted_before = s.run.accepted;
  for (int i = 0; i < s.rows_count; ++i) {
    const int position = s.computed + i;
    taken = i + 1;
    if (!rows_[s.rows_from + i].wants_logits) continue;
    const std::span<const float> logits(logits_.data() + logit_row++ * vocabulary, vocabulary);
    if (!TakeRow(s, position, logits)) break;
    const bool next_is_draft = i + 1 < s.rows_count && s.request.forced.empty();
    if (!next_is_draft) continue;
    if (rows_[s.rows_from + i + 1].token != s.tokens.back()) break;
    ++s.run.accepted;
  }
  s.computed += taken;
  if (!s.draft.empty()) {
    DraftLength& length = s.draft_forced ? s.forced_length : s.lookup_length;
    length.Took(static_cast<int>(s.draft.size()), s.run.accepted - accepted_before);
  }
  if (was_prompt && s.decoding()) Remember(s);
  if (s.finished) Remember(s);
}

void Scheduler::Remember(Sequence& s) {
  if (!s.request.use_prefix_cache || s.computed < kPagePositions) return;
  const std::span<const int32_t> tokens(s.tokens.data(), s.computed);
  cache_.Insert(tokens, s.request.shared_tokens, s.request.scope,
                s.kv.pages().first(s.computed / kPagePositions));
}

void Scheduler::Finish(Sequence& s, StopReason stop) {
  s.finished = true;
  s.run.stop = stop;
}

void Scheduler::Fail(Sequence& s, absl::Status status) {
  s.finished = true;
  s.status = std::move(status);
}

// Hands tokens and ends to the callers, and forgets the sequences that are done.
void Scheduler::PublishAndRetire() {
  std::lock_guard lock(mutex_);
  for (auto at = active_.begin(); at != active_.end();) {
    Sequence& s = **at;
    const size_t known = s.run.token_ids.size();
    if (s.streams && s.published < known) {
      s.fresh.insert(s.fresh.end(), s.run.token_ids.begin() + s.published, s.run.token_ids.end());
      s.published = known;
      s.progress.notify_one();
    }
    if (!s.finished) {
      ++at;
      continue;
    }
    s.kv.Truncate(0);
    s.done = true;
    s.progress.notify_one();
    at = active_.erase(at);
  }
  decoding_count_ = static_cast<int>(active_.size());
  cached_count_ = cache_.size();
}

}  // namespace frontdesk::llm
