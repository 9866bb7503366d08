// Property test of the flow machine: seeded random customers do everything a customer
// can do (answer, answer wrongly, correct, cancel, go back, repeat, ask something else,
// start another flow, wait too long, ask for a human) at every step of every flow, and
// tools fail at random. After each move the invariants of docs/flows.md must hold.
//
// Runs over the small shop's flows and, where it is present, the demo bundle's.
// FRONTDESK_INTERLEAVINGS sets the number of conversations a bundle (default 1500).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dialog/carry_out.h"
#include "dialog/flows/front.h"
#include "dialog/flows/scope.h"
#include "dialog/handoff/handoff.h"
#include "dialog/turn.h"
#include "tests/dialog/small_shop.h"

namespace frontdesk::dialog {
namespace {

// A small generator of our own: the same seed, the same conversation, everywhere.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
  int Roll(int sides) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<int>((state_ >> 11) % static_cast<uint64_t>(sides));
  }
  template <class T>
  const T& Pick(const std::vector<T>& from) {
    return from[static_cast<size_t>(Roll(static_cast<int>(from.size())))];
  }

 private:
  uint64_t state_;
};

nlohmann::json ValueFor(const tools::Field& field, Dice& dice) {
  using tools::ValueType;
  switch (field.type) {
    case ValueType::kInteger:
    case ValueType::kAmount:
    case ValueType::kQuantity:
      return dice.Roll(120) - 10;
    case ValueType::kBoolean:
      return dice.Roll(2) == 0;
    case ValueType::kDate:
      return "2026-11-0" + std::to_string(1 + dice.Roll(9));
    case ValueType::kTime:
      return "2026-11-01T10:00:00Z";
    case ValueType::kList: {
      nlohmann::json list = nlohmann::json::array();
      for (int i = dice.Roll(4); i > 0; --i) {
        nlohmann::json item = nlohmann::json::object();
        for (const tools::Field& member : field.fields) item[member.name] = ValueFor(member, dice);
        list.push_back(item);
      }
      return list;
    }
    case ValueType::kRecord: {
      nlohmann::json record = nlohmann::json::object();
      for (const tools::Field& member : field.fields) record[member.name] = ValueFor(member, dice);
      return record;
    }
    default:
      return dice.Pick<std::string>(
          {"delivered", "processing", "money", "store_credit", "x1", "x2"});
  }
}

// Tools that answer with anything their declaration allows, and fail now and then.
void RandomTools(const Bundle& bundle, MemoryEffects::World& world, Dice& dice) {
  for (const tools::ToolSpec& spec : bundle.tools.tools) {
    world.tools[spec.name] = [&spec, &dice](const tools::ToolCall&) {
      using tools::ToolResult;
      const int roll = dice.Roll(20);
      if (roll == 0) return ToolResult::Failed(ToolResult::Outcome::kUnavailable, "down");
      if (roll == 1) return ToolResult::NotFound("not_found", "");
      if (roll == 2 && !spec.reasons.empty())
        return ToolResult::Rejected(dice.Pick(spec.reasons), "");
      if (roll == 3 && spec.effect == tools::Effect::kWrite)
        return ToolResult::Failed(ToolResult::Outcome::kUnknown, "");
      nlohmann::json value = nlohmann::json::object();
      for (const tools::Field& field : spec.result) value[field.name] = ValueFor(field, dice);
      return ToolResult::Ok(value);
    };
  }
}

class Customer {
 public:
  Customer(const Bundle& bundle, uint64_t seed)
      : bundle_(bundle), dice_(seed), world_(UsualWorld()) {
    world_.any_order_is_anns = true;
    RandomTools(bundle, world_, dice_);
    conversation_.id = storage::ConversationId("c-1");
    for (const auto& [name, flow] : bundle.flows) flows_.push_back(name);
    MemoryEffects effects(world_);
    OpenInput input;
    EXPECT_TRUE(OpenConversation(conversation_, input, Parts(), effects).ok());
  }

  void Live(int moves) {
    for (int i = 0; i < moves && !::testing::Test::HasFailure(); ++i) {
      if (!conversation_.state.assistant_owns()) {
        HumanComesAndGoes();
      } else {
        const State before = conversation_.state;
        const size_t log_before = world_.log.size();
        Move(i == 0 ? Command(StartFlow{dice_.Pick(flows_), "", {}}) : Choose());
        CheckInvariants(before, log_before);
      }
    }
    Move(CancelFlow{true});
    if (conversation_.state.assistant_owns()) {
      EXPECT_TRUE(conversation_.state.stack.empty());
    }
  }

