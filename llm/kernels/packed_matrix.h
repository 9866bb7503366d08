// A weight matrix, packed into panels of sixteen rows for the kernels.
//
// Packing moves bits and loses none: DecodeRow gives exactly what the file's own
// blocks decode to. Immutable once packed, thread-safe. The memory belongs to a
// WeightArena that outlives the matrix. Source: docs/determinism.md, panel_layout.h.
//
//   auto q = PackedMatrix::Pack(*tensor, arena, {});

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "llm/gguf/gguf_file.h"
#include "llm/kernels/panel_layout.h"
#include "llm/kernels/weight_arena.h"

namespace frontdesk::llm {

class PackedMatrix {
 public:
  PackedMatrix() = default;

  // Takes the memory for a tensor; Fill then packs it, panel by panel.
  // Errors: RESOURCE_EXHAUSTED; INVALID_ARGUMENT (rows that do not fit the kernels).
  static absl::StatusOr<PackedMatrix> Allocate(const GgufTensor& tensor, WeightArena& arena);

  // Packs panels [begin, end). row_order[i], when given, is the tensor's row that
  // becomes row i. May run on several threads for disjoint panels.
  // Errors: DATA_LOSS when a scale or a float weight is not finite.
  absl::Status Fill(const GgufTensor& tensor, std::span<const uint32_t> row_order, int begin,
                    int end);

  // The memory of panels [begin, end), before Fill.
  std::span<uint8_t> PanelsToFill(int begin, int end) const {
    return {data_ + static_cast<size_t>(begin) * layout_.panel_bytes,
            static_cast<size_t>(end - begin) * layout_.panel_bytes};
  }
  // Bytes that Allocate takes.
  static size_t BytesFor(const GgufTensor& tensor);

  // Writes row `row` as f32 to out[0 .. columns).
  void DecodeRow(int row, float* out) const;

  PackedForm form() const { return form_; }
  const PanelLayout& layout() const { return layout_; }
  int rows() const { return rows_; }
  int columns() const { return columns_; }
  int panels() const { return (rows_ + kPanelRows - 1) / kPanelRows; }
  const uint8_t* panel(int i) const { return data_ + static_cast<size_t>(i) * layout_.panel_bytes; }
  // Reads a panel through, a byte of each line, so that a kernel that comes next finds it in
  // the cache. Such plain reads keep many lines on their way at once; a kernel's own, with
  // arithmetic between them, get half of the memory's speed.
  void TouchPanel(int i) const {
    const volatile uint8_t* at = panel(i);
    for (uint32_t byte = 0; byte < layout_.panel_bytes; byte += 64) (void)at[byte];
  }
  bool empty() const { return data_ == nullptr; }
  size_t bytes() const { return static_cast<size_t>(panels()) * layout_.panel_bytes; }

 private:
  PackedForm form_ = PackedForm::kFloat;
  PanelLayout layout_;
  int rows_ = 0;
  int columns_ = 0;
  uint8_t* data_ = nullptr;
};

// The packed form of a tensor type.
PackedForm FormOf(TensorType type);

}  // namespace frontdesk::llm
