#include "tests/dialog/small_shop.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/digest.h"

namespace frontdesk::dialog {
namespace {

constexpr const char* kAssistant = R"(name: Pip
business: Small Shop
languages: [en, de]
timezone: UTC
order_number: {pattern: "[0-9]{4,6}", example: "48213"}
hours: {mon: "09:00-18:00", tue: "09:00-18:00", wed: "09:00-18:00", thu: "09:00-18:00", fri: "09:00-18:00"}
holidays: ["2026-12-25"]
)";

constexpr const char* kIntents = R"(intents:
  - name: return
    label: send something back
    description: The customer wants to return an item.
    does: {flow: return_item}
    examples: [I want to return something, return an item please, send it back, I would like to return my jacket, can I return this, start a return, returning an order, how do I send this back to you]
  - name: status
    label: check where an order is
    description: The customer wants to know where an order is.
    does: {flow: order_status}
    examples: [where is my order, where is my parcel, order status please, has it shipped, track my order, when does my parcel arrive, delivery status of my order, any update on my order]
  - name: feedback
    label: leave feedback
    description: The customer wants to leave feedback.
    does: {flow: feedback}
    examples: [I want to leave feedback, here is some feedback, can I give feedback, feedback about the shop, let me rate the shop, I have a suggestion for the shop, leave a review, write a comment about you]
  - name: shipping_cost
    label: know the price of shipping
    description: What shipping costs.
    does: {answer: knowledge}
    examples: [how much is shipping, what does delivery cost, shipping price, is shipping free, delivery fees, cost of shipping to Germany, how much do you charge for delivery, shipping costs]
  - name: smalltalk
    does: {say: what_i_am}
    examples: [who are you, are you a robot, am I talking to a machine, what are you]
out_of_scope: [what is the capital of France, write me a poem, who won the football match, what is two plus two, tell me a joke, the weather tomorrow]
)";

constexpr const char* kReturn = R"(flow: return_item
label: your return
slots:
  order_id: {type: order_number, ask: ["Which order is it?", "The number, like 48213?"]}
  reason: {type: choice, choices: {damaged: [broken, cracked], wrong_size: [too small, too big]}, ask: ["What is wrong with it?", "Damaged or wrong size?"]}
steps:
  - {id: number, collect: order_id}
  - {id: who, verify: order}
  - {id: load, call: orders.get, with: {order_id: "{order_id}"}, save: order, on: {not_found: gone}}
  - {id: window, branch: [{if: "order.days_since_delivery > 30", go: late}, {else: true, go: why}]}
  - {id: why, collect: reason}
  - {id: ask, confirm: "Return order {order_id} because of {reason}?", yes: make, no: stopped}
  - {id: make, call: returns.create, with: {order_id: "{order_id}", reason: "{reason}"}, save: ret}
  - {id: told, say: "Return {ret.return_id} is open.", end: completed}
  - {id: late, say: "Order {order_id} is past 30 days.", end: failed}
  - {id: gone, say: "There is no order {order_id}.", at_most: 2, then: human, go: number}
  - {id: stopped, say: "Nothing was returned.", end: cancelled}
  - {id: human, handoff: {reason: order_not_found, team: orders}}
)";

constexpr const char* kStatus = R"(flow: order_status
label: the state of your order
slots:
  order_id: {type: order_number, ask: ["Which order?", "The order number, please."]}
steps:
  - {id: who, verify: order}
  - {id: load, call: orders.get, with: {order_id: "{order_id}"}, save: order}
  - {id: told, say: "Order {order_id} is {order.status} and cost {order.total|money}.", end: completed}
)";

constexpr const char* kFeedback = R"(flow: feedback
label: your feedback
slots:
  words: {type: text, min: 3, max: 200, ask: ["What would you like to tell us?"]}
  stars: {type: quantity, min: 1, max: 5, ask: ["How many stars, 1 to 5?", "A number from 1 to 5, please."]}
  public: {type: boolean, ask: ["May we show it?"], optional: true}
steps:
  - {id: say, collect: words}
  - {id: rate, collect: stars}
  - {id: show, collect: public}
  - {id: sure, confirm: "Send {stars} stars?", yes: send, no: no}
  - {id: send, call: feedback.add, with: {words: "{words}", stars: "{stars}"}, save: done}
  - {id: thanks, say: "Thank you for {stars} stars.", end: completed}
  - {id: no, say: "Not sent.", end: cancelled}
)";

constexpr const char* kTools = R"(adapters:
  crm: {kind: demo_crm}
