// The kernels compiled for one instruction set; only BestKernels and KernelsFor may
// call in here, after they have asked the processor. Nothing but headers of static
// functions is included, so that no inline function compiled with these flags can
// replace another file's copy.

#include "llm/kernels/lanes_avx2.h"

#include "llm/kernels/kernels.h"

namespace frontdesk::llm::avx2 {
namespace {
#include "llm/kernels/body.inc"
}  // namespace

const Kernels& Table() {
  static constinit const Kernels kernels = MakeKernels("avx2", Isa::kAvx2);
  return kernels;
}

}  // namespace frontdesk::llm::avx2
