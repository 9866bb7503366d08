#include "tools/yaml_map.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "text/fuzzy.h"

namespace frontdesk::tools {
namespace {

// Numbers and words of YAML are scalars too; a null is no text.
std::optional<std::string> ScalarOf(const YAML::Node& node) {
  if (!node.IsDefined() || !node.IsScalar()) return std::nullopt;
  return node.Scalar();
}

std::optional<int64_t> IntegerOf(const YAML::Node& node) {
  std::optional<std::string> text = ScalarOf(node);
  int64_t value = 0;
  if (!text || !absl::SimpleAtoi(*text, &value)) return std::nullopt;
  return value;
}

}  // namespace

std::string Fault::ToString() const {
  return absl::StrCat(file, ":", line, ": ", what, "; ", remedy);
}

absl::Status StatusOf(const std::vector<Fault>& faults) {
  if (faults.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(
      faults, "\n",
      [](std::string* out, const Fault& fault) { absl::StrAppend(out, fault.ToString()); }));
}

void FaultSink::Add(const YAML::Node& at, std::string what, std::string remedy) const {
  const int line = at.IsDefined() ? at.Mark().line + 1 : 1;
  faults.push_back(Fault{file, std::max(line, 1), std::move(what), std::move(remedy)});
}

std::string Suggest(std::string_view text, const std::vector<std::string>& names) {
  const std::string* nearest = nullptr;
  int best = 4;  // further away it is no slip of the finger
  for (const std::string& name : names) {
    const int distance = text::EditDistance(text, name, best);
    if (distance < best) {
      best = distance;
      nearest = &name;
    }
  }
  if (nearest != nullptr) return absl::StrCat("did you mean '", *nearest, "'?");
  if (names.empty()) return "remove it";
  return absl::StrCat("one of ", absl::StrJoin(names, ", "), " is expected");
}

YamlMap::YamlMap(YAML::Node node, std::string what, const FaultSink& sink)
    : node_(node), what_(std::move(what)), sink_(sink) {
  if (node_.IsDefined() && node_.IsNull())
    node_.reset(YAML::Node());  // "key:" alone: empty mapping
  if (!node_.IsDefined() || (!node_.IsMap() && !node_.IsNull())) {
    sink_.Add(node, absl::StrCat(what_, " is not a mapping"), "write key: value pairs below it");
    node_.reset(YAML::Node(YAML::NodeType::Map));
  }
}

YAML::Node YamlMap::Get(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  if (!node_.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
  return static_cast<const YAML::Node&>(node_)[std::string(key)];
}

std::vector<std::pair<std::string, YAML::Node>> YamlMap::Members() {
  std::vector<std::pair<std::string, YAML::Node>> members;
  if (!node_.IsMap()) return members;
  for (const auto& entry : node_) {
    std::optional<std::string> key = ScalarOf(entry.first);
    if (!key) {
      sink_.Add(entry.first, absl::StrCat("a key of ", what_, " is not a name"),
                "write a plain word before the colon");
      continue;
    }
    const bool repeated = std::any_of(members.begin(), members.end(),
                                      [&](const auto& member) { return member.first == *key; });
    if (repeated) {
      sink_.Add(entry.first, absl::StrCat("'", *key, "' stands twice in ", what_),
                "remove or rename one of the two");
      continue;
    }
    known_.push_back(*key);
    members.emplace_back(*key, entry.second);
  }
  return members;
}

void YamlMap::Fail(const std::string& key, std::string what, std::string remedy) {
  const YAML::Node value = Get(key);
  sink_.Add(value.IsDefined() ? value : node_, absl::StrCat(what_, ": ", what), std::move(remedy));
}

std::optional<std::string> YamlMap::Text(const std::string& key) {
  const YAML::Node value = Get(key);
  if (!value.IsDefined()) return std::nullopt;
  std::optional<std::string> text = ScalarOf(value);
  if (!text) Fail(key, absl::StrCat("'", key, "' is not a text"), "write one plain value");
  return text;
}

std::optional<std::string> YamlMap::RequiredText(const std::string& key,
                                                 const std::string& remedy) {
  if (!Has(key)) Fail(key, absl::StrCat("'", key, "' is missing"), std::string(remedy));
  return Text(key);
}

std::optional<bool> YamlMap::Bool(const std::string& key) {
  const YAML::Node value = Get(key);
  if (!value.IsDefined()) return std::nullopt;
  const std::optional<std::string> text = ScalarOf(value);
  if (text == "true") return true;
  if (text == "false") return false;
  Fail(key, absl::StrCat("'", key, "' is neither true nor false"), "write true or false");
  return std::nullopt;
}

std::optional<int64_t> YamlMap::Integer(const std::string& key, int64_t least, int64_t most) {
  const YAML::Node value = Get(key);
  if (!value.IsDefined()) return std::nullopt;
  const std::optional<int64_t> number = IntegerOf(value);
  if (number && *number >= least && *number <= most) return number;
  Fail(key, absl::StrCat("'", key, "' is not a whole number from ", least, " to ", most),
       "write a number in that range");
  return std::nullopt;
}

std::optional<absl::Duration> YamlMap::Duration(const std::string& key, absl::Duration least,
                                                absl::Duration most) {
  const YAML::Node value = Get(key);
  if (!value.IsDefined()) return std::nullopt;
  const std::optional<std::string> text = ScalarOf(value);
  absl::Duration duration;
  if (text && absl::ParseDuration(*text, &duration) && duration >= least && duration <= most) {
    return duration;
  }
  Fail(key,
       absl::StrCat("'", key, "' is not a duration from ", absl::FormatDuration(least), " to ",
                    absl::FormatDuration(most)),
       "write a number with its unit, like 500ms, 3s or 2m");
  return std::nullopt;
}

std::vector<std::string> YamlMap::Texts(const std::string& key) {
  const YAML::Node value = Get(key);
  std::vector<std::string> texts;
  if (!value.IsDefined()) return texts;
  if (std::optional<std::string> one = ScalarOf(value)) return {*one};
  if (!value.IsSequence()) {
    Fail(key, absl::StrCat("'", key, "' is not a list"), "write [a, b]");
    return texts;
  }
  for (const YAML::Node& element : value) {
    if (std::optional<std::string> text = ScalarOf(element)) {
      texts.push_back(*text);
    } else {
      sink_.Add(element, absl::StrCat(what_, ": an element of '", key, "' is not a text"),
                "write one plain value");
    }
  }
  return texts;
}

std::vector<int> YamlMap::Integers(const std::string& key, int least, int most) {
  std::vector<int> numbers;
  for (const std::string& text : Texts(key)) {
    int number = 0;
    if (absl::SimpleAtoi(text, &number) && number >= least && number <= most) {
      numbers.push_back(number);
    } else {
      Fail(key, absl::StrCat("'", text, "' is not a whole number from ", least, " to ", most),
           "write a number in that range");
    }
  }
  return numbers;
}

std::map<std::string, std::string> YamlMap::TextMap(const std::string& key) {
  std::map<std::string, std::string> texts;
  const YAML::Node value = Get(key);
  if (!value.IsDefined()) return texts;
  YamlMap map(value, absl::StrCat(what_, " ", key), sink_);
  for (const auto& [name, node] : map.Members()) {
    if (std::optional<std::string> text = ScalarOf(node)) {
      texts[name] = *text;
    } else {
      map.Fail(name, absl::StrCat("'", name, "' is not a text"), "write one plain value");
    }
  }
  return texts;
}

void YamlMap::Finish() {
  if (!node_.IsMap()) return;
  const std::vector<std::string> known = known_;
  std::vector<std::string> seen;
  for (const auto& entry : node_) {
    const std::string key = ScalarOf(entry.first).value_or("?");
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      sink_.Add(entry.first, absl::StrCat("'", key, "' stands twice in ", what_),
                "remove one of the two");
    } else if (std::find(known.begin(), known.end(), key) == known.end()) {
      sink_.Add(entry.first, absl::StrCat(what_, " has an unknown key '", key, "'"),
                Suggest(key, known));
    }
    seen.push_back(key);
  }
}

}  // namespace frontdesk::tools
