// Small GGUF files made up in memory: any family, any number format, random weights
// from a seed. They stand in for models we hold no weights of, and are small enough
// for a plain twin to compute the same logits number by number.
//
//   std::string bytes = SyntheticModel({.family = "qwen3", .matrix_type = TensorType::kQ5_1});

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "llm/gguf/tensor_type.h"

namespace frontdesk::llm {

// Small, fast and good enough for tests: SplitMix64.
class TestRandom {
 public:
  explicit TestRandom(uint64_t seed) : state_(seed) {}
  uint64_t Next();
  float Uniform(float low, float high);
  int Below(int limit) { return static_cast<int>(Next() % static_cast<uint64_t>(limit)); }

 private:
  uint64_t state_;
};

// Writes the bytes of a GGUF file of version 3.
class GgufWriter {
 public:
  void Text(const std::string& key, const std::string& value);
  void Whole(const std::string& key, uint32_t value);
  void Real(const std::string& key, float value);
  void Boolean(const std::string& key, bool value);
  void Texts(const std::string& key, const std::vector<std::string>& values);
  void Integers(const std::string& key, const std::vector<int32_t>& values);
  void Reals(const std::string& key, const std::vector<float>& values);
  // dims: fastest first, as the file has them.
  void Tensor(const std::string& name, const std::vector<uint64_t>& dims, uint32_t type,
              const std::string& bytes);
  std::string Finish() const;

 private:
  void Key(const std::string& key, uint32_t type);
  uint64_t settings_ = 0;
  std::string header_;
  struct Entry {
    std::string name;
    std::vector<uint64_t> dims;
    uint32_t type;
    std::string bytes;
  };
  std::vector<Entry> tensors_;
};

// Random whole blocks of a number format whose values spread about `spread` wide.
std::string RandomBlocks(TensorType type, uint64_t values, float spread, TestRandom& random);

struct SyntheticShape {
  std::string family = "llama";
  TensorType matrix_type = TensorType::kQ4_1;
  TensorType embedding_type = TensorType::kQ8_0;
  int layers = 2;
  int width = 256;
  int heads = 6;
  int kv_heads = 2;
  int head_dim = 32;
  int feed_forward = 512;
  int context = 512;
  int window = 0;         // gemma3
  bool own_head = false;  // output.weight apart from the embedding
  uint64_t seed = 1;
};

// Names of the 256 single bytes as a vocabulary writes them.
std::vector<std::string> SyntheticByteTokens(bool sentence_piece);

// The settings of such a model, without its tensors.
void SyntheticSettings(const SyntheticShape& shape, GgufWriter& out);

// Its vocabulary: 256 single bytes, some merges, <|im_start|>, <|im_end|> (300 tokens).
std::string SyntheticModel(const SyntheticShape& shape);
inline constexpr int kSyntheticVocabulary = 300;

// Writes bytes to a file in the test's temporary folder; returns its path.
std::string WriteTemporary(const std::string& name, const std::string& bytes);

}  // namespace frontdesk::llm