  std::string trail;
  int64_t reads_checked = 0;

 private:
  TurnParts Parts() const { return {bundle_, Shop().understander}; }

  const FlowInstance* Front() const { return conversation_.state.front(); }

  nlohmann::json Good(const SlotSpec& slot) { return Good(slot, *Front()); }

  nlohmann::json Good(const SlotSpec& slot, const FlowInstance& instance) {
    switch (slot.type) {
      case SlotType::kOrderNumber:
        return dice_.Pick<std::string>({"48213", "47102", "40404"});
      case SlotType::kEmail:
        return "<EMAIL_1>";
      case SlotType::kPhone:
        return "<PHONE_1>";
      case SlotType::kName:
        return "<PERSON_1>";
      case SlotType::kPostcode:
        return "<POSTCODE_1>";
      case SlotType::kDate:
        return "2026-11-2" + std::to_string(dice_.Roll(9));
      case SlotType::kAmount:
        return {{"cents", 100 * (1 + dice_.Roll(90))}, {"currency", "EUR"}};
      case SlotType::kQuantity:
        return 1 + dice_.Roll(5);
      case SlotType::kBoolean:
        return dice_.Roll(2) == 0;
      case SlotType::kText:
        return "words of the customer";
      default:
        break;
    }
    std::vector<SlotChoice> choices = ChoicesOf(slot, instance);
    // "The jacket", before or after the list is read: readings, of which none, one or several are in it.
    if (!slot.choices_from.empty() && dice_.Roll(4) == 0) {
      nlohmann::json readings = {"x1", "x9"};
      if (!choices.empty()) readings.push_back(dice_.Pick(choices).canonical);
      return readings;
    }
    return choices.empty() ? nlohmann::json("x1") : nlohmann::json(dice_.Pick(choices).canonical);
  }

  GivenSlot Given(const std::string& name, bool good) {
    const Flow* flow = bundle_.FindFlow(Front()->flow);
    const SlotSpec* slot = flow->FindSlot(name);
    if (slot == nullptr) return {name, "email", good ? "<EMAIL_1>" : "<EMAIL_2>", "mail"};
    return {name, std::string(NameOf(slot->type)), good ? Good(*slot) : nlohmann::json::array(),
            "words"};
  }

  // Values for some slots of an instance's flow, held or not.
  std::vector<GivenSlot> AnyValues(const FlowInstance& instance) {
    std::vector<GivenSlot> values;
    for (const SlotSpec& slot : bundle_.FindFlow(instance.flow)->slots) {
      if (dice_.Roll(3) == 0) {
        values.push_back({slot.name, std::string(NameOf(slot.type)), Good(slot, instance), "words"});
      }
    }
    return values;
  }

  Command Choose() {
    const FlowInstance* front = Front();
    const int roll = dice_.Roll(100);
    if (roll < 5 || front == nullptr) return StartFlow{dice_.Pick(flows_), "", {}};
    // A wish or an answer that brings any values, also others than those that are held.
    if (roll < 8) {
      const FlowInstance& old = dice_.Pick(conversation_.state.stack);
      return StartFlow{old.flow, "", AnyValues(old)};
    }
    if (roll < 50) {  // do as asked
      if (front->confirmation) return AnswerConfirmation{dice_.Roll(4) != 0};
      if (!front->asked.empty()) return ContinueFlow{{Given(front->asked, true)}};
    }
    if (roll < 56 && !front->asked.empty()) return ContinueFlow{{Given(front->asked, false)}};
    if (roll < 58) return AskAgain{"no_match", {}};
    if (roll < 60) return ContinueFlow{AnyValues(*front)};
    if (roll < 70 && !front->slots.empty()) {
      std::vector<std::string> filled;
      for (const auto& [name, slot] : front->slots) filled.push_back(name);
      return CorrectSlot{Given(dice_.Pick(filled), dice_.Roll(5) != 0)};
    }
    if (roll < 74) return CancelFlow{};
    if (roll < 79) return GoBack{};
    if (roll < 83) return RepeatLast{};
    if (roll < 88) return AnswerQuestion{"what does shipping to Germany cost", ""};
    if (roll < 90) return SkipSlot{};
    if (roll < 93) {
      world_.now += absl::Minutes(25);
      return SayReply{"wait"};
    }
    if (roll < 95) return HandOff{"requested", "", 0, ""};
    return AnswerConfirmation{dice_.Roll(2) == 0};
  }

