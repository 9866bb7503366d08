// Reads the safetensors container: a length, a JSON header, raw tensors.
//
//   u64 little-endian n | n bytes of JSON | tensor bytes
//   JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …}
//
// The header is untrusted: every offset, shape and length is checked before a
// tensor is handed out, so that a view always lies inside the file and holds
// exactly product(shape) elements. Views borrow the bytes. Thread-safe (immutable).
// docs/encoder.md has a worked example.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace frontdesk::llm::encoder {

struct TensorView {
  std::string dtype;                    // "F32", "F16", "BF16", "I64", …
  std::vector<std::int64_t> shape;      // each ≥ 0
  std::span<const std::uint8_t> bytes;  // perhaps unaligned
};

class Safetensors {
 public:
  // file: the whole file, borrowed. name: for messages.
  // Errors: DATA_LOSS (shorter than it says), INVALID_ARGUMENT (no JSON object, an
  // entry without dtype, shape or offsets, unknown dtype, offsets out of range or
  // of another length than the shape says, header over 16 MiB).
  static absl::StatusOr<Safetensors> Parse(std::span<const std::uint8_t> file,
                                           std::string_view name);

  // The F32 tensor of that name and shape. Errors: NOT_FOUND, INVALID_ARGUMENT (other
  // dtype or shape); each names the tensor.
  absl::StatusOr<std::span<const std::uint8_t>> FindF32(
      std::string_view tensor, const std::vector<std::int64_t>& shape) const;

  const std::map<std::string, TensorView, std::less<>>& tensors() const { return tensors_; }

 private:
  std::string name_;
  std::map<std::string, TensorView, std::less<>> tensors_;
};

}  // namespace frontdesk::llm::encoder
