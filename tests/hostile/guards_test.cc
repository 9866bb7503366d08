// Every write tool of the demo bundle against the registry: with one guard missing at a time,
// and with random calls, nothing reaches the adapter that a plain reading of the declaration
// forbids.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialog/bundle/bundle.h"
#include "tools/registry.h"

namespace frontdesk::dialog {
namespace {

using tools::Role;
using tools::ToolCall;
using tools::ToolSpec;
using tools::ValueType;
using tools::Verification;

class Counting : public tools::Adapter {
 public:
  tools::ToolResult Call(const ToolCall& call, absl::Time) override {
    ++calls;
    last = call;
    return tools::ToolResult::Ok(nlohmann::json::object());
  }
  absl::StatusOr<std::optional<tools::ToolResult>> FindByKey(std::string_view, std::string_view,
                                                             absl::Time) override {
    return std::nullopt;
  }
  int calls = 0;
  ToolCall last;
};

nlohmann::json GoodValue(const tools::Parameter& parameter) {
  switch (parameter.type) {
    case ValueType::kInteger:
    case ValueType::kAmount:
    case ValueType::kQuantity:
      return parameter.minimum.value_or(1);
    case ValueType::kBoolean:
      return true;
    case ValueType::kChoice:
      return parameter.choices.front();
    case ValueType::kDate:
      return "2026-12-01";
    case ValueType::kTime:
      return "2026-12-01T10:00:00Z";
    case ValueType::kEmail:
      return "ada@post.example";
    case ValueType::kOrderNumber:
      return "48213";
    default:
      break;
  }
  if (parameter.pattern.empty()) return "x1";
  for (const char* one : {"IE", "INV-100001", "T-10001", "OF-WELCOME"}) {
    if (re2::RE2::FullMatch(one, parameter.pattern)) return one;
  }
  ADD_FAILURE() << parameter.name << " has a form this test knows no value for: " << parameter.pattern;
  return "";
}

// A call that nothing speaks against.
ToolCall Allowed(const ToolSpec& spec) {
  ToolCall call;
  call.tool = spec.name;
  for (const tools::Parameter& parameter : spec.parameters) {
    if (parameter.required) call.arguments[parameter.name] = GoodValue(parameter);
  }
  call.idempotency_key = "key";
  call.principal.role = spec.roles.front();
  call.principal.customer_id = "C00001";
  call.principal.verification = Verification::kIdentity;
  if (!spec.consent.empty()) call.principal.consents = {spec.consent};
  call.confirmed = true;
  call.now = absl::UnixEpoch();
  return call;
}

struct Stage {
  Stage() : bundle(*LoadBundle(FRONTDESK_SOURCE_DIR "/demo/bundle")), registry(bundle.tools) {
    EXPECT_TRUE(registry.Bind("crm", adapter).ok());
    for (const ToolSpec& spec : bundle.tools.tools) {
      if (spec.effect == tools::Effect::kWrite) writes.push_back(&spec);
    }
  }
  // The reason of a refusal; "" when the call got through.
  std::string Try(const ToolCall& call) {
    const int before = adapter->calls;
    const tools::ToolResult result = registry.Call(call, absl::Now() + absl::Seconds(5));
    if (adapter->calls > before) return "";
    return result.value.value("reason", "?");
  }
  std::shared_ptr<Counting> adapter = std::make_shared<Counting>();
  Bundle bundle;
  tools::Registry registry;
  std::vector<const ToolSpec*> writes;
};

TEST(Guards, EachOneMissingStopsEveryWriteTool) {
  Stage stage;
  ASSERT_GE(stage.writes.size(), 15u);
  int tried = 0;
  for (const ToolSpec* spec : stage.writes) {
    SCOPED_TRACE(spec->name);
    const auto without = [&](const char* reason, auto change) {
      ToolCall call = Allowed(*spec);
      change(call);
      EXPECT_EQ(stage.Try(call), reason);
      ++tried;
    };
    ASSERT_EQ(stage.Try(Allowed(*spec)), "");
    for (const Role role : {Role::kCustomer, Role::kAgent, Role::kSupervisor, Role::kOfficer, Role::kSystem}) {
      if (std::find(spec->roles.begin(), spec->roles.end(), role) != spec->roles.end()) continue;
      without("not_allowed", [role](ToolCall& call) { call.principal.role = role; });
    }
    without("no_key", [](ToolCall& call) { call.idempotency_key.clear(); });
    without("bad_arguments", [](ToolCall& call) { call.arguments["invented"] = 1; });
    for (const tools::Parameter& parameter : spec->parameters) {
      if (!parameter.required) continue;
      without("bad_arguments", [&](ToolCall& call) { call.arguments.erase(parameter.name); });
      without("bad_arguments", [&](ToolCall& call) { call.arguments[parameter.name] = {{"$ne", ""}}; });
    }
    if (spec->confirm) without("not_confirmed", [](ToolCall& call) { call.confirmed = false; });
    if (!spec->consent.empty()) {
      without("no_consent", [](ToolCall& call) { call.principal.consents = {"analytics"}; });
    }
    const bool customers =
        std::find(spec->roles.begin(), spec->roles.end(), Role::kCustomer) != spec->roles.end();
    if (spec->verification != Verification::kNone) {
      without("not_verified", [](ToolCall& call) { call.principal.customer_id.clear(); });
      if (!customers) continue;
      without("not_verified", [](ToolCall& call) {
        call.principal.role = Role::kCustomer;
        call.principal.verification = Verification::kNone;
      });
      for (const tools::Parameter& parameter : spec->parameters) {
        if (parameter.type != ValueType::kOrderNumber || !parameter.required) continue;
        without("not_verified", [](ToolCall& call) {
          call.principal.role = Role::kCustomer;
          call.principal.verification = Verification::kOrder;
          call.principal.verified_orders = {"48214"};
        });
      }
    }
  }
  std::printf("%zu write tools, %d calls with a guard missing, none got through\n",
              stage.writes.size(), tried);
}

TEST(Guards, RandomCallsGetThroughOnlyWithAllOfThem) {
  Stage stage;
  uint64_t state = 88172645463325252u;
  const auto roll = [&state](int sides) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<int>((state >> 11) % static_cast<uint64_t>(sides));
  };
  int through = 0;
  constexpr int kCalls = 20'000;
  for (int i = 0; i < kCalls; ++i) {
    const ToolSpec& spec = *stage.writes[static_cast<size_t>(roll(static_cast<int>(stage.writes.size())))];
    ToolCall call = Allowed(spec);
    call.principal.role = static_cast<Role>(roll(5));
    call.principal.verification = static_cast<Verification>(roll(3));
    if (roll(4) == 0) call.principal.customer_id.clear();
    if (roll(2) == 0) call.principal.verified_orders = {roll(2) == 0 ? "48213" : "48214"};
    if (roll(3) == 0) call.principal.consents.clear();
    call.confirmed = roll(3) != 0;
    if (roll(6) == 0) call.idempotency_key.clear();
    if (!stage.Try(call).empty()) continue;
    ++through;
    const tools::Principal& p = call.principal;
    EXPECT_TRUE(std::find(spec.roles.begin(), spec.roles.end(), p.role) != spec.roles.end());
    EXPECT_FALSE(call.idempotency_key.empty());
    EXPECT_TRUE(call.confirmed || !spec.confirm);
    if (spec.verification != Verification::kNone) {
      EXPECT_FALSE(p.customer_id.empty());
      if (p.role == Role::kCustomer) {
        EXPECT_GE(p.verification, spec.verification);
        if (p.verification == Verification::kOrder && call.arguments.contains("order_id")) {
          EXPECT_EQ(p.verified_orders, std::vector<std::string>{"48213"});
        }
      }
    }
    EXPECT_TRUE(spec.consent.empty() || !p.consents.empty());
  }
  std::printf("%d random calls, %d got through, each with every guard\n", kCalls, through);
  EXPECT_GT(through, 100);
}

}  // namespace
}  // namespace frontdesk::dialog
