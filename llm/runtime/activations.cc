#include "llm/runtime/activations.h"

#include <algorithm>

namespace frontdesk::llm {

void Activations::Resize(int tokens, int columns, Forms forms) {
  columns_ = columns;
  forms_ = forms;
  tiles_.clear();
  tile_of_.resize(tokens);
  size_t quants = 0, floats = 0;
  for (int first = 0; first < tokens;) {
    const int left = tokens - first;
    int size = kernels_.tile_sizes.back();
    if (left < size) {
      size = *std::lower_bound(kernels_.tile_sizes.begin(), kernels_.tile_sizes.end(), left);
    }
    const Tile tile{first, std::min(left, size), size, quants, floats};
    for (int i = 0; i < tile.count; ++i) tile_of_[first + i] = static_cast<uint32_t>(tiles_.size());
    tiles_.push_back(tile);
    quants += static_cast<size_t>(columns) / kBlock * size * kTileBlockBytes;
    floats += static_cast<size_t>(columns) * size;
    first += tile.count;
  }
  // Slots without a token keep what was there: their results are not stored.
  if (forms_.quantised && quant_bytes_.size() < quants) quant_bytes_.resize(quants);
  if (forms_.floats && float_values_.size() < floats) float_values_.resize(floats);
}

void Activations::Put(int token, const float* values, int begin, int end) {
  const Tile& tile = tiles_[tile_of_[token]];
  const int slot = token - tile.first;
  if (forms_.quantised) {
    kernels_.quantise(values, end - begin,
                      quant_bytes_.data() + tile.quants +
                          static_cast<size_t>(begin) / kBlock * tile.size * kTileBlockBytes,
                      tile.size, slot);
  }
  if (forms_.floats) {
    kernels_.spread(values, end - begin,
                    float_values_.data() + tile.floats + static_cast<size_t>(begin) * tile.size,
                    tile.size, slot);
  }
}

void Activations::MultiplyPanel(const PackedMatrix& matrix, int panel, const uint8_t* next,
                                const Tile& tile, float* y, size_t y_stride) const {
  const uint8_t* x = IsFloatForm(matrix.form())
                         ? reinterpret_cast<const uint8_t*>(float_values_.data() + tile.floats)
                         : quant_bytes_.data() + tile.quants;
  kernels_.panel(matrix.form(), matrix.layout(), matrix.panel(panel), next, x, tile.size,
                 tile.count, y, y_stride);
}

void Activations::Multiply(const PackedMatrix& matrix, int begin, int end, float* y,
                           size_t y_stride) const {
  for (int panel = begin; panel < end; ++panel) {
    if (!wide() || panel == begin) matrix.TouchPanel(panel);
    const uint8_t* next = wide() && panel + 1 < end ? matrix.panel(panel + 1) : nullptr;
    for (const Tile& tile : tiles_) {
      MultiplyPanel(matrix, panel, next, tile, y + tile.first * y_stride + panel * kPanelRows,
                    y_stride);
      next = nullptr;
    }
  }
}

}  // namespace frontdesk::llm
