// What the assistant waits for, as a form: the kind, the example and the choices of
// the slot it asked for, from the bundle the conversation began with.
//
// Follows one conversation's events in order and keeps only what a later form may
// need: which flow an instance runs, and the results that list a slot's choices.
// One thread.
#pragma once

#include <frontdesk/v1/conversation.pb.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "dialog/events.h"
#include "dialog/state.h"
#include "server/assistant/assistant.h"

namespace frontdesk::server {

// The assistant of a bundle version; nullptr when it cannot be had.
using AssistantOf = std::function<std::shared_ptr<const Assistant>(const std::string& version)>;

class Forms {
 public:
  // assistants: empty: no forms.
  explicit Forms(AssistantOf assistants) : assistants_(std::move(assistants)) {}

  void See(const dialog::Event& event);
  // The form for a slot that was just asked for; nullopt: nothing is known about it.
  std::optional<v1::SlotAsked> Describe(const dialog::SlotAsked& asked);

 private:
  const dialog::Flow* FlowOf(int64_t instance);

  AssistantOf assistants_;
  std::string version_;
  std::string language_;  // of the conversation, as dialog::State keeps it
  std::shared_ptr<const Assistant> assistant_;  // looked up when first needed
  std::map<int64_t, dialog::FlowInstance> open_;
};

}  // namespace frontdesk::server
