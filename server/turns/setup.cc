#include "server/turns/setup.h"

#include <utility>

#include "absl/time/clock.h"

namespace frontdesk::server {
namespace {

constexpr char kFindOwnerTool[] = "customers.find_by_order";
constexpr absl::Duration kFindOwnerTimeout = absl::Seconds(5);

tools::CountAttempts CountIn(storage::Store& store) {
  return [&store](const std::vector<tools::AttemptName>& names, absl::Duration window,
                  absl::Time now) {
    std::vector<storage::Store::AttemptName> kept;
    for (const tools::AttemptName& name : names) kept.push_back({name.scope, name.key});
    return store.CountAttempts(kept, absl::ToInt64Milliseconds(window), absl::ToUnixMillis(now));
  };
}

tools::FindOrderOwner FindIn(tools::Registry& registry) {
  return [&registry](std::string_view order,
                     absl::Time now) -> absl::StatusOr<std::optional<tools::OrderOwner>> {
    tools::ToolCall call;
    call.tool = kFindOwnerTool;
    call.arguments = {{"order_id", std::string(order)}};
    call.principal.role = tools::Role::kSystem;
    call.now = now;
    const tools::ToolResult result = registry.Call(call, absl::Now() + kFindOwnerTimeout);
    if (result.ok()) {
      return tools::OrderOwner{result.value.value("customer_id", ""),
                               result.value.value("email", "")};
    }
    using Outcome = tools::ToolResult::Outcome;
    if (result.outcome == Outcome::kNotFound || result.outcome == Outcome::kRejected)
      return std::nullopt;
    return absl::UnavailableError("orders cannot be looked up at the moment");
  };
}

}  // namespace

TurnSetup::TurnSetup(const TurnWorld& world, const tools::Redactor& redactor,
                     std::shared_ptr<const Assistant> speaks)
    : assistant(std::move(speaks)),
      verifier(CountIn(world.store), FindIn(assistant->registry),
               world.store.DeriveSecret("order verification")),
      live{.store = world.store,
           .registry = assistant->registry,
           .redactor = redactor,
           .verifier = verifier,
           .knowledge = world.knowledge,
           .embed = world.models.embed,
           .features = world.models.features,
           .model = assistant->Decoder(world.models),
           .agents_on_duty = [&presence = world.presence](std::string_view) -> int64_t {
             return presence.Available(absl::Now());
           },
           .observe = [&metrics = world.metrics](
                          std::string_view stage,
                          absl::Duration took) { metrics.ObserveStage(stage, took); }},
      turn{.bundle = assistant->bundle, .understander = assistant->understander} {}

}  // namespace frontdesk::server
