#include "server/delivery/commit_hub.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace frontdesk::server {
namespace {

// One entry a commit; far above what group commits can pile up while two threads drain it.
constexpr size_t kMaxPendingWakes = 1'000'000;

// Drops the given listener and those that are gone; returns how many were dropped.
size_t Drop(std::vector<std::weak_ptr<CommitListener>>& listeners, const CommitListener* which) {
  const size_t before = listeners.size();
  std::erase_if(listeners, [which](const std::weak_ptr<CommitListener>& weak) {
    const auto held = weak.lock();
    return held == nullptr || held.get() == which;
  });
  return before - listeners.size();
}

}  // namespace

CommitHub::CommitHub(storage::Store& store, int threads)
    : store_(store), pool_("delivery", threads, kMaxPendingWakes) {
  registration_ = store_.AddCommitListener(
      [this](const storage::ConversationId& id, int64_t /*last_sequence*/) { OnCommit(id); });
}

CommitHub::~CommitHub() { Stop(); }

void CommitHub::Stop() {
  if (registration_ == 0) return;
  store_.RemoveCommitListener(std::exchange(registration_, 0));
  pool_.Stop();
}

void CommitHub::Add(const storage::ConversationId& conversation,
                    const std::shared_ptr<CommitListener>& listener) {
  std::lock_guard lock(mutex_);
  by_conversation_[conversation.value()].push_back(listener);
  ++count_;
}

void CommitHub::Remove(const storage::ConversationId& conversation,
                       const CommitListener* listener) {
  std::lock_guard lock(mutex_);
  const auto it = by_conversation_.find(conversation.value());
  if (it == by_conversation_.end()) return;
  count_ -= Drop(it->second, listener);
  if (it->second.empty()) by_conversation_.erase(it);
}

size_t CommitHub::size() const {
  std::lock_guard lock(mutex_);
  return count_;
}

void CommitHub::OnCommit(const storage::ConversationId& conversation) {
  Listeners listeners;
  {
    std::lock_guard lock(mutex_);
    const auto it = by_conversation_.find(conversation.value());
    if (it != by_conversation_.end()) listeners = it->second;
  }
  if (listeners.empty()) return;
  const bool taken = pool_.Submit([listeners = std::move(listeners)] {
    for (const auto& weak : listeners) {
      if (const auto listener = weak.lock()) listener->Wake();
    }
  });
  if (!taken) spdlog::warn("delivery=behind conversation={} wake=dropped", conversation.value());
}

}  // namespace frontdesk::server
