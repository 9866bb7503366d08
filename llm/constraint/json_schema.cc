#include "llm/constraint/json_schema.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "llm/constraint/grammar.h"

namespace frontdesk::llm {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kDeepest = 32;
constexpr size_t kMostProperties = 64;

// What every schema may use. White space is bounded, so that a model cannot idle in it.
constexpr char kCommon[] = R"(
ws ::= " "? | "\n" " "{0,16}
char ::= [^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" ([0-9a-cA-CeEfF] hex{3} | [dD] [0-7] hex{2}))
hex ::= [0-9a-fA-F]
string ::= "\"" char* "\""
integer ::= "-"? ("0" | [1-9] [0-9]{0,14})
number ::= integer ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?
boolean ::= "true" | "false"
null ::= "null"
value ::= string | number | boolean | null | object | array
object ::= "{" ws (member ("," ws member)*)? "}"
member ::= string ws ":" ws value ws
array ::= "[" ws (value ws ("," ws value ws)*)? "]"
)";

// JSON text as a literal of the grammar.
std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

class SchemaWriter {
 public:
  explicit SchemaWriter(const Json& schema) : schema_(schema) {}

  absl::StatusOr<std::string> Write() {
    const std::string root = Of(schema_, "#", 0);
    // Definitions may use more definitions: until none is new.
    while (error_.ok() && !wanted_.empty()) {
      const auto [name, place] = *wanted_.begin();
      wanted_.erase(wanted_.begin());
      const Json* definition = Resolve(place);
      if (definition == nullptr) {
        Fail(place, "is not there; $ref must be #/$defs/NAME or #/definitions/NAME");
        break;
      }
      rules_ += absl::StrCat(name, " ::= ", Of(*definition, place, 0), "\n");
    }
    if (!error_.ok()) return error_;
    return absl::StrCat("root ::= ws ", root, " ws\n", rules_, kCommon);
  }

 private:
  std::string Fail(const std::string& place, absl::string_view what) {
    if (error_.ok()) {
      error_ = absl::InvalidArgumentError(absl::StrCat("JSON schema, ", place, ": ", what));
    }
    return "null";
  }

  const Json* Resolve(const std::string& reference) const {
    for (const char* part : {"$defs", "definitions"}) {
      const std::string prefix = absl::StrCat("#/", part, "/");
      if (!absl::StartsWith(reference, prefix) || !schema_.contains(part)) continue;
      const Json& all = schema_[part];
      const std::string name = reference.substr(prefix.size());
      if (all.is_object() && all.contains(name)) return &all[name];
    }
    return nullptr;
  }

  std::string NewRule(const std::string& body) {
    const std::string name = absl::StrCat("r", ++count_);
    rules_ += absl::StrCat(name, " ::= ", body, "\n");
    return name;
  }

