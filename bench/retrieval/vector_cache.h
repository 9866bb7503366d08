// Embeddings kept in a file between runs of a bench, by SHA-256 of their text. One thread.
#pragma once

#include <fstream>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/encoder/encoder.h"
#include "storage/digest.h"

namespace frontdesk::bench {

// Embeddings kept in a file between runs, by SHA-256 of their text.
class VectorCache {
 public:
  VectorCache(std::string path, const llm::Encoder& encoder)
      : path_(std::move(path)), encoder_(encoder) {
    std::ifstream in(path_, std::ios::binary);
    storage::Digest key;
    std::vector<float> vector(static_cast<size_t>(encoder.dimensions()));
    while (in.read(reinterpret_cast<char*>(key.data()), 32) &&
           in.read(reinterpret_cast<char*>(vector.data()),
                   static_cast<std::streamsize>(vector.size() * sizeof(float)))) {
      known_[key] = vector;
    }
    if (!path_.empty()) out_.open(path_, std::ios::binary | std::ios::app);
  }

  absl::StatusOr<std::vector<std::vector<float>>> Embed(std::span<const std::string> texts) {
    std::vector<std::vector<float>> result;
    std::vector<std::string> missing;
    for (const std::string& text : texts) {
      if (!known_.contains(storage::Sha256(text))) missing.push_back(text);
    }
    if (!missing.empty()) {
      auto vectors = encoder_.Embed(missing);
      if (!vectors.ok()) return vectors.status();
      for (size_t i = 0; i < missing.size(); ++i) {
        const storage::Digest key = storage::Sha256(missing[i]);
        known_[key] = (*vectors)[i];
        if (!out_.is_open()) continue;
        out_.write(reinterpret_cast<const char*>(key.data()), 32);
        out_.write(reinterpret_cast<const char*>((*vectors)[i].data()),
                   static_cast<std::streamsize>((*vectors)[i].size() * sizeof(float)));
      }
      out_.flush();
    }
    for (const std::string& text : texts) {
      result.push_back(known_.at(storage::Sha256(text)));
    }
    return result;
  }

 private:
  std::string path_;
  const llm::Encoder& encoder_;
  std::map<storage::Digest, std::vector<float>> known_;
  std::ofstream out_;
};

}  // namespace frontdesk::bench
