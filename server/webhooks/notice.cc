#include "server/webhooks/notice.h"

#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace frontdesk::server {
namespace {

struct Told {
  const char* kind;
  const char* type;
  nlohmann::json data;
};

std::optional<Told> Tell(const dialog::Event& event) {
  return std::visit(
      [](const auto& e) -> std::optional<Told> {
        using E = std::decay_t<decltype(e)>;
        if constexpr (std::is_same_v<E, dialog::ConversationStarted>) {
          return Told{"conversation", "conversation.started",
                      {{"bundle_version", e.bundle_version},
                       {"channel", e.channel},
                       {"language", e.language},
                       {"customer", e.customer}}};
        } else if constexpr (std::is_same_v<E, dialog::CustomerBound>) {
          return Told{"conversation", "conversation.customer", {{"customer", e.customer}}};
        } else if constexpr (std::is_same_v<E, dialog::ConversationEnded>) {
          return Told{"conversation", "conversation.ended", {{"why", e.why}}};
        } else if constexpr (std::is_same_v<E, dialog::HandedOff>) {
          return Told{"handoff", "handoff.opened",
                      {{"reason", e.reason},
                       {"mode", e.mode},
                       {"team", e.team},
                       {"priority", e.priority},
                       {"ticket", e.ticket}}};
        } else if constexpr (std::is_same_v<E, dialog::AgentClaimed>) {
          return Told{"handoff", "handoff.claimed", {{"agent", e.agent}}};
        } else if constexpr (std::is_same_v<E, dialog::ClaimLost>) {
          return Told{"handoff", "handoff.lost", {{"agent", e.agent}}};
        } else if constexpr (std::is_same_v<E, dialog::ReturnedToAssistant>) {
          return Told{"handoff", "handoff.returned", {{"agent", e.agent}}};
        } else if constexpr (std::is_same_v<E, dialog::Resolved>) {
          return Told{"outcome", "outcome.resolved", {{"agent", e.agent}}};
        } else if constexpr (std::is_same_v<E, dialog::FlowEnded>) {
          return Told{"outcome", "outcome.flow_ended",
                      {{"instance", e.instance}, {"outcome", e.outcome}}};
        } else if constexpr (std::is_same_v<E, dialog::FeedbackGiven>) {
          return Told{"outcome", "outcome.rated", {{"score", e.score}}};
        } else {
          return std::nullopt;
        }
      },
      event);
}

}  // namespace

std::optional<Notice> NoticeOf(const std::string& conversation, int64_t sequence,
                               const dialog::Event& event, int64_t time_ms) {
  std::optional<Told> told = Tell(event);
  if (!told) return std::nullopt;
  Notice notice;
  notice.kind = told->kind;
  notice.id = absl::StrCat(conversation, ":", sequence);
  notice.body = nlohmann::json({{"id", notice.id},
                                {"type", told->type},
                                {"conversation", "conversations/" + conversation},
                                {"sequence", sequence},
                                {"time", absl::FormatTime(absl::RFC3339_sec,
                                                          absl::FromUnixMillis(time_ms),
                                                          absl::UTCTimeZone())},
                                {"data", std::move(told->data)}})
                    .dump();
  return notice;
}

}  // namespace frontdesk::server
