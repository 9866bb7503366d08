#include "tools/catalogue.h"

#include <algorithm>
#include <utility>

#include <re2/re2.h>
#include <yaml-cpp/yaml.h>

#include "absl/strings/str_cat.h"
#include "tools/http/http_spec_yaml.h"
#include "tools/yaml_map.h"

namespace frontdesk::tools {
namespace {

constexpr size_t kLargestFile = 1 << 20;
constexpr int kDeepestField = 4;

const std::vector<std::string> kTypeNames = {
    "text",     "id",       "order_number", "email", "phone",  "name",
    "postcode", "product",  "date",         "time",  "choice", "integer",
    "amount",   "quantity", "boolean",      "list",  "record"};

bool IsName(std::string_view text, bool dotted) {
  static const re2::RE2 kPlain("[a-z][a-z0-9_]{0,39}");
  static const re2::RE2 kDotted("[a-z][a-z0-9_]{0,39}\\.[a-z][a-z0-9_]{0,39}");
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), dotted ? kDotted : kPlain);
}

bool IsInteger(ValueType type) {
  return type == ValueType::kInteger || type == ValueType::kAmount || type == ValueType::kQuantity;
}

std::optional<ValueType> ReadType(const YAML::Node& node, std::string_view what,
                                  const FaultSink& sink) {
  const std::string text = node.IsDefined() && node.IsScalar() ? node.Scalar() : "";
  std::optional<ValueType> type = ParseValueType(text);
  if (!type) {
    sink.Add(node, absl::StrCat(std::string(what), " has the unknown type '", text, "'"),
             Suggest(text, kTypeNames));
  }
  return type;
}

void CheckParameter(const Parameter& parameter, YamlMap& map) {
  if (parameter.type == ValueType::kList || parameter.type == ValueType::kRecord) {
    map.Fail("type", "a parameter cannot be a list or a record", "pass its parts one by one");
  }
  if ((parameter.type == ValueType::kChoice) == parameter.choices.empty()) {
    map.Fail("choices",
             parameter.choices.empty() ? "a choice without choices" : "choices of a non-choice",
             "write type: choice together with choices: [a, b]");
  }
  if (!parameter.pattern.empty() && !re2::RE2(parameter.pattern, re2::RE2::Quiet).ok()) {
    map.Fail("pattern", "the pattern is no RE2 expression",
             absl::StrCat("correct it: ", re2::RE2(parameter.pattern, re2::RE2::Quiet).error()));
  }
  if ((parameter.minimum || parameter.maximum) && !IsInteger(parameter.type)) {
    map.Fail("min", "min and max are for integer, amount and quantity", "remove them");
  }
  if (parameter.minimum && parameter.maximum && *parameter.minimum > *parameter.maximum) {
    map.Fail("min", "min is above max", "swap them");
  }
}

Parameter ReadParameter(const std::string& name, const YAML::Node& node, const std::string& tool,
                        const FaultSink& sink) {
  Parameter parameter{.name = name};
  const std::string what = absl::StrCat(tool, ", parameter ", name);
  if (!IsName(name, /*dotted=*/false)) {
    sink.Add(node, absl::StrCat(what, ": the name is not lower case"), "use a-z, 0-9 and _");
  }
  if (node.IsScalar()) {
    parameter.type = ReadType(node, what, sink).value_or(ValueType::kText);
    if (parameter.type == ValueType::kChoice || parameter.type == ValueType::kList ||
        parameter.type == ValueType::kRecord) {
      sink.Add(node, absl::StrCat(what, ": type ", node.Scalar(), " needs more than its name"),
               "write {type: choice, choices: [a, b]}");
    }
    return parameter;
  }
  YamlMap map(node, what, sink);
  parameter.type = ReadType(map.Get("type"), what, sink).value_or(ValueType::kText);
  parameter.required = map.Bool("required").value_or(true);
  parameter.reveal = map.Bool("reveal").value_or(false);
  parameter.choices = map.Texts("choices");
  parameter.pattern = map.Text("pattern").value_or("");
  parameter.minimum = map.Integer("min", INT64_MIN, INT64_MAX);
  parameter.maximum = map.Integer("max", INT64_MIN, INT64_MAX);
  parameter.max_bytes = static_cast<int>(map.Integer("max_bytes", 1, 65536).value_or(1000));
  parameter.about = map.Text("about").value_or("");
  map.Finish();
  CheckParameter(parameter, map);
  return parameter;
}

