#include "server/turns/lanes.h"

#include <pthread.h>

#include <utility>

#include "absl/time/clock.h"
#include "server/grpc_status.h"

namespace frontdesk::server {

Lanes::Lanes(LaneOptions options) : options_(options) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
}

Lanes::~Lanes() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    lanes_.clear();
    ready_.clear();
    waiting_ = 0;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

absl::Status Lanes::Submit(const storage::ConversationId& conversation,
                           std::function<void()> work) {
  std::lock_guard lock(mutex_);
  if (stopping_)
    return absl::UnavailableError("the server is shutting down; try again in a moment");
  if (waiting_ >= options_.capacity) {
    return Overloaded("the server has more turns waiting than it takes", absl::Seconds(2));
  }
  Lane& lane = lanes_[conversation.value()];
  if (lane.work.size() >= options_.lane_capacity) {
    return Overloaded("this conversation has too many messages waiting", absl::Seconds(1));
  }
  lane.work.push_back(std::move(work));
  ++waiting_;
  if (!lane.running && lane.work.size() == 1) {
    ready_.push_back(conversation.value());
    wake_.notify_one();
  }
  return absl::OkStatus();
}

bool Lanes::Drain(absl::Time deadline) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  wake_.notify_all();
  const auto done = [this] { return waiting_ == 0 && running_ == 0; };
  while (!done()) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration() ||
        idle_.wait_for(lock, absl::ToChronoMilliseconds(left)) == std::cv_status::timeout) {
      if (done()) break;
      for (auto& [id, lane] : lanes_) lane.work.clear();
      ready_.clear();
      waiting_ = 0;
      return running_ == 0;
    }
  }
  return true;
}

size_t Lanes::waiting() const {
  std::lock_guard lock(mutex_);
  return waiting_;
}

size_t Lanes::running() const {
  std::lock_guard lock(mutex_);
  return running_;
}

void Lanes::Run() {
  pthread_setname_np(pthread_self(), "turns");
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !ready_.empty(); });
    if (ready_.empty()) return;
    const std::string id = std::move(ready_.front());
    ready_.pop_front();
    Lane& lane = lanes_[id];
    if (lane.work.empty()) continue;
    std::function<void()> work = std::move(lane.work.front());
    lane.work.pop_front();
    lane.running = true;
    --waiting_;
    ++running_;
    lock.unlock();
    work();
    work = nullptr;  // what it captured dies outside the lock
    lock.lock();
    --running_;
    // The map may have changed while the work ran: look the lane up again.
    if (const auto it = lanes_.find(id); it != lanes_.end()) {
      it->second.running = false;
      if (it->second.work.empty()) {
        lanes_.erase(it);
      } else {
        ready_.push_back(id);
        wake_.notify_one();
      }
    }
    idle_.notify_all();
  }
}

}  // namespace frontdesk::server
