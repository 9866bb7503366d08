// Cuts text into the words within which byte-pair merges happen.
//
// Each style is the hand-written equivalent of the regular expression that the
// model was trained with, named as the file's tokenizer.ggml.pre names it. Unicode
// classes come from ICU; a byte that is not UTF-8 counts as a symbol of its own.
// Pure functions, thread-safe. Linear in the text.
//
//   SplitWords("it's 12", PreTokenizer::kSmollm) == {"it", "'s", " ", "1", "2"}

#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace frontdesk::llm {

enum class PreTokenizer {
  kGpt2,    // 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  kSmollm,  // each \p{N} alone first, then kGpt2 between
  kLlama3,  // contractions in any case, one mark before letters, numbers by three, line ends
  kQwen2,   // as kLlama3 with each number alone
};

// The style for a value of tokenizer.ggml.pre; nullopt for one we do not know.
std::optional<PreTokenizer> PreTokenizerFromName(std::string_view name);

// The words of text in order; joined they are text.
std::vector<std::string_view> SplitWords(std::string_view text, PreTokenizer style);

}  // namespace frontdesk::llm
