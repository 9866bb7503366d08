#include "dialog/commands.h"

#include "absl/strings/str_cat.h"

namespace frontdesk::dialog {
namespace {

using nlohmann::json;

json ToJson(const GivenSlot& slot) {
  return {
      {"slot", slot.slot}, {"type", slot.type}, {"value", slot.value}, {"surface", slot.surface}};
}

json ToJson(const std::vector<GivenSlot>& slots) {
  json list = json::array();
  for (const GivenSlot& slot : slots) list.push_back(ToJson(slot));
  return list;
}

struct Members {
  json operator()(const StartFlow& c) const {
    return {{"flow", c.flow}, {"intent", c.intent}, {"slots", ToJson(c.slots)}};
  }
  json operator()(const ContinueFlow& c) const { return {{"slots", ToJson(c.slots)}}; }
  json operator()(const CorrectSlot& c) const {
    return {{"slot", ToJson(c.slot)}, {"more", ToJson(c.more)}};
  }
  json operator()(const AskAgain& c) const { return {{"why", c.why}, {"options", c.options}}; }
  json operator()(const SkipSlot&) const { return json::object(); }
  json operator()(const AnswerConfirmation& c) const { return {{"yes", c.yes}}; }
  json operator()(const CancelFlow& c) const { return {{"everything", c.everything}}; }
  json operator()(const GoBack&) const { return json::object(); }
  json operator()(const RepeatLast&) const { return json::object(); }
  json operator()(const Clarify& c) const {
    json object = {{"intents", c.intents}, {"about", c.about}};
    for (const auto& [flow, slots] : c.given) object["given"][flow] = ToJson(slots);
    if (c.again > 0) object["again"] = c.again;
    return object;
  }
  json operator()(const AnswerQuestion& c) const {
    return {{"question", c.question}, {"intent", c.intent}};
  }
  json operator()(const SayReply& c) const { return {{"reply", c.reply}}; }
  json operator()(const Refuse& c) const { return {{"reply", c.reply}, {"why", c.why}}; }
  json operator()(const HandOff& c) const {
    return {{"reason", c.reason}, {"team", c.team}, {"priority", c.priority}, {"reply", c.reply}};
  }
  json operator()(const FallBack&) const { return json::object(); }
  json operator()(const EndConversation& c) const { return {{"why", c.why}}; }
};

struct Names {
  std::string_view operator()(const StartFlow&) const { return "start_flow"; }
  std::string_view operator()(const ContinueFlow&) const { return "continue_flow"; }
  std::string_view operator()(const CorrectSlot&) const { return "correct_slot"; }
  std::string_view operator()(const AskAgain&) const { return "ask_again"; }
  std::string_view operator()(const SkipSlot&) const { return "skip_slot"; }
  std::string_view operator()(const AnswerConfirmation&) const { return "answer_confirmation"; }
  std::string_view operator()(const CancelFlow&) const { return "cancel_flow"; }
  std::string_view operator()(const GoBack&) const { return "go_back"; }
  std::string_view operator()(const RepeatLast&) const { return "repeat_last"; }
  std::string_view operator()(const Clarify&) const { return "clarify"; }
  std::string_view operator()(const AnswerQuestion&) const { return "answer_question"; }
  std::string_view operator()(const SayReply&) const { return "say_reply"; }
  std::string_view operator()(const Refuse&) const { return "refuse"; }
  std::string_view operator()(const HandOff&) const { return "hand_off"; }
  std::string_view operator()(const FallBack&) const { return "fall_back"; }
  std::string_view operator()(const EndConversation&) const { return "end_conversation"; }
};

}  // namespace

std::string_view NameOf(const Command& command) { return std::visit(Names{}, command); }

json CommandToJson(const Command& command) {
  json object = std::visit(Members{}, command);
  object["do"] = NameOf(command);
  return object;
}

}  // namespace frontdesk::dialog
