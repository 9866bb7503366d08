// Words and character n-grams of a message as a sparse TF-IDF vector.
//
// Words (one and two in a row) and character n-grams of 2 to 5 inside each word, hashed to
// 64 bits; the vocabulary is the set of hashes seen in training, so a collision needs two of
// about 10^5 features to share 64 bits. Long numbers and vault tokens count by their shape:
// "48213" and "51877" are the same word. Immutable once built; thread-safe.
//
//   LexicalFeatures features = LexicalFeatures::Build(texts);
//   SparseVector v = features.Transform("where is order 48213");
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace frontdesk::understand {

struct SparseEntry {
  uint32_t feature;
  float value;
};
// Sorted by feature, no feature twice.
using SparseVector = std::vector<SparseEntry>;

class LexicalFeatures {
 public:
  // minimum_documents: a feature in fewer texts is dropped.
  static LexicalFeatures Build(std::span<const std::string> texts, int minimum_documents);
  // From a saved vocabulary: hashes ascending, idf parallel to them.
  LexicalFeatures(std::vector<uint64_t> hashes, std::vector<float> idf);
  LexicalFeatures() = default;

  // TF-IDF; the words part and the characters part have length 1 each (0 when nothing is known).
  // known_share (optional): share of the text's words that training has seen, 0..1.
  SparseVector Transform(std::string_view text, float* known_share = nullptr) const;

  size_t size() const { return hashes_.size(); }
  const std::vector<uint64_t>& hashes() const { return hashes_; }
  const std::vector<float>& idf() const { return idf_; }

 private:
  void IndexHashes();
  int64_t Find(uint64_t hash) const;

  std::vector<uint64_t> hashes_;  // ascending
  std::vector<float> idf_;
  std::vector<uint32_t> slots_;  // open addressing: feature + 1, 0 is empty
};

// The folded words that features are made of; numbers of 3 digits or more become "0", a vault
// token its type ("<EMAIL_1>" → "<email>").
std::vector<std::string> FeatureWords(std::string_view text);

}  // namespace frontdesk::understand
