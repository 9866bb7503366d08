// What a flow's templates and conditions see: slots, saved results and the
// built-in names, as one JSON object. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dialog/bundle/bundle.h"
#include "dialog/state.h"

namespace frontdesk::dialog {

// flow may be null (no flow: built-ins only). Members "$shown" hold the shown form
// of slots (a choice's label, "€49.90", "9 March 2025").
nlohmann::json MakeScope(const State& state, const FlowInstance* instance, const Flow* flow,
                         const Bundle& bundle, absl::Time now);

// A slot's value as it is shown to the customer.
std::string ShownValue(const SlotSpec& slot, const nlohmann::json& value, const Style& style);

// A value offered for a slot of the flow, by its label in the list it is chosen from.
std::string ShownChoice(const Flow& flow, const FlowInstance& instance, const std::string& slot,
                        const nlohmann::json& value, const Style& style);

// Of the readings of a value those that are among the choices, in their order.
std::vector<nlohmann::json> AmongChoices(const std::vector<nlohmann::json>& readings,
                                         const std::vector<SlotChoice>& choices);

// Choices of a slot as they are now: its own, or the items of a saved list.
std::vector<SlotChoice> ChoicesOf(const SlotSpec& slot, const FlowInstance& instance);

}  // namespace frontdesk::dialog
