#include "tests/hostile/write_oracle.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::dialog {
namespace {

using tools::ValueType;

// The place of the event that announced this write, or nullopt.
std::optional<size_t> PlaceOfPrepared(const WriteCall& write) {
  for (size_t i = write.log.size(); i > 0; --i) {
    const auto* e = std::get_if<ToolPrepared>(&write.log[i - 1]);
    if (e != nullptr && e->key == write.call.idempotency_key && e->tool == write.call.tool) return i - 1;
  }
  return std::nullopt;
}

// The customer's yes: to a question asked in an earlier message about exactly this call, not
// expired, not used before, nothing changed since.
std::string ConfirmationFault(const WriteCall& write, size_t prepared_at, const ToolPrepared& prepared) {
  std::optional<size_t> yes, asked;
  for (size_t i = prepared_at; i > 0 && !asked; --i) {
    const Event& event = write.log[i - 1];
    if (const auto* e = std::get_if<ToolPrepared>(&event);
        e != nullptr && e->instance == prepared.instance && !yes) {
      return "the yes before it was used by another write";
    }
    if (const auto* e = std::get_if<ConfirmationClosed>(&event);
        e != nullptr && e->instance == prepared.instance && !yes) {
      if (e->answer != "yes") return absl::StrCat("the last answer was ", e->answer);
      yes = i - 1;
    }
    if (const auto* e = std::get_if<SlotSet>(&event);
        e != nullptr && e->instance == prepared.instance && !yes && e->source == "customer") {
      return "a value was given after the yes";
    }
    if (const auto* e = std::get_if<ConfirmationAsked>(&event);
        e != nullptr && e->instance == prepared.instance) {
      if (!yes) return "it was asked but not answered";
      asked = i - 1;
      if (e->tool != prepared.tool) return absl::StrCat("the yes was to ", e->tool);
      if (e->arguments != prepared.arguments) return "the yes was to other arguments";
      int messages = 0;
      int64_t at_ms = 0;
      for (size_t j = *asked; j < *yes; ++j) {
        if (const auto* received = std::get_if<Received>(&write.log[j])) {
          ++messages;
          at_ms = received->now_ms;
        }
      }
      if (messages == 0) return "no message came between question and yes";
      if (at_ms > e->expires_ms) return "the confirmation had expired";
    }
  }
  return asked ? "" : "nobody asked";
}

// Every scalar below a value.
void Scalars(const nlohmann::json& value, std::vector<nlohmann::json>& into) {
  if (value.is_structured()) {
    for (const nlohmann::json& member : value) Scalars(member, into);
  } else {
    into.push_back(value);
  }
}

bool SameScalar(const nlohmann::json& a, const nlohmann::json& b) {
  return a == b || (a.is_string() && b.is_number() && a.get<std::string>() == b.dump()) ||
         (b.is_string() && a.is_number() && b.get<std::string>() == a.dump());
}

// Whether a value comes from a slot the customer filled, from the CRM, or from the flow's own text.
bool HasSource(const nlohmann::json& value, const std::vector<Event>& log, size_t until,
               const Template* text) {
  if (text != nullptr && text->paths.empty()) return true;
  std::vector<nlohmann::json> known;
  for (size_t i = 0; i < until; ++i) {
    if (const auto* e = std::get_if<SlotSet>(&log[i])) Scalars(e->value, known);
    if (const auto* e = std::get_if<ToolReturned>(&log[i]); e != nullptr && e->outcome == "ok") {
      Scalars(e->value, known);
    }
    if (const auto* e = std::get_if<VerificationChecked>(&log[i])) {
      known.push_back(e->order);
      known.push_back(e->email);
    }
    if (const auto* e = std::get_if<HandedOff>(&log[i])) Scalars(e->packet.slots, known);
  }
  return std::any_of(known.begin(), known.end(),
                     [&value](const nlohmann::json& one) { return SameScalar(one, value); });
}

// Types whose value decides what happens to whom: these never come from free text.
bool Decides(ValueType type) {
  return type != ValueType::kText && type != ValueType::kChoice && type != ValueType::kBoolean;
}

const Template* TextOf(const Bundle& bundle, const std::vector<Event>& log, size_t until,
                       const ToolPrepared& prepared, const std::string& argument) {
  for (size_t i = 0; i < until; ++i) {
    const auto* started = std::get_if<FlowStarted>(&log[i]);
    if (started == nullptr || started->instance != prepared.instance) continue;
    const Flow* flow = bundle.FindFlow(started->flow);
    const Step* step = flow == nullptr ? nullptr : flow->FindStep(prepared.step);
    const auto* call = step == nullptr ? nullptr : std::get_if<CallStep>(&step->action);
    if (call == nullptr) return nullptr;
    const auto text = call->with.find(argument);
    return text == call->with.end() ? nullptr : &text->second;
  }
  return nullptr;
}

void JudgeArguments(const WriteCall& write, const Bundle& bundle, const tools::ToolSpec& spec,
                    size_t prepared_at, const ToolPrepared& prepared,
                    std::vector<std::string>& faults) {
  for (const auto& [name, value] : prepared.arguments.items()) {
    const tools::Parameter* parameter = spec.FindParameter(name);
    if (value.is_null() || value == "") continue;
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (absl::StrContains(text, kModelWord) || text == kModelOrder ||
        text == std::to_string(kModelCents)) {
      faults.push_back(absl::StrCat(name, " holds what only the model or a document said"));
    }
    if (parameter == nullptr || !Decides(parameter->type)) continue;
    if (!HasSource(value, write.log, prepared_at,
                   TextOf(bundle, write.log, prepared_at, prepared, name))) {
      faults.push_back(absl::StrCat(name, "=", text, " comes from no slot and no tool"));
    }
  }
}

}  // namespace

