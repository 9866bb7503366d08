#include "server/delivery/queue_board.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "dialog/events.h"
#include "server/auth/gate.h"
#include "server/delivery/event_feed.h"

namespace frontdesk::server {
namespace {

constexpr int kMostRows = 100'000;
constexpr size_t kMostRemovalsKept = 10'000;
constexpr size_t kMostWaitingValues = 100'000;
constexpr absl::Duration kOfferRound = absl::Seconds(2);  // offers that nobody took go on

// The handoff that the row names; nothing when a human took the conversation over unasked, or
// it was erased meanwhile.
std::optional<dialog::HandedOff> HandoffOf(const storage::Store& store,
                                           const storage::QueueEntry& row) {
  if (row.reason_event == 0) return std::nullopt;
  const auto stored = store.Read(row.conversation, row.reason_event - 1, 1);
  if (!stored.ok() || stored->empty() || stored->front().erased ||
      stored->front().kind != dialog::HandedOff::kKind) {
    return std::nullopt;
  }
  const auto event = dialog::DecodeEvent(stored->front().kind, stored->front().body);
  if (!event.ok()) return std::nullopt;
  return std::get<dialog::HandedOff>(*event);
}

bool SameRow(const storage::QueueEntry& a, const storage::QueueEntry& b) {
  return a.reason == b.reason && a.team == b.team && a.priority == b.priority &&
         a.since_ms == b.since_ms && a.claimed_by == b.claimed_by &&
         a.reason_event == b.reason_event;
}

void SetTime(int64_t ms, google::protobuf::Timestamp& out) {
  out.set_seconds(ms / 1000);
  out.set_nanos(static_cast<int32_t>(ms % 1000) * 1'000'000);
}

}  // namespace

QueueBoard::QueueBoard(storage::Store& store, const Presence& presence, QueueBoardParts parts)
    : store_(store),
      presence_(presence),
      parts_(std::move(parts)),
      values_pool_("customer values", 1, kMostWaitingValues) {
  registration_ = store_.AddCommitListener([this](const storage::Store::Committed& commit) {
    if (!commit.queue_changed) return;
    std::lock_guard lock(mutex_);
    rows_changed_ = true;
    wake_.notify_one();
  });
  Refresh();
  thread_ = std::thread([this] { Run(); });
}

QueueBoard::~QueueBoard() {
  store_.RemoveCommitListener(registration_);
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  values_pool_.Stop();
}

QueueBoard::Changes QueueBoard::Since(int64_t number) const {
  std::lock_guard lock(mutex_);
  Changes changes;
  changes.number = number_;
  changes.whole = number == 0 || number < forgotten_;
  for (const auto& [name, place] : places_) {
    if (place.changed > number || changes.whole) changes.entries.push_back(place.entry);
  }
  if (changes.whole) return changes;
  for (const auto& [name, at] : gone_) {
    if (at > number) changes.removed.push_back(name);
  }
  return changes;
}

void QueueBoard::CatchUp() {
  if (Refresh()) WakeAll();
}

void QueueBoard::WakeAll() {
  std::vector<std::weak_ptr<CommitListener>> listeners;
  {
    std::lock_guard lock(mutex_);
    listeners = listeners_;
  }
  for (const auto& weak : listeners) {
    if (const auto listener = weak.lock()) listener->Wake();
  }
}

void QueueBoard::Watch(const std::shared_ptr<CommitListener>& listener) {
  std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [](const auto& weak) { return weak.expired(); });
  listeners_.push_back(listener);
}

void QueueBoard::Reconsider() {
  std::lock_guard lock(mutex_);
  reconsider_ = true;
  wake_.notify_one();
}

void QueueBoard::Run() {
  for (;;) {
    bool rows_changed = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, absl::ToChronoMilliseconds(kOfferRound), [this] {
        return stopping_ || reconsider_ || rows_changed_ || !learnt_.empty();
      });
      if (stopping_) return;
      rows_changed = std::exchange(rows_changed_, false);
      reconsider_ = false;
    }
    bool changed = rows_changed && Refresh();
    {
      std::lock_guard lock(mutex_);
      for (const std::string& name : std::exchange(learnt_, {})) {
        const auto it = places_.find(name);
        if (it == places_.end()) continue;
        auto entry = std::make_shared<v1::QueueEntry>(*it->second.entry);
        entry->set_customer_value_cents(values_[name]);
        it->second.entry = std::move(entry);
        it->second.changed = ++number_;
        changed = true;
      }
      changed = OfferAll(absl::Now()) || changed;
    }
    if (changed) WakeAll();
  }
}

