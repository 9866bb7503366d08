#include "server/audit/verify_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/audit/audit_log.h"

namespace frontdesk::server {
namespace {

constexpr int kPage = 1000;

}  // namespace

absl::Status VerifyInto(const storage::Store& store, const storage::ConversationId& id,
                        StoreChains& chains) {
  const auto report = store.VerifyChain(id);
  if (!report.ok()) return report.status();
  ++chains.conversations;
  chains.events += report->events;
  if (!report->intact) {
    chains.breaks.push_back(
        {absl::StrCat("conversations/", id.value(), " event ", report->first_bad_sequence),
         report->reason});
  }
  return absl::OkStatus();
}

absl::StatusOr<StoreChains> VerifyStore(const storage::Store& store) {
  StoreChains chains;
  std::vector<int64_t> positions;
  for (const bool system : {false, true}) {
    storage::ConversationFilter filter{.limit = kPage};
    if (system) filter.state_tag = storage::kSystemStateTag;
    for (;;) {
      const auto page = store.ListConversations(filter);
      if (!page.ok()) return page.status();
      for (const storage::Conversation& row : *page) {
        positions.push_back(row.position);
        if (absl::Status status = VerifyInto(store, row.id, chains); !status.ok()) return status;
      }
      if (page->size() < static_cast<size_t>(kPage)) break;
      filter.after_position = page->back().position;
    }
  }
  std::sort(positions.begin(), positions.end());
  int64_t expected = 1;
  for (const int64_t position : positions) {
    for (; expected < position; ++expected) {
      chains.breaks.push_back({absl::StrCat("conversation number ", expected), "it is missing, with all its events"});
    }
    ++expected;
  }
  return chains;
}

}  // namespace frontdesk::server
