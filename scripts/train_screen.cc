// Trains the attack model of dialog/screen and writes its weights.
//
//   train_screen LABELLED.jsonl ENCODER_FOLDER OUT.bin [DOCUMENTS.jsonl…]
//
// LABELLED.jsonl: lines {"text","label","source","category"}; ENCODER_FOLDER: the
// sentence encoder's (all-minilm-l6-v2); DOCUMENTS.jsonl: honest documents, from whose sentences
// planted instructions are told. No text of the data gets into the weights: they
// are 8-bit numbers under 16-bit hashes of features (docs/screen.md).
// Deterministic: the same input gives the same bytes.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "dialog/screen/train_attack_model.h"
#include "llm/encoder/encoder.h"

namespace {

constexpr int kDocumentStride = 3;

absl::StatusOr<std::string> ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file) return absl::NotFoundError(std::string(path) + ": cannot be read");
  return std::move(bytes).str();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace frontdesk;
  if (argc < 4) {
    std::fprintf(stderr, "usage: train_screen LABELLED.jsonl ENCODER_FOLDER OUT.bin [DOCUMENTS.jsonl…]\n");
    return 2;
  }
  const auto failed = [](const absl::Status& status) {
    std::fprintf(stderr, "train_screen: %s\n", std::string(status.message()).c_str());
    return 1;
  };
  const auto jsonl = ReadFile(argv[1]);
  if (!jsonl.ok()) return failed(jsonl.status());
  const auto encoder = llm::Encoder::Load(argv[2], {.threads = 2});
  if (!encoder.ok()) return failed(encoder.status());
  const screen::EmbedFn embed = [&](std::span<const std::string> texts) {
    return (*encoder)->Embed(texts);
  };
  auto messages = screen::ReadMessages(*jsonl, embed);
  if (!messages.ok()) return failed(messages.status());
  for (int i = 4; i < argc; ++i) {
    const auto documents = ReadFile(argv[i]);
    if (!documents.ok()) return failed(documents.status());
    auto sentences = screen::ReadDocumentSentences(*documents, kDocumentStride);
    if (!sentences.ok()) return failed(sentences.status());
    messages->insert(messages->end(), sentences->begin(), sentences->end());
  }
  const auto trainer = screen::AttackTrainer::Make(*messages, embed);
  if (!trainer.ok()) return failed(trainer.status());
  const screen::AttackModel model = trainer->TrainAll(trainer->CrossScore(5));
  const std::string bytes = model.Save();
  std::ofstream out(argv[3], std::ios::binary);
  out << bytes;
  out.close();
  if (!out) return failed(absl::PermissionDeniedError(std::string(argv[3]) + ": cannot be written"));
  std::printf("%zu messages, %zu bytes\n", messages->size(), bytes.size());
  return 0;
}