tools:
  orders.get:
    about: One order.
    effect: read
    roles: [customer, agent]
    verification: order
    parameters: {order_id: order_number}
    result: {order_id: order_number, status: text, total: amount, days_since_delivery: integer}
  returns.create:
    about: Opens a return.
    effect: write
    roles: [customer, agent]
    verification: order
    confirm: true
    parameters: {order_id: order_number, reason: {type: choice, choices: [damaged, wrong_size]}}
    result: {return_id: id}
    reasons: [too_late]
    resource: order_id
    idempotent: true
  feedback.add:
    about: Keeps feedback.
    effect: write
    roles: [customer, agent]
    verification: none
    confirm: true
    parameters: {words: text, stars: quantity}
    resource: words
    result: {id: id}
    idempotent: true
)";

SmallShop Make() {
  absl::StatusOr<Bundle> bundle = LoadBundleFiles(SmallShopFiles());
  if (!bundle.ok()) {
    std::fprintf(stderr, "%s\n", bundle.status().ToString().c_str());
    std::abort();
  }
  absl::StatusOr<understand::Understander::Trained> trained =
      understand::Understander::Train(MakeTrainingSet(*bundle), {}, {});
  if (!trained.ok()) {
    std::fprintf(stderr, "%s\n", trained.status().ToString().c_str());
    std::abort();
  }
  // So few examples leave every probability low; the tests are about what follows.
  bundle->policy.thresholds.answer = 300'000;
  bundle->policy.thresholds.digression = 350'000;
  bundle->policy.thresholds.clarify = 150'000;
  bundle->policy.thresholds.close = 30'000;
  bundle->policy.thresholds.out_of_scope = 900'000;
  return {*std::move(bundle), std::move(trained->understander)};
}

}  // namespace

std::map<std::string, std::string> SmallShopFiles() {
  return {{"assistant.yaml", kAssistant},      {"intents/all.yaml", kIntents},
          {"flows/return_item.yaml", kReturn}, {"flows/order_status.yaml", kStatus},
          {"flows/feedback.yaml", kFeedback},  {"tools.yaml", kTools}};
}

const SmallShop& Shop() {
  static const SmallShop* shop = new SmallShop(Make());
  return *shop;
}

int MemoryEffects::World::CallsOf(const std::string& tool) const {
  int count = 0;
  for (const tools::ToolCall& call : calls) count += call.tool == tool ? 1 : 0;
  return count;
}

// Only addresses: enough for verification, and plain to read.
RedactedText MemoryEffects::Redact(std::string_view raw, const RedactionContext&) {
  RedactedText redacted{std::string(raw), {}};
  for (size_t at = redacted.text.find('@'); at != std::string::npos; at = redacted.text.find('@')) {
    size_t begin = redacted.text.rfind(' ', at), end = redacted.text.find(' ', at);
    begin = begin == std::string::npos ? 0 : begin + 1;
    if (end == std::string::npos) end = redacted.text.size();
    const bool ann = redacted.text.compare(begin, 3, "ann") == 0;
    const std::string token = ann ? "<EMAIL_1>" : "<EMAIL_2>";
    redacted.tokens.push_back({token, "EMAIL"});
    redacted.text.replace(begin, end - begin, token);
  }
  return redacted;
}

absl::StatusOr<std::vector<std::vector<float>>> MemoryEffects::Embed(std::span<const std::string>) {
  return absl::UnavailableError("no encoder in this test");
}

absl::StatusOr<std::vector<std::vector<float>>> MemoryEffects::Features(std::span<const std::string>) {
  return absl::UnavailableError("no encoder in this test");
}

absl::StatusOr<std::vector<FoundPassage>> MemoryEffects::Search(std::string_view, int k) {
  std::vector<FoundPassage> found = world_.passages;
  if (found.size() > static_cast<size_t>(k)) found.resize(static_cast<size_t>(k));
  return found;
}

absl::StatusOr<llm::Generation> MemoryEffects::Generate(const llm::GenerateRequest& request) {
  if (world_.model == nullptr) return absl::UnavailableError("no model");
  return world_.model->Generate(request);
}

const llm::ModelInfo* MemoryEffects::Model() const {
  return world_.model == nullptr ? nullptr : &world_.model->info();
}

std::string MemoryEffects::WriteKey(const WriteVisit& visit) {
  return storage::ToHex(storage::Sha256(absl::StrCat(visit.instance, visit.step, visit.visit,
                                                     visit.tool, CanonicalText(visit.arguments))));
}