  // An expression of the grammar that one element can stand for.
  std::string Of(const Json& schema, const std::string& place, int depth) {
    if (depth > kDeepest) return Fail(place, "nests deeper than 32");
    if (schema.is_boolean() && schema.get<bool>()) return "value";
    if (!schema.is_object()) return Fail(place, "is no schema: write an object");
    static const std::set<std::string> kNotes = {"title",   "description", "default",  "examples",
                                                 "$schema", "$id",         "$comment", "$defs",
                                                 "definitions"};
    static const std::set<std::string> kKnown = {
        "type",     "properties", "required",  "additionalProperties", "items", "minItems",
        "maxItems", "minLength",  "maxLength", "enum",                 "const", "anyOf",
        "oneOf",    "$ref"};
    for (const auto& [key, unused] : schema.items()) {
      if (!kNotes.contains(key) && !kKnown.contains(key)) {
        return Fail(place, absl::StrCat("the keyword ", key.substr(0, 40), " is not understood"));
      }
    }
    if (schema.contains("$ref")) return Reference(schema["$ref"], place);
    if (schema.contains("const")) return Constants({schema["const"]}, place);
    if (schema.contains("enum")) {
      const Json& all = schema["enum"];
      if (!all.is_array() || all.empty()) return Fail(place, "enum must be a list of values");
      return Constants(std::vector<Json>(all.begin(), all.end()), place);
    }
    for (const char* key : {"anyOf", "oneOf"}) {
      if (!schema.contains(key)) continue;
      const Json& all = schema[key];
      if (!all.is_array() || all.empty())
        return Fail(place, absl::StrCat(key, " must be a list of schemas"));
      std::vector<std::string> options;
      for (size_t i = 0; i < all.size(); ++i) {
        options.push_back(Of(all[i], absl::StrCat(place, "/", key, "/", i), depth + 1));
      }
      return absl::StrCat("(", absl::StrJoin(options, " | "), ")");
    }
    if (!schema.contains("type")) {
      return schema.contains("properties") ? Object(schema, place, depth) : "value";
    }
    std::vector<Json> types = {schema["type"]};
    if (types[0].is_array()) types.assign(schema["type"].begin(), schema["type"].end());
    std::vector<std::string> options;
    for (const Json& type : types) {
      if (!type.is_string()) return Fail(place, "type must be a text or a list of texts");
      options.push_back(OfType(type.get<std::string>(), schema, place, depth));
    }
    if (options.empty()) return Fail(place, "type must name at least one type");
    return options.size() == 1 ? options[0]
                               : absl::StrCat("(", absl::StrJoin(options, " | "), ")");
  }

  std::string OfType(const std::string& type, const Json& schema, const std::string& place,
                     int depth) {
    if (type == "object") return Object(schema, place, depth);
    if (type == "array") return Array(schema, place, depth);
    if (type == "string") {
      return absl::StrCat("(\"\\\"\" char", Repeats(schema, "minLength", "maxLength", place),
                          " \"\\\"\")");
    }
    if (type == "integer" || type == "number" || type == "boolean" || type == "null") return type;
    return Fail(place, absl::StrCat("the type ", type.substr(0, 40), " is not understood"));
  }

  std::string Reference(const Json& reference, const std::string& place) {
    if (!reference.is_string()) return Fail(place, "$ref must be a text");
    const std::string target = reference.get<std::string>();
    const auto [known, made] = names_.try_emplace(target, "");
    if (made) {
      known->second = absl::StrCat("d", names_.size());
      wanted_[known->second] = target;
    }
    return known->second;
  }

  std::string Constants(const std::vector<Json>& values, const std::string& place) {
    std::vector<std::string> options;
    for (const Json& value : values) {
      if (value.is_structured()) return Fail(place, "enum and const hold simple values only");
      options.push_back(Quoted(value.dump()));
    }
    return absl::StrCat("(", absl::StrJoin(options, " | "), ")");
  }

  // "*" or "{least,most}".
  std::string Repeats(const Json& schema, const char* low, const char* high,
                      const std::string& place) {
    std::optional<int64_t> bounds[2];
    const char* keys[2] = {low, high};
    for (int i = 0; i < 2; ++i) {
      if (!schema.contains(keys[i])) continue;
      const Json& value = schema[keys[i]];
      if (!value.is_number_integer() || value < 0 || value > Grammar::kMostRepeats)
        return Fail(place, absl::StrCat(keys[i], " must be a number from 0 to 1024")), "*";
      bounds[i] = value.get<int64_t>();
    }
    if (!bounds[0] && !bounds[1]) return "*";
    if (bounds[1] && *bounds[1] < bounds[0].value_or(0))
      return Fail(place, absl::StrCat(high, " is below ", low)), "*";
    return absl::StrCat("{", bounds[0].value_or(0), ",",
                        bounds[1] ? absl::StrCat(*bounds[1]) : std::string(), "}");
  }

