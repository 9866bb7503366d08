#include "dialog/conversation.h"

#include "absl/strings/str_cat.h"
#include "storage/store.h"

namespace frontdesk::dialog {

absl::StatusOr<std::vector<Event>> ReadEvents(const storage::Store& store,
                                              const storage::ConversationId& id) {
  constexpr int kPage = 10'000;
  std::vector<Event> events;
  int64_t after = 0;
  while (true) {
    absl::StatusOr<std::vector<storage::StoredEvent>> page = store.Read(id, after, kPage);
    if (!page.ok()) return page.status();
    for (const storage::StoredEvent& stored : *page) {
      if (stored.erased) {
        return absl::FailedPreconditionError(
            absl::StrCat("conversation ", id.value(), " is erased"));
      }
      absl::StatusOr<Event> event = DecodeEvent(stored.kind, stored.body);
      if (!event.ok()) {
        return absl::DataLossError(absl::StrCat("conversation ", id.value(), ", event ",
                                                stored.sequence, ": ",
                                                std::string(event.status().message())));
      }
      events.push_back(*std::move(event));
      after = stored.sequence;
    }
    if (page->size() < kPage) return events;
  }
}

absl::StatusOr<Conversation> LoadConversation(const storage::Store& store,
                                              const storage::ConversationId& id) {
  absl::StatusOr<std::vector<Event>> events = ReadEvents(store, id);
  if (!events.ok()) return events.status();
  // Sequences count from 1 without a gap.
  return Conversation{id, Fold(*events), static_cast<int64_t>(events->size())};
}

}  // namespace frontdesk::dialog