std::vector<Field> ReadFields(const YAML::Node& node, const std::string& what, int depth,
                              const FaultSink& sink);

Field ReadField(const std::string& name, const YAML::Node& node, const std::string& owner,
                int depth, const FaultSink& sink) {
  Field field{.name = name};
  const std::string what = absl::StrCat(owner, ", result ", name);
  if (!IsName(name, /*dotted=*/false)) {
    sink.Add(node, absl::StrCat(what, ": the name is not lower case"), "use a-z, 0-9 and _");
  }
  if (node.IsScalar()) {
    field.type = ReadType(node, what, sink).value_or(ValueType::kText);
    if (field.type == ValueType::kList || field.type == ValueType::kRecord) {
      sink.Add(node, absl::StrCat(what, " does not say what it holds"),
               "write {type: list, fields: {name: type}}");
    }
    return field;
  }
  YamlMap map(node, what, sink);
  field.type = ReadType(map.Get("type"), what, sink).value_or(ValueType::kText);
  field.personal = map.Text("personal").value_or("");
  field.about = map.Text("about").value_or("");
  if (map.Has("fields")) field.fields = ReadFields(map.Get("fields"), what, depth + 1, sink);
  const bool nested = field.type == ValueType::kList || field.type == ValueType::kRecord;
  if (nested != !field.fields.empty()) {
    map.Fail("fields", nested ? "a list or record without fields" : "fields of a plain value",
             "write {type: list, fields: {name: type}}");
  }
  map.Finish();
  return field;
}

std::vector<Field> ReadFields(const YAML::Node& node, const std::string& what, int depth,
                              const FaultSink& sink) {
  std::vector<Field> fields;
  if (depth > kDeepestField) {  // also ends a field that holds itself through an alias
    sink.Add(node, absl::StrCat(what, " is nested too deep"), "flatten the result");
    return fields;
  }
  YamlMap map(node, what, sink);
  for (const auto& [name, member] : map.Members()) {
    fields.push_back(ReadField(name, member, what, depth, sink));
  }
  return fields;
}

AdapterSpec ReadAdapter(const std::string& name, const YAML::Node& node, const FaultSink& sink) {
  AdapterSpec adapter{.name = name, .line = node.Mark().line + 1};
  YamlMap map(node, absl::StrCat("adapter ", name), sink);
  const std::string kind =
      map.RequiredText("kind", "write kind: demo_crm or kind: http").value_or("demo_crm");
  if (kind == "http") {
    adapter.kind = AdapterKind::kHttp;
    adapter.http = ReadHttpService(map);
  } else if (kind != "demo_crm") {
    map.Fail("kind", absl::StrCat("unknown kind '", kind, "'"),
             Suggest(kind, {"demo_crm", "http"}));
  }
  if (map.Has("breaker")) {
    YamlMap breaker(map.Get("breaker"), absl::StrCat("adapter ", name, ", breaker"), sink);
    adapter.breaker.failures = static_cast<int>(breaker.Integer("failures", 1, 1000).value_or(5));
    adapter.breaker.open_for = breaker.Duration("open_for", absl::Milliseconds(1), absl::Hours(1))
                                   .value_or(absl::Seconds(30));
    breaker.Finish();
  }
  if (map.Has("backoff")) {
    YamlMap backoff(map.Get("backoff"), absl::StrCat("adapter ", name, ", backoff"), sink);
    adapter.backoff = backoff.Duration("first", absl::ZeroDuration(), absl::Seconds(10))
                          .value_or(absl::Milliseconds(100));
    adapter.backoff_limit = backoff.Duration("limit", absl::ZeroDuration(), absl::Minutes(1))
                                .value_or(absl::Seconds(2));
    backoff.Finish();
  }
  map.Finish();
  return adapter;
}

