// AuditService: what reads the record.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "dialog/conversation.h"
#include "dialog/explain.h"
#include "server/audit/audit_log.h"
#include "server/audit/verify_store.h"
#include "server/services/admin_services.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr int kPage = 1000;

// Calls `visit` with every conversation of a filter, page by page.
template <class Visit>
absl::Status ForEach(const storage::Store& store, storage::ConversationFilter filter, Visit visit) {
  filter.limit = kPage;
  for (;;) {
    const auto page = store.ListConversations(filter);
    if (!page.ok()) return page.status();
    for (const storage::Conversation& row : *page) {
      if (absl::Status status = visit(row); !status.ok()) return status;
    }
    if (page->size() < static_cast<size_t>(kPage)) return absl::OkStatus();
    filter.after_position = page->back().position;
  }
}

// A conversation, or the administrators' log.
absl::StatusOr<storage::ConversationId> ChainName(const std::string& name) {
  const storage::ConversationId log(kAuditConversation);
  if (name == ConversationName(log)) return log;
  return ParseConversationName(name, "conversation");
}

}  // namespace

// ---- Audit
// ---------------------------------------------------------------------------------------

Unary* AuditService::ListEvents(Context* context, const v1::ListEventsRequest* request,
                                v1::ListEventsResponse* response) {
  return Handle(rpc_, context, "AuditService/ListEvents",
                [=, this](const Principal&) -> absl::Status {
                  const auto id = ChainName(request->conversation());
                  if (!id.ok()) return id.status();
                  const int size = request->page_size() == 0 ? 200 : request->page_size();
                  if (size < 1 || size > kPage)
                    return InvalidField("page_size", "is from 1 to 1000");
                  int64_t after = 0;
                  if (!request->page_token().empty() &&
                      (!absl::SimpleAtoi(request->page_token(), &after) || after < 0)) {
                    return InvalidField("page_token", "is not one of ours");
                  }
                  const auto events = store_.Read(*id, after, size);
                  if (!events.ok()) return events.status();
                  for (const storage::StoredEvent& event : *events) {
                    v1::AuditEvent& wire = *response->add_events();
                    wire.set_sequence(event.sequence);
                    wire.set_kind(event.kind);
                    wire.set_body(event.body);
                    wire.set_chain_hash(storage::ToHex(event.chain));
                    wire.set_erased(event.erased);
                  }
                  if (static_cast<int>(events->size()) == size) {
                    response->set_next_page_token(absl::StrCat(events->back().sequence));
                  }
                  return absl::OkStatus();
                });
}

Unary* AuditService::VerifyChain(Context* context, const v1::VerifyChainRequest* request,
                                 v1::VerifyChainResponse* response) {
  return Handle(
      rpc_, context, "AuditService/VerifyChain", [=, this](const Principal&) -> absl::Status {
        StoreChains chains;
        absl::Status status;
        if (request->conversation().empty()) {
          auto all = VerifyStore(store_);
          status = all.status();
          if (all.ok()) chains = *std::move(all);
        } else {
          const auto id = ChainName(request->conversation());
          if (!id.ok()) return id.status();
          status = VerifyInto(store_, *id, chains);
        }
        response->set_conversations(chains.conversations);
        response->set_events(chains.events);
        for (const ChainBreak& found : chains.breaks) {
          response->add_breaks(absl::StrCat(found.where, ": ", found.what));
        }
        response->set_intact(status.ok() && response->breaks_size() == 0);
        return status;
      });
}

Unary* AuditService::ExplainTurn(Context* context, const v1::ExplainTurnRequest* request,
                                 v1::ExplainTurnResponse* response) {
  return Handle(rpc_, context, "AuditService/ExplainTurn",
                [=, this](const Principal&) -> absl::Status {
                  const auto id = ParseConversationName(request->conversation(), "conversation");
                  if (!id.ok()) return id.status();
                  const auto events = dialog::ReadEvents(store_, *id);
                  if (!events.ok()) return events.status();
                  const auto lines = dialog::ExplainTurn(*events, request->turn());
                  if (!lines.ok()) return lines.status();
                  for (const std::string& line : *lines) response->add_lines(line);
                  return absl::OkStatus();
                });
}

}  // namespace frontdesk::server
