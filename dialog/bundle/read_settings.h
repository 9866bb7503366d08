// assistant.yaml, intents/*.yaml and policies/*.yaml → typed values, with faults
// instead of stops. Private to dialog/bundle/. One thread. Keys: docs/bundle.md.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dialog/bundle/bundle.h"
#include "dialog/bundle/read_text.h"

namespace frontdesk::dialog {

Assistant ReadAssistant(const YAML::Node& root, const tools::FaultSink& sink);
// Appends to bundle.intents and bundle.out_of_scope.
void ReadIntents(const YAML::Node& root, const ReadContext& context, Bundle& bundle);
void ReadPolicy(const YAML::Node& root, const ReadContext& context, Policy& policy);
// Adds to, and replaces in, `replies`.
void ReadReplies(const YAML::Node& root, const ReadContext& context,
                 std::map<std::string, ReplyText>& replies);
std::vector<ScreenRule> ReadScreen(const YAML::Node& root, const ReadContext& context);

// "order_status" → "order status".
std::string LabelOf(std::string_view name);

// Choices of a slot or the products: {canonical: [synonyms]}, a list of canonicals,
// or one text per canonical.
std::vector<SlotChoice> ReadChoices(const YAML::Node& node, std::string_view what,
                                    const ReadContext& context);

}  // namespace frontdesk::dialog
