// A LoRA adapter in llama.cpp's GGUF form: low-rank changes to a model's matrices.
//
//   general.type = "adapter", adapter.type = "lora", adapter.lora.alpha
//   blk.3.attn_q.weight.lora_a   [rank, columns of the matrix]
//   blk.3.attn_q.weight.lora_b   [rows of the matrix, rank]
//
// It is applied once, at load: matrix + alpha / rank · b · a, computed in f64 term by term in order
// of the rank and rounded to f16. So an adapted model runs as fast as its f16 weights
// do, gives the same bits everywhere, and a base of another shape is refused. Immutable,
// thread-safe. Source: docs/adapters.md.
//
//   auto adapter = Adapter::Open("shop.gguf");
//   absl::Status applied = (*adapter)->ApplyTo(*base_file);

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/gguf/gguf_file.h"

namespace frontdesk::llm {

class Adapter {
 public:
  static constexpr uint64_t kMostRank = 1024;

  // Errors: those of GgufFile::Open; INVALID_ARGUMENT (no LoRA adapter, a pair whose half is
  // missing or whose ranks differ, a tensor that is not such a half, numbers not finite).
  static absl::StatusOr<std::shared_ptr<const Adapter>> Open(const std::string& path);
  // The same over bytes, which are copied. name: for messages.
  static absl::StatusOr<std::shared_ptr<const Adapter>> Parse(std::string name, std::string bytes);

  // Replaces the matrices of the base that the adapter changes.
  // Errors: FAILED_PRECONDITION (made for another family, for a matrix the base lacks, or for
  // one of another shape), DATA_LOSS (a sum that f16 cannot hold).
  // Cost: 2 · rows · columns · rank operations a matrix.
  absl::Status ApplyTo(GgufFile& base) const;

  // Of the adapter's file; lower-case hex.
  const std::string& sha256() const { return sha256_; }
  size_t matrices() const { return pairs_.size(); }

 private:
  struct Pair {
    std::string matrix;
    uint64_t rows = 0, columns = 0, rank = 0;
    std::vector<float> a;  // [rank, columns]
    std::vector<float> b;  // [rows, rank]
  };
  Adapter() = default;
  static absl::StatusOr<std::shared_ptr<const Adapter>> Read(const GgufFile& file);

  std::string name_;
  std::string family_;
  std::string sha256_;
  double alpha_ = 0;  // 0: the change is taken as it is
  std::vector<Pair> pairs_;
};

}  // namespace frontdesk::llm
