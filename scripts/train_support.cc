// Trains the support model of dialog/answer and writes its weights.
//
//   train_support LABELLED.jsonl ENCODER_FOLDER OUT.bin
//
// LABELLED.jsonl: lines {"context","question","answer","hallucinated","source"};
// ENCODER_FOLDER: the sentence encoder's (all-minilm-l6-v2). The weights are thresholds and
// values over the signals of dialog/answer/evidence.h; no text of the data gets into them
// (docs/answering.md). Deterministic: the same input gives the same bytes.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "dialog/answer/claims.h"
#include "llm/encoder/encoder.h"

int main(int argc, char** argv) {
  using namespace frontdesk;
  if (argc != 4) {
    std::fprintf(stderr, "usage: train_support LABELLED.jsonl ENCODER_FOLDER OUT.bin\n");
    return 2;
  }
  const auto failed = [](const absl::Status& status) {
    std::fprintf(stderr, "train_support: %s\n", std::string(status.message()).c_str());
    return 1;
  };
  std::ifstream file(argv[1], std::ios::binary);
  std::ostringstream jsonl;
  jsonl << file.rdbuf();
  if (!file) return failed(absl::NotFoundError(std::string(argv[1]) + ": cannot be read"));
  const auto encoder = llm::Encoder::Load(argv[2], {.threads = 2});
  if (!encoder.ok()) return failed(encoder.status());
  const auto claims = dialog::ReadClaims(jsonl.str(), [&](std::span<const std::string> texts) {
    return (*encoder)->Embed(texts);
  });
  if (!claims.ok()) return failed(claims.status());
  const std::string bytes = dialog::TrainSupport(*claims).Save();
  std::ofstream out(argv[3], std::ios::binary);
  out << bytes;
  out.close();
  if (!out) return failed(absl::PermissionDeniedError(std::string(argv[3]) + ": cannot be written"));
  std::printf("%zu claims, %zu bytes\n", claims->size(), bytes.size());
  return 0;
}