ToolOutcome MemoryEffects::CallTool(const tools::ToolCall& call) {
  ToolOutcome outcome;
  outcome.at = world_.now;
  if (auto known = world_.writes.find(call.idempotency_key);
      !call.idempotency_key.empty() && known != world_.writes.end()) {
    outcome.result = known->second;
    return outcome;
  }
  world_.calls.push_back(call);
  auto tool = world_.tools.find(call.tool);
  outcome.result = tool == world_.tools.end()
                       ? tools::ToolResult::Failed(tools::ToolResult::Outcome::kUnavailable, "none")
                       : tool->second(call);
  if (!call.idempotency_key.empty() && outcome.result.ok())
    world_.writes[call.idempotency_key] = outcome.result;
  if (world_.crash_after_call >= 0 &&
      static_cast<int>(world_.calls.size()) > world_.crash_after_call)
    dead_ = true;
  return outcome;
}

VerificationOutcome MemoryEffects::VerifyOrder(std::string_view order, std::string_view email) {
  const bool anns =
      world_.any_order_is_anns || order == "48213" || order == "47102" || order == "40404";
  if (anns && email == "<EMAIL_1>") return {"verified", "C1"};
  return {"failed", ""};
}

absl::Status MemoryEffects::Commit(const CommitRequest& request) {
  if (dead_ || world_.commits_until_crash == 0) {
    dead_ = true;
    return absl::UnavailableError("the process died");
  }
  if (world_.commits_until_crash > 0) --world_.commits_until_crash;
  if (world_.turn_epoch != world_.epoch) return absl::FailedPreconditionError("another owner");
  world_.log.insert(world_.log.end(), request.events.begin(), request.events.end());
  if (request.new_owner) world_.turn_epoch = ++world_.epoch;
  return absl::OkStatus();
}

MemoryEffects::World UsualWorld() {
  MemoryEffects::World world;
  world.tools["orders.get"] = [](const tools::ToolCall& call) {
    const std::string order = call.arguments.value("order_id", "");
    if (order == "40404") return tools::ToolResult::NotFound("no_order", "");
    return tools::ToolResult::Ok({{"order_id", order},
                                  {"status", "delivered"},
                                  {"total", 4990},
                                  {"days_since_delivery", order == "47102" ? 45 : 5}});
  };
  world.tools["returns.create"] = [](const tools::ToolCall&) {
    return tools::ToolResult::Ok({{"return_id", "R1"}});
  };
  world.tools["feedback.add"] = [](const tools::ToolCall&) {
    return tools::ToolResult::Ok({{"id", "F1"}});
  };
  FoundPassage shipping;
  shipping.hash = "aa";
  shipping.document = "shipping.md";
  shipping.title = "Shipping costs";
  shipping.text =
      "Standard shipping to Germany costs 5.95 euro. It is free from 80 euro. Parcels take three "
      "to four working days.";
  shipping.begin = 100;
  shipping.language = "en";
  world.passages = {shipping};
  return world;
}

Chat::Chat() : world(UsualWorld()) {
  conversation.id = storage::ConversationId("c-1");
  MemoryEffects effects(world);
  OpenInput input;
  input.channel = "test";
  input.bundle_version = "b-1";
  last = OpenConversation(conversation, input, Shop().parts(), effects);
}

namespace {
std::string SaidSince(const std::vector<Event>& events, size_t begin) {
  std::vector<std::string> said;
  for (size_t i = begin; i < events.size(); ++i) {
    if (auto* e = std::get_if<Said>(&events[i])) said.push_back(e->text);
  }
  return absl::StrJoin(said, "\n");
}
}  // namespace

std::string Chat::Say(const std::string& text) {
  const size_t before = world.log.size();
  MemoryEffects effects(world);
  last = RunTurn(conversation, {text, "", world.now}, Shop().parts(), effects);
  return SaidSince(Events(), before);
}

std::string Chat::Act(const HumanAction& action) {
  const size_t before = world.log.size();
  MemoryEffects effects(world);
  last = RunHumanAction(conversation, action, Shop().parts(), effects);
  return SaidSince(Events(), before);
}

std::vector<Event> Chat::Events() const {
  std::vector<Event> events;
  for (const EncodedEvent& encoded : world.log) {
    absl::StatusOr<Event> event = DecodeEvent(encoded.kind, encoded.body);
    if (!event.ok()) {
      std::fprintf(stderr, "%s\n", event.status().ToString().c_str());
      std::abort();
    }
    events.push_back(*std::move(event));
  }
  return events;
}

std::vector<std::string> Chat::ToolsUsed() const {
  std::vector<std::string> used;
  for (const Event& event : Events()) {
    if (auto* e = std::get_if<ToolReturned>(&event))
      used.push_back(absl::StrCat(e->tool, " ", e->outcome));
  }
  return used;
}

}  // namespace frontdesk::dialog
