// A BERT of random weights, small enough for a plain double-precision twin, written
// to a directory as the real one is: model.safetensors, vocab.txt, config.json.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace frontdesk::llm::encoder {

struct TinyBert {
  static constexpr int kWidth = 32, kHeads = 2, kInner = 80, kLayers = 2, kPositions = 64;

  // Tensors by name, row-major.
  std::map<std::string, std::vector<float>> tensors;
  std::map<std::string, std::vector<std::int64_t>> shapes;
  std::vector<std::string> vocabulary;

  // seed: any; the same seed gives the same model.
  explicit TinyBert(std::uint64_t seed);

  // Bytes of a safetensors file with these tensors.
  std::string Safetensors() const;

  // Writes the three files; the directory is made.
  void WriteTo(const std::string& directory) const;

  // The plain twin: the embedding of the ids, in double, written as the paper reads. layers: how
  // many of them are run.
  std::vector<double> Embed(const std::vector<std::int32_t>& ids, int layers = kLayers) const;
};

}  // namespace frontdesk::llm::encoder