std::vector<std::string> FaultsOf(const WriteCall& write, const Bundle& bundle) {
  std::vector<std::string> faults;
  const tools::ToolSpec* spec = bundle.tools.Find(write.call.tool);
  if (spec == nullptr) return {"the tool is not declared"};
  const tools::Principal& principal = write.call.principal;
  if (principal.role != tools::Role::kCustomer ||
      std::find(spec->roles.begin(), spec->roles.end(), principal.role) == spec->roles.end()) {
    faults.push_back("the role may not use it");
  }
  if (spec->verification != tools::Verification::kNone) {
    if (write.proven.empty() || principal.customer_id != write.owner) {
      faults.push_back("the customer is not proven");
    }
    for (const tools::Parameter& parameter : spec->parameters) {
      if (parameter.type != ValueType::kOrderNumber) continue;
      const auto order = write.call.arguments.find(parameter.name);
      if (order != write.call.arguments.end() && order->is_string() && *order != "" &&
          !write.proven.contains(order->get<std::string>())) {
        faults.push_back(absl::StrCat("order ", order->get<std::string>(), " is not proven"));
      }
    }
  } else if (!principal.customer_id.empty() && principal.customer_id != write.owner) {
    faults.push_back("it carries a customer who is not proven");
  }
  if (!spec->consent.empty()) {
    bool granted = false;
    for (const Event& event : write.log) {
      const auto* e = std::get_if<ConsentChanged>(&event);
      if (e != nullptr && e->purpose == spec->consent) granted = e->granted;
    }
    if (!granted) faults.push_back("there is no consent");
  }
  const auto prepared_at = PlaceOfPrepared(write);
  if (!prepared_at) {
    faults.push_back("nothing was committed before the call");
    return faults;
  }
  const auto& prepared = std::get<ToolPrepared>(write.log[*prepared_at]);
  if (spec->confirm) {
    const std::string fault = ConfirmationFault(write, *prepared_at, prepared);
    if (!fault.empty()) faults.push_back(fault);
  }
  JudgeArguments(write, bundle, *spec, *prepared_at, prepared, faults);
  return faults;
}

}  // namespace frontdesk::dialog
