// AgentConsoleService.WatchQueue: the queue, then one empty response, then each change.
//
// Woken by the QueueBoard; sends what changed since it last asked, for one team or for
// all. One outstanding write; lifetime as EventStream's.
#pragma once

#include <frontdesk/v1/console.grpc.pb.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "server/delivery/queue_board.h"

namespace frontdesk::server {

class QueueStream final : public grpc::ServerWriteReactor<v1::WatchQueueResponse>,
                          public CommitListener,
                          public std::enable_shared_from_this<QueueStream> {
 public:
  // team: empty: all. alive: called at every wake, a sign of life of the agent.
  static QueueStream* Begin(QueueBoard& board, std::string team, std::function<void()> alive);
  QueueStream(QueueBoard& board, std::string team, std::function<void()> alive)
      : board_(board), team_(std::move(team)), alive_(std::move(alive)) {}

  void Wake() override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  void Advance(std::unique_lock<std::mutex> lock);
  void Take(const QueueBoard::Changes& changes);
  void Remove(const std::string& conversation);
  void Close(std::unique_lock<std::mutex> lock);

  QueueBoard& board_;
  const std::string team_;
  const std::function<void()> alive_;
  std::shared_ptr<QueueStream> self_;
  std::mutex mutex_;
  int64_t number_ = 0;
  std::set<std::string> sent_;  // conversations the client has
  std::deque<v1::WatchQueueResponse> outbound_;
  bool dirty_ = false, writing_ = false, finished_ = false, listed_once_ = false;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace frontdesk::server
