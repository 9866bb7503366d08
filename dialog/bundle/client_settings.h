// What a bundle tells the clients around a conversation: the widget and the agents'
// console. Part of assistant.yaml; nothing here decides a turn. docs/bundle.md.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tools/yaml_map.h"

namespace frontdesk::dialog {

// A question for consent that a client puts before the customer.
struct ConsentPrompt {
  std::string purpose, text, version;
};

// A text that agents use often; "{name}" in it is a variable.
struct CannedReply {
  std::string name, text;
};

struct ClientSettings {
  std::vector<std::string> link_domains;  // hosts that clients may link to, with sub-domains
  std::vector<ConsentPrompt> consents;
  std::vector<CannedReply> canned;
  // How soon a human should answer, by priority 0, 1, 2.
  std::array<absl::Duration, 3> answer_within = {absl::Minutes(10), absl::Minutes(3),
                                                 absl::Minutes(1)};
};

// Reads the members links, consents and agents of assistant.yaml.
ClientSettings ReadClientSettings(tools::YamlMap& assistant, const tools::FaultSink& sink);

}  // namespace frontdesk::dialog
