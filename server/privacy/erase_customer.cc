#include "server/privacy/erase_customer.h"

#include "absl/strings/str_cat.h"
#include "server/auth/private_file.h"
#include "server/privacy/business_systems.h"

namespace frontdesk::server {
namespace {

using ToolOutcome = tools::ToolResult::Outcome;

constexpr absl::Duration kEraseTime = absl::Seconds(30);

// Archives that were handed out, as the audit log remembers them.
absl::StatusOr<std::vector<std::string>> OutOfReach(const storage::Store& store,
                                                    const std::string& person) {
  std::vector<std::string> places;
  const auto acts = AuditLog::Read(store);
  if (!acts.ok()) return acts.status();
  for (const AdminAct& act : *acts) {
    if (act.subject != person || act.action != "PrivacyService/ExportCustomer") continue;
    places.push_back(absl::StrCat(
        "an archive that ", act.user, " took on ",
        absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::FromUnixMillis(act.now_ms), absl::UTCTimeZone()),
        act.detail.empty() ? "" : absl::StrCat(" (", act.detail, ")")));
  }
  places.push_back("recordings written by `frontdesk export`, wherever they were put");
  places.push_back("copies of the keystore made before: delete them, they would undo the erasure");
  return places;
}

std::string InWords(const tools::ToolResult& result) {
  if (result.ok()) return absl::StrCat("the business's systems erased: ", result.value.dump());
  const std::string reason = result.value.value("reason", std::string(tools::Name(result.outcome)));
  if (reason == "not_declared") {
    return "the business's systems were not asked: tools.yaml declares no privacy.erase_customer";
  }
  if (result.outcome == ToolOutcome::kNotFound) return "the business's systems do not know the customer";
  return absl::StrCat("the business's systems refused: ", reason);
}

}  // namespace

std::string ErasureReceipt::Words() const {
  std::string words = absl::StrCat(
      store.conversations, " conversations, ", store.events, " events, ", store.vault_entries,
      " personal values, ", store.ledger_entries, " records of writes: ", store.keys_destroyed,
      " keys destroyed", store.log_wiped ? "" : "; a reader kept the write-ahead log open, erase again",
      ".\n", business_systems, ".\nBackups of the store made before hold ciphertext without a key.\n",
      "Out of reach:\n");
  for (const std::string& place : out_of_reach) absl::StrAppend(&words, "- ", place, "\n");
  return words;
}

absl::StatusOr<ErasureReceipt> EraseCustomer(storage::Store& store, tools::Registry* registry,
                                             AuditLog& audit, const AdminAct& by,
                                             const storage::CustomerId& customer, absl::Time now) {
  if (customer.empty()) return absl::InvalidArgumentError("a customer id is not empty");
  ErasureReceipt receipt;
  const std::string person = AuditLog::PersonTag(store, customer.value());
  // A key of its own for each call: erasing again what is erased harms nothing.
  const auto key = NewSecret();
  if (!key.ok()) return key.status();
  const tools::ToolResult business =
      CallAsOfficer(registry, "privacy.erase_customer", customer, absl::StrCat("erase-", *key), now, kEraseTime);
  if (business.outcome == ToolOutcome::kUnavailable || business.outcome == ToolOutcome::kTimeout ||
      business.outcome == ToolOutcome::kUnknown) {
    return absl::UnavailableError(
        absl::StrCat("the business's systems did not answer (", std::string(tools::Name(business.outcome)),
                     "); nothing was destroyed here, erase again when they do"));
  }
  receipt.business_systems = InWords(business);
  auto places = OutOfReach(store, person);
  if (!places.ok()) return places.status();
  receipt.out_of_reach = *std::move(places);
  // On record before anything is destroyed, and again with what was.
  AdminAct act = by;
  act.action = "PrivacyService/EraseCustomer";
  act.subject = person;
  act.detail = absl::StrCat("begun; ", InWords(business));
  if (absl::Status recorded = audit.Record(act, now); !recorded.ok()) return recorded;
  auto erased = store.EraseCustomer(customer, absl::ToUnixMillis(now));
  if (!erased.ok()) return erased.status();
  receipt.store = *std::move(erased);
  act.detail = absl::StrCat(receipt.store.conversations, " conversations destroyed");
  if (absl::Status recorded = audit.Record(std::move(act), now); !recorded.ok()) return recorded;
  return receipt;
}

}  // namespace frontdesk::server
