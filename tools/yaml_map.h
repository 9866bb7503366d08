// Reading a YAML mapping key by key into typed values, collecting every fault
// with its line instead of stopping at the first.
//
// Used while a file is parsed, on one thread. Keys that nobody asked for are
// faults, reported by Finish with the nearest known key as the remedy.
//
// Example:
//   YamlMap map(node, "tool orders.get", sink);
//   spec.timeout = map.Duration("timeout", absl::Milliseconds(10), absl::Minutes(1)).value_or(...);
//   map.Finish();
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "absl/time/time.h"
#include "tools/fault.h"

namespace frontdesk::tools {

// Where faults go: a file's name and the list.
struct FaultSink {
  std::string file;
  std::vector<Fault>& faults;
  void Add(const YAML::Node& at, std::string what, std::string remedy) const;
};

class YamlMap {
 public:
  // what: names the thing in faults, e.g. "tool orders.get". A node that is no
  // mapping is a fault, and every read finds nothing.
  YamlMap(YAML::Node node, std::string what, const FaultSink& sink);

  const std::string& what() const { return what_; }
  const YAML::Node& node() const { return node_; }
  bool Has(const std::string& key) { return Get(key).IsDefined(); }
  // The value, undefined when absent. Marks the key as known.
  YAML::Node Get(const std::string& key);
  // Members in file order; a repeated key is a fault and comes once.
  std::vector<std::pair<std::string, YAML::Node>> Members();

  // Absent: nullopt. Present but wrong: a fault and nullopt.
  std::optional<std::string> Text(const std::string& key);
  std::optional<bool> Bool(const std::string& key);
  std::optional<int64_t> Integer(const std::string& key, int64_t least, int64_t most);
  std::optional<absl::Duration> Duration(const std::string& key, absl::Duration least,
                                         absl::Duration most);
  std::vector<std::string> Texts(const std::string& key);  // a list, or one text
  std::vector<int> Integers(const std::string& key, int least, int most);
  std::map<std::string, std::string> TextMap(const std::string& key);
  // As Text, but absence is a fault with this remedy.
  std::optional<std::string> RequiredText(const std::string& key, const std::string& remedy);

  // A fault at the value of `key`, or at the mapping when it is absent.
  void Fail(const std::string& key, std::string what, std::string remedy);
  // Reports keys that were never asked for.
  void Finish();

 private:
  YAML::Node node_;
  std::string what_;
  const FaultSink& sink_;
  std::vector<std::string> known_;
};

// The one of `names` nearest to a mistyped text, as "did you mean 'x'?", else
// "one of a, b, c is expected".
std::string Suggest(std::string_view text, const std::vector<std::string>& names);

}  // namespace frontdesk::tools
