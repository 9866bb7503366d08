#include "server/privacy/retention.h"

#include <algorithm>

namespace frontdesk::server {
namespace {

constexpr int kPage = 1000;

}  // namespace

absl::StatusOr<std::vector<DueConversation>> DueForRetention(const storage::Store& store,
                                                             const dialog::Retention& policy,
                                                             absl::Time now) {
  std::vector<DueConversation> due;
  storage::ConversationFilter filter{.limit = kPage};
  for (;;) {
    const auto page = store.ListConversations(filter);
    if (!page.ok()) return page.status();
    for (const storage::Conversation& row : *page) {
      const int64_t keep = row.customer ? policy.known_days : policy.unknown_days;
      const int64_t age = absl::ToInt64Hours(now - absl::FromUnixMillis(row.updated_ms)) / 24;
      if (row.erased || keep == 0 || age <= keep) continue;
      due.push_back({row.id, row.customer.has_value(), age, row.last_sequence});
    }
    if (page->size() < static_cast<size_t>(kPage)) break;
    filter.after_position = page->back().position;
  }
  std::stable_sort(due.begin(), due.end(), [](const auto& a, const auto& b) { return a.days > b.days; });
  return due;
}

absl::StatusOr<storage::EraseReceipt> ApplyRetention(storage::Store& store,
                                                     const std::vector<DueConversation>& due,
                                                     absl::Time now) {
  storage::EraseReceipt sum;
  sum.log_wiped = true;
  for (const DueConversation& one : due) {
    const auto receipt = store.ExpireConversation(one.id, absl::ToUnixMillis(now));
    if (!receipt.ok()) return receipt.status();
    sum.conversations += receipt->conversations;
    sum.events += receipt->events;
    sum.vault_entries += receipt->vault_entries;
    sum.ledger_entries += receipt->ledger_entries;
    sum.keys_destroyed += receipt->keys_destroyed;
    sum.log_wiped = sum.log_wiped && receipt->log_wiped;
  }
  return sum;
}

}  // namespace frontdesk::server
