#include "server/insight/outcome_book.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "dialog/conversation.h"

namespace frontdesk::server {
namespace {

constexpr int kBookPage = 1000;
constexpr int64_t kAroundMs = int64_t{7} * 24 * 3600 * 1000;

// People wrote to people; says nothing about the assistant.
bool Imported(const storage::Conversation& row) {
  const nlohmann::json attributes = nlohmann::json::parse(row.attributes, nullptr, false);
  return attributes.is_object() && attributes.value("channel", "") == "import";
}

bool InScope(const ConversationFacts& facts, const OutcomeScope& scope) {
  return facts.began_ms >= scope.from_ms && facts.began_ms < scope.until_ms &&
         (scope.intent.empty() || facts.intent == scope.intent) &&
         (scope.flow.empty() || facts.flows.count(scope.flow) > 0) &&
         (scope.bundle_version.empty() || facts.bundle_version == scope.bundle_version);
}

}  // namespace

absl::StatusOr<std::unique_ptr<const OutcomeReading>> OutcomeBook::Read(const OutcomeScope& scope) {
  std::lock_guard lock(mutex_);
  if (absl::Status read = costs_.Refresh(); !read.ok()) return read;
  auto reading = std::make_unique<OutcomeReading>();
  storage::ConversationFilter filter;
  filter.limit = kBookPage;
  if (scope.from_ms > std::numeric_limits<int64_t>::min() + kAroundMs)
    filter.created_from_ms = scope.from_ms - kAroundMs;
  if (scope.until_ms < std::numeric_limits<int64_t>::max() - kAroundMs)
    filter.created_until_ms = scope.until_ms + kAroundMs;
  for (;;) {
    const auto page = store_.ListConversations(filter);
    if (!page.ok()) return page.status();
    for (const storage::Conversation& row : *page) {
      if (Imported(row)) continue;
      if (row.erased) {
        known_.erase(row.position);
        continue;
      }
      Known& known = known_[row.position];
      if (known.last_sequence != row.last_sequence) {
        const auto events = dialog::ReadEvents(store_, row.id);
        if (!events.ok()) {
          // Erased since the page was read, or damaged: `doctor` says which.
          spdlog::warn("conversation={} insight=left_out error=\"{}\"", row.id.value(),
                       std::string(events.status().message()));
          known_.erase(row.position);
          continue;
        }
        known = {row.last_sequence, FactsOf(row, *events)};
      }
      reading->facts.push_back(known.facts);
      reading->facts.back().cpu_us = costs_.CpuUs(row.id.value());
    }
    if (page->size() < static_cast<size_t>(kBookPage)) break;
    filter.after_position = page->back().position;
  }
  reading->judged = Judge(reading->facts);
  std::erase_if(reading->judged,
                [&](const JudgedConversation& c) { return !InScope(*c.facts, scope); });
  return reading;
}

}  // namespace frontdesk::server