bool QueueBoard::Refresh() {
  std::lock_guard one_at_a_time(refreshing_);
  storage::QueueFilter all;
  all.limit = kMostRows;
  const auto rows = store_.ListQueue(all);
  if (!rows.ok()) {
    spdlog::warn("event=queue_unread error=\"{}\"", std::string(rows.status().message()));
    return false;
  }
  bool changed = false;
  std::set<std::string> present;
  for (const storage::QueueEntry& row : *rows) {
    const std::string name = ConversationName(row.conversation);
    present.insert(name);
    std::shared_ptr<v1::QueueEntry> entry;
    bool arrived = false;
    {
      std::lock_guard lock(mutex_);
      const auto it = places_.find(name);
      if (it != places_.end() && SameRow(it->second.row, row)) continue;
      arrived = it == places_.end() || it->second.row.since_ms != row.since_ms ||
                it->second.row.reason_event != row.reason_event;
      if (!arrived) entry = std::make_shared<v1::QueueEntry>(*it->second.entry);
    }
    if (entry == nullptr) entry = Compose(row);  // reads the log: never under the lock
    entry->set_claimed_by_user(row.claimed_by ? row.claimed_by->value() : "");
    entry->set_claimed_by(row.claimed_by ? presence_.DisplayName(row.claimed_by->value()) : "");
    if (row.claimed_by) entry->clear_offered_to();
    {
      std::lock_guard lock(mutex_);
      Place& place = places_[name];
      if (const auto value = values_.find(name); value != values_.end())
        entry->set_customer_value_cents(value->second);
      if (arrived || row.claimed_by) place.offered_to.clear();
      place.entry = std::move(entry);
      place.row = row;
      place.changed = ++number_;
      gone_.erase(name);
    }
    changed = true;
    if (arrived) LearnValue(row.conversation);
  }
  std::lock_guard lock(mutex_);
  for (auto it = places_.begin(); it != places_.end();) {
    if (present.count(it->first) > 0) {
      ++it;
      continue;
    }
    gone_[it->first] = ++number_;
    values_.erase(it->first);
    it = places_.erase(it);
    changed = true;
  }
  if (gone_.size() > kMostRemovalsKept) {
    gone_.clear();
    forgotten_ = number_;
  }
  return changed;
}

std::shared_ptr<v1::QueueEntry> QueueBoard::Compose(const storage::QueueEntry& row) const {
  auto entry = std::make_shared<v1::QueueEntry>();
  entry->set_conversation(ConversationName(row.conversation));
  entry->set_reason(row.reason);
  entry->set_team(row.team);
  entry->set_priority(row.priority);
  SetTime(row.since_ms, *entry->mutable_since());
  SetTime(row.since_ms + absl::ToInt64Milliseconds(parts_.answer_within(row.priority)),
          *entry->mutable_due_time());
  if (const auto handoff = HandoffOf(store_, row)) {
    entry->set_sentiment(static_cast<int32_t>(handoff->packet.sentiment));
    entry->set_language_code(handoff->packet.language);
    *entry->mutable_packet() = ToWire(handoff->packet);
  }
  return entry;
}

void QueueBoard::LearnValue(const storage::ConversationId& id) {
  (void)values_pool_.Submit([this, id] {
    const int64_t cents = parts_.customer_value(id);
    if (cents == 0) return;
    std::lock_guard lock(mutex_);
    const std::string name = ConversationName(id);
    values_[name] = cents;
    learnt_.insert(name);
    wake_.notify_one();
  });
}

// Each waiting entry is offered to the free agent of its team who has least to do; an
// offer that nobody took goes on to the next.
bool QueueBoard::OfferAll(absl::Time now) {
  std::map<std::string, int> load;
  std::vector<Place*> waiting;
  for (auto& [name, place] : places_) {
    if (place.row.claimed_by) {
      ++load[place.row.claimed_by->value()];
    } else {
      if (!place.offered_to.empty()) ++load[place.offered_to];
      waiting.push_back(&place);
    }
  }
  if (waiting.empty()) return false;
  const std::vector<Presence::Free> agents = presence_.Agents(now);
  std::sort(waiting.begin(), waiting.end(), [](const Place* a, const Place* b) {
    return std::pair(-a->row.priority, a->row.since_ms) <
           std::pair(-b->row.priority, b->row.since_ms);
  });
  bool changed = false;
  for (Place* place : waiting) {
    const bool stands = !place->offered_to.empty() && now - place->offered_at < kOfferStands &&
                        std::any_of(agents.begin(), agents.end(), [&](const Presence::Free& agent) {
                          return agent.user == place->offered_to;
                        });
    if (stands) continue;
    const std::string before = place->offered_to;
    if (!before.empty()) --load[before];
    const Presence::Free* best = nullptr;
    for (const Presence::Free& agent : agents) {
      if (!agent.Serves(place->row.team) || load[agent.user] >= agent.skills.capacity) continue;
      if (agent.user == before && agents.size() > 1) continue;
      if (best == nullptr || load[agent.user] < load[best->user]) best = &agent;
    }
    place->offered_to = best == nullptr ? "" : best->user;
    place->offered_at = now;
    if (best != nullptr) ++load[best->user];
    if (place->offered_to == place->entry->offered_to()) continue;
    auto entry = std::make_shared<v1::QueueEntry>(*place->entry);
    entry->set_offered_to(place->offered_to);
    place->entry = std::move(entry);
    place->changed = ++number_;
    changed = true;
  }
  return changed;
}

}  // namespace frontdesk::server
