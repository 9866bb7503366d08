#include "server/audit/audit_log.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "server/audit/system_log.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr char kKind[] = "admin.acted";
constexpr int kPage = 10'000;

storage::ConversationId LogId() { return storage::ConversationId(kAuditConversation); }

}  // namespace

absl::Status AuditLog::Record(AdminAct act, absl::Time now) {
  act.now_ms = absl::ToUnixMillis(now);
  const nlohmann::json body = {{"user", act.user},       {"role", act.role},
                               {"action", act.action},   {"subject", act.subject},
                               {"detail", act.detail},   {"now_ms", act.now_ms}};
  storage::AppendRequest append;
  append.conversation = LogId();
  append.events = {{kKind, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)}};
  append.now_ms = act.now_ms;
  return AppendToSystemLog(store_, std::move(append));
}

absl::StatusOr<std::vector<AdminAct>> AuditLog::Read(const storage::Store& store) {
  std::vector<AdminAct> acts;
  for (int64_t after = 0;;) {
    const auto events = store.Read(LogId(), after, kPage);
    if (absl::IsNotFound(events.status())) return acts;
    if (!events.ok()) return events.status();
    if (events->empty()) return acts;
    for (const storage::StoredEvent& event : *events) {
      after = event.sequence;
      const nlohmann::json body = nlohmann::json::parse(event.body, nullptr, /*allow_exceptions=*/false);
      if (!body.is_object()) continue;
      acts.push_back({body.value("user", ""), body.value("role", ""), body.value("action", ""),
                      body.value("subject", ""), body.value("detail", ""),
                      body.value("now_ms", int64_t{0})});
    }
  }
}

std::string AuditLog::PersonTag(const storage::Store& store, std::string_view customer) {
  const std::string tag =
      storage::ToHex(storage::HmacSha256(store.DeriveSecret("audit persons"), customer));
  return absl::StrCat("person:", tag.substr(0, 32));
}

}  // namespace frontdesk::server
