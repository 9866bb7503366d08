#include "dialog/flows/scope.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "dialog/policy/business_hours.h"
#include "dialog/say.h"

namespace frontdesk::dialog {

using nlohmann::json;

std::vector<SlotChoice> ChoicesOf(const SlotSpec& slot, const FlowInstance& instance) {
  if (slot.choices_from.empty()) return slot.choices;
  std::vector<SlotChoice> choices;
  json results = json::object();
  for (const auto& [name, result] : instance.results) results[name] = result.value;
  for (const json& item : AtPath(results, slot.choices_from)) {
    const json& value = AtPath(item, slot.choice_value);
    const json& label = AtPath(item, slot.choice_label);
    if (value.is_null()) continue;
    SlotChoice choice;
    choice.canonical = value.is_string() ? value.get<std::string>() : value.dump();
    choice.label.text = label.is_string() ? label.get<std::string>() : choice.canonical;
    choice.synonyms = {choice.label.text};
    choices.push_back(std::move(choice));
  }
  return choices;
}

std::vector<json> AmongChoices(const std::vector<json>& readings,
                               const std::vector<SlotChoice>& choices) {
  std::vector<json> among;
  std::copy_if(readings.begin(), readings.end(), std::back_inserter(among), [&](const json& reading) {
    return std::any_of(choices.begin(), choices.end(),
                       [&](const SlotChoice& choice) { return json(choice.canonical) == reading; });
  });
  return among;
}

std::string ShownValue(const SlotSpec& slot, const json& value, const Style& style) {
  auto render = [&](const char* text) {
    absl::StatusOr<Template> parsed = ParseTemplate(text);
    absl::StatusOr<std::string> shown = Render(*parsed, {{"v", value}}, style);
    return shown.ok() ? *shown : value.dump();
  };
  switch (slot.type) {
    case SlotType::kAmount:
      return render("{v|money}");
    case SlotType::kDate:
      return render("{v|date}");
    case SlotType::kChoice:
    case SlotType::kProduct: {
      std::string canonical = value.is_string() ? value.get<std::string>() : value.dump();
      for (const SlotChoice& choice : slot.choices) {
        if (choice.canonical == canonical) return choice.label.In(style.language);
      }
      return canonical;
    }
    case SlotType::kBoolean:
      if (style.language.substr(0, 2) == "de") return value == true ? "ja" : "nein";
      return value == true ? "yes" : "no";
    default:
      return value.is_string() ? value.get<std::string>() : value.dump();
  }
}

std::string ShownChoice(const Flow& flow, const FlowInstance& instance, const std::string& slot,
                        const json& value, const Style& style) {
  const SlotSpec* spec = flow.FindSlot(slot);
  if (value.is_array()) {  // readings of a general name, not settled yet
    std::vector<std::string> readings;
    for (const json& reading : value)
      readings.push_back(ShownChoice(flow, instance, slot, reading, style));
    return Either(readings, style.language);
  }
  if (spec == nullptr) return value.is_string() ? value.get<std::string>() : value.dump();
  if (!spec->choices_from.empty()) {
    for (const SlotChoice& choice : ChoicesOf(*spec, instance)) {
      if (nlohmann::json(choice.canonical) == value) return choice.label.In(style.language);
    }
  }
  return ShownValue(*spec, value, style);
}

json MakeScope(const State& state, const FlowInstance* instance, const Flow* flow,
               const Bundle& bundle, absl::Time now) {
  json scope = {
      {"assistant", {{"name", bundle.assistant.name}, {"business", bundle.assistant.business}}},
      {"customer",
       {{"known", !state.customer.empty()},
        {"identified", state.signed_identity},
        {"id", state.customer.empty() ? json(nullptr) : json(state.customer)}}},
      {"hours",
       {{"open", IsOpen(bundle.assistant, now)},
        {"opens", NextOpening(bundle.assistant, now, state.language)}}},
      {"conversation", {{"language", state.language}}},
      {"today", absl::FormatCivilTime(absl::ToCivilDay(now, bundle.assistant.timezone))},
  };
  if (instance == nullptr || flow == nullptr) return scope;
  const Style style{state.language, bundle.assistant.currency};
  json shown = json::object();
  for (const auto& [name, slot] : instance->slots) {
    scope[name] = slot.value;
    if (flow->FindSlot(name) == nullptr || slot.value.is_null()) continue;
    shown[name] = ShownChoice(*flow, *instance, name, slot.value, style);
  }
  for (const auto& [name, result] : instance->results) scope[name] = result.value;
  scope["$shown"] = std::move(shown);
  return scope;
}

}  // namespace frontdesk::dialog
