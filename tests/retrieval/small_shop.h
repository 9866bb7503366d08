// Three documents of a small shop and an encoder that needs no model, for tests of retrieval.
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "retrieval/document.h"
#include "storage/digest.h"
#include "text/analyse.h"

namespace frontdesk::retrieval {

// An encoder that knows which words a text has: each word adds to eight places of 64.
inline absl::StatusOr<std::vector<std::vector<float>>> WordVectors(std::span<const std::string> texts) {
  std::vector<std::vector<float>> out;
  for (const std::string& text : texts) {
    std::vector<float> vector(64, 0.01f);
    for (const text::Token& token : text::Analyse(text, "en", {.drop_stop_words = true})) {
      const storage::Digest digest = storage::Sha256(token.term);
      for (size_t i = 0; i < 8; ++i) vector[digest[i] % 64] += digest[i + 8] % 2 ? 1.0f : -1.0f;
    }
    float square = 0;
    for (const float v : vector) square += v * v;
    for (float& v : vector) v /= std::sqrt(square);
    out.push_back(vector);
  }
  return out;
}

inline std::vector<Document> Shop() {
  return {
      {.id = "returns.md",
       .format = Document::kMarkdown,
       .bytes = "# Returns\n\n## How long\n\nYou can send an item back within 30 days.\n\n"
                "## Refunds\n\nA refund reaches your card five days after the parcel.\n"},
      {.id = "shipping.md",
       .format = Document::kMarkdown,
       .bytes = "# Shipping\n\nA parcel takes two days in Ireland and a week abroad.\n"},
      {.id = "warranty.txt",
       .title = "Warranty",
       .format = Document::kText,
       .bytes = "Every lamp is covered for two years. Bring the receipt."},
  };
}

}  // namespace frontdesk::retrieval
