// Dense float loops whose result does not depend on the machine's vector width.
//
// Sums run over 16 fixed lanes that are added in a fixed tree, products and sums are rounded
// separately (no FMA), so the AVX-512, AVX2 and SSE2 clones give equal bits. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>

namespace frontdesk::understand {

// Sum of a[i] * b[i], i < n.
float Dot(const float* a, const float* b, size_t n);

// The same for bytes, exact; a is widened once by the caller, who has many b to compare it with.
// a[i] in -128..127, n <= 2^16.
int32_t DotBytes(const int16_t* a, const int8_t* b, size_t n);

// y[i] += c * x[i], i < n.
void AddScaled(float c, const float* x, float* y, size_t n);
void AddScaled(float c, const int8_t* x, float* y, size_t n);

// scores[r, k] = sum over d of x[r, d] * w[d, k], for r < rows, k < width; w and scores have
// `width` floats a row, width a multiple of 16. Overwrites scores.
void MultiplyRows(const float* x, size_t rows, size_t depth, const float* w, size_t width,
                  float* scores);

// gradient[d, k] += sum over r of x[r, d] * residual[r, k]. Shapes as above.
void AddOuter(const float* x, size_t rows, size_t depth, const float* residual, size_t width,
              float* gradient);

}  // namespace frontdesk::understand
