#include "server/gateway/relayed_call.h"

#include <vector>

#include "absl/time/clock.h"

namespace frontdesk::server {
namespace {

// One operation is outstanding at a time, so the tags tell nothing that we do not know.
void* const kTag = reinterpret_cast<void*>(1);

bool Done(grpc::CompletionQueue& queue) {
  void* tag = nullptr;
  bool ok = false;
  return queue.Next(&tag, &ok) && ok;
}

}  // namespace

RelayedCall::RelayedCall(grpc::GenericStub& stub, const std::string& method,
                         const std::string& request,
                         const std::map<std::string, std::string>& metadata, absl::Time deadline) {
  for (const auto& [key, value] : metadata) context_.AddMetadata(key, value);
  if (deadline != absl::InfiniteFuture()) context_.set_deadline(absl::ToChronoTime(deadline));
  stream_ = stub.PrepareCall(&context_, method, &queue_);
  stream_->StartCall(kTag);
  if (!Done(queue_)) {
    End();
    return;
  }
  const grpc::Slice slice(request);
  stream_->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), kTag);
  if (!Done(queue_)) End();
}

RelayedCall::~RelayedCall() {
  context_.TryCancel();
  if (reading_) (void)Done(queue_);
  if (!ended_) End();
  queue_.Shutdown();
  while (Done(queue_)) {
  }
}

RelayedCall::Came RelayedCall::Wait(absl::Duration wait, std::string& message) {
  if (ended_) return Came::kEnd;
  if (!reading_) {
    stream_->Read(&incoming_, kTag);
    reading_ = true;
  }
  void* tag = nullptr;
  bool ok = false;
  if (queue_.AsyncNext(&tag, &ok, absl::ToChronoTime(absl::Now() + wait)) ==
      grpc::CompletionQueue::TIMEOUT) {
    return Came::kNothing;
  }
  reading_ = false;
  if (!ok) {
    End();
    return Came::kEnd;
  }
  message.clear();
  std::vector<grpc::Slice> slices;
  if (incoming_.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices)
      message.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return Came::kMessage;
}

void RelayedCall::End() {
  ended_ = true;
  stream_->Finish(&status_, kTag);
  (void)Done(queue_);
}

}  // namespace frontdesk::server
