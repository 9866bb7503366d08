// Reading wordings, templates and conditions out of YAML, with faults instead of
// stops. Private to dialog/bundle/. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/bundle/flow.h"
#include "tools/yaml_map.h"
#include "yaml-cpp/yaml.h"

namespace frontdesk::dialog {

// What reading a file needs to know about the rest of the bundle.
struct ReadContext {
  const tools::FaultSink& sink;
  std::vector<std::string> languages;  // of assistant.yaml; first: the default
};

// One text, a list of wordings, or a map from language to either. what: for faults.
// A fault when it is none of these, empty, lacks the first language, or names a
// language that the bundle does not have.
Texts ReadTexts(const YAML::Node& node, std::string_view what, const ReadContext& context);

// What something is called: one text in the first language, or a map from language to text; `otherwise`
// when the node is not there. Faults: as for ReadTexts.
Label ReadLabel(const YAML::Node& node, std::string otherwise, std::string_view what,
                const ReadContext& context);

// A template, or nothing (with a fault).
std::optional<Template> ReadTemplate(const YAML::Node& node, std::string_view what,
                                     const ReadContext& context);

// A condition, or nothing (with a fault).
std::optional<Expression> ReadExpression(const YAML::Node& node, std::string_view what,
                                         const ReadContext& context);

// A probability 0..1 as millionths ("0.55" → 550000); a fault outside.
std::optional<int64_t> ReadShare(tools::YamlMap& map, const std::string& key);

// "10m", "90s", "1h"; a fault otherwise.
std::optional<absl::Duration> ReadDuration(tools::YamlMap& map, const std::string& key);

// A decimal number times `unit` ("-0.5", 1000 → -500); a fault outside [least, most].
std::optional<int64_t> ReadDecimal(tools::YamlMap& map, const std::string& key, int64_t unit,
                                   int64_t least, int64_t most);

}  // namespace frontdesk::dialog
