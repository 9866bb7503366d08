// A language model that answers a chat: the one interface that dialog/ sees.
//
// Three things stand behind it: LocalModel (our own runtime over a GGUF file),
// RemoteModel (an inference server) and ScriptedModel (answers from a list, for
// transcripts). All are thread-safe: several conversations may call Generate at
// once, and what one of them gets never depends on the others.
//
//   GenerateRequest request;
//   request.messages = {{"system", "Answer briefly."}, {"user", "Where is my order?"}};
//   request.max_tokens = 60;
//   absl::StatusOr<Generation> answer = model.Generate(request);

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace frontdesk::llm {

// One message of a chat. role: "system" (first only), "user" or "assistant".
// content is plain text: the marks of the chat template typed in it stay text.
struct ChatMessage {
  std::string role;
  std::string content;
};

// How the next token is chosen. temperature 0 is greedy (the lowest id wins a
// tie); top_k 0 and top_p 1 leave all tokens in.
struct Sampling {
  double temperature = 0;  // 0..10
  int top_k = 0;           // 0..vocabulary
  double top_p = 1;        // (0, 1]
};

// Names the stream of random numbers: the same key, the same draws. The position
// in the answer is added for every token, so no state is carried between them.
struct SamplingKey {
  std::string conversation;
  int64_t turn = 0;
};

// Holds an answer to what was found: it is made of these sentences and nothing else
// (llm/constraint/grounded.h has the rules). The model chooses and orders.
struct Grounding {
  std::vector<std::string> sentences;
  std::vector<std::string> connecting;  // "Also,": may stand before a sentence
  std::vector<std::string> alone;       // "I do not know.": may be the whole answer
  int most_sentences = 3;               // 1..16
  bool runs = false;                    // a sentence may be cut to a run of its words
  std::vector<std::string> kept;        // words that a cut never leaves out ("not")
};

struct GenerateRequest {
  std::vector<ChatMessage> messages;
  int max_tokens = 0;  // 1..; the context's end stops sooner
  Sampling sampling;
  SamplingKey key;
  std::optional<Grounding> grounding;
  absl::Time deadline = absl::InfiniteFuture();
  // Polled between tokens, from any thread; empty: never cancelled.
  std::function<bool()> cancelled;
  // Replay: stop after exactly this many tokens (0..max_tokens), where a deadline
  // or a cancel stopped the recorded answer. The deadline is not looked at then.
  std::optional<int> stop_after_tokens;
  // Called on the caller's thread with whole UTF-8 characters as they are decoded;
  // the pieces joined are Generation::text.
  std::function<void(std::string_view piece)> on_text;
};

enum class StopReason {
  kEndOfTurn,    // the model ended its turn
  kMaxTokens,    // max_tokens were decoded
  kDeadline,     // the deadline passed; text holds what there is
  kCancelled,    // `cancelled` returned true
  kContextFull,  // the model's context has no room for another token
  kReplayed,     // stop_after_tokens was reached
};

// The name used in events and logs: "end_of_turn", "max_tokens", "deadline", …
std::string_view StopReasonName(StopReason reason);

struct Generation {
  // Decoded tokens, without the one that ends the turn; none from a remote model.
  std::vector<int32_t> token_ids;
  std::string text;                // valid UTF-8
  StopReason stop = StopReason::kEndOfTurn;
  int prompt_tokens = 0;         // tokens of the rendered prompt
  bool grounded = false;         // held to GenerateRequest::grounding; a remote model cannot
  int cached_prompt_tokens = 0;  // of these, taken from the prefix cache (never changes the output)
};

// What identifies a model in a recorded event.
struct ModelInfo {
  std::string name;              // for people: general.name of the file
  std::string family;            // "llama", "qwen2", "qwen3", "gemma3", "scripted", "remote"
  // Of the model file, lower-case hex; with an adapter, of both digests; empty when there is none.
  std::string sha256;
  std::string numerics_version;  // kNumericsVersion, or empty when outputs cannot be decoded again
  int context_tokens = 0;
};

class Model {
 public:
  virtual ~Model() = default;

  // Answers the chat. Blocks until the answer ends, at the latest one step after
  // the deadline or the cancel; running out of time is not an error (see stop).
  //
  // Errors: INVALID_ARGUMENT (no message, unknown role, max_tokens < 1, sampling
  // out of range, text that is not UTF-8, prompt longer than the context),
  // RESOURCE_EXHAUSTED (too many sequences or no memory for the prompt),
  // UNAVAILABLE (a remote model does not answer), FAILED_PRECONDITION (it refuses us),
  // DATA_LOSS (the weights yield numbers that are not finite).
  virtual absl::StatusOr<Generation> Generate(const GenerateRequest& request) = 0;

  virtual const ModelInfo& info() const = 0;
};

}  // namespace frontdesk::llm
