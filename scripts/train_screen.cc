// Trains the attack model of dialog/screen and writes its weights.
//
//   train_screen LABELLED.jsonl ENCODER_FOLDER OUT.bin
//
// LABELLED.jsonl: lines {"text","label","source","category"}; ENCODER_FOLDER: the
// sentence encoder's (all-minilm-l6-v2). No text of the data gets into the weights: they
// are 8-bit numbers under 16-bit hashes of features (docs/screen.md).
// Deterministic: the same input gives the same bytes.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "dialog/screen/train_attack_model.h"
#include "llm/encoder/encoder.h"

int main(int argc, char** argv) {
  using namespace frontdesk;
  if (argc != 4) {
    std::fprintf(stderr, "usage: train_screen LABELLED.jsonl ENCODER_FOLDER OUT.bin\n");
    return 2;
  }
  const auto failed = [](const absl::Status& status) {
    std::fprintf(stderr, "train_screen: %s\n", std::string(status.message()).c_str());
    return 1;
  };
  std::ifstream file(argv[1], std::ios::binary);
  std::ostringstream jsonl;
  jsonl << file.rdbuf();
  if (!file) return failed(absl::NotFoundError(std::string(argv[1]) + ": cannot be read"));
  const auto encoder = llm::Encoder::Load(argv[2], {.threads = 2});
  if (!encoder.ok()) return failed(encoder.status());
  const screen::EmbedFn embed = [&](std::span<const std::string> texts) {
    return (*encoder)->Embed(texts);
  };
  const auto messages = screen::ReadMessages(jsonl.str(), embed);
  if (!messages.ok()) return failed(messages.status());
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
