// A GGUF file of any bytes: parsed, and when that succeeds everything a model is loaded from is
// read: each tensor's bytes lie inside the file, settings, shape, tokenizer, template, and
// the packed weights of small models.
#include <cstdlib>
#include <vector>

#include "llm/gguf/gguf_file.h"
#include "llm/runtime/model_config.h"
#include "llm/runtime/weights.h"
#include "llm/tokenizer/chat_template.h"
#include "llm/tokenizer/tokenizer.h"

namespace frontdesk::llm {
namespace {

constexpr uint64_t kMostPacked = 8 << 20;  // bytes of weights worth packing

void Read(std::span<const uint8_t> bytes) {
  const auto file = GgufFile::Parse("fuzz", bytes);
  if (!file.ok()) return;
  uint64_t total = 0;
  for (const GgufTensor& tensor : (*file)->tensors()) {
    if (tensor.bytes.size() > 0 && (tensor.bytes.data() < bytes.data() ||
                                    tensor.bytes.data() + tensor.bytes.size() > bytes.data() + bytes.size()))
      std::abort();
    total += PackedMatrix::BytesFor(tensor);
  }
  for (std::string_view key : (*file)->Keys()) (void)(*file)->Describe(key);
  const auto tokenizer = Tokenizer::FromGguf(**file);
  const auto chat = ChatTemplate::FromGguf(**file);
  if (tokenizer.ok() && chat.ok()) {
    (void)chat->Render({{"system", "a"}, {"user", "b <|im_end|>"}}, **tokenizer);
  }
  const auto config = ModelConfig::FromGguf(**file);
  if (!config.ok() || total > kMostPacked) return;
  WorkerTeam team(1);
  (void)Weights::Load(**file, *config, team);
}

}  // namespace
}  // namespace frontdesk::llm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A copy of its own size, so that any read beyond it is seen.
  const std::vector<uint8_t> copy(data, data + size);
  frontdesk::llm::Read(copy);
  return 0;
}
