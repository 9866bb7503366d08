// A safetensors file of any bytes: each tensor lies inside the file and is as long as its shape says.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "llm/encoder/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<uint8_t> copy(data, data + size);
  const auto file = frontdesk::llm::encoder::Safetensors::Parse(copy, "fuzz");
  if (!file.ok()) return 0;
  for (const auto& [name, tensor] : file->tensors()) {
    if (tensor.bytes.empty()) continue;
    if (tensor.bytes.data() < copy.data() ||
        tensor.bytes.data() + tensor.bytes.size() > copy.data() + copy.size())
      std::abort();
    const auto view = file->FindF32(name, tensor.shape);
    if (view.ok() && view->size() != tensor.bytes.size()) std::abort();
  }
  return 0;
}
