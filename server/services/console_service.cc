#include "server/services/console_service.h"

#include <google/protobuf/util/json_util.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "server/delivery/event_stream.h"
#include "server/services/chat_service.h"
#include "server/services/queue_stream.h"
#include "server/wall_clock.h"

namespace frontdesk::server {
namespace {

constexpr absl::Duration kDefaultLease = absl::Seconds(120);
constexpr absl::Duration kLongestLease = absl::Minutes(15);


absl::StatusOr<absl::Duration> LeaseOf(const v1::ClaimRequest& request) {
  if (!request.has_lease()) return kDefaultLease;
  const absl::Duration lease =
      absl::Seconds(request.lease().seconds()) + absl::Nanoseconds(request.lease().nanos());
  if (lease <= absl::ZeroDuration() || lease > kLongestLease) {
    return InvalidField("lease", "is more than nothing and at most 15 minutes");
  }
  return lease;
}

absl::StatusOr<nlohmann::json> FromStruct(const google::protobuf::Struct& arguments) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(arguments, &text).ok()) {
    return InvalidField("arguments", "cannot be written as JSON");
  }
  nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return InvalidField("arguments", "is not an object");
  return dialog::CanonicalJson(json);
}

}  // namespace

void ToStruct(const nlohmann::json& json, google::protobuf::Struct& out) {
  (void)google::protobuf::util::JsonStringToMessage(json.dump(), &out);
}

ConsoleService::ConsoleService(ConsoleParts parts)
    : parts_(parts), names_([&presence = parts.presence](std::string_view agent) {
        return presence.DisplayName(agent);
      }) {}

ConsoleService::Unary* ConsoleService::SetPresence(Context* context,
                                                   const v1::SetPresenceRequest* request,
                                                   v1::SetPresenceResponse* response) {
  return Run(context, "AgentConsoleService/SetPresence",
             [=, this](const Principal& caller) { return Present(caller, *request, *response); });
}

grpc::ServerWriteReactor<v1::WatchQueueResponse>* ConsoleService::WatchQueue(
    Context* context, const v1::WatchQueueRequest* request) {
  static constexpr char kMethod[] = "AgentConsoleService/WatchQueue";
  const absl::StatusOr<Principal> caller = parts_.rpc.gate.Admit(*context, kMethod);
  if (!caller.ok())
    return new RefusedStream<v1::WatchQueueResponse>(FromAbsl(caller.status(), kMethod));
  return QueueStream::Begin(parts_.board, request->team(), [this, agent = caller->user] {
    parts_.presence.Touch(agent, absl::Now());
  });
}

ConsoleService::Unary* ConsoleService::Claim(Context* context, const v1::ClaimRequest* request,
                                             v1::ClaimResponse* response) {
  return Run(
      context, "AgentConsoleService/Claim", [=, this](const Principal& caller) -> absl::Status {
        const auto id = ParseConversationName(request->conversation(), "conversation");
        if (!id.ok()) return id.status();
        const auto lease = LeaseOf(*request);
        if (!lease.ok()) return lease.status();
        const absl::Time until = absl::Now() + *lease;
        const auto row = parts_.conversations.Act(
            *id, dialog::Claim{.agent = caller.user, .lease_until_ms = absl::ToUnixMillis(until)},
            std::nullopt);
        if (!row.ok()) return row.status();
        response->set_owner_epoch(row->epoch);
        response->mutable_expire_time()->set_seconds(absl::ToUnixSeconds(until));
        return absl::OkStatus();
      });
}

ConsoleService::Unary* ConsoleService::Reply(Context* context, const v1::ReplyRequest* request,
                                             v1::ReplyResponse* response) {
  return Run(
      context, "AgentConsoleService/Reply", [=, this](const Principal& caller) -> absl::Status {
        const auto id = ParseConversationName(request->conversation(), "conversation");
        if (!id.ok()) return id.status();
        if (absl::Status bad = CheckRequestId(request->request_id()); !bad.ok()) return bad;
        if (absl::Status bad = CheckMessageText(request->text(), "text"); !bad.ok()) return bad;
        const auto seen = parts_.store.FindRequest(*id, storage::RequestId(request->request_id()));
        if (!seen.ok()) return seen.status();
        if (seen->request) {
          response->set_sequence(seen->request->last_sequence);
          return absl::OkStatus();
        }
        const auto row = parts_.conversations.Act(
            *id, dialog::Reply{.agent = caller.user, .text = request->text()},
            request->owner_epoch(), request->request_id());
        if (!row.ok()) return row.status();
        response->set_sequence(row->last_sequence);
        return absl::OkStatus();
      });
}

