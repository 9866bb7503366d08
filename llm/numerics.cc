#include "llm/numerics.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace frontdesk::llm {

#if defined(__x86_64__)
namespace {
// All exceptions masked, round to nearest even, neither flush-to-zero nor
// denormals-are-zero: MXCSR's state after reset.
constexpr unsigned kCanonicalMxcsr = 0x1F80;
}  // namespace

CanonicalFloatScope::CanonicalFloatScope() : saved_(_mm_getcsr()) { _mm_setcsr(kCanonicalMxcsr); }
CanonicalFloatScope::~CanonicalFloatScope() { _mm_setcsr(saved_); }
#else
CanonicalFloatScope::CanonicalFloatScope() : saved_(0) {}
CanonicalFloatScope::~CanonicalFloatScope() = default;
#endif

}  // namespace frontdesk::llm
