#include "llm/encoder/worker_pool.h"

#include <atomic>

namespace frontdesk::llm::encoder {

struct WorkerPool::Loop {
  Loop(int count, const std::function<void(int)>& item) : count(count), item(item) {}

  const int count;
  const std::function<void(int)>& item;  // read only while an item is left to take
  std::atomic<int> next{0};
  std::mutex mutex;
  std::condition_variable all_done;
  int done = 0;  // guarded by mutex
};

WorkerPool::WorkerPool(int threads) {
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void WorkerPool::RunItems(Loop& loop) {
  int finished = 0;
  for (int i = loop.next.fetch_add(1); i < loop.count; i = loop.next.fetch_add(1)) {
    loop.item(i);
    ++finished;
  }
  if (finished == 0) return;
  const std::lock_guard lock(loop.mutex);
  loop.done += finished;
  if (loop.done == loop.count) loop.all_done.notify_all();
}

void WorkerPool::ForEach(int count, const std::function<void(int)>& item) {
  if (count <= 1 || workers_.empty()) {
    for (int i = 0; i < count; ++i) item(i);
    return;
  }
  const auto loop = std::make_shared<Loop>(count, item);
  {
    const std::lock_guard lock(mutex_);
    loops_.push_back(loop);
  }
  wake_.notify_all();
  RunItems(*loop);
  std::unique_lock lock(loop->mutex);
  loop->all_done.wait(lock, [&] { return loop->done == loop->count; });
}

void WorkerPool::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !loops_.empty(); });
    if (stopping_) return;
    const std::shared_ptr<Loop> loop = loops_.front();
    if (loop->next.load() >= loop->count) {  // nothing left to take
      loops_.pop_front();
      continue;
    }
    lock.unlock();
    RunItems(*loop);
    lock.lock();
  }
}

}  // namespace frontdesk::llm::encoder
