#include "server/services/chat_service.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "dialog/consents.h"
#include "server/delivery/event_stream.h"
#include "server/services/converse.h"
#include "server/wall_clock.h"
#include "text/utf8.h"

namespace frontdesk::server {
namespace {

constexpr size_t kMaxRequestIdBytes = 64;
constexpr size_t kMaxMessageBytes = 64 * 1024;
constexpr size_t kMaxCommentBytes = 2048;

absl::Time DeadlineOf(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  return deadline == std::chrono::system_clock::time_point::max() ? absl::InfiniteFuture()
                                                                  : absl::FromChrono(deadline);
}


}  // namespace

absl::Status CheckRequestId(std::string_view request_id) {
  if (request_id.empty() || request_id.size() > kMaxRequestIdBytes) {
    return InvalidField("request_id",
                        "has 1 to 64 characters; make a new random one for each request");
  }
  return text::CheckUtf8(request_id, "request_id");
}

absl::Status CheckMessageText(std::string_view text, std::string_view field) {
  if (text.empty()) return InvalidField(field, "is empty; send 1 byte to 64 KiB");
  if (text.size() > kMaxMessageBytes) {
    return InvalidField(field, absl::StrCat("has ", text.size(), " bytes; send at most 64 KiB"));
  }
  if (absl::Status utf8 = text::CheckUtf8(text, field); !utf8.ok()) {
    return InvalidField(field, std::string(utf8.message()));
  }
  return absl::OkStatus();
}

v1::Conversation ToWire(const storage::Conversation& row, const AgentNames& names) {
  v1::Conversation wire;
  wire.set_name(ConversationName(row.id));
  wire.set_bundle_version(row.bundle_version.value());
  wire.mutable_create_time()->set_seconds(row.created_ms / 1000);
  wire.set_state(row.state_tag == "ended"     ? v1::CONVERSATION_STATE_ENDED
                 : row.state_tag == "waiting" ? v1::CONVERSATION_STATE_WAITING
                                              : v1::CONVERSATION_STATE_OPEN);
  const bool agent = row.owner != "assistant" && row.owner != "queue";
  wire.set_owner(agent ? v1::OWNER_AGENT : v1::OWNER_ASSISTANT);
  wire.set_owner_epoch(row.epoch);
  wire.set_last_sequence(row.last_sequence);
  if (agent) wire.set_agent_display_name(names(row.owner));
  return wire;
}

AssistantOf AssistantsIn(Versions& versions) {
  return [&versions](const std::string& version) -> std::shared_ptr<const Assistant> {
    const auto assistant = versions.For(storage::BundleVersion(version));
    return assistant.ok() ? *assistant : nullptr;
  };
}

void CopyPassage(const retrieval::Passage& from, v1::Passage& to) {
  to.set_hash(from.hash.Hex());
  to.set_document_id(from.document_id);
  to.set_title(from.title);
  for (const std::string& heading : from.headings) to.add_headings(heading);
  to.set_text(from.text);
  to.set_begin(from.begin);
  to.set_end(from.end);
  to.set_url(from.url);
}

absl::Status ChatService::Create(const Principal& caller,
                                 const v1::CreateConversationRequest& request,
                                 v1::CreateConversationResponse& response) {
  if (absl::Status bad = CheckRequestId(request.request_id()); !bad.ok()) return bad;
  if (request.language_code().size() > 35)
    return InvalidField("language_code", "is not a BCP 47 tag");
  CreateInput input;
  input.language = request.language_code();
  input.request_id = absl::StrCat("create ", caller.address, " ", request.request_id());
  if (!request.identity_token().empty()) {
    const auto claims = parts_.identity.Verify(request.identity_token(), absl::Now());
    if (!claims.ok()) return claims.status();
    input.customer = claims->customer_id;
  }
  const absl::StatusOr<storage::Conversation> row = parts_.conversations.Create(input);
  if (!row.ok()) return row.status();
  const absl::Time expires = absl::Now() + limits_.token_life;
  *response.mutable_conversation() = ToWire(*row, parts_.agent_names);
  response.set_conversation_token(parts_.rpc.gate.conversation_tokens().Issue(row->id, expires));
  response.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(expires));
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* ChatService::GetAssistant(grpc::CallbackServerContext* context,
                                                    const v1::GetAssistantRequest*,
                                                    v1::GetAssistantResponse* response) {
  return Handle(
      parts_.rpc, context, "ChatService/GetAssistant", [=, this](const Principal&) -> absl::Status {
        const std::shared_ptr<const Assistant> active = parts_.versions.Active();
        if (active == nullptr) return absl::UnavailableError("no bundle is active yet");
        const dialog::Assistant& settings = active->bundle.assistant;
        v1::Assistant& wire = *response->mutable_assistant();
        wire.set_display_name(settings.name);
        wire.set_business(settings.business);
        for (const std::string& language : settings.languages) wire.add_language_codes(language);
        for (const std::string& host : settings.clients.link_domains) wire.add_link_domains(host);
        for (const dialog::ConsentPrompt& prompt : settings.clients.consents) {
          v1::ConsentPrompt& shown = *wire.add_consent_prompts();
          shown.set_purpose(prompt.purpose);
          shown.set_text(prompt.text);
          shown.set_text_version(prompt.version);
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ChatService::CreateConversation(
    grpc::CallbackServerContext* context, const v1::CreateConversationRequest* request,
    v1::CreateConversationResponse* response) {
  return Handle(parts_.rpc, context, "ChatService/CreateConversation",
                [=, this](const Principal& caller) { return Create(caller, *request, *response); });
}

grpc::ServerUnaryReactor* ChatService::GetConversation(grpc::CallbackServerContext* context,
                                                       const v1::GetConversationRequest* request,
                                                       v1::GetConversationResponse* response) {
  return Handle(parts_.rpc, context, "ChatService/GetConversation",
                [=, this](const Principal& caller) {
                  const auto id = Gate::OwnConversation(caller, request->name());
                  if (!id.ok()) return id.status();
                  const auto row = parts_.store.GetConversation(*id);
                  if (!row.ok()) return row.status();
                  *response->mutable_conversation() = ToWire(*row, parts_.agent_names);
                  return absl::OkStatus();
                });
}

absl::Status ChatService::Take(const storage::ConversationId& id,
                               const v1::SendMessageRequest& request, const Principal& caller,
                               absl::Time deadline, std::function<bool()> cancelled,
                               std::function<void(absl::Status)> done,
                               std::optional<MessageInput::Standing> standing) {
  if (absl::Status bad = CheckRequestId(request.request_id()); !bad.ok()) return bad;
  if (absl::Status bad = CheckMessageText(request.text(), "text"); !bad.ok()) return bad;
  MessageInput input;
  input.text = request.text();
  input.request_id = request.request_id();
  input.address = caller.address;
  input.deadline = deadline;
  input.cancelled = std::move(cancelled);
  input.standing = standing;
  return parts_.conversations.Send(id, std::move(input), std::move(done)).status();
}

grpc::ServerWriteReactor<v1::SendMessageResponse>* ChatService::SendMessage(
    grpc::CallbackServerContext* context, const v1::SendMessageRequest* request) {
  static constexpr char kMethod[] = "ChatService/SendMessage";
  using Stream = EventStream<v1::SendMessageResponse>;
  const auto refuse = [](const absl::Status& status) {
    return new RefusedStream<v1::SendMessageResponse>(FromAbsl(status, kMethod));
  };
  const absl::StatusOr<Principal> caller = parts_.rpc.gate.Admit(*context, kMethod);
  if (!caller.ok()) return refuse(caller.status());
  const auto id = Gate::OwnConversation(*caller, request->conversation());
  if (!id.ok()) return refuse(id.status());
  if (parts_.hub.size() >= static_cast<size_t>(limits_.max_streams)) {
    parts_.rpc.metrics.CountRefused("streams");
    return refuse(Overloaded("too many open streams", absl::Seconds(2)));
  }
  const auto found = parts_.store.FindRequest(*id, storage::RequestId(request->request_id()));
  if (!found.ok()) return refuse(found.status());
  const std::optional<storage::RequestRecord>& first = found->request;
  if (first) {
    // A resend: the store tells whether the body is the first one's, before anything is shown.
    const absl::Status same =
        parts_.store
            .Append({.conversation = *id,
                     .request = storage::RequestKey{storage::RequestId(request->request_id()),
                                                    request->text()}})
            .status();
    if (!absl::IsAlreadyExists(same)) return refuse(same);
  }
  const int64_t after = first ? first->first_sequence - 1 : found->conversation.last_sequence;

  auto stream = std::make_shared<Stream>(
      parts_.hub,
      EventFeed(parts_.store, *id, after, Audience::kCustomer, parts_.agent_names, History::kSkip),
      *id, Until::kTurn, request->request_id(), kMethod);
  Stream* reactor = stream.get();
  stream->Start(first ? Begin::kReading : Begin::kWaiting);
  // The turn outlives a client that goes away; it only stops waiting for the decoder.
  const std::weak_ptr<Stream> weak = stream;
  const absl::Status taken = Take(
      *id, *request, *caller, DeadlineOf(*context),
      [weak] {
        const auto open = weak.lock();
        return open == nullptr || open->cancelled();
      },
      [weak](const absl::Status& status) {
        const auto open = weak.lock();
        if (open == nullptr || status.ok()) return;
        // Sent twice at once: the other's answer may all be there, and no commit follows.
        if (absl::IsAlreadyExists(status)) return open->Wake();
        open->Fail(status);
      },
      MessageInput::Standing{.seen = first.has_value(),
                             .ended = found->conversation.state_tag == "ended"});
  if (!taken.ok()) stream->Fail(taken);
  return reactor;
}

grpc::ServerWriteReactor<v1::SubscribeResponse>* ChatService::Subscribe(
    grpc::CallbackServerContext* context, const v1::SubscribeRequest* request) {
  static constexpr char kMethod[] = "ChatService/Subscribe";
  using Stream = EventStream<v1::SubscribeResponse>;
  const auto refuse = [](const absl::Status& status) {
    return new RefusedStream<v1::SubscribeResponse>(FromAbsl(status, kMethod));
  };
  const absl::StatusOr<Principal> caller = parts_.rpc.gate.Admit(*context, kMethod);
  if (!caller.ok()) return refuse(caller.status());
  const auto id = Gate::OwnConversation(*caller, request->conversation());
  if (!id.ok()) return refuse(id.status());
  const absl::StatusOr<storage::Conversation> row = parts_.store.GetConversation(*id);
  if (!row.ok()) return refuse(row.status());
  if (request->after_sequence() < 0 || request->after_sequence() > row->last_sequence) {
    return refuse(
        InvalidField("after_sequence", absl::StrCat("is not between 0 and ", row->last_sequence)));
  }
  if (parts_.hub.size() >= static_cast<size_t>(limits_.max_streams)) {
    parts_.rpc.metrics.CountRefused("streams");
    return refuse(Overloaded("too many open streams", absl::Seconds(2)));
  }
  auto stream = std::make_shared<Stream>(parts_.hub,
                                         EventFeed(parts_.store, *id, request->after_sequence(),
                                                   Audience::kCustomer, parts_.agent_names,
                                                   History::kRead, AssistantsIn(parts_.versions)),
                                         *id, Until::kCancelled, "", kMethod);
  Stream* reactor = stream.get();
  stream->Start(Begin::kReading);
  return reactor;
}

grpc::ServerBidiReactor<v1::ConverseRequest, v1::ConverseResponse>* ChatService::Converse(
    grpc::CallbackServerContext* context) {
  static constexpr char kMethod[] = "ChatService/Converse";
  const absl::StatusOr<Principal> caller = parts_.rpc.gate.Admit(*context, kMethod);
  if (!caller.ok()) return new RefusedConverse(FromAbsl(caller.status(), kMethod));
  return ConverseStream::Begin(
      parts_.hub, *caller,
      [this](const storage::ConversationId& id, int64_t after) {
        return EventFeed(parts_.store, id, after, Audience::kCustomer, parts_.agent_names,
                         History::kRead, AssistantsIn(parts_.versions));
      },
      [this, caller = *caller](const v1::SendMessageRequest& message,
                               std::function<bool()> cancelled) {
        return Take(caller.conversation, message, caller, absl::InfiniteFuture(),
                    std::move(cancelled), nullptr);
      });
}

absl::Status ChatService::Passage(const Principal& caller, const v1::GetPassageRequest& request,
                                  v1::GetPassageResponse& response) {
  const auto id = Gate::OwnConversation(caller, request.conversation());
  if (!id.ok()) return id.status();
  const auto hash = retrieval::PassageHash::FromHex(request.passage_hash());
  if (!hash.ok()) return InvalidField("passage_hash", std::string(hash.status().message()));
  const auto snapshot = parts_.knowledge.snapshot();
  const retrieval::Passage* passage = snapshot->FindPassage(*hash);
  if (passage == nullptr) {
    return absl::NotFoundError("the document has changed since; this passage is no longer in it");
  }
  CopyPassage(*passage, *response.mutable_passage());
  if (request.begin() < 0 || request.end() < request.begin() || request.end() > UINT32_MAX)
    return InvalidField("end", "is not after begin");
  const text::Span quote = retrieval::TextSpan(*passage, {static_cast<uint32_t>(request.begin()),
                                                          static_cast<uint32_t>(request.end())});
  response.set_quote_begin(quote.begin);
  response.set_quote_end(quote.end);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* ChatService::GetPassage(grpc::CallbackServerContext* context,
                                                  const v1::GetPassageRequest* request,
                                                  v1::GetPassageResponse* response) {
  return Handle(parts_.rpc, context, "ChatService/GetPassage", [=, this](const Principal& caller) {
    return Passage(caller, *request, *response);
  });
}

grpc::ServerUnaryReactor* ChatService::SubmitFeedback(grpc::CallbackServerContext* context,
                                                      const v1::SubmitFeedbackRequest* request,
                                                      v1::SubmitFeedbackResponse* response) {
  (void)response;
  return Handle(parts_.rpc, context, "ChatService/SubmitFeedback",
                [=, this](const Principal& caller) {
                  const auto id = Gate::OwnConversation(caller, request->conversation());
                  if (!id.ok()) return id.status();
                  if (absl::Status bad = CheckRequestId(request->request_id()); !bad.ok())
                    return bad;
                  if (request->rating() < 1 || request->rating() > 5)
                    return InvalidField("rating", "is from 1 (bad) to 5 (good)");
                  if (request->comment().size() > kMaxCommentBytes)
                    return InvalidField("comment", "has at most 2 KiB");
                  return parts_.conversations.Feedback(*id, request->request_id(),
                                                       request->rating(), request->comment());
                });
}

grpc::ServerUnaryReactor* ChatService::UpdateConsent(grpc::CallbackServerContext* context,
                                                     const v1::UpdateConsentRequest* request,
                                                     v1::UpdateConsentResponse* response) {
  (void)response;
  return Handle(
      parts_.rpc, context, "ChatService/UpdateConsent", [=, this](const Principal& caller) {
        const auto id = Gate::OwnConversation(caller, request->conversation());
        if (!id.ok()) return id.status();
        if (absl::Status bad = CheckRequestId(request->request_id()); !bad.ok()) return bad;
        if (!dialog::IsConsentPurpose(request->purpose())) {
          return InvalidField(
              "purpose", "is one of personalised_offers, analytics, training, proactive_messages");
        }
        return parts_.conversations.Record(
            *id, request->request_id(),
            dialog::ConsentChanged{.purpose = request->purpose(),
                                   .granted = request->granted(),
                                   .source = "web_form",
                                   .text_version = request->text_version(),
                                   .now_ms = NowMs()},
            /*ends=*/false);
      });
}

grpc::ServerUnaryReactor* ChatService::EndConversation(grpc::CallbackServerContext* context,
                                                       const v1::EndConversationRequest* request,
                                                       v1::EndConversationResponse* response) {
  (void)response;
  return Handle(parts_.rpc, context, "ChatService/EndConversation",
                [=, this](const Principal& caller) {
                  const auto id = Gate::OwnConversation(caller, request->conversation());
                  if (!id.ok()) return id.status();
                  if (absl::Status bad = CheckRequestId(request->request_id()); !bad.ok())
                    return bad;
                  return parts_.conversations.Record(
                      *id, request->request_id(),
                      dialog::ConversationEnded{.why = "customer", .now_ms = NowMs()},
                      /*ends=*/true);
                });
}

}  // namespace frontdesk::server
