#include "server/quality/training_export.h"

#include <nlohmann/json.hpp>
#include <variant>

#include "dialog/consents.h"
#include "dialog/conversation.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr size_t kOpaqueDigits = 16;

// A name that this installation finds the conversation by again, and nobody else.
std::string OpaqueName(const storage::Store& store, const storage::ConversationId& id) {
  return storage::ToHex(storage::HmacSha256(store.DeriveSecret("training export"), id.value()))
      .substr(0, kOpaqueDigits);
}

nlohmann::json TranscriptFor(const storage::Store& store, const storage::Conversation& row,
                             const std::vector<dialog::Event>& events) {
  nlohmann::json messages = nlohmann::json::array();
  std::string language;
  const auto add = [&messages](const char* role, const std::string& text) {
    if (!text.empty()) messages.push_back({{"role", role}, {"text", text}});
  };
  for (const dialog::Event& event : events) {
    if (const auto* started = std::get_if<dialog::ConversationStarted>(&event)) language = started->language;
    if (const auto* received = std::get_if<dialog::Received>(&event)) add("customer", received->text);
    // What an agent wrote stands in the log twice: as the act, and as the words that were shown.
    if (const auto* said = std::get_if<dialog::Said>(&event))
      add(said->path == "human" ? "agent" : "assistant", said->text);
  }
  return {{"id", OpaqueName(store, row.id)}, {"language", language}, {"messages", std::move(messages)}};
}

}  // namespace

absl::StatusOr<TrainingPage> ExportForTraining(const storage::Store& store,
                                               const storage::ConversationFilter& filter) {
  TrainingPage page;
  const auto rows = store.ListConversations(filter);
  if (!rows.ok()) return rows.status();
  for (const storage::Conversation& row : *rows) {
    if (row.erased || row.state_tag != "ended") continue;
    const absl::StatusOr<bool> consented = dialog::Consented(store, row, kTrainingPurpose);
    if (!consented.ok()) return consented.status();
    if (!*consented) {
      ++page.without_consent;
      continue;
    }
    const auto events = dialog::ReadEvents(store, row.id);
    if (!events.ok()) return events.status();
    page.transcripts.push_back(
        TranscriptFor(store, row, *events).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  if (rows->size() == static_cast<size_t>(filter.limit)) page.next_position = rows->back().position;
  return page;
}

}  // namespace frontdesk::server
