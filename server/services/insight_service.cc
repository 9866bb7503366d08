#include "server/services/insight_service.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/services/period.h"

namespace frontdesk::server {
namespace {

constexpr int kMostListed = 1000;

template <class Request>
OutcomeScope ScopeOf(const Request& request) {
  OutcomeScope scope = PeriodOf(request);
  scope.intent = request.intent();
  scope.flow = request.flow();
  scope.bundle_version = request.bundle_version();
  return scope;
}

absl::StatusOr<OutcomeGroups> GroupsOf(v1::OutcomeGrouping by) {
  switch (by) {
    case v1::OUTCOME_GROUPING_UNSPECIFIED:
      return OutcomeGroups::kNone;
    case v1::OUTCOME_GROUPING_INTENT:
      return OutcomeGroups::kIntent;
    case v1::OUTCOME_GROUPING_FLOW:
      return OutcomeGroups::kFlow;
    case v1::OUTCOME_GROUPING_BUNDLE_VERSION:
      return OutcomeGroups::kBundleVersion;
    case v1::OUTCOME_GROUPING_DAY:
      return OutcomeGroups::kDay;
    default:
      return InvalidField("group_by", "is one of the groupings of OutcomeGrouping");
  }
}

template <class Message>
void AddFigures(const std::vector<Outcome>& outcomes, Message& message) {
  for (const Outcome& outcome : outcomes) {
    v1::Figure& wire = *message.add_figures();
    wire.set_name(outcome.name);
    wire.set_count(outcome.count);
    wire.set_definition(DefinitionOf(outcome.name));
    wire.set_value(outcome.value);
    wire.set_base(outcome.base);
    wire.set_unit(outcome.unit);
    wire.set_low(outcome.low);
    wire.set_high(outcome.high);
  }
}

}  // namespace

grpc::ServerUnaryReactor* InsightService::GetOutcomes(grpc::CallbackServerContext* context,
                                                      const v1::GetOutcomesRequest* request,
                                                      v1::GetOutcomesResponse* response) {
  return Handle(rpc_, context, "InsightService/GetOutcomes",
                [=, this](const Principal&) -> absl::Status {
                  const auto by = GroupsOf(request->group_by());
                  if (!by.ok()) return by.status();
                  const auto reading = book_.Read(ScopeOf(*request));
                  if (!reading.ok()) return reading.status();
                  AddFigures(MeasureOutcomes((*reading)->judged), *response);
                  for (const auto& [key, conversations] : Group((*reading)->judged, *by)) {
                    v1::OutcomeGroup& group = *response->add_groups();
                    group.set_key(key);
                    AddFigures(MeasureOutcomes(conversations), group);
                  }
                  return absl::OkStatus();
                });
}

grpc::ServerUnaryReactor* InsightService::ListConversations(
    grpc::CallbackServerContext* context, const v1::ListConversationsRequest* request,
    v1::ListConversationsResponse* response) {
  return Handle(
      rpc_, context, "InsightService/ListConversations",
      [=, this](const Principal&) -> absl::Status {
        if (DefinitionOf(request->figure()).empty())
          return InvalidField("figure", "is not a name that GetOutcomes returns");
        const int size = request->page_size() == 0 ? 100 : request->page_size();
        if (size < 1 || size > kMostListed)
          return InvalidField("page_size", "is from 1 to 1000");
        int64_t after = 0;
        if (!request->page_token().empty() && !absl::SimpleAtoi(request->page_token(), &after))
          return InvalidField("page_token", "is not one of ours");
        const auto reading = book_.Read(ScopeOf(*request));
        if (!reading.ok()) return reading.status();
        int64_t last = 0;
        for (const JudgedConversation& c : (*reading)->judged) {
          if (c.facts->position <= after || !IsBehind(request->figure(), c)) continue;
          if (response->conversations_size() == size) {
            response->set_next_page_token(absl::StrCat(last));
            break;
          }
          response->add_conversations(absl::StrCat("conversations/", c.facts->id));
          last = c.facts->position;
        }
        return absl::OkStatus();
      });
}

}  // namespace frontdesk::server
