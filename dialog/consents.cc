#include "dialog/consents.h"

#include <algorithm>

namespace frontdesk::dialog {
namespace {

constexpr int kConsentPage = 1000;

absl::Status AddFrom(const storage::Store& store, const storage::ConversationId& id,
                     std::vector<ConsentChanged>& history) {
  const auto events = store.ReadKind(id, ConsentChanged::kKind);
  if (!events.ok()) return events.status();
  for (const storage::StoredEvent& stored : *events) {
    if (stored.erased) continue;
    const auto event = DecodeEvent(stored.kind, stored.body);
    if (!event.ok()) return event.status();
    history.push_back(std::get<ConsentChanged>(*event));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsConsentPurpose(std::string_view purpose) {
  return std::find(kConsentPurposes.begin(), kConsentPurposes.end(), purpose) != kConsentPurposes.end();
}

absl::StatusOr<std::vector<ConsentChanged>> ConsentHistory(const storage::Store& store,
                                                           const storage::CustomerId& customer) {
  std::vector<ConsentChanged> history;
  storage::ConversationFilter filter{.customer = customer, .limit = kConsentPage};
  for (;;) {
    const auto page = store.ListConversations(filter);
    if (!page.ok()) return page.status();
    for (const storage::Conversation& row : *page) {
      if (absl::Status added = AddFrom(store, row.id, history); !added.ok()) return added;
    }
    if (page->size() < static_cast<size_t>(kConsentPage)) break;
    filter.after_position = page->back().position;
  }
  std::stable_sort(history.begin(), history.end(),
                   [](const auto& a, const auto& b) { return a.now_ms < b.now_ms; });
  return history;
}

absl::StatusOr<std::vector<ConsentChanged>> ConsentHistory(
    const storage::Store& store, const storage::Conversation& conversation) {
  if (conversation.customer) return ConsentHistory(store, *conversation.customer);
  std::vector<ConsentChanged> history;
  if (absl::Status added = AddFrom(store, conversation.id, history); !added.ok()) return added;
  return history;
}

absl::StatusOr<bool> Consented(const storage::Store& store,
                               const storage::Conversation& conversation,
                               std::string_view purpose) {
  const auto history = ConsentHistory(store, conversation);
  if (!history.ok()) return history.status();
  bool granted = false;
  for (const ConsentChanged& change : *history) {
    if (change.purpose == purpose) granted = change.granted;
  }
  return granted;
}

}  // namespace frontdesk::dialog
