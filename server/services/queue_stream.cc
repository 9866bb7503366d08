#include "server/services/queue_stream.h"

#include <utility>

#include "server/grpc_status.h"

namespace frontdesk::server {

QueueStream* QueueStream::Begin(QueueBoard& board, std::string team, std::function<void()> alive) {
  auto stream = std::make_shared<QueueStream>(board, std::move(team), std::move(alive));
  stream->self_ = stream;
  board.CatchUp();
  board.Watch(stream);
  stream->StartSendInitialMetadata();
  stream->Wake();
  return stream.get();
}

void QueueStream::Wake() {
  alive_();
  std::unique_lock lock(mutex_);
  dirty_ = true;
  Advance(std::move(lock));
}

void QueueStream::OnWriteDone(bool ok) {
  std::unique_lock lock(mutex_);
  writing_ = false;
  outbound_.pop_front();
  if (!ok) return Close(std::move(lock));
  Advance(std::move(lock));
}

void QueueStream::OnCancel() {
  cancelled_ = true;
  std::unique_lock lock(mutex_);
  if (!writing_) Close(std::move(lock));
}

void QueueStream::OnDone() { auto self = std::move(self_); }

void QueueStream::Advance(std::unique_lock<std::mutex> lock) {
  if (finished_ || writing_) return;
  if (cancelled_) return Close(std::move(lock));
  // Asked only when everything before is written: a slow client gets the newest state.
  if (outbound_.empty() && std::exchange(dirty_, false)) {
    Take(board_.Since(number_));
    if (!std::exchange(listed_once_, true)) outbound_.emplace_back();  // ends the first listing
  }
  if (outbound_.empty()) return;
  writing_ = true;
  const v1::WatchQueueResponse* response = &outbound_.front();
  lock.unlock();
  StartWrite(response);
}

void QueueStream::Take(const QueueBoard::Changes& changes) {
  number_ = changes.number;
  std::set<std::string> stale;
  if (changes.whole) stale = sent_;
  for (const auto& entry : changes.entries) {
    stale.erase(entry->conversation());
    if (!team_.empty() && entry->team() != team_) {
      Remove(entry->conversation());  // it went to another team
      continue;
    }
    sent_.insert(entry->conversation());
    *outbound_.emplace_back().mutable_entry() = *entry;
  }
  for (const std::string& conversation : stale) Remove(conversation);
  for (const std::string& conversation : changes.removed) Remove(conversation);
}

void QueueStream::Remove(const std::string& conversation) {
  if (sent_.erase(conversation) == 0) return;
  v1::WatchQueueResponse& gone = outbound_.emplace_back();
  gone.mutable_entry()->set_conversation(conversation);
  gone.set_removed(true);
}

void QueueStream::Close(std::unique_lock<std::mutex> lock) {
  if (finished_) return;
  finished_ = true;
  lock.unlock();
  Finish(FromAbsl(absl::CancelledError("the client went away"), "AgentConsoleService/WatchQueue"));
}

}  // namespace frontdesk::server
