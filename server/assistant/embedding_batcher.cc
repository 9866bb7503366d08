#include "server/assistant/embedding_batcher.h"

#include <utility>

namespace frontdesk::server {
namespace {

constexpr size_t kMaxTexts = 64;  // of one pass: bounds how long the next batch waits

}  // namespace

absl::StatusOr<std::vector<std::vector<float>>> EmbeddingBatcher::Embed(
    std::span<const std::string> texts) {
  absl::StatusOr<std::vector<std::vector<float>>> vectors = Features(texts);
  if (!vectors.ok()) return vectors;
  for (std::vector<float>& vector : *vectors) vector.resize(encoder_.dimensions());
  return vectors;
}

absl::StatusOr<std::vector<std::vector<float>>> EmbeddingBatcher::Features(
    std::span<const std::string> texts) {
  Caller caller{.texts = texts, .result = std::vector<std::vector<float>>{}};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&caller);
  while (!caller.done) {
    if (running_) {
      finished_.wait(lock);
      continue;
    }
    running_ = true;
    std::vector<Caller*> batch;
    size_t taken = 0, size = 0;
    while (taken < waiting_.size() &&
           (taken == 0 || size + waiting_[taken]->texts.size() <= kMaxTexts)) {
      size += waiting_[taken]->texts.size();
      batch.push_back(waiting_[taken++]);
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
    lock.unlock();
    RunBatch(batch);
    lock.lock();
    for (Caller* one : batch) one->done = true;
    running_ = false;
    finished_.notify_all();
  }
  return std::move(caller.result);
}

void EmbeddingBatcher::RunBatch(const std::vector<Caller*>& batch) {
  std::vector<std::string> texts;
  for (const Caller* caller : batch)
    texts.insert(texts.end(), caller->texts.begin(), caller->texts.end());
  absl::StatusOr<std::vector<std::vector<float>>> vectors = encoder_.Features(texts);
  size_t next = 0;
  for (Caller* caller : batch) {
    if (!vectors.ok()) {
      caller->result = vectors.status();
      continue;
    }
    for (size_t i = 0; i < caller->texts.size(); ++i)
      caller->result->push_back(std::move((*vectors)[next++]));
  }
}

}  // namespace frontdesk::server
