#include "server/services/converse.h"

#include <utility>

#include "server/auth/gate.h"
#include "server/grpc_status.h"

namespace frontdesk::server {
namespace {

constexpr char kMethod[] = "ChatService/Converse";
constexpr int kBatch = 32;

}  // namespace

ConverseStream* ConverseStream::Begin(CommitHub& hub, const Principal& caller, MakeFeed make_feed,
                                      Take take) {
  auto stream =
      std::make_shared<ConverseStream>(hub, caller, std::move(make_feed), std::move(take));
  stream->self_ = stream;
  stream->StartRead(&stream->incoming_);
  return stream.get();
}

ConverseStream::ConverseStream(CommitHub& hub, const Principal& caller, MakeFeed make_feed,
                               Take take)
    : hub_(hub), caller_(caller), make_feed_(std::move(make_feed)), take_(std::move(take)) {}

absl::Status ConverseStream::Subscribe(const v1::SubscribeRequest& request) {
  const auto id = Gate::OwnConversation(caller_, request.conversation());
  if (!id.ok()) return id.status();
  if (request.after_sequence() < 0) return InvalidField("after_sequence", "is less than 0");
  {
    std::lock_guard lock(mutex_);
    feed_.emplace(make_feed_(*id, request.after_sequence()));
  }
  hub_.Add(*id, self_);
  Wake();
  return absl::OkStatus();
}

void ConverseStream::Receive(const v1::SendMessageRequest& message) {
  const std::weak_ptr<ConverseStream> weak = self_;
  const absl::Status taken = take_(message, [weak] {
    const auto open = weak.lock();
    return open == nullptr || open->cancelled_;
  });
  if (taken.ok()) return;
  v1::ConverseResponse refusal;
  refusal.mutable_refused()->set_request_id(message.request_id());
  refusal.mutable_refused()->set_code(static_cast<int32_t>(taken.code()));
  refusal.mutable_refused()->set_text(std::string(taken.message()));
  std::unique_lock lock(mutex_);
  outbound_.push_back(std::move(refusal));
  Advance(std::move(lock));
}

void ConverseStream::OnReadDone(bool ok) {
  if (!ok) {
    std::unique_lock lock(mutex_);
    client_done_ = true;
    return Advance(std::move(lock));
  }
  bool subscribed;
  {
    std::lock_guard lock(mutex_);
    subscribed = feed_.has_value();
  }
  absl::Status status;
  if (!subscribed) {
    status = incoming_.has_subscribe()
                 ? Subscribe(incoming_.subscribe())
                 : InvalidField("kind", "must be subscribe in the first message");
  } else if (incoming_.has_message()) {
    Receive(incoming_.message());
  } else {
    status = InvalidField("kind", "must be message after the first");
  }
  if (!status.ok()) {
    std::unique_lock lock(mutex_);
    return Close(std::move(lock), status);
  }
  incoming_.Clear();
  StartRead(&incoming_);
}

void ConverseStream::OnWriteDone(bool ok) {
  std::unique_lock lock(mutex_);
  writing_ = false;
  outbound_.pop_front();
  if (!ok) return Close(std::move(lock), absl::CancelledError("the client went away"));
  Advance(std::move(lock));
}

void ConverseStream::Wake() {
  std::unique_lock lock(mutex_);
  dirty_ = true;
  Advance(std::move(lock));
}

void ConverseStream::OnCancel() {
  cancelled_ = true;
  std::unique_lock lock(mutex_);
  if (!writing_ && !reading_feed_)
    Close(std::move(lock), absl::CancelledError("the client went away"));
}

void ConverseStream::OnDone() {
  hub_.Remove(caller_.conversation, this);
  auto self = std::move(self_);
}

void ConverseStream::Advance(std::unique_lock<std::mutex> lock) {
  for (;;) {
    if (finished_ || writing_ || reading_feed_) return;
    if (!outbound_.empty()) {
      writing_ = true;
      const v1::ConverseResponse* response = &outbound_.front();
      lock.unlock();
      StartWrite(response);
      return;
    }
    if (cancelled_) return Close(std::move(lock), absl::CancelledError("the client went away"));
    if (!dirty_ || !feed_) {
      if (client_done_) Close(std::move(lock), absl::OkStatus());
      return;
    }
    dirty_ = false;
    reading_feed_ = true;
    lock.unlock();
    absl::StatusOr<std::vector<v1::ConversationEvent>> events = feed_->Next(kBatch);
    lock.lock();
    reading_feed_ = false;
    if (!events.ok()) return Close(std::move(lock), events.status());
    if (static_cast<int>(events->size()) == kBatch) dirty_ = true;
    for (v1::ConversationEvent& event : *events)
      *outbound_.emplace_back().mutable_event() = std::move(event);
  }
}

void ConverseStream::Close(std::unique_lock<std::mutex> lock, const absl::Status& status) {
  if (finished_) return;
  finished_ = true;
  lock.unlock();
  Finish(FromAbsl(status, kMethod));
}

}  // namespace frontdesk::server