  std::string Array(const Json& schema, const std::string& place, int depth) {
    const std::string item = schema.contains("items")
                                 ? Of(schema["items"], absl::StrCat(place, "/items"), depth + 1)
                                 : "value";
    const int64_t least = schema.value("minItems", Json(0)).is_number_integer()
                              ? schema.value("minItems", int64_t{0})
                              : 0;
    const std::string repeats = Repeats(schema, "minItems", "maxItems", place);
    if (!error_.ok()) return "null";
    if (repeats == "{0,0}") return "(\"[\" ws \"]\")";
    std::string more = "*";
    if (repeats != "*") {
      // One item stands before the commas.
      const bool open = absl::EndsWith(repeats, ",}");
      const int64_t most = open ? 0 : schema["maxItems"].get<int64_t>();
      more = absl::StrCat("{", std::max<int64_t>(least - 1, 0), ",",
                          open ? std::string() : absl::StrCat(most - 1), "}");
    }
    const std::string items = NewRule(absl::StrCat(item, " ws (\",\" ws ", item, " ws)", more));
    return absl::StrCat("(\"[\" ws ", items, least == 0 ? "?" : "", " \"]\")");
  }

  // members0 ::= first members1 | …: each property in turn, with the comma that the ones
  // before it make necessary.
  std::string Object(const Json& schema, const std::string& place, int depth) {
    if (schema.contains("additionalProperties") && schema["additionalProperties"] != false)
      return Fail(place, "additionalProperties can only be false");
    if (!schema.contains("properties")) return "object";
    const Json& properties = schema["properties"];
    if (!properties.is_object() || properties.size() > kMostProperties)
      return Fail(place, "properties must be an object of at most 64");
    std::set<std::string> required;
    if (schema.contains("required")) {
      if (!schema["required"].is_array()) return Fail(place, "required must be a list");
      for (const Json& name : schema["required"]) {
        if (!name.is_string() || !properties.contains(name.get<std::string>()))
          return Fail(place, "required names a property that is not declared");
        required.insert(name.get<std::string>());
      }
    }
    const int object = ++count_;
    const auto rest = [&](size_t i, bool comma) {
      return absl::StrCat("o", object, comma ? "c" : "n", i);
    };
    size_t i = 0;
    for (const auto& [name, property] : properties.items()) {
      const std::string value =
          NewRule(absl::StrCat(Quoted(Json(name).dump()), " ws \":\" ws ",
                               Of(property, absl::StrCat(place, "/properties/", name.substr(0, 40)),
                                  depth + 1),
                               " ws"));
      const bool needed = required.contains(name);
      for (bool comma : {false, true}) {
        rules_ += absl::StrCat(rest(i, comma), " ::= ", comma ? "\",\" ws " : "", value, " ",
                               rest(i + 1, true),
                               needed ? "" : absl::StrCat(" | ", rest(i + 1, comma)), "\n");
      }
      ++i;
    }
    for (bool comma : {false, true}) rules_ += absl::StrCat(rest(i, comma), " ::= \"\"\n");
    return absl::StrCat("(\"{\" ws ", rest(0, false), " \"}\")");
  }

  const Json& schema_;
  absl::Status error_;
  std::string rules_;
  int count_ = 0;
  std::map<std::string, std::string> names_;   // $ref → rule
  std::map<std::string, std::string> wanted_;  // rule → $ref
};

}  // namespace

absl::StatusOr<std::string> GrammarOfJsonSchema(std::string_view text) {
  if (text.size() > Grammar::kMostTextBytes) {
    return absl::InvalidArgumentError("JSON schema: it is longer than 256 KiB");
  }
  bool too_deep = false;
  const auto bound = [&](int depth, Json::parse_event_t, Json&) {
    too_deep |= depth > 4 * kDeepest;
    return depth <= 4 * kDeepest;
  };
  const Json schema = Json::parse(text.begin(), text.end(), bound, /*allow_exceptions=*/false);
  if (schema.is_discarded() || too_deep) {
    return absl::InvalidArgumentError("JSON schema: it is not JSON, or nests too deep");
  }
  return SchemaWriter(schema).Write();
}

}  // namespace frontdesk::llm
