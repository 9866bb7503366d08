// AgentConsoleService: what an agent works with beside the conversation itself:
// presence, the customer, the tools, suggested and canned replies.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "dialog/conversation.h"
#include "retrieval/answer_sentences.h"
#include "server/auth/user_token.h"
#include "server/services/chat_service.h"
#include "server/services/console_service.h"

namespace frontdesk::server {
namespace {

constexpr int kPassagesForSuggestions = 3;
constexpr size_t kPastReplies = 1;
constexpr size_t kMostTeams = 50, kMostTeamBytes = 64;
constexpr int kMostCapacity = 20;
constexpr int kOrdersShown = 5;

}  // namespace

absl::Status ConsoleService::Present(const Principal& caller, const v1::SetPresenceRequest& request,
                                     v1::SetPresenceResponse& response) {
  if (request.presence() == v1::PRESENCE_UNSPECIFIED) {
    return InvalidField("presence", "is PRESENCE_AVAILABLE or PRESENCE_AWAY");
  }
  if (request.display_name().size() > 100)
    return InvalidField("display_name", "has at most 100 bytes");
  if (request.capacity() < 0 || request.capacity() > kMostCapacity)
    return InvalidField("capacity", "is from 1 to 20");
  AgentSkills skills;
  if (request.capacity() > 0) skills.capacity = request.capacity();
  if (static_cast<size_t>(request.teams_size()) > kMostTeams)
    return InvalidField("teams", "has at most 50 members");
  for (const std::string& team : request.teams()) {
    if (team.size() > kMostTeamBytes) return InvalidField("teams", "has members of at most 64 bytes");
    skills.teams.push_back(team);
  }
  response.set_available_agents(
      parts_.presence.Set(caller.user, request.presence() == v1::PRESENCE_AVAILABLE,
                          request.display_name(), absl::Now(), skills));
  response.set_user(caller.user);
  response.set_role(std::string(Name(caller.role)));
  if (const auto active = parts_.versions.Active()) {
    for (const std::string& team : dialog::TeamsOf(active->bundle)) response.add_teams(team);
  }
  parts_.board.Reconsider();
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const Assistant>> ConsoleService::AssistantFor(
    const storage::ConversationId& id) const {
  const auto row = parts_.store.GetConversation(id);
  if (!row.ok()) return row.status();
  return parts_.versions.For(row->bundle_version);
}

absl::Status ConsoleService::Customer(const Principal& caller,
                                      const v1::GetCustomerRequest& request,
                                      v1::GetCustomerResponse& response) {
  const auto id = ParseConversationName(request.conversation(), "conversation");
  if (!id.ok()) return id.status();
  const auto row = parts_.store.GetConversation(*id);
  if (!row.ok()) return row.status();
  response.set_verified(row->customer.has_value());
  EventFeed feed(parts_.store, *id, 0, Audience::kAgent, names_);
  const auto events = feed.Next(kTranscriptEvents);
  if (!events.ok()) return events.status();
  std::map<std::string, bool> consents;
  for (const v1::ConversationEvent& event : *events) {
    if (event.has_consent_updated())
      consents[event.consent_updated().purpose()] = event.consent_updated().granted();
    if (event.has_agent_action() && event.agent_action().action() == "tag") {
      const auto& tags = response.tags();
      if (std::find(tags.begin(), tags.end(), event.agent_action().detail()) == tags.end())
        response.add_tags(event.agent_action().detail());
    }
  }
  for (const auto& [purpose, granted] : consents) {
    v1::ConsentUpdated& consent = *response.add_consents();
    consent.set_purpose(purpose);
    consent.set_granted(granted);
  }
  if (!row->customer || row->owner != caller.user) return absl::OkStatus();
  AgentToolCall call{.agent = caller.user, .epoch = row->epoch, .tool = "customers.get"};
  call.arguments = nlohmann::json::object();
  const auto customer = parts_.conversations.RunTool(*id, call);
  if (!customer.ok()) return customer.status();
  if (customer->ok()) ToStruct(customer->value, *response.mutable_customer());
  call.tool = "orders.list";
  call.arguments = {{"limit", kOrdersShown}};
  const auto orders = parts_.conversations.RunTool(*id, call);
  if (!orders.ok() || !orders->ok() || !orders->value.contains("orders")) return absl::OkStatus();
  for (const nlohmann::json& order : orders->value["orders"]) {
    ToStruct(order, *response.add_orders());
  }
  return absl::OkStatus();
}

ConsoleService::Unary* ConsoleService::GetCustomer(Context* context,
                                                   const v1::GetCustomerRequest* request,
                                                   v1::GetCustomerResponse* response) {
  return Run(context, "AgentConsoleService/GetCustomer",
             [=, this](const Principal& caller) { return Customer(caller, *request, *response); });
}

absl::Status ConsoleService::Tools(const Principal&, const v1::ListToolsRequest& request,
                                   v1::ListToolsResponse& response) {
  const auto id = ParseConversationName(request.conversation(), "conversation");
  if (!id.ok()) return id.status();
  const auto assistant = AssistantFor(*id);
  if (!assistant.ok()) return assistant.status();
  for (const tools::ToolSpec& spec : (*assistant)->registry.catalogue().tools) {
    if (std::find(spec.roles.begin(), spec.roles.end(), tools::Role::kAgent) == spec.roles.end())
      continue;
    v1::Tool& tool = *response.add_tools();
    tool.set_name(spec.name);
    tool.set_about(spec.about);
    tool.set_writes(spec.effect == tools::Effect::kWrite);
    tool.set_confirm(spec.confirm);
    for (const tools::Parameter& parameter : spec.parameters) {
      v1::ToolParameter& to = *tool.add_parameters();
      to.set_name(parameter.name);
      to.set_type(std::string(tools::Name(parameter.type)));
      to.set_required(parameter.required);
      for (const std::string& choice : parameter.choices) to.add_choices(choice);
    }
  }
  return absl::OkStatus();
}

ConsoleService::Unary* ConsoleService::ListTools(Context* context,
                                                 const v1::ListToolsRequest* request,
                                                 v1::ListToolsResponse* response) {
  return Run(context, "AgentConsoleService/ListTools",
             [=, this](const Principal& caller) { return Tools(caller, *request, *response); });
}

absl::Status ConsoleService::Canned(const Principal& caller,
                                    const v1::ListCannedRepliesRequest& request,
                                    v1::ListCannedRepliesResponse& response) {
  const auto id = ParseConversationName(request.conversation(), "conversation");
  if (!id.ok()) return id.status();
  const auto assistant = AssistantFor(*id);
  if (!assistant.ok()) return assistant.status();
  const auto conversation = dialog::LoadConversation(parts_.store, *id);
  if (!conversation.ok()) return conversation.status();
  const dialog::Assistant& settings = (*assistant)->bundle.assistant;
  std::vector<std::pair<std::string, std::string>> variables = {
      {"{agent}", parts_.presence.DisplayName(caller.user)},
      {"{business}", settings.business},
      {"{assistant}", settings.name}};
  const auto& orders = conversation->state.verified_orders;
  if (!orders.empty()) variables.emplace_back("{order}", *orders.rbegin());
  for (const dialog::CannedReply& canned : settings.clients.canned) {
    v1::CannedReply& reply = *response.add_replies();
    reply.set_name(canned.name);
    reply.set_text(absl::StrReplaceAll(canned.text, variables));
  }
  return absl::OkStatus();
}

ConsoleService::Unary* ConsoleService::ListCannedReplies(
    Context* context, const v1::ListCannedRepliesRequest* request,
    v1::ListCannedRepliesResponse* response) {
  return Run(context, "AgentConsoleService/ListCannedReplies",
             [=, this](const Principal& caller) { return Canned(caller, *request, *response); });
}

absl::Status ConsoleService::Suggest(const v1::SuggestRepliesRequest& request,
                                     v1::SuggestRepliesResponse& response) {
  const auto id = ParseConversationName(request.conversation(), "conversation");
  if (!id.ok()) return id.status();
  if (request.limit() < 0 || request.limit() > 5) return InvalidField("limit", "is from 1 to 5");
  EventFeed feed(parts_.store, *id, 0, Audience::kAgent, names_);
  const auto events = feed.Next(kTranscriptEvents);
  if (!events.ok()) return events.status();
  std::string question;
  for (const v1::ConversationEvent& event : *events) {
    if (event.has_customer_message()) question = event.customer_message().text();
  }
  if (question.empty()) return absl::OkStatus();
  const auto snapshot = parts_.knowledge.snapshot();
  const auto hits = snapshot->Search(question, {.k = kPassagesForSuggestions});
  if (!hits.ok()) return hits.status();
  const int limit = request.limit() == 0 ? 3 : request.limit();
  const auto before = parts_.past.Find(question, kPastReplies);
  const int of_documents = std::max(1, limit - static_cast<int>(before.size()));
  for (const retrieval::Hit& hit : *hits) {
    if (response.suggestions_size() >= of_documents) break;
    const auto sentences = retrieval::SelectAnswerSentences(*hit.passage, question, *snapshot, {});
    if (!sentences.ok() || sentences->empty()) continue;
    v1::Suggestion& suggestion = *response.add_suggestions();
    for (const retrieval::AnswerSentence& sentence : *sentences) {
      const std::string text =
          hit.passage->text.substr(sentence.span.begin, sentence.span.end - sentence.span.begin);
      suggestion.set_text(suggestion.text().empty() ? text
                                                    : absl::StrCat(suggestion.text(), " ", text));
      const text::Span source = retrieval::SourceSpan(*hit.passage, sentence.span);
      v1::Citation& citation = *suggestion.add_citations();
      citation.set_passage_hash(hit.passage->hash.Hex());
      citation.set_document_id(hit.passage->document_id);
      citation.set_title(hit.passage->title);
      citation.set_begin(source.begin);
      citation.set_end(source.end);
    }
  }
  for (const PastReplies::Found& found : before) {
    if (response.suggestions_size() >= limit) break;
    response.add_suggestions()->set_text(found.text);
  }
  return absl::OkStatus();
}

ConsoleService::Unary* ConsoleService::SuggestReplies(Context* context,
                                                      const v1::SuggestRepliesRequest* request,
                                                      v1::SuggestRepliesResponse* response) {
  return Run(context, "AgentConsoleService/SuggestReplies",
             [=, this](const Principal&) { return Suggest(*request, *response); });
}

}  // namespace frontdesk::server