  // A turn as RunTurn makes it, with the command given instead of understood.
  void Move(const Command& command) {
    absl::StrAppend(&trail, CanonicalText(CommandToJson(command)), "\n");
    if (!conversation_.state.assistant_owns()) return;
    world_.now += absl::Seconds(20);
    MemoryEffects effects(world_);
    const TurnParts parts = Parts();
    Turn turn(conversation_, parts, effects);
    turn.now = effects.Now();
    Received received;
    received.turn = turn.state().turns + 1;
    received.now_ms = turn.now_ms();
    received.owner = "assistant";
    turn.Emit(received);
    turn.Emit(Decided{CommandToJson(command), {}});
    CarryOut(turn, command);
    Settle(turn);
    ASSERT_TRUE(turn.log.ok()) << turn.log.status();
    failed_ = turn.failed;
    turn.Emit(TurnCompleted{received.turn, "progressed", turn.state().turn->steps, turn.failed});
    ASSERT_TRUE(turn.log.Commit(turn.now).ok());
  }

  void HumanComesAndGoes() {
    for (const HumanAction& action : {HumanAction(Claim{"a", 0}), HumanAction(Return{"a", ""})}) {
      MemoryEffects effects(world_);
      ASSERT_TRUE(RunHumanAction(conversation_, action, Parts(), effects).ok());
    }
    absl::StrAppend(&trail, "human\n");
  }

  std::vector<Event> Log(size_t from) const {
    std::vector<Event> events;
    for (size_t i = from; i < world_.log.size(); ++i) {
      events.push_back(*DecodeEvent(world_.log[i].kind, world_.log[i].body));
    }
    return events;
  }

  void CheckInvariants(const State& before, size_t log_before) {
    const State& now = conversation_.state;
    SCOPED_TRACE(trail);
    const std::vector<Event> turn = Log(log_before);
    // The budget.
    for (const Event& event : turn) {
      if (auto* e = std::get_if<TurnCompleted>(&event)) {
        EXPECT_LE(e->steps, bundle_.policy.limits.steps_per_turn + 2);
      }
    }
    EXPECT_EQ(failed_, "");
    // Something was said, and a flow in front waits for an answer: no dead end.
    bool said = false;
    for (const Event& event : turn) said |= std::holds_alternative<Said>(event);
    EXPECT_TRUE(said);
    if (now.assistant_owns() && now.front() != nullptr) {
      const FlowInstance& front = *now.front();
      EXPECT_TRUE(!front.asked.empty() || front.confirmation)
          << front.flow << "." << front.step << " waits for nothing";
      EXPECT_FALSE(front.suspended);
    }
    CheckSlots(before, turn);
    CheckReads();
    CheckWrites(turn);
    EXPECT_LE(now.stack.size(), static_cast<size_t>(bundle_.policy.limits.stack) + 1);
  }

  // A value leaves only with an event that says so.
  void CheckSlots(const State& before, const std::vector<Event>& turn) {
    for (const FlowInstance& old : before.stack) {
      const FlowInstance* now = conversation_.state.Find(old.instance);
      if (now == nullptr) continue;
      for (const auto& [name, slot] : old.slots) {
        auto found = now->slots.find(name);
        if (found != now->slots.end() && found->second.value == slot.value) continue;
        bool told = false;
        for (const Event& event : turn) {
          if (auto* e = std::get_if<SlotSet>(&event))
            told |= e->instance == old.instance && e->slot == name;
          if (auto* e = std::get_if<Invalidated>(&event))
            told |= e->instance == old.instance && e->name == name;
        }
        EXPECT_TRUE(told) << "slot " << name << " was lost";
      }
    }
  }

