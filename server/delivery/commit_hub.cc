#include "server/delivery/commit_hub.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "server/delivery/event_feed.h"

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
      [this](const storage::Store::Committed& commit) { OnCommit(commit); });
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

void CommitHub::OnCommit(const storage::Store::Committed& commit) {
  Listeners listeners;
  {
    std::lock_guard lock(mutex_);
    const auto it = by_conversation_.find(commit.conversation.value());
    if (it != by_conversation_.end()) listeners = it->second;
  }
  if (listeners.empty()) return;
  auto events = std::make_shared<CommittedEvents>();
  events->last = commit.last_sequence;
  events->first = events->last - static_cast<int64_t>(commit.events.size()) + 1;
  for (size_t i = 0; i < commit.events.size(); ++i) {
    const storage::NewEvent& event = commit.events[i];
    if (EventFeed::Passes(event.kind)) continue;
    events->shown.push_back({.sequence = events->first + static_cast<int64_t>(i),
                             .kind = event.kind,
                             .body = event.body});
  }
  const bool taken = pool_.Submit([listeners = std::move(listeners), events = std::move(events)] {
    for (const auto& weak : listeners) {
      if (const auto listener = weak.lock()) listener->Committed(events);
    }
  });
  if (!taken)
    spdlog::warn("delivery=behind conversation={} wake=dropped", commit.conversation.value());
}

}  // namespace frontdesk::server
