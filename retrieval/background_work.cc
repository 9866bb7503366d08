#include "retrieval/background_work.h"

namespace frontdesk::retrieval {

BackgroundWork::~BackgroundWork() {
  {
    const std::lock_guard lock(mu_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BackgroundWork::Wake() {
  {
    const std::lock_guard lock(mu_);
    wanted_ = true;
    if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  }
  changed_.notify_all();
}

void BackgroundWork::WaitUntilIdle() {
  std::unique_lock lock(mu_);
  changed_.wait(lock, [this] { return !wanted_ && !running_; });
}

void BackgroundWork::Run() {
  std::unique_lock lock(mu_);
  while (true) {
    changed_.wait(lock, [this] { return wanted_ || stop_; });
    if (stop_) return;
    wanted_ = false;
    running_ = true;
    lock.unlock();
    const bool more = step_();
    lock.lock();
    running_ = false;
    wanted_ = wanted_ || more;
    changed_.notify_all();
  }
}

}  // namespace frontdesk::retrieval