ConsoleService::Unary* ConsoleService::Whisper(Context* context, const v1::WhisperRequest* request,
                                               v1::WhisperResponse* response) {
  return Run(context, "AgentConsoleService/Whisper",
             [=, this](const Principal& caller) -> absl::Status {
               const auto id = ParseConversationName(request->conversation(), "conversation");
               if (!id.ok()) return id.status();
               if (absl::Status bad = CheckMessageText(request->text(), "text"); !bad.ok())
                 return bad;
               const auto row = parts_.conversations.Act(
                   *id, dialog::Whisper{.agent = caller.user, .text = request->text()},
                   std::nullopt, request->request_id());
               if (!row.ok()) return row.status();
               response->set_sequence(row->last_sequence);
               return absl::OkStatus();
             });
}

absl::Status ConsoleService::Reveal(const Principal& caller, const v1::RevealValueRequest& request,
                                    v1::RevealValueResponse& response) {
  const auto id = ParseConversationName(request.conversation(), "conversation");
  if (!id.ok()) return id.status();
  if (request.purpose().empty() || request.purpose().size() > 200) {
    return InvalidField("purpose", "says in 1 to 200 bytes why the value is needed");
  }
  const auto row = parts_.store.GetConversation(*id);
  if (!row.ok()) return row.status();
  if (row->owner != caller.user) {
    return absl::FailedPreconditionError("claim the conversation before you reveal a value of it");
  }
  const auto value = parts_.store.RevealVault(*id, request.token());
  if (!value.ok()) return value.status();
  // The record comes first: a value that was shown is always in the log.
  const auto recorded = parts_.conversations.Act(
      *id,
      dialog::Act{.agent = caller.user,
                  .action = "reveal",
                  .detail = {{"token", request.token()}, {"purpose", request.purpose()}}},
      std::nullopt);
  if (!recorded.ok()) return recorded.status();
  response.set_value(*value);
  return absl::OkStatus();
}

ConsoleService::Unary* ConsoleService::RevealValue(Context* context,
                                                   const v1::RevealValueRequest* request,
                                                   v1::RevealValueResponse* response) {
  return Run(context, "AgentConsoleService/RevealValue",
             [=, this](const Principal& caller) { return Reveal(caller, *request, *response); });
}

ConsoleService::Unary* ConsoleService::RunTool(Context* context, const v1::RunToolRequest* request,
                                               v1::RunToolResponse* response) {
  return Run(context, "AgentConsoleService/RunTool",
             [=, this](const Principal& caller) -> absl::Status {
               const auto id = ParseConversationName(request->conversation(), "conversation");
               if (!id.ok()) return id.status();
               if (absl::Status bad = CheckRequestId(request->request_id()); !bad.ok()) return bad;
               auto arguments = FromStruct(request->arguments());
               if (!arguments.ok()) return arguments.status();
               const auto result =
                   parts_.conversations.RunTool(*id, {.agent = caller.user,
                                                      .epoch = request->owner_epoch(),
                                                      .tool = request->tool(),
                                                      .arguments = *std::move(arguments),
                                                      .confirmed = request->confirmed(),
                                                      .request_id = request->request_id()});
               if (!result.ok()) return result.status();
               response->set_outcome(std::string(tools::Name(result->outcome)));
               ToStruct(result->value, *response->mutable_result());
               return absl::OkStatus();
             });
}

ConsoleService::Unary* ConsoleService::AddTag(Context* context, const v1::AddTagRequest* request,
                                              v1::AddTagResponse*) {
  return Run(
      context, "AgentConsoleService/AddTag", [=, this](const Principal& caller) -> absl::Status {
        const auto id = ParseConversationName(request->conversation(), "conversation");
        if (!id.ok()) return id.status();
        const std::string& tag = request->tag();
        const bool plain = std::all_of(tag.begin(), tag.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        });
        if (tag.empty() || tag.size() > 40 || !plain) {
          return InvalidField("tag", "has 1 to 40 characters of a-z, 0-9, - and _");
        }
        return parts_.conversations
            .Act(*id, dialog::Act{.agent = caller.user, .action = "tag", .detail = {{"tag", tag}}},
                 std::nullopt, request->request_id())
            .status();
      });
}

ConsoleService::Unary* ConsoleService::ReturnToAssistant(
    Context* context, const v1::ReturnToAssistantRequest* request,
    v1::ReturnToAssistantResponse* response) {
  return Run(context, "AgentConsoleService/ReturnToAssistant",
             [=, this](const Principal& caller) -> absl::Status {
               const auto id = ParseConversationName(request->conversation(), "conversation");
               if (!id.ok()) return id.status();
               const auto row = parts_.conversations.Act(
                   *id, dialog::Return{.agent = caller.user, .note = request->note()},
                   request->owner_epoch());
               if (!row.ok()) return row.status();
               response->set_owner_epoch(row->epoch);
               return absl::OkStatus();
             });
}