// What a write must declare, so that none can fire twice or unasked by an omission.
void CheckWrite(const ToolSpec& tool, bool confirm_given, YamlMap& map) {
  if (tool.effect == Effect::kRead) {
    if (tool.confirm) map.Fail("confirm", "a read is never confirmed", "remove confirm");
    if (!tool.resource_parameter.empty()) {
      map.Fail("resource", "a read blocks nothing", "remove resource");
    }
    return;
  }
  if (!confirm_given) {
    map.Fail("confirm", "a write must say whether it is confirmed",
             "write confirm: true, or confirm: false for a write that harms nobody");
  }
  if (tool.resource_parameter.empty()) {
    map.Fail("resource", "a write must say what an unknown result blocks",
             "write resource: with a required parameter, or resource: customer");
  } else if (tool.resource_parameter != "customer") {
    const Parameter* parameter = tool.FindParameter(tool.resource_parameter);
    if (parameter == nullptr || !parameter->required) {
      map.Fail("resource", absl::StrCat("'", tool.resource_parameter, "' is no required parameter"),
               "name a required parameter, or customer");
    }
  }
  if (tool.retries > 0 && !tool.idempotent) {
    map.Fail("retries", "a write that is not idempotent is called once only",
             "remove retries, or write idempotent: true if the system honours our key");
  }
}

void ReadRights(ToolSpec& tool, YamlMap& map) {
  const std::string effect =
      map.RequiredText("effect", "write effect: read or effect: write").value_or("read");
  if (std::optional<Effect> parsed = ParseEffect(effect)) {
    tool.effect = *parsed;
  } else {
    map.Fail("effect", absl::StrCat("unknown effect '", effect, "'"),
             Suggest(effect, {"read", "write"}));
  }
  for (const std::string& name : map.Texts("roles")) {
    if (std::optional<Role> role = ParseRole(name)) {
      tool.roles.push_back(*role);
    } else {
      map.Fail("roles", absl::StrCat("unknown role '", name, "'"),
               Suggest(name, {"customer", "agent", "supervisor", "officer", "system"}));
    }
  }
  if (!map.Has("roles")) {
    map.Fail("roles", "nobody may use the tool", "write roles: [customer, agent]");
  }
  const std::string level =
      map.RequiredText("verification", "write verification: none, order or identity")
          .value_or("identity");
  if (std::optional<Verification> parsed = ParseVerification(level)) {
    tool.verification = *parsed;
  } else {
    map.Fail("verification", absl::StrCat("unknown verification '", level, "'"),
             Suggest(level, {"none", "order", "identity"}));
  }
  tool.consent = map.Text("consent").value_or("");
}

