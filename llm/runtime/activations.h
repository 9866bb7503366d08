// Activations on their way into a matrix: quantised to int8 blocks, or as f32 for
// float weights, in the tiles that the kernels take.
//
// Slots of different tokens may be written by different threads. Laying tokens into
// tiles changes where numbers lie, never what is computed for a token.
//
//   Activations x(kernels);
//   x.Resize(tokens, columns, forms);
//   x.Put(token, values);            // for each token
//   x.Multiply(matrix, panels, y, stride);

#pragma once

#include <cstdint>
#include <vector>

#include "llm/kernels/kernels.h"
#include "llm/kernels/packed_matrix.h"

namespace frontdesk::llm {

class Activations {
 public:
  explicit Activations(const Kernels& kernels) : kernels_(kernels) {}

  // What the matrices that will read them take.
  struct Forms {
    bool quantised = false;
    bool floats = false;
    void Include(const PackedMatrix& matrix) {
      (IsFloatForm(matrix.form()) ? floats : quantised) = true;
    }
  };

  // One slot each for `tokens` tokens of `columns` numbers. Not while others write.
  void Resize(int tokens, int columns, Forms forms);

  // Takes columns [begin, end) of a token in: multiples of 32 unless all of it.
  // values[0] is column begin.
  void Put(int token, const float* values, int begin, int end);
  void Put(int token, const float* values) { Put(token, values, 0, columns_); }

  // y[token · y_stride + row] for all tokens and the rows of panels [begin, end).
  void Multiply(const PackedMatrix& matrix, int begin, int end, float* y, size_t y_stride) const;

  struct Tile {
    int first;      // token
    int count;      // tokens in use
    int size;       // tokens there is room for
    size_t quants;  // byte offset
    size_t floats;  // offset
  };
  const std::vector<Tile>& tiles() const { return tiles_; }
  // One panel times one tile; next: a panel that is multiplied soon (Kernels::panel).
  void MultiplyPanel(const PackedMatrix& matrix, int panel, const uint8_t* next, const Tile& tile,
                     float* y, size_t y_stride) const;

  // Whether the arithmetic of a panel takes longer than memory takes for the next one, so that
  // the next is asked for meanwhile; else a panel is read through before it is multiplied.
  bool wide() const { return tile_of_.size() >= kWideTokens; }

 private:
  static constexpr size_t kWideTokens = 6;


  const Kernels& kernels_;
  int columns_ = 0;
  Forms forms_;
  std::vector<Tile> tiles_;
  std::vector<uint32_t> tile_of_;  // by token
  std::vector<uint8_t> quant_bytes_;
  std::vector<float> float_values_;
};

}  // namespace frontdesk::llm
