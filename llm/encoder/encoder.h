// Sentence embeddings: a BERT encoder (all-MiniLM-L6-v2) with mean pooling.
//
// A text becomes WordPiece ids, runs through the transformer, its token vectors
// are averaged and the average is scaled to length one, so that a dot product of
// two embeddings is their cosine.
//
// Invariants: a text's embedding depends on the text, the model files and the
// precision only: not on its batch companions, the number of threads, the
// instruction set or the cache (docs/encoder.md says how). Words of a text are
// never logged; the cache is keyed by digest and holds no text.
//
// Thread-safe: any number of threads may call Embed and Tokenize at once.
//
//   auto encoder = Encoder::Load(models + "/all-minilm-l6-v2", {.precision =
//   EncoderPrecision::kInt8}); auto vectors = (*encoder)->Embed(std::vector<std::string>{"where is
//   my order"});
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/digest.h"

namespace frontdesk::llm {

// How matrices are held and multiplied. kF32 agrees with the reference model to
// cosine 0.9999, kInt8 to 0.99 at a quarter of the memory and about twice the speed.
enum class EncoderPrecision { kF32, kInt8 };

// An instruction set of the kernels. All give identical bits; kBest takes the
// fastest one this processor has. Tests force the others.
enum class EncoderIsa { kBest, kPortable, kAvx2, kAvx512Vnni };

struct EncoderOptions {
  EncoderPrecision precision = EncoderPrecision::kInt8;
  int threads = 1;                  // 1..64, the caller's thread included
  std::size_t cached_texts = 4096;  // recent embeddings kept (3 KB each); 0 turns the cache off
  EncoderIsa isa = EncoderIsa::kBest;
};

// Counts since Load, for metrics.
struct EncoderCounts {
  std::uint64_t texts = 0;
  std::uint64_t cache_hits = 0;
  std::uint64_t tokens = 0;  // computed, so without those of cache hits
};

class Encoder {
 public:
  // Opens directory/{model.safetensors,vocab.txt,config.json}.
  //
  // Errors: NOT_FOUND (a file is missing; names it and scripts/fetch_models.sh),
  // INVALID_ARGUMENT (options out of range, config or tensor of another shape or
  // type, hostile safetensors header), DATA_LOSS (truncated file),
  // UNIMPLEMENTED (the asked instruction set is not in this processor).
  // Cost: about 0.2 s; memory about 15 MB in int8, 50 MB in F32; the word
  // embeddings stay in the mapped file.
  static absl::StatusOr<std::unique_ptr<Encoder>> Load(const std::string& directory,
                                                       const EncoderOptions& options = {});
  ~Encoder();

  // Length of an embedding (384 for all-MiniLM-L6-v2).
  int dimensions() const;

  // One embedding per text, in order, each of dimensions() floats and length one.
  //
  // texts: UTF-8 of any length; what lies beyond 256 tokens is not read, bytes
  // that are not UTF-8 are skipped. Empty span gives an empty vector.
  // Cost: about 1.5 ms of processor time for 20 tokens in int8, shared by the threads. Never fails at present.
  absl::StatusOr<std::vector<std::vector<float>>> Embed(std::span<const std::string> texts) const;

  // The embedding with what a classifier likes beside it: 2 · dimensions() floats a text, first
  // those of Embed, then the mean token vector after the first half of the layers, also of length
  // one. Early layers still hold the words, the last one what the text is alike to. Otherwise as
  // Embed, at the same cost; both share one pass and one cache.
  absl::StatusOr<std::vector<std::vector<float>>> Features(
      std::span<const std::string> texts) const;

  // WordPiece ids with [CLS] and [SEP], at most 256. "[SEP]" typed in a text is
  // plain text. Cost: O(bytes read).
  std::vector<std::int32_t> Tokenize(std::string_view text) const;

  // SHA-256 over the model's files, the precision and the numerics version: equal
  // fingerprints mean equal embeddings, bit by bit.
  const storage::Digest& fingerprint() const;

  EncoderCounts counts() const;

 private:
  struct Parts;
  explicit Encoder(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace frontdesk::llm
