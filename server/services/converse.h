// ChatService.Converse: one stream that takes messages and sends events.
//
// The first message subscribes; later ones are the customer's words. A message
// that is refused is answered on the stream, which goes on. One outstanding read
// and one outstanding write; lifetime as EventStream's.
#pragma once

#include <frontdesk/v1/chat.grpc.pb.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "server/auth/principal.h"
#include "server/delivery/commit_hub.h"
#include "server/delivery/event_feed.h"

namespace frontdesk::server {

using ConverseReactor = grpc::ServerBidiReactor<v1::ConverseRequest, v1::ConverseResponse>;

class ConverseStream final : public ConverseReactor,
                             public CommitListener,
                             public std::enable_shared_from_this<ConverseStream> {
 public:
  using MakeFeed = std::function<EventFeed(const storage::ConversationId&, int64_t after_sequence)>;
  using Take =
      std::function<absl::Status(const v1::SendMessageRequest&, std::function<bool()> cancelled)>;

  // The stream owns itself from here on. hub: borrowed.
  static ConverseStream* Begin(CommitHub& hub, const Principal& caller, MakeFeed make_feed,
                               Take take);

  ConverseStream(CommitHub& hub, const Principal& caller, MakeFeed make_feed, Take take);

  void Wake() override;
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  absl::Status Subscribe(const v1::SubscribeRequest& request);
  void Receive(const v1::SendMessageRequest& message);
  void Advance(std::unique_lock<std::mutex> lock);
  void Close(std::unique_lock<std::mutex> lock, const absl::Status& status);

  CommitHub& hub_;
  const Principal caller_;
  const MakeFeed make_feed_;
  const Take take_;
  std::shared_ptr<ConverseStream> self_;
  v1::ConverseRequest incoming_;

  std::mutex mutex_;
  std::optional<EventFeed> feed_;  // once subscribed
  std::deque<v1::ConverseResponse> outbound_;
  bool dirty_ = false, reading_feed_ = false, writing_ = false, finished_ = false;
  bool client_done_ = false;  // the client will send no more
  std::atomic<bool> cancelled_ = false;
};

// Ends a Converse call that was refused before it began.
class RefusedConverse final : public ConverseReactor {
 public:
  explicit RefusedConverse(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace frontdesk::server
