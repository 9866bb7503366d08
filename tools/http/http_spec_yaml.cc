#include "tools/http/http_spec_yaml.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/http/address_range.h"
#include "tools/http/template.h"

namespace frontdesk::tools {
namespace {

struct Url {
  std::string scheme, host;
};

std::optional<Url> ParseUrl(const std::string& text) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return std::nullopt;
  char* scheme = nullptr;
  char* host = nullptr;
  curl_url_get(url.get(), CURLUPART_SCHEME, &scheme, 0);
  curl_url_get(url.get(), CURLUPART_HOST, &host, 0);
  Url parts{scheme ? scheme : "", host ? host : ""};
  curl_free(scheme);
  curl_free(host);
  return parts;
}

// Plain numbers and true/false keep their type, quoted ones are texts.
nlohmann::json BodyOf(const YAML::Node& node, int depth) {
  if (depth > 16) return nullptr;
  if (node.IsMap()) {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& entry : node) object[entry.first.Scalar()] = BodyOf(entry.second, depth + 1);
    return object;
  }
  if (node.IsSequence()) {
    nlohmann::json list = nlohmann::json::array();
    for (const YAML::Node& element : node) list.push_back(BodyOf(element, depth + 1));
    return list;
  }
  if (!node.IsScalar()) return nullptr;
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;
  int64_t number = 0;
  if (absl::SimpleAtoi(text, &number)) return number;
  if (text == "true" || text == "false") return text == "true";
  return text;
}

std::optional<HttpField::Conversion> ParseConversion(std::string_view text) {
  using C = HttpField::Conversion;
  for (const auto& [name, value] : {std::pair{"value", C::kAs},
                                    {"cents", C::kCents},
                                    {"text", C::kText},
                                    {"date", C::kDate},
                                    {"count", C::kCount}}) {
    if (text == name) return value;
  }
  return std::nullopt;
}

void CheckPointer(const std::string& pointer, const std::string& key, YamlMap& map) {
  try {
    (void)nlohmann::json::json_pointer(pointer);
  } catch (const nlohmann::json::exception&) {
    map.Fail(key, absl::StrCat("'", pointer, "' is no JSON pointer"),
             "begin with / and separate members with /, like /order/total");
  }
}

std::vector<HttpField> ReadMapping(YamlMap& map, const std::vector<Field>& documented,
                                   const FaultSink& sink) {
  std::vector<HttpField> mapping;
  for (const auto& [name, node] : map.Members()) {
    HttpField field{.name = name};
    const auto known = std::find_if(documented.begin(), documented.end(),
                                    [&](const Field& f) { return f.name == name; });
    if (known == documented.end()) {
      map.Fail(name, absl::StrCat("'", name, "' is no documented result field"),
               "add it to the tool's result, or remove it here");
    }
    if (node.IsScalar()) {
      field.pointer = node.Scalar();
      CheckPointer(field.pointer, name, map);
      mapping.push_back(field);
      continue;
    }
    YamlMap inner(node, absl::StrCat(map.what(), " ", name), sink);
    field.pointer = inner.RequiredText("pointer", "write pointer: /path").value_or("");
    CheckPointer(field.pointer, "pointer", inner);
    const std::string as = inner.Text("as").value_or("value");
    if (std::optional<HttpField::Conversion> conversion = ParseConversion(as)) {
      field.conversion = *conversion;
    } else {
      inner.Fail("as", absl::StrCat("unknown conversion '", as, "'"),
                 Suggest(as, {"value", "cents", "text", "date", "count"}));
    }
    if (inner.Has("each")) {
      YamlMap each(inner.Get("each"), absl::StrCat(inner.what(), " each"), sink);
      static const std::vector<Field> kNone;
      field.each = ReadMapping(each, known == documented.end() ? kNone : known->fields, sink);
    }
    inner.Finish();
    mapping.push_back(std::move(field));
  }
  return mapping;
}

// Every {name} of the exchange is a parameter or one of the fixed names.
std::set<std::string> CheckTemplates(const ToolSpec& tool, const HttpToolSpec& http, YamlMap& map) {
  std::set<std::string> names;
  CollectNames(http.path, names);
  for (const auto& [key, value] : http.query) CollectNames(value, names);
  for (const auto& [key, value] : http.headers) CollectNames(value, names);
  CollectBodyNames(http.body, names);
  std::set<std::string> all = names;
  CollectNames(http.find_path, all);
  for (const std::string& name : all) {
    if (tool.FindParameter(name) == nullptr && !IsFixedName(name)) {
      map.Fail("path", absl::StrCat("{", name, "} is no parameter of the tool"),
               "use a parameter, or customer_id, idempotency_key, now or today");
    }
  }
  for (const Parameter& parameter : tool.parameters) {
    if (IsFixedName(parameter.name)) {
      map.Fail("path", absl::StrCat("the parameter '", parameter.name, "' would hide a fixed name"),
               "rename the parameter");
    }
    if (!names.contains(parameter.name)) {
      map.Fail("path", absl::StrCat("the parameter '", parameter.name, "' is not sent"),
               absl::StrCat("write {", parameter.name, "} in path, query, headers or body"));
    }
    if (!parameter.required &&
        http.path.find(absl::StrCat("{", parameter.name, "}")) != std::string::npos) {
      map.Fail("path", absl::StrCat("{", parameter.name, "} may be absent"),
               "make the parameter required, or send it in query or body");
    }
  }
  return names;
}

