#include "server/services/queue_stream.h"

#include <set>
#include <utility>

#include "server/grpc_status.h"

namespace frontdesk::server {
namespace {

constexpr char kMethod[] = "AgentConsoleService/WatchQueue";

}  // namespace

QueueStream* QueueStream::Begin(CommitHub& hub, List list) {
  auto stream = std::make_shared<QueueStream>(hub, std::move(list));
  stream->self_ = stream;
  hub.AddToAll(stream);
  stream->StartSendInitialMetadata();
  stream->Wake();
  return stream.get();
}

void QueueStream::Wake() {
  std::unique_lock lock(mutex_);
  dirty_ = true;
  Advance(std::move(lock));
}

void QueueStream::OnWriteDone(bool ok) {
  std::unique_lock lock(mutex_);
  writing_ = false;
  outbound_.pop_front();
  if (!ok) return Close(std::move(lock), absl::CancelledError("the client went away"));
  Advance(std::move(lock));
}

void QueueStream::OnCancel() {
  cancelled_ = true;
  std::unique_lock lock(mutex_);
  if (!writing_ && !listing_) Close(std::move(lock), absl::CancelledError("the client went away"));
}

void QueueStream::OnDone() {
  hub_.RemoveFromAll(this);
  auto self = std::move(self_);
}

void QueueStream::Advance(std::unique_lock<std::mutex> lock) {
  for (;;) {
    if (finished_ || writing_ || listing_) return;
    if (!outbound_.empty()) {
      writing_ = true;
      const v1::WatchQueueResponse* response = &outbound_.front();
      lock.unlock();
      StartWrite(response);
      return;
    }
    if (cancelled_) return Close(std::move(lock), absl::CancelledError("the client went away"));
    if (!dirty_) return;
    dirty_ = false;
    listing_ = true;
    lock.unlock();
    const absl::StatusOr<std::vector<v1::QueueEntry>> entries = list_();
    lock.lock();
    listing_ = false;
    if (!entries.ok()) return Close(std::move(lock), entries.status());
    Compare(*entries);
    if (!std::exchange(listed_once_, true))
      outbound_.emplace_back();  // the end of the first listing
  }
}

void QueueStream::Compare(const std::vector<v1::QueueEntry>& entries) {
  std::set<std::string> present;
  for (const v1::QueueEntry& entry : entries) {
    present.insert(entry.conversation());
    const std::string bytes = entry.SerializeAsString();
    std::string& known = sent_[entry.conversation()];
    if (known == bytes) continue;
    known = bytes;
    *outbound_.emplace_back().mutable_entry() = entry;
  }
  for (auto it = sent_.begin(); it != sent_.end();) {
    if (present.count(it->first) > 0) {
      ++it;
      continue;
    }
    v1::WatchQueueResponse& gone = outbound_.emplace_back();
    gone.mutable_entry()->set_conversation(it->first);
    gone.set_removed(true);
    it = sent_.erase(it);
  }
}

void QueueStream::Close(std::unique_lock<std::mutex> lock, const absl::Status& status) {
  if (finished_) return;
  finished_ = true;
  lock.unlock();
  Finish(FromAbsl(status, kMethod));
}

}  // namespace frontdesk::server
