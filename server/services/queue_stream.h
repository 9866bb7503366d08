// AgentConsoleService.WatchQueue: the queue, then one empty response, then each change.
//
// Each wake lists the queue and sends what differs from what was sent; a queue is
// small. One outstanding write; lifetime as EventStream's.
#pragma once

#include <frontdesk/v1/console.grpc.pb.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/delivery/commit_hub.h"

namespace frontdesk::server {

class QueueStream final : public grpc::ServerWriteReactor<v1::WatchQueueResponse>,
                          public CommitListener,
                          public std::enable_shared_from_this<QueueStream> {
 public:
  // list: the queue's entries now. alive: told at every wake.
  using List = std::function<absl::StatusOr<std::vector<v1::QueueEntry>>()>;

  static QueueStream* Begin(CommitHub& hub, List list);
  QueueStream(CommitHub& hub, List list) : hub_(hub), list_(std::move(list)) {}

  void Wake() override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  void Advance(std::unique_lock<std::mutex> lock);
  void Compare(const std::vector<v1::QueueEntry>& entries);
  void Close(std::unique_lock<std::mutex> lock, const absl::Status& status);

  CommitHub& hub_;
  const List list_;
  std::shared_ptr<QueueStream> self_;
  std::mutex mutex_;
  std::map<std::string, std::string> sent_;  // conversation → serialised entry
  std::deque<v1::WatchQueueResponse> outbound_;
  bool dirty_ = false, listing_ = false, writing_ = false, finished_ = false, listed_once_ = false;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace frontdesk::server
