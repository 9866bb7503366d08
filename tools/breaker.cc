#include "tools/breaker.h"

namespace frontdesk::tools {

std::string_view Name(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return "closed";
    case BreakerState::kOpen:
      return "open";
    case BreakerState::kHalfOpen:
      return "half_open";
  }
  return "?";
}

void Breaker::Enter(BreakerState state) {
  state_ = state;
  ++period_;
  failures_ = 0;
  probing_ = false;
}

std::optional<int64_t> Breaker::Admit(absl::Time now) {
  std::lock_guard lock(mutex_);
  if (state_ == BreakerState::kClosed) return period_;
  if (state_ == BreakerState::kOpen) {
    if (now < open_until_) return std::nullopt;
    Enter(BreakerState::kHalfOpen);
  }
  if (probing_) return std::nullopt;
  probing_ = true;
  return period_;
}

void Breaker::Report(int64_t pass, bool success, absl::Time now) {
  std::lock_guard lock(mutex_);
  if (pass != period_) return;
  if (success) {
    failures_ = 0;
    if (state_ == BreakerState::kHalfOpen) Enter(BreakerState::kClosed);
    return;
  }
  if (state_ == BreakerState::kHalfOpen || ++failures_ >= options_.failures) {
    Enter(BreakerState::kOpen);
    open_until_ = now + options_.open_for;
  }
}

BreakerState Breaker::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace frontdesk::tools
