// Names the arithmetic of the model runtime.
//
// Two programs with the same kNumericsVersion and the same model file compute the
// same logit bits, whatever their thread count, batch, prompt chunking, cache and
// instruction set (docs/determinism.md). Any change to an order of accumulation, a
// polynomial, a rounding or a quantisation of activations changes the name, and so does one of
// which tokens a constraint allows; replay compares it before it decodes again.

#pragma once

#include <string_view>

namespace frontdesk::llm {

inline constexpr std::string_view kNumericsVersion = "fd-2";

// Sets this thread's floating point to what the numerics assume: round to nearest
// even, subnormals kept, no traps. Restores the former state when it ends.
class CanonicalFloatScope {
 public:
  CanonicalFloatScope();
  ~CanonicalFloatScope();
  CanonicalFloatScope(const CanonicalFloatScope&) = delete;
  CanonicalFloatScope& operator=(const CanonicalFloatScope&) = delete;

 private:
  unsigned saved_;
};

}  // namespace frontdesk::llm
