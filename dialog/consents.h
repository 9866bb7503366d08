// What a person consented to, as it stands now: the ledger behind every point of use.
//
// The ledger is the consent.changed events of all of a person's conversations (of one
// conversation, while nobody knows the person): purpose, granted or withdrawn, source, time,
// version of the text that was shown. The latest one counts, wherever it was said, so that a
// withdrawal works at once in every conversation. Thread-safe.
//
//   if (*Consented(store, row, "personalised_offers")) …
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/events.h"
#include "storage/store.h"

namespace frontdesk::dialog {

// The closed set of purposes; tools.yaml, flows and UpdateConsent know no other.
inline constexpr std::array<std::string_view, 4> kConsentPurposes = {
    "personalised_offers", "analytics", "training", "proactive_messages"};
bool IsConsentPurpose(std::string_view purpose);

// Grants and withdrawals of a person's conversations, oldest first; erased ones hold none.
absl::StatusOr<std::vector<ConsentChanged>> ConsentHistory(const storage::Store& store,
                                                           const storage::CustomerId& customer);
// The same for the person behind a conversation, or for it alone while nobody is known.
absl::StatusOr<std::vector<ConsentChanged>> ConsentHistory(const storage::Store& store,
                                                           const storage::Conversation& conversation);

// Whether the purpose is granted now. Nothing said means no.
absl::StatusOr<bool> Consented(const storage::Store& store,
                               const storage::Conversation& conversation,
                               std::string_view purpose);

}  // namespace frontdesk::dialog
