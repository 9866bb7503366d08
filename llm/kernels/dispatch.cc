#include "llm/kernels/kernels.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace frontdesk::llm {

namespace portable {
const Kernels& Table();
}
#if defined(__x86_64__)
namespace avx2 {
const Kernels& Table();
}
namespace avx512 {
const Kernels& Table();
}

namespace {

// Asked of the processor itself: clang 16 knows no "f16c" for __builtin_cpu_supports.
bool HasF16c() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}

}  // namespace
#endif

std::string_view IsaName(Isa isa) {
  switch (isa) {
    case Isa::kPortable:
      return "portable";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvx512Vnni:
      return "avx512-vnni";
  }
  return "portable";
}

const Kernels* KernelsFor(Isa isa) {
  switch (isa) {
    case Isa::kPortable:
      return &portable::Table();
#if defined(__x86_64__)
    case Isa::kAvx2:
      if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && HasF16c()) {
        return &avx2::Table();
      }
      return nullptr;
    case Isa::kAvx512Vnni:
      if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
          __builtin_cpu_supports("avx512vnni")) {
        return &avx512::Table();
      }
      return nullptr;
#else
    default:
      return nullptr;
#endif
  }
  return nullptr;
}

const Kernels& BestKernels() {
  for (Isa isa : {Isa::kAvx512Vnni, Isa::kAvx2}) {
    if (const Kernels* kernels = KernelsFor(isa)) return *kernels;
  }
  return *KernelsFor(Isa::kPortable);
}

}  // namespace frontdesk::llm