// A system that is asked about customers must be told which one, or say which.
void CheckOwner(const ToolSpec& tool, const HttpToolSpec& http, const std::set<std::string>& names,
                YamlMap& map) {
  const bool for_customers =
      std::find(tool.roles.begin(), tool.roles.end(), Role::kCustomer) != tool.roles.end();
  if (!for_customers || tool.verification == Verification::kNone) return;
  if (names.contains("customer_id")) return;
  if (tool.effect == Effect::kRead && !http.owner_pointer.empty()) return;
  map.Fail("path", "nothing keeps a customer to their own data",
           tool.effect == Effect::kRead
               ? "send {customer_id}, or name the owner in the answer with owner: /pointer"
               : "send {customer_id}");
}

}  // namespace

HttpServiceSpec ReadHttpService(YamlMap& map) {
  HttpServiceSpec http;
  http.base_url = map.RequiredText("base_url", "write base_url: https://host/path").value_or("");
  while (http.base_url.ends_with('/')) http.base_url.pop_back();
  for (std::string host : map.Texts("hosts")) {
    std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    http.hosts.push_back(std::move(host));
  }
  if (http.hosts.empty()) {
    map.Fail("hosts", "no host is allowed",
             "list the hosts that may be reached: hosts: [a.example]");
  }
  http.private_addresses = map.Texts("private_addresses");
  for (const std::string& range : http.private_addresses) {
    if (absl::StatusOr<AddressRange> parsed = AddressRange::Parse(range); !parsed.ok()) {
      map.Fail("private_addresses", std::string(parsed.status().message()),
               "write an address or a range like 10.20.0.0/16");
    }
  }
  http.allow_http = map.Bool("allow_http").value_or(false);
  http.headers = map.TextMap("headers");
  http.response_limit = map.Integer("response_limit", 1, 64 << 20).value_or(1 << 20);
  if (map.Has("auth")) {
    const std::map<std::string, std::string> auth = map.TextMap("auth");
    for (const auto& [key, value] : auth) {
      if (key == "header") {
        http.auth_header = value;
      } else if (key == "prefix") {
        http.auth_prefix = value;
      } else if (key == "file") {
        http.auth_file = value;
      } else {
        map.Fail("auth", absl::StrCat("unknown key '", key, "'"),
                 Suggest(key, {"header", "prefix", "file"}));
      }
    }
    if (http.auth_file.empty()) {
      map.Fail("auth", "auth without file",
               "write file: with the path of the file that holds the secret");
    }
  }
  if (http.base_url.empty()) return http;
  const std::optional<Url> url = ParseUrl(http.base_url);
  if (!url) {
    map.Fail("base_url", "base_url is no URL", "write https://host/path");
  } else if (url->scheme != "https" && !(url->scheme == "http" && http.allow_http)) {
    map.Fail("base_url", absl::StrCat("the scheme '", url->scheme, "' is not allowed"),
             "use https, or allow_http: true inside your own network");
  } else if (std::find(http.hosts.begin(), http.hosts.end(), url->host) == http.hosts.end()) {
    map.Fail("base_url", absl::StrCat("the host '", url->host, "' is not among hosts"),
             absl::StrCat("write hosts: [", url->host, "]"));
  }
  return http;
}

HttpToolSpec ReadHttpTool(const ToolSpec& tool, YamlMap& tool_map, const FaultSink& sink) {
  HttpToolSpec http;
  if (!tool_map.Has("http")) {
    tool_map.Fail("http", "the exchange is missing", "write http: {method: GET, path: /…}");
    return http;
  }
  YamlMap map(tool_map.Get("http"), absl::StrCat("tool ", tool.name, ", http"), sink);
  http.line = map.node().Mark().line + 1;
  http.method = map.Text("method").value_or(tool.effect == Effect::kRead ? "GET" : "POST");
  static const std::vector<std::string> kMethods = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  if (std::find(kMethods.begin(), kMethods.end(), http.method) == kMethods.end()) {
    map.Fail("method", absl::StrCat("unknown method '", http.method, "'"),
             Suggest(http.method, kMethods));
  } else if (http.method == "GET" && tool.effect == Effect::kWrite) {
    map.Fail("method", "a write by GET may be repeated by any proxy",
             "use POST, PUT, PATCH or DELETE");
  }
  http.path = map.RequiredText("path", "write path: /orders/{order_id}").value_or("/");
  if (!http.path.starts_with('/')) {
    map.Fail("path", "the path does not begin with /", "write path: /orders/{order_id}");
  }
  http.query = map.TextMap("query");
  http.headers = map.TextMap("headers");
  if (map.Has("body")) http.body = BodyOf(map.Get("body"), 0);
  if (!http.body.is_null() && http.method == "GET") {
    map.Fail("body", "a GET has no body", "use query, or another method");
  }
  if (map.Has("result")) {
    YamlMap result(map.Get("result"), absl::StrCat(map.what(), ", result"), sink);
    http.result = ReadMapping(result, tool.result, sink);
  }
  if (map.Has("not_found")) http.not_found = map.Integers("not_found", 400, 599);
  if (map.Has("rejected")) http.rejected = map.Integers("rejected", 400, 499);
  http.reason_pointer = map.Text("reason").value_or("");
  CheckPointer(http.reason_pointer, "reason", map);
  http.reasons = map.TextMap("reasons");
  http.owner_pointer = map.Text("owner").value_or("");
  CheckPointer(http.owner_pointer, "owner", map);
  http.find_path = map.Text("find").value_or("");
  if (!http.find_path.empty() && http.find_path.find("{idempotency_key}") == std::string::npos) {
    map.Fail("find", "the question does not name the key", "write {idempotency_key} in it");
  }
  CheckOwner(tool, http, CheckTemplates(tool, http, map), map);
  map.Finish();
  return http;
}

}  // namespace frontdesk::tools
