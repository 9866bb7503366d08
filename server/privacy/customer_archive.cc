#include "server/privacy/customer_archive.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "dialog/consents.h"
#include "server/privacy/business_systems.h"

namespace frontdesk::server {
namespace {

using nlohmann::json;

constexpr int kConversations = 1000, kEvents = 1000;
constexpr absl::Duration kExportTime = absl::Seconds(15);

std::string Text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json Parsed(const std::string& text) {
  json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? json(text) : value;
}

std::string TimeText(int64_t ms) {
  return absl::FormatTime(absl::RFC3339_sec, absl::FromUnixMillis(ms), absl::UTCTimeZone());
}

absl::StatusOr<json> EventsOf(const storage::Store& store, const storage::ConversationId& id) {
  json events = json::array();
  for (int64_t after = 0;;) {
    const auto batch = store.Read(id, after, kEvents);
    if (!batch.ok()) return batch.status();
    if (batch->empty()) return events;
    for (const storage::StoredEvent& event : *batch) {
      after = event.sequence;
      events.push_back({{"sequence", event.sequence}, {"kind", event.kind}, {"body", Parsed(event.body)}});
    }
  }
}

absl::StatusOr<json> ConversationOf(const storage::Store& store, const storage::Conversation& row) {
  json conversation = {{"id", row.id.value()},
                       {"began", TimeText(row.created_ms)},
                       {"last_event", TimeText(row.updated_ms)},
                       {"attributes", Parsed(row.attributes)}};
  absl::StatusOr<json> events = EventsOf(store, row.id);
  if (!events.ok()) return events.status();
  conversation["events"] = *std::move(events);
  const auto vault = store.ListVault(row.id);
  if (!vault.ok()) return vault.status();
  json values = json::array();
  for (const storage::VaultEntry& entry : *vault) {
    values.push_back({{"token", entry.token}, {"type", entry.type}, {"value", entry.value}});
  }
  conversation["values"] = std::move(values);
  const auto ledger = store.ListLedger(row.id);
  if (!ledger.ok()) return ledger.status();
  json writes = json::array();
  for (const storage::LedgerEntry& entry : *ledger) {
    writes.push_back({{"tool", entry.tool},
                      {"resource", entry.resource},
                      {"arguments", Parsed(entry.arguments)},
                      {"result", Parsed(entry.result)}});
  }
  conversation["writes"] = std::move(writes);
  return conversation;
}

absl::StatusOr<json> ConsentsOf(const storage::Store& store, const storage::CustomerId& customer) {
  const auto history = dialog::ConsentHistory(store, customer);
  if (!history.ok()) return history.status();
  json consents = json::array();
  for (const dialog::ConsentChanged& change : *history) {
    consents.push_back({{"purpose", change.purpose},
                        {"granted", change.granted},
                        {"source", change.source},
                        {"text_version", change.text_version},
                        {"time", TimeText(change.now_ms)}});
  }
  return consents;
}

// What the business's systems hold, or why that is missing.
json BusinessPart(tools::Registry* registry, const storage::CustomerId& customer, absl::Time now, bool& holds) {
  const tools::ToolResult result = CallAsOfficer(registry, "privacy.export_customer", customer, "", now, kExportTime);
  if (result.ok()) {
    holds = true;
    return {{"outcome", "ok"}, {"records", Parsed(result.value.value("archive", "{}"))}};
  }
  return {{"outcome", std::string(tools::Name(result.outcome))},
          {"why", result.value.value("reason", result.message)}};
}

}  // namespace

absl::Status WriteCustomerArchive(const storage::Store& store, tools::Registry* registry,
                                  const storage::CustomerId& customer, absl::Time now,
                                  const ArchiveSink& sink) {
  if (customer.empty()) return absl::InvalidArgumentError("a customer id is not empty");
  bool holds = false;
  const json business = BusinessPart(registry, customer, now, holds);
  storage::ConversationFilter filter{.customer = customer, .limit = kConversations};
  auto page = store.ListConversations(filter);
  if (!page.ok()) return page.status();
  if (page->empty() && !holds) {
    return absl::NotFoundError("nothing is held about this customer; check the id in the CRM");
  }
  const json head = {{"frontdesk_customer_archive", 1},
                     {"customer", customer.value()},
                     {"made", TimeText(absl::ToUnixMillis(now))}};
  std::string piece = Text(head);
  piece.pop_back();
  absl::Status sent = sink(absl::StrCat(piece, ",\n\"business_systems\":", Text(business), ",\n\"conversations\":["));
  for (bool first = true; sent.ok();) {
    for (const storage::Conversation& row : *page) {
      const auto conversation = ConversationOf(store, row);
      if (!conversation.ok()) return conversation.status();
      sent = sink(absl::StrCat(std::exchange(first, false) ? "\n" : ",\n", Text(*conversation)));
      if (!sent.ok()) return sent;
    }
    if (page->size() < static_cast<size_t>(kConversations)) break;
    filter.after_position = page->back().position;
    page = store.ListConversations(filter);
    if (!page.ok()) return page.status();
  }
  if (!sent.ok()) return sent;
  const auto consents = ConsentsOf(store, customer);
  if (!consents.ok()) return consents.status();
  return sink(absl::StrCat("],\n\"consents\":", Text(*consents), "}\n"));
}

}  // namespace frontdesk::server
