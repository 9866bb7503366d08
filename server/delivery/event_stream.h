// A server-streaming call that sends the committed events of one conversation.
//
// One outstanding write, an own outbound batch, and no thread while nothing
// happens: the stream parks until the CommitHub wakes it. The messages of a batch go to the
// socket together, the last of all with the end of the call. Lifetime: Start() gives
// the stream to gRPC; it frees itself after OnDone. All methods may be called by
// several threads.
//
// Invariant: an event is written exactly once and in order, because one batch is
// read only after the one before has been written.
//
//   auto stream = std::make_shared<EventStream<SubscribeResponse>>(
//       hub, std::move(feed), id, Until::kCancelled, "", "ChatService/Subscribe");
//   stream->Start(Begin::kReading);
//   return stream.get();     // the reactor of the callback API
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "server/delivery/commit_hub.h"
#include "server/delivery/event_feed.h"
#include "server/grpc_status.h"

namespace frontdesk::server {

// What decides whether an event is sent and when the stream is over.
// kCancelled: everything, until the client leaves or the conversation ends.
// kTurn: the events of the turn that carries `request_id`, up to turn_completed.
enum class Until { kCancelled, kTurn };

// Whether there may be something to send already. kWaiting: everything that is to be sent is
// committed after Start.
enum class Begin { kReading, kWaiting };

template <class Response>
class EventStream : public grpc::ServerWriteReactor<Response>,
                    public CommitListener,
                    public std::enable_shared_from_this<EventStream<Response>> {
 public:
  EventStream(CommitHub& hub, EventFeed feed, storage::ConversationId conversation, Until until,
              std::string request_id, std::string rpc)
      : hub_(hub),
        feed_(std::move(feed)),
        conversation_(std::move(conversation)),
        until_(until),
        request_id_(std::move(request_id)),
        rpc_(std::move(rpc)) {}

  // Keeps itself alive until gRPC is done with it, listens, and sends what is there.
  void Start(Begin begin) {
    self_ = this->shared_from_this();
    hub_.Add(conversation_, self_);
    // Whoever subscribes learns at once that the stream stands. A turn's first event comes
    // within moments, and the metadata with it.
    if (until_ == Until::kCancelled) this->StartSendInitialMetadata();
    if (begin == Begin::kReading) Wake();
  }

  // Ends the stream with an error, after what was already read is written.
  void Fail(const absl::Status& status) {
    std::unique_lock lock(mutex_);
    if (finished_ || !failure_.ok()) return;
    failure_ = status;
    if (!writing_ && !reading_) Close(std::move(lock), failure_);
  }

  void Wake() override {
    std::unique_lock lock(mutex_);
    dirty_ = true;
    Advance(std::move(lock));
  }

  void Committed(const std::shared_ptr<const CommittedEvents>& events) override {
    std::unique_lock lock(mutex_);
    // What is not read or not written yet comes first; so does a commit that was overtaken.
    const bool at_hand = !reading_ && !writing_ && !dirty_ && next_ == batch_.size();
    if (at_hand && !finished_ && !over_ && feed_.Follows(*events)) {
      reading_ = true;
      lock.unlock();
      absl::StatusOr<std::vector<v1::ConversationEvent>> shown = feed_.Take(*events);
      lock.lock();
      reading_ = false;
      if (!shown.ok()) return Close(std::move(lock), shown.status());
      Take(*std::move(shown));
    } else if (reading_ || events->last > feed_.cursor()) {
      dirty_ = true;
    }
    Advance(std::move(lock));
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock lock(mutex_);
    writing_ = false;
    if (!ok) return Close(std::move(lock), absl::CancelledError("the client went away"));
    Advance(std::move(lock));
  }

  void OnCancel() override {
    cancelled_ = true;
    std::unique_lock lock(mutex_);
    if (!writing_ && !reading_)
      Close(std::move(lock), absl::CancelledError("the client went away"));
  }

  void OnDone() override {
    hub_.Remove(conversation_, this);
    auto self = std::move(self_);  // the last reference, unless a wake holds one
  }

  bool cancelled() const { return cancelled_; }

 private:
  static constexpr int kBatch = 32;

  // Writes the next event, or reads the next batch, or parks. Takes the lock over.
  void Advance(std::unique_lock<std::mutex> lock) {
    for (;;) {
      if (finished_ || writing_ || reading_) return;
      if (next_ < batch_.size()) return WriteNext(std::move(lock));
      if (over_) return Close(std::move(lock), absl::OkStatus());
      if (cancelled_) return Close(std::move(lock), absl::CancelledError("the client went away"));
      if (!dirty_) {
        if (!failure_.ok()) Close(std::move(lock), failure_);
        return;
      }
      dirty_ = false;
      reading_ = true;
      lock.unlock();
      absl::StatusOr<std::vector<v1::ConversationEvent>> events = feed_.Next(kBatch);
      lock.lock();
      reading_ = false;
      if (!events.ok()) return Close(std::move(lock), events.status());
      if (static_cast<int>(events->size()) >= kBatch) dirty_ = true;
      Take(*std::move(events));
    }
  }

  void Take(std::vector<v1::ConversationEvent> events) {
    batch_.clear();
    next_ = 0;
    for (v1::ConversationEvent& event : events) {
      if (over_) break;
      if (until_ == Until::kTurn) {
        if (event.has_customer_message())
          in_turn_ = event.customer_message().request_id() == request_id_;
        if (!in_turn_) continue;
        over_ = event.has_turn_completed();
      } else {
        over_ = event.has_conversation_ended();
      }
      Response response;
      *response.mutable_event() = std::move(event);
      batch_.push_back(std::move(response));
    }
    if (batch_.empty()) std::vector<Response>().swap(batch_);  // a parked stream holds no buffers
  }

  void WriteNext(std::unique_lock<std::mutex> lock) {
    writing_ = true;
    const Response* response = &batch_[next_++];
    const bool more = next_ < batch_.size();
    const bool last = !more && over_;
    if (last) finished_ = true;
    lock.unlock();
    grpc::WriteOptions options;
    if (last) return this->StartWriteAndFinish(response, options, grpc::Status::OK);
    if (more) options.set_buffer_hint();  // the next one follows as soon as this one is taken
    this->StartWrite(response, options);
  }

  void Close(std::unique_lock<std::mutex> lock, const absl::Status& status) {
    if (finished_) return;
    finished_ = true;
    lock.unlock();
    this->Finish(FromAbsl(status, rpc_));
  }

  CommitHub& hub_;
  EventFeed feed_;
  const storage::ConversationId conversation_;
  const Until until_;
  const std::string request_id_;
  const std::string rpc_;
  std::shared_ptr<EventStream> self_;

  std::mutex mutex_;
  std::vector<Response> batch_;  // being written; next_ is the first not yet handed to gRPC
  size_t next_ = 0;
  absl::Status failure_;
  bool dirty_ = false;    // commits may be unread
  bool reading_ = false;  // somebody is inside feed_.Next
  bool writing_ = false;  // a write is outstanding
  bool in_turn_ = false;
  bool over_ = false;  // everything that belongs to the stream is in batch_
  bool finished_ = false;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace frontdesk::server