ToolSpec ReadTool(const std::string& name, const YAML::Node& node, Catalogue& catalogue,
                  const FaultSink& sink) {
  ToolSpec tool{.name = name, .line = node.Mark().line + 1};
  const std::string what = absl::StrCat("tool ", name);
  YamlMap map(node, what, sink);
  if (!IsName(name, /*dotted=*/true)) {
    sink.Add(node, absl::StrCat(what, ": a tool is named thing.action"), "like orders.get");
  }
  tool.about = map.RequiredText("about", "say in one sentence what it does").value_or("");
  tool.adapter = map.Text("adapter").value_or("");
  if (tool.adapter.empty() && catalogue.adapters.size() == 1) {
    tool.adapter = catalogue.adapters[0].name;
  }
  AdapterSpec* adapter = nullptr;
  std::vector<std::string> adapter_names;
  for (AdapterSpec& candidate : catalogue.adapters) {
    if (candidate.name == tool.adapter) adapter = &candidate;
    adapter_names.push_back(candidate.name);
  }
  if (adapter == nullptr) {
    map.Fail("adapter", absl::StrCat("there is no adapter '", tool.adapter, "'"),
             Suggest(tool.adapter, adapter_names));
  }
  ReadRights(tool, map);
  const std::optional<bool> confirm = map.Bool("confirm");
  tool.confirm = confirm.value_or(false);
  if (map.Has("parameters")) {
    YamlMap parameters(map.Get("parameters"), absl::StrCat(what, ", parameters"), sink);
    for (const auto& [parameter, value] : parameters.Members()) {
      tool.parameters.push_back(ReadParameter(parameter, value, what, sink));
    }
  }
  if (map.Has("result")) tool.result = ReadFields(map.Get("result"), what, 1, sink);
  tool.reasons = map.Texts("reasons");
  tool.resource_parameter = map.Text("resource").value_or("");
  tool.timeout =
      map.Duration("timeout", absl::Milliseconds(10), absl::Minutes(2)).value_or(absl::Seconds(5));
  tool.idempotent = map.Bool("idempotent").value_or(tool.effect == Effect::kRead);
  const int usual = tool.effect == Effect::kRead ? 2 : tool.idempotent ? 1 : 0;
  tool.retries = static_cast<int>(map.Integer("retries", 0, 5).value_or(usual));
  if (adapter != nullptr && adapter->kind == AdapterKind::kHttp) {
    adapter->http_tools[name] = ReadHttpTool(tool, map, sink);
  } else if (map.Has("http")) {
    map.Fail("http", "its adapter is not of kind http", "remove http, or name an http adapter");
  }
  CheckWrite(tool, confirm.has_value(), map);
  map.Finish();
  return tool;
}

void ReadAll(const YAML::Node& root, Catalogue& catalogue, const FaultSink& sink) {
  YamlMap top(root, "the file", sink);
  if (!top.Has("adapters")) {
    top.Fail("adapters", "'adapters' is missing", "declare at least one adapter");
  } else {
    YamlMap adapters(top.Get("adapters"), "adapters", sink);
    for (const auto& [name, node] : adapters.Members()) {
      catalogue.adapters.push_back(ReadAdapter(name, node, sink));
    }
  }
  if (!top.Has("tools")) {
    top.Fail("tools", "'tools' is missing", "write tools: with one entry per tool");
  } else {
    YamlMap tools(top.Get("tools"), "tools", sink);
    for (const auto& [name, node] : tools.Members()) {
      catalogue.tools.push_back(ReadTool(name, node, catalogue, sink));
    }
  }
  top.Finish();
}

}  // namespace

const ToolSpec* Catalogue::Find(std::string_view tool) const {
  for (const ToolSpec& spec : tools) {
    if (spec.name == tool) return &spec;
  }
  return nullptr;
}

const AdapterSpec* Catalogue::FindAdapter(std::string_view name) const {
  for (const AdapterSpec& adapter : adapters) {
    if (adapter.name == name) return &adapter;
  }
  return nullptr;
}

Catalogue Catalogue::Parse(std::string_view text, std::string_view file,
                           std::vector<Fault>& faults) {
  Catalogue catalogue;
  const size_t earlier = faults.size();
  const FaultSink sink{std::string(file), faults};
  if (text.size() > kLargestFile) {
    faults.push_back(Fault{sink.file, 1, "the file is larger than 1 MiB", "split or shorten it"});
    return catalogue;
  }
  try {
    ReadAll(YAML::Load(std::string(text)), catalogue, sink);
  } catch (const YAML::Exception& error) {  // syntax; typed reads throw nothing
    faults.push_back(Fault{sink.file, std::max(error.mark.line + 1, 1),
                           absl::StrCat("not YAML: ", error.msg),
                           "correct the indentation or quoting"});
  }
  std::stable_sort(faults.begin() + earlier, faults.end(),
                   [](const Fault& a, const Fault& b) { return a.line < b.line; });
  return catalogue;
}

absl::StatusOr<Catalogue> Catalogue::FromYaml(std::string_view text, std::string_view file) {
  std::vector<Fault> faults;
  Catalogue catalogue = Parse(text, file, faults);
  if (!faults.empty()) return StatusOf(faults);
  return catalogue;
}

}  // namespace frontdesk::tools
