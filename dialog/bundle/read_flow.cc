#include "dialog/bundle/read_flow.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "dialog/bundle/read_settings.h"
#include "re2/re2.h"

namespace frontdesk::dialog {
namespace {

using tools::YamlMap;

struct TypeName {
  SlotType type;
  std::string_view name;
};
constexpr TypeName kTypes[] = {{SlotType::kOrderNumber, "order_number"},
                               {SlotType::kEmail, "email"},
                               {SlotType::kPhone, "phone"},
                               {SlotType::kDate, "date"},
                               {SlotType::kAmount, "amount"},
                               {SlotType::kProduct, "product"},
                               {SlotType::kQuantity, "quantity"},
                               {SlotType::kText, "text"},
                               {SlotType::kChoice, "choice"},
                               {SlotType::kName, "name"},
                               {SlotType::kPostcode, "postcode"},
                               {SlotType::kBoolean, "boolean"}};

std::vector<std::string> TypeNames() {
  std::vector<std::string> names;
  for (const TypeName& t : kTypes) names.emplace_back(t.name);
  return names;
}

void ReadSlotType(YamlMap& map, SlotSpec& slot) {
  auto type = map.RequiredText("type", "add type: order_number, email, text, choice, …");
  if (!type) return;
  auto found = std::find_if(std::begin(kTypes), std::end(kTypes),
                            [&](const TypeName& t) { return t.name == *type; });
  if (found == std::end(kTypes)) {
    map.Fail("type", absl::StrCat("type '", *type, "' of ", map.what(), " is unknown"),
             tools::Suggest(*type, TypeNames()));
    return;
  }
  slot.type = found->type;
}

void ReadSlotChoices(YamlMap& map, const ReadContext& context, const Assistant& assistant,
                     SlotSpec& slot) {
  const bool choice = slot.type == SlotType::kChoice;
  YAML::Node choices = map.Get("choices"), labels = map.Get("labels");
  slot.choices_from = map.Text("choices_from").value_or("");
  slot.choice_value = map.Text("value").value_or("");
  slot.choice_label = map.Text("label").value_or("");
  if (choices.IsDefined()) slot.choices = ReadChoices(choices, map.what(), context);
  if (slot.type == SlotType::kProduct && slot.choices.empty()) slot.choices = assistant.products;
  if (labels.IsDefined() && labels.IsMap()) {
    for (const auto& entry : labels) {
      auto found = std::find_if(slot.choices.begin(), slot.choices.end(), [&](const SlotChoice& c) {
        return c.canonical == entry.first.Scalar();
      });
      if (found == slot.choices.end()) {
        context.sink.Add(entry.first,
                         absl::StrCat("label for '", entry.first.Scalar(),
                                      "', which is no choice of ", map.what()),
                         "correct the name or remove the label");
      } else {
        found->label = ReadLabel(entry.second, LabelOf(found->canonical),
                                 absl::StrCat("label ", found->canonical, " of ", map.what()), context);
      }
    }
  }
  if (choice && slot.choices.empty() && slot.choices_from.empty()) {
    map.Fail("choices", absl::StrCat(map.what(), " is a choice without choices"),
             "add choices: {canonical: [synonym, …]} or choices_from: RESULT.LIST");
  }
  if (!slot.choices_from.empty() && slot.choice_value.empty()) {
    map.Fail("value",
             absl::StrCat(map.what(), " does not say which member of an item is its value"),
             "add value: MEMBER, and label: MEMBER for what is shown");
  }
  if (slot.choice_label.empty()) slot.choice_label = slot.choice_value;
}

SlotSpec ReadSlot(const std::string& flow, const std::string& name, const YAML::Node& node,
                  const ReadContext& context, const Assistant& assistant) {
  SlotSpec slot;
  slot.name = name;
  slot.line = node.Mark().line + 1;
  YamlMap map(node, absl::StrCat("slot ", flow, ".", name), context.sink);
  ReadSlotType(map, slot);
  if (YAML::Node ask = map.Get("ask"); ask.IsDefined())
    slot.ask = ReadTexts(ask, map.what(), context);
  ReadSlotChoices(map, context, assistant, slot);
  slot.pattern = map.Text("pattern").value_or(
      slot.type == SlotType::kOrderNumber ? assistant.order_pattern : "");
  if (RE2 pattern(slot.pattern, RE2::Quiet); !pattern.ok()) {
    map.Fail("pattern",
             absl::StrCat("the pattern of ", map.what(), " does not compile: ", pattern.error()),
             "RE2 syntax has no look-around and no back references");
  }
  slot.min = map.Integer("min", -1'000'000'000, 1'000'000'000);
  slot.max = map.Integer("max", -1'000'000'000, 1'000'000'000);
  if (slot.min && slot.max && *slot.min > *slot.max) {
    map.Fail("min", absl::StrCat("min of ", map.what(), " is above max"), "exchange them");
  }
  slot.depends_on = map.Texts("depends_on");
  slot.confirm = map.Bool("confirm").value_or(false);
  slot.carry = map.Bool("carry").value_or(true);
  slot.optional = map.Bool("optional").value_or(false);
  slot.only_asked = map.Bool("only_asked").value_or(false);
  map.Finish();
  return slot;
}

std::map<std::string, Template> ReadArguments(YamlMap& step, const char* key,
                                              const ReadContext& context) {
  std::map<std::string, Template> arguments;
  YAML::Node node = step.Get(key);
  if (!node.IsDefined()) return arguments;
  YamlMap map(node, absl::StrCat(key, " of ", step.what()), context.sink);
  for (const auto& [name, value] : map.Members()) {
    if (auto text = ReadTemplate(value, absl::StrCat(name, " of ", step.what()), context)) {
      arguments[name] = *std::move(text);
    }
  }
  return arguments;
}

BranchStep ReadBranch(YamlMap& step, const ReadContext& context) {
  BranchStep branch;
  YAML::Node node = step.Get("branch");
  if (!node.IsSequence() || node.size() == 0) {
    step.Fail("branch", step.what() + " has no arms",
              "write [{if: CONDITION, go: STEP}, {else: true, go: STEP}]");
    return branch;
  }
  for (const YAML::Node& element : node) {
    YamlMap arm(element, "an arm of " + step.what(), context.sink);
    BranchStep::Arm to;
    to.line = element.Mark().line + 1;
    to.go = arm.RequiredText("go", "add go: STEP").value_or("");
    const bool otherwise = arm.Has("else");
    if (arm.Has("if")) to.when = ReadExpression(arm.Get("if"), step.what(), context);
    if (otherwise == arm.Has("if")) {
      arm.Fail("if", "an arm of " + step.what() + " needs exactly one of if and else",
               "write if: CONDITION or else: true");
    }
    arm.Finish();
    branch.arms.push_back(std::move(to));
  }
  if (branch.arms.back().when.has_value()) {
    step.Fail("branch", step.what() + " may find no arm that holds",
              "end with {else: true, go: STEP}");
  }
  for (size_t i = 0; i + 1 < branch.arms.size(); ++i) {
    if (!branch.arms[i].when) {
      step.Fail("branch", "arms after the else of " + step.what() + " are never reached",
                "put else last");
      break;
    }
  }
  return branch;
}

HandoffStep ReadHandoff(YamlMap& step, const ReadContext& context) {
  HandoffStep handoff;
  YAML::Node node = step.Get("handoff");
  if (node.IsScalar()) {
    handoff.reason = node.Scalar();
    return handoff;
  }
  YamlMap map(node, "handoff of " + step.what(), context.sink);
  handoff.reason = map.RequiredText("reason", "add reason: a reason code").value_or("");
  handoff.team = map.Text("team").value_or("");
  handoff.priority = map.Integer("priority", 0, 2).value_or(0);
  if (map.Has("say")) handoff.text = ReadTexts(map.Get("say"), map.what(), context);
  map.Finish();
  return handoff;
}

OfferStep ReadOffer(YamlMap& step, const ReadContext& context) {
  OfferStep offer;
  step.Text("offer");
  offer.tool = step.Text("call").value_or("offers.next_best");
  offer.with = ReadArguments(step, "with", context);
  offer.save = step.Text("save").value_or("offer");
  offer.none = step.Text("none").value_or("");
  if (step.Has("say")) offer.text = ReadTexts(step.Get("say"), step.what(), context);
  return offer;
}

std::optional<StepAction> ReadAction(YamlMap& step, const ReadContext& context) {
  if (step.Has("offer")) return ReadOffer(step, context);
  if (step.Has("collect")) return CollectStep{step.Text("collect").value_or("")};
  if (step.Has("verify")) {
    VerifyStep verify;
    std::string level = step.Text("verify").value_or("");
    if (level == "identity")
      verify.level = VerifyStep::kIdentity;
    else if (level != "order")
      step.Fail("verify", "verify: " + level + " is unknown",
                "write verify: order or verify: identity");
    verify.slot = step.Text("slot").value_or("");
    verify.failed = step.Text("failed").value_or("");
    return verify;
  }
  if (step.Has("call")) {
    CallStep call;
    call.tool = step.Text("call").value_or("");
    call.with = ReadArguments(step, "with", context);
    call.save = step.Text("save").value_or("");
    call.on = step.TextMap("on");
    return call;
  }
  if (step.Has("confirm")) {
    ConfirmStep confirm{ReadTexts(step.Get("confirm"), step.what(), context), "", ""};
    confirm.yes = step.RequiredText("yes", "add yes: STEP").value_or("");
    confirm.no = step.RequiredText("no", "add no: STEP").value_or("");
    return confirm;
  }
  if (step.Has("say")) return SayStep{ReadTexts(step.Get("say"), step.what(), context)};
  if (step.Has("branch")) return ReadBranch(step, context);
  if (step.Has("handoff")) return ReadHandoff(step, context);
  if (step.Has("set")) return SetStep{ReadArguments(step, "set", context)};
  if (step.Has("answer")) {
    if (auto question = ReadTemplate(step.Get("answer"), step.what(), context)) {
      return AnswerStep{*std::move(question)};
    }
    return std::nullopt;
  }
  if (step.Has("consent")) {
    YamlMap map(step.Get("consent"), "consent of " + step.what(), context.sink);
    ConsentStep consent;
    consent.purpose =
        map.RequiredText("purpose", "add purpose: what the consent is for").value_or("");
    consent.granted = map.Bool("granted").value_or(true);
    map.Finish();
    return consent;
  }
  if (step.Has("end")) return EndStep{};
  step.Fail("id", step.what() + " does nothing",
            "add one of collect, verify, call, say, confirm, branch, offer, handoff, set, answer, "
            "consent, end");
  return std::nullopt;
}

std::optional<Step> ReadStep(const std::string& flow, const YAML::Node& node,
                             const ReadContext& context) {
  YamlMap unnamed(node, "a step of flow " + flow, context.sink);
  std::string id =
      unnamed.RequiredText("id", "add id: a short name, unique in the flow").value_or("");
  if (id.empty()) return std::nullopt;
  YamlMap map(node, absl::StrCat("step ", flow, ".", id), context.sink);
  map.Text("id");
  Step step;
  step.id = id;
  step.line = node.Mark().line + 1;
  std::optional<StepAction> action = ReadAction(map, context);
  std::string next = map.Text("next").value_or(""), go = map.Text("go").value_or("");
  if (!next.empty() && !go.empty())
    map.Fail("go", map.what() + " has both next and go", "keep one: they mean the same");
  step.next = next.empty() ? go : next;
  step.end = map.Text("end").value_or("");
  static const std::vector<std::string> kOutcomes = {"completed", "cancelled", "failed"};
  if (!step.end.empty() &&
      std::find(kOutcomes.begin(), kOutcomes.end(), step.end) == kOutcomes.end()) {
    map.Fail("end", "outcome '" + step.end + "' of " + map.what() + " is unknown",
             tools::Suggest(step.end, kOutcomes));
  }
  if (!step.end.empty() && !step.next.empty())
    map.Fail("end", map.what() + " both ends and goes on", "remove end or next");
  step.at_most = map.Integer("at_most", 1, 20).value_or(0);
  step.then = map.Text("then").value_or("");
  if ((step.at_most > 0) != !step.then.empty()) {
    map.Fail("at_most", map.what() + " needs at_most and then together",
             "add at_most: N, then: STEP");
  }
  map.Finish();
  if (!action) return std::nullopt;
  step.action = *std::move(action);
  return step;
}

// A step without next goes to the one below it, unless it chooses itself or ends.
void LinkSteps(Flow& flow, const ReadContext& context, const YAML::Node& node) {
  for (size_t i = 0; i < flow.steps.size(); ++i) {
    Step& step = flow.steps[i];
    const bool chooses = std::holds_alternative<BranchStep>(step.action) ||
                         std::holds_alternative<ConfirmStep>(step.action);
    const bool ends = std::holds_alternative<HandoffStep>(step.action) ||
                      std::holds_alternative<EndStep>(step.action) || !step.end.empty();
    if (chooses || ends || !step.next.empty()) {
      if ((chooses || std::holds_alternative<HandoffStep>(step.action)) && !step.next.empty()) {
        context.sink.faults.push_back(
            {context.sink.file, step.line,
             "step " + flow.name + "." + step.id + " never goes on by itself",
             "remove next: a branch, confirm or handoff decides where to go"});
      }
      continue;
    }
    if (i + 1 < flow.steps.size()) {
      step.next = flow.steps[i + 1].id;
    } else {
      context.sink.faults.push_back(
          {context.sink.file, step.line,
           "after step " + flow.name + "." + step.id + " nothing follows: a dead end",
           "add end: completed, or next: STEP"});
    }
  }
}

}  // namespace

std::string_view NameOf(SlotType type) {
  for (const TypeName& t : kTypes) {
    if (t.type == type) return t.name;
  }
  return "text";
}

const Step* Flow::FindStep(std::string_view id) const {
  for (const Step& step : steps) {
    if (step.id == id) return &step;
  }
  return nullptr;
}

const SlotSpec* Flow::FindSlot(std::string_view slot) const {
  for (const SlotSpec& spec : slots) {
    if (spec.name == slot) return &spec;
  }
  return nullptr;
}

int Flow::PositionOf(std::string_view id) const {
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

std::optional<Flow> ReadFlow(const YAML::Node& root, const ReadContext& context,
                             const Assistant& assistant) {
  Flow flow;
  flow.file = context.sink.file;
  flow.line = 1;
  YamlMap map(root, "the flow", context.sink);
  flow.name = map.RequiredText("flow", "add flow: NAME").value_or("");
  flow.description = map.Text("description").value_or("");
  flow.label = ReadLabel(map.Get("label"), LabelOf(flow.name), "flow " + flow.name, context);
  YAML::Node slots = map.Get("slots"), steps = map.Get("steps");
  map.Finish();
  if (flow.name.empty()) return std::nullopt;
  if (slots.IsDefined()) {
    YamlMap members(slots, "slots of flow " + flow.name, context.sink);
    for (const auto& [name, node] : members.Members()) {
      flow.slots.push_back(ReadSlot(flow.name, name, node, context, assistant));
    }
  }
  if (!steps.IsSequence() || steps.size() == 0) {
    context.sink.Add(root, "flow " + flow.name + " has no steps", "add steps: [{id: …, …}]");
    return std::nullopt;
  }
  std::set<std::string> ids;
  for (const YAML::Node& node : steps) {
    std::optional<Step> step = ReadStep(flow.name, node, context);
    if (!step) continue;
    if (!ids.insert(step->id).second) {
      context.sink.Add(node, "step " + flow.name + "." + step->id + " is there twice",
                       "rename one");
      continue;
    }
    flow.steps.push_back(*std::move(step));
  }
  if (flow.steps.empty()) return std::nullopt;
  LinkSteps(flow, context, root);
  return flow;
}

}  // namespace frontdesk::dialog
