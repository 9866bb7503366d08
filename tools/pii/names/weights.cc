// weights.bin, as trained by scripts/train_pii_names/, linked into the program.
#include <cstring>

#include "tools/pii/names/tagger.h"

// clang-format off
__asm__(
    ".section .rodata\n"
    ".balign 64\n"
    ".global frontdesk_name_weights\n"
    "frontdesk_name_weights:\n"
    ".incbin \"" FRONTDESK_NAME_WEIGHTS "\"\n"
    ".global frontdesk_name_weights_end\n"
    "frontdesk_name_weights_end:\n"
    ".byte 0\n"
    ".previous\n");
// clang-format on

extern "C" {
extern const unsigned char frontdesk_name_weights[];
extern const unsigned char frontdesk_name_weights_end[];
}

namespace frontdesk::tools {

const NameWeights& BuiltInNameWeights() {
  // A file of another size is no file of ours: then nothing is tagged, and the tests fail.
  static const NameWeights* const weights = [] {
    auto* result = new NameWeights();
    const auto size = static_cast<std::size_t>(frontdesk_name_weights_end - frontdesk_name_weights);
    if (size == sizeof(NameWeights)) std::memcpy(result, frontdesk_name_weights, size);
    return result;
  }();
  return *weights;
}

}  // namespace frontdesk::tools
