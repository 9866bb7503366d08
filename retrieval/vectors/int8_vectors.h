// Embeddings in eight bits a number, and an exact scan of them.
//
// A row holds round(127 v / largest |v|) and its scale; the dot product of two rows is an integer
// sum, the same in any order and instruction set. Immutable after Add; then thread-safe.
//
//   Int8Vectors vectors(384);
//   vectors.Add(embedding);
//   vectors.Dots(Int8Query(query), scores);   // scores[i]: about the cosine
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace frontdesk::retrieval {

// A query in eight bits.
struct Int8Query {
  explicit Int8Query(std::span<const float> vector);

  std::vector<int8_t> values;  // padded with zeros to a multiple of 64
  float scale = 0;
};

class Int8Vectors {
 public:
  explicit Int8Vectors(size_t dimensions);

  // Precondition: vector.size() == dimensions.
  void Add(std::span<const float> vector);
  // Copies row `row` of another matrix of the same dimensions.
  void AddRow(const Int8Vectors& other, size_t row);
  // Adds a row that is coded already. Precondition: values.size() == dimensions.
  void AddCoded(std::span<const int8_t> values, float scale);

  // The approximate dot product of the query with every row, into out[0, size()).
  // Cost: about 0.05 ns a number where memory keeps up.
  void Dots(const Int8Query& query, float* out) const;
  // The same for the rows [begin, begin + count).
  void Dots(const Int8Query& query, size_t begin, size_t count, float* out) const;

  size_t size() const { return scales_.size(); }
  size_t dimensions() const { return dimensions_; }
  // A row, padded with zeros to a multiple of 64; what its integers are multiplied with; their sum.
  std::span<const int8_t> row(size_t i) const { return {values_.data() + i * stride_, stride_}; }
  float scale(size_t i) const { return scales_[i]; }
  int32_t sum(size_t i) const { return sums_[i]; }

 private:
  size_t dimensions_;
  size_t stride_;  // dimensions rounded up to a multiple of 64
  std::vector<int8_t> values_;
  std::vector<float> scales_;
  std::vector<int32_t> sums_;  // of a row's values
};

// Sum of a[i] · b[i] for i < size, a multiple of 64. The plain twin of what Dots uses.
int32_t PlainDot(const int8_t* a, const int8_t* b, size_t size);

// Dot product of two float vectors in one fixed order (16 lanes, then a fixed tree): the same
// bits on every machine.
float ExactDot(std::span<const float> a, std::span<const float> b);

// For tests: the kernels this machine can run, by name.
struct DotKernel {
  const char* name;
  // rows: count rows of `size` bytes; sums: of each row's values. Writes count integers.
  void (*run)(const int8_t* query, const int8_t* rows, const int32_t* sums, size_t count,
              size_t size, int32_t* out);
};
std::vector<DotKernel> DotKernels();

}  // namespace frontdesk::retrieval
