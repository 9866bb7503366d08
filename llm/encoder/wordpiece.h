// BERT's uncased WordPiece tokenizer.
//
// A text is cleaned (control and format characters dropped, white space to
// blanks, CJK ideographs set apart), decomposed (NFD) and freed of accents, put in
// lower case, split at blanks and punctuation; each word is then cut into the
// longest pieces of the vocabulary, a word that cannot be cut becomes [UNK].
// Agrees with the Hugging Face tokenizer of bert-base-uncased. Thread-safe (immutable).
//
//   [CLS] order ##ed 2 shirts ! [SEP]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"

namespace frontdesk::llm::encoder {

class WordPiece {
 public:
  // vocabulary: one piece per line, its id is the line's number from 0.
  // Errors: INVALID_ARGUMENT ([CLS], [SEP] or [UNK] missing, more than 2^20 lines).
  static absl::StatusOr<WordPiece> FromVocabulary(std::string vocabulary, std::string_view name);

  // [CLS] pieces… [SEP]; at most max_tokens ids (≥ 2): what does not fit is left out.
  // Reads no further than it needs. Bytes that are not UTF-8 are skipped.
  std::vector<std::int32_t> Encode(std::string_view text, int max_tokens) const;

  int size() const { return size_; }

 private:
  WordPiece() = default;
  void AppendPieces(std::string_view word, std::vector<std::int32_t>& ids) const;

  // Pieces are hashed by a char-keyed map of owned strings: words' starts and
  // continuations ("##s") live in two maps so that lookups need no prefix.
  absl::flat_hash_map<std::string, std::int32_t> start_, continuation_;
  int size_ = 0;
  std::int32_t cls_ = -1, sep_ = -1, unk_ = -1;
};

}  // namespace frontdesk::llm::encoder