  // What is held as read was read with the values that are held: no value is replaced and leaves
  // standing what was made of the old one. The same for what an open confirmation binds.
  void CheckReads() {
    for (const FlowInstance& instance : conversation_.state.stack) {
      const Flow& flow = *bundle_.FindFlow(instance.flow);
      const auto check = [&](const std::string& id, const nlohmann::json& arguments) {
        const Step* step = flow.FindStep(id);
        const CallStep* call = step != nullptr ? std::get_if<CallStep>(&step->action) : nullptr;
        if (call == nullptr) return;
        const nlohmann::json scope =
            MakeScope(conversation_.state, &instance, &flow, bundle_, world_.now);
        Style style;
        if (!conversation_.state.language.empty()) style.language = conversation_.state.language;
        const absl::StatusOr<nlohmann::json> now = Arguments(call->with, scope, style);
        if (!now.ok()) return;  // a value was taken back and is asked for again
        for (const auto& [name, value] : now->items()) {
          if (!arguments.contains(name) || value.is_string() != arguments[name].is_string()) continue;
          EXPECT_EQ(value, arguments[name]) << flow.name << "." << id << ", argument " << name;
          ++reads_checked;
        }
      };
      for (const auto& [name, result] : instance.results) {
        if (!result.stale) check(result.step, result.arguments);
      }
      if (instance.confirmation) {
        check(instance.confirmation->write_step, instance.confirmation->arguments);
      }
    }
  }

  // No write without its yes, for exactly these arguments; none twice.
  void CheckWrites(const std::vector<Event>& turn) {
    for (const Event& event : turn) {
      auto* prepared = std::get_if<ToolPrepared>(&event);
      if (prepared == nullptr) continue;
      EXPECT_TRUE(keys_.insert(prepared->key).second) << prepared->tool << " twice";
      if (!bundle_.tools.Find(prepared->tool)->confirm) continue;
      const std::vector<Event> all = Log(0);
      const ConfirmationAsked* asked = nullptr;
      bool yes = false;
      for (const Event& past : all) {
        if (auto* e = std::get_if<ToolPrepared>(&past); e != nullptr && e->key == prepared->key)
          break;
        if (auto* e = std::get_if<ConfirmationAsked>(&past);
            e != nullptr && e->instance == prepared->instance)
          asked = e, yes = false;
        if (auto* e = std::get_if<ConfirmationClosed>(&past);
            e != nullptr && e->instance == prepared->instance)
          yes = e->answer == "yes";
        if (auto* e = std::get_if<ToolPrepared>(&past);
            e != nullptr && e->instance == prepared->instance)
          yes = false;
      }
      ASSERT_NE(asked, nullptr) << prepared->tool << " without a question";
      EXPECT_TRUE(yes) << prepared->tool << " without a yes";
      EXPECT_EQ(asked->arguments, prepared->arguments)
          << prepared->tool << " with other arguments than confirmed";
    }
  }

  const Bundle& bundle_;
  Dice dice_;
  MemoryEffects::World world_;
  Conversation conversation_;
  std::vector<std::string> flows_;
  std::set<std::string> keys_;
  std::string failed_;
};

int Conversations() {
  int count = 1500;
  if (const char* wanted = std::getenv("FRONTDESK_INTERLEAVINGS")) {
    if (!absl::SimpleAtoi(wanted, &count)) count = 1500;
  }
  return count;
}

void RunOver(const Bundle& bundle, const char* name) {
  const int conversations = Conversations(), moves = 14;
  int64_t reads = 0;
  for (int seed = 1; seed <= conversations; ++seed) {
    Customer customer(bundle, static_cast<uint64_t>(seed));
    customer.Live(moves);
    reads += customer.reads_checked;
    if (::testing::Test::HasFailure()) {
      ADD_FAILURE() << name << ", seed " << seed << ":\n" << customer.trail;
      return;
    }
  }
  std::printf("%s: %d interleavings of %d moves over %zu flows, %lld bound values compared\n", name,
              conversations, moves, bundle.flows.size(), static_cast<long long>(reads));
  EXPECT_GT(reads, conversations);
}

TEST(Interleaving, SmallShop) { RunOver(Shop().bundle, "small shop"); }

TEST(Interleaving, DemoBundle) {
  const std::filesystem::path directory =
      std::filesystem::path(FRONTDESK_SOURCE_DIR) / "demo/bundle";
  absl::StatusOr<Bundle> bundle = LoadBundle(directory);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  RunOver(*bundle, "demo bundle");
}

}  // namespace
}  // namespace frontdesk::dialog
