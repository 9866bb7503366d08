// Turns text into the token ids of a model and back.
//
// Two kinds, as the file says: byte-level byte-pair encoding ("gpt2": SmolLM2,
// Llama 3, Qwen) and SentencePiece merges by score ("llama": Gemma 3). Immutable
// after load, thread-safe. Any bytes can be encoded, and decoding the ids
// gives them back, without the bytes that the vocabulary has no token for. Source: docs/model_runtime.md.
//
//   auto tokenizer = Tokenizer::FromGguf(*file);
//   std::vector<int32_t> ids = (*tokenizer)->Encode("Hello", MarksInText::kPlainText);

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "llm/gguf/gguf_file.h"
#include "llm/tokenizer/pre_tokenizer.h"

namespace frontdesk::llm {

// What "<|im_end|>" written in a text means. Everything a customer typed is
// kPlainText, so that nobody can type a control token.
enum class MarksInText { kPlainText, kControlTokens };

class Tokenizer {
 public:
  // Errors: NOT_FOUND or INVALID_ARGUMENT naming the setting: an unknown tokenizer or
  // pre-tokenizer, a vocabulary without single bytes, arrays of different length.
  static absl::StatusOr<std::unique_ptr<Tokenizer>> FromGguf(const GgufFile& file);

  // Appends nothing before or after, but a SentencePiece vocabulary that asks for it gets a space before
  // each stretch of text between matched tokens. So a text of n bytes has at most n ids, and with that
  // space n and one for each stretch, of which there are at most (n + 1) / 2.
  // Cost: O(n log n) in the longest word.
  std::vector<int32_t> Encode(std::string_view text, MarksInText marks) const;

  // The bytes of a token; empty for control tokens and ids outside the vocabulary.
  std::string_view Piece(int32_t id) const;
  // As Piece, control tokens by their written form.
  std::string_view Name(int32_t id) const;
  // The bytes of ids joined; not necessarily UTF-8.
  std::string Decode(const std::vector<int32_t>& ids) const;

  // The id of a control token by its written form ("<|im_start|>").
  std::optional<int32_t> ControlToken(std::string_view name) const;

  int size() const { return static_cast<int>(pieces_.size()); }
  // The token put before every prompt, when the file asks for one.
  std::optional<int32_t> begin_token() const { return begin_token_; }
  // True for the tokens that end the model's turn.
  bool EndsTurn(int32_t id) const;
  const std::vector<int32_t>& end_tokens() const { return end_tokens_; }
  const std::string& description() const { return description_; }  // "gpt2 / smollm"

 private:
  struct Merge {
    int32_t rank;
    int32_t result;
  };
  struct Piece_ {
    uint32_t begin, end;  // in bytes_
    bool control;
  };

  Tokenizer() = default;
  absl::Status LoadVocabulary(const GgufFile& file);
  absl::Status LoadMerges(const GgufFile& file);
  absl::Status LoadSpecials(const GgufFile& file);
  void EncodeText(std::string_view text, std::vector<int32_t>& ids) const;
  void EncodeBytePairs(std::string_view word, std::vector<int32_t>& ids) const;
  void EncodeSentencePiece(std::string_view text, std::vector<int32_t>& ids) const;

  bool sentence_piece_ = false;
  bool space_prefix_ = false;       // SentencePiece: a space before the text
  bool whole_words_first_ = false;  // Llama 3: a word of the vocabulary is never cut
  PreTokenizer pre_ = PreTokenizer::kGpt2;
  std::string description_;
  std::string bytes_;  // all pieces, joined
  std::vector<Piece_> pieces_;
  std::vector<float> scores_;                                // SentencePiece
  absl::flat_hash_map<std::string_view, int32_t> by_piece_;  // views into bytes_
  absl::flat_hash_map<uint64_t, Merge> merges_;              // (left id << 32) | right id
  std::array<int32_t, 256> byte_tokens_{};
  // Tokens that are matched in the text before it is cut: name, id, control?
  struct Special {
    std::string_view name;
    int32_t id;
    bool control;
  };
  std::array<std::vector<Special>, 256> specials_;  // by first byte, longest first
  std::optional<int32_t> begin_token_;
  std::vector<int32_t> end_tokens_;
};

}  // namespace frontdesk::llm