ConsoleService::Unary* ConsoleService::Resolve(Context* context, const v1::ResolveRequest* request,
                                               v1::ResolveResponse*) {
  return Run(
      context, "AgentConsoleService/Resolve", [=, this](const Principal& caller) -> absl::Status {
        const auto id = ParseConversationName(request->conversation(), "conversation");
        if (!id.ok()) return id.status();
        static const std::set<std::string> kOutcomes = {"solved", "not_solved", "duplicate",
                                                        "spam"};
        if (kOutcomes.count(request->outcome()) == 0) {
          return InvalidField("outcome", "is one of solved, not_solved, duplicate, spam");
        }
        const auto row = parts_.conversations.Act(
            *id, dialog::Resolve{.agent = caller.user, .resolution = request->outcome()},
            request->owner_epoch());
        if (row.ok()) parts_.past.Learn(*id);
        return row.status();
      });
}

absl::Status ConsoleService::Transcript(const v1::GetTranscriptRequest& request,
                                        v1::GetTranscriptResponse& response) {
  const auto id = ParseConversationName(request.conversation(), "conversation");
  if (!id.ok()) return id.status();
  const auto row = parts_.store.GetConversation(*id);
  if (!row.ok()) return row.status();
  *response.mutable_conversation() = ToWire(*row, names_);
  EventFeed feed(parts_.store, *id, 0, Audience::kAgent, names_, History::kRead,
                 AssistantsIn(parts_.versions));
  const auto events = feed.Next(kTranscriptEvents);
  if (!events.ok()) return events.status();
  const auto snapshot = parts_.knowledge.snapshot();
  std::set<std::string> shown;
  for (const v1::ConversationEvent& event : *events) {
    *response.add_events() = event;
    for (const v1::Citation& citation : event.utterance().citations()) {
      const auto hash = retrieval::PassageHash::FromHex(citation.passage_hash());
      const retrieval::Passage* passage = hash.ok() ? snapshot->FindPassage(*hash) : nullptr;
      if (passage == nullptr || !shown.insert(citation.passage_hash()).second) continue;
      CopyPassage(*passage, *response.add_passages());
    }
  }
  return absl::OkStatus();
}

grpc::ServerWriteReactor<v1::WatchTranscriptResponse>* ConsoleService::WatchTranscript(
    Context* context, const v1::WatchTranscriptRequest* request) {
  static constexpr char kMethod[] = "AgentConsoleService/WatchTranscript";
  using Stream = EventStream<v1::WatchTranscriptResponse>;
  const auto refuse = [](const absl::Status& status) {
    return new RefusedStream<v1::WatchTranscriptResponse>(FromAbsl(status, kMethod));
  };
  const absl::StatusOr<Principal> caller = parts_.rpc.gate.Admit(*context, kMethod);
  if (!caller.ok()) return refuse(caller.status());
  const auto id = ParseConversationName(request->conversation(), "conversation");
  if (!id.ok()) return refuse(id.status());
  const auto row = parts_.store.GetConversation(*id);
  if (!row.ok()) return refuse(row.status());
  if (request->after_sequence() < 0 || request->after_sequence() > row->last_sequence) {
    return refuse(
        InvalidField("after_sequence", absl::StrCat("is not between 0 and ", row->last_sequence)));
  }
  auto stream = std::make_shared<Stream>(
      parts_.hub,
      EventFeed(parts_.store, *id, request->after_sequence(), Audience::kAgent, names_,
                History::kRead, AssistantsIn(parts_.versions)),
      *id, Until::kCancelled, "", kMethod);
  Stream* reactor = stream.get();
  stream->Start(Begin::kReading);
  return reactor;
}

ConsoleService::Unary* ConsoleService::GetTranscript(Context* context,
                                                     const v1::GetTranscriptRequest* request,
                                                     v1::GetTranscriptResponse* response) {
  return Run(context, "AgentConsoleService/GetTranscript",
             [=, this](const Principal&) { return Transcript(*request, *response); });
}

ConsoleService::Unary* ConsoleService::Transfer(Context* context,
                                                const v1::TransferRequest* request,
                                                v1::TransferResponse*) {
  return Run(
      context, "AgentConsoleService/Transfer", [=, this](const Principal& caller) -> absl::Status {
        const auto id = ParseConversationName(request->conversation(), "conversation");
        if (!id.ok()) return id.status();
        const auto assistant = AssistantFor(*id);
        if (!assistant.ok()) return assistant.status();
        const std::vector<std::string> teams = dialog::TeamsOf((*assistant)->bundle);
        if (std::find(teams.begin(), teams.end(), request->team()) == teams.end()) {
          return InvalidField("team", absl::StrCat("is one of ", absl::StrJoin(teams, ", ")));
        }
        return parts_.conversations
            .Act(*id,
                 dialog::Transfer{
                     .agent = caller.user, .team = request->team(), .note = request->note()},
                 request->owner_epoch())
            .status();
      });
}

}  // namespace frontdesk::server
