#include "tools/http/http_adapter.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "tools/http/answer.h"
#include "tools/http/template.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;
using Outcome = ToolResult::Outcome;

constexpr size_t kMostIdle = 8;
constexpr size_t kMostHeaderBytes = 64 << 10;
constexpr int kDeepestAnswer = 64;

// What curl's callbacks of one exchange share.
struct Transfer {
  int64_t limit;
  const std::vector<AddressRange>* ranges;
  std::string body;
  size_t header_bytes = 0;
  bool too_large = false;
  bool refused_address = false;
};

size_t OnBody(char* bytes, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (static_cast<int64_t>(transfer.body.size() + size * count) > transfer.limit) {
    transfer.too_large = true;
    return 0;  // ends the transfer
  }
  transfer.body.append(bytes, size * count);
  return size * count;
}

size_t OnHeader(char*, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.header_bytes += size * count;
  if (transfer.header_bytes <= kMostHeaderBytes) return size * count;
  transfer.too_large = true;
  return 0;
}

// Runs after name resolution, for the very address that is about to be connected
// to, so that a name cannot point elsewhere between check and use.
curl_socket_t OnOpenSocket(void* user, curlsocktype, curl_sockaddr* target) {
  auto& transfer = *static_cast<Transfer*>(user);
  const absl::StatusOr<Address> address = Address::From(target->addr);
  const bool allowed =
      address.ok() && (address->IsPublic() ||
                       std::any_of(transfer.ranges->begin(), transfer.ranges->end(),
                                   [&](const AddressRange& r) { return r.Contains(*address); }));
  if (!allowed) {
    transfer.refused_address = true;
    return CURL_SOCKET_BAD;
  }
  return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

bool IsDeeperThan(const std::string& text, int limit) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > limit) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

// The body as JSON, null for an empty one; nullopt when it is none, or hostile.
std::optional<json> Parse(const std::string& body) {
  if (body.empty()) return json();
  if (IsDeeperThan(body, kDeepestAnswer)) return std::nullopt;
  json parsed = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return std::nullopt;
  return parsed;
}

// The value at a pointer that was checked when tools.yaml was read, or nullptr.
const json* At(const json& body, const std::string& pointer) {
  const json::json_pointer at(pointer);
  return body.is_structured() && body.contains(at) ? &body.at(at) : nullptr;
}

// The tool's reason code for what the system gave as its own.
std::string ReasonOf(const HttpToolSpec& http, const std::optional<json>& body) {
  const json* code =
      body && !http.reason_pointer.empty() ? At(*body, http.reason_pointer) : nullptr;
  if (code == nullptr || !code->is_string()) return "rejected";
  const auto known = http.reasons.find(code->get_ref<const std::string&>());
  return known != http.reasons.end() ? known->second : code->get<std::string>();
}

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(absl::StrCat("cannot read the secret file ", path,
                                            "; create it (mode 0600) or correct auth: file"));
  }
  std::stringstream text;
  text << file.rdbuf();
  std::string secret = text.str();
  absl::StripTrailingAsciiWhitespace(&secret);
  const bool clean = std::all_of(secret.begin(), secret.end(),
                                 [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
  if (secret.empty() || secret.size() > 8192 || !clean) {
    return absl::InvalidArgumentError(
        absl::StrCat("the secret file ", path, " must hold one line of text"));
  }
  return secret;
}

}  // namespace

struct HttpAdapter::Request {
  std::string method, url;
  std::vector<std::string> headers;
  std::string body;
  bool has_body = false;
};

struct HttpAdapter::Response {
  CURLcode code = CURLE_OK;
  long status = 0;
  bool sent = false;  // some byte of the request may have left
  bool too_large = false, refused_address = false;
  std::string body;
};

HttpAdapter::HttpAdapter(HttpServiceSpec service, std::string secret,
                         std::vector<AddressRange> ranges)
    : service_(std::move(service)),
      secret_(std::move(secret)),
      private_ranges_(std::move(ranges)) {}

HttpAdapter::~HttpAdapter() {
  for (void* handle : idle_) curl_easy_cleanup(handle);
}

absl::StatusOr<std::unique_ptr<HttpAdapter>> HttpAdapter::Create(const Catalogue& catalogue,
                                                                 const AdapterSpec& spec) {
  static const CURLcode kInitialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kInitialised != CURLE_OK) return absl::InternalError("libcurl did not start");
  std::string secret;
  if (!spec.http.auth_file.empty()) {
    absl::StatusOr<std::string> read = ReadSecret(spec.http.auth_file);
    if (!read.ok()) return read.status();
    secret = *std::move(read);
  }
  std::vector<AddressRange> ranges;
  for (const std::string& text : spec.http.private_addresses) {
    absl::StatusOr<AddressRange> range = AddressRange::Parse(text);
    if (!range.ok()) return range.status();
    ranges.push_back(*range);
  }
  std::unique_ptr<HttpAdapter> adapter(
      new HttpAdapter(spec.http, std::move(secret), std::move(ranges)));
  for (const auto& [name, http] : spec.http_tools) {
    const ToolSpec* tool = catalogue.Find(name);
    adapter->tools_.emplace(name, Tool{http, tool != nullptr ? tool->effect : Effect::kWrite});
  }
  return adapter;
}

void* HttpAdapter::TakeHandle() {
  std::lock_guard lock(mutex_);
  if (idle_.empty()) return curl_easy_init();
  void* handle = idle_.back();
  idle_.pop_back();
  return handle;
}

void HttpAdapter::ReturnHandle(void* handle) {
  curl_easy_reset(handle);  // forgets options, keeps connections
  std::lock_guard lock(mutex_);
  if (idle_.size() < kMostIdle) {
    idle_.push_back(handle);
  } else {
    curl_easy_cleanup(handle);
  }
}

HttpAdapter::Response HttpAdapter::Exchange(const Request& request, absl::Time deadline) {
  Response response;
  const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
  if (left <= 0) {
    response.code = CURLE_OPERATION_TIMEDOUT;
    return response;
  }
  CURL* curl = TakeHandle();
  if (curl == nullptr) {
    response.code = CURLE_OUT_OF_MEMORY;
    return response;
  }
  Transfer transfer{.limit = service_.response_limit, .ranges = &private_ranges_};
  curl_slist* headers = nullptr;
  for (const std::string& header : request.headers)
    headers = curl_slist_append(headers, header.c_str());

  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, service_.allow_http ? "https,http" : "https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY,
                   "");  // an environment's proxy would escape the address check
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(left));
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "frontdesk");
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.has_body) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, OnOpenSocket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &transfer);

  response.code = curl_easy_perform(curl);
  long request_bytes = 0;
  curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &request_bytes);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response.status);
  response.sent = request_bytes > 0;
  response.too_large = transfer.too_large;
  response.refused_address = transfer.refused_address;
  response.body = std::move(transfer.body);
  curl_slist_free_all(headers);
  ReturnHandle(curl);
  return response;
}

// No complete answer came: what that says about the request.
ToolResult HttpAdapter::JudgeTransport(const Tool& tool, const Response& response) const {
  const bool write = tool.effect == Effect::kWrite;
  const Outcome doubt = write ? Outcome::kUnknown : Outcome::kUnavailable;
  if (response.refused_address) {
    return ToolResult::Failed(Outcome::kUnavailable,
                              "the host resolves to a private address that is not listed; add it "
                              "to private_addresses if it is yours");
  }
  if (response.too_large) return ToolResult::Failed(doubt, "the answer exceeds response_limit");
  if (!response.sent) {
    return ToolResult::Failed(Outcome::kUnavailable, curl_easy_strerror(response.code));
  }
  if (response.code == CURLE_OPERATION_TIMEDOUT) {
    return ToolResult::Failed(write ? Outcome::kUnknown : Outcome::kTimeout,
                              "no complete answer in time");
  }
  return ToolResult::Failed(doubt, curl_easy_strerror(response.code));
}

ToolResult HttpAdapter::JudgeBody(const Tool& tool, const std::optional<json>& body,
                                  std::string_view customer) const {
  const Outcome doubt = tool.effect == Effect::kWrite ? Outcome::kUnknown : Outcome::kUnavailable;
  if (!body) return ToolResult::Failed(doubt, "the answer is no JSON");
  if (!tool.http.owner_pointer.empty()) {
    const json* owner = At(*body, tool.http.owner_pointer);
    const bool theirs =
        owner != nullptr && !customer.empty() &&
        (*owner == customer || (owner->is_number_integer() && owner->dump() == customer));
    if (!theirs) return ToolResult::NotFound("not_found", "it belongs to another customer");
  }
  absl::StatusOr<json> value =
      MapAnswer(tool.http.result, body->is_null() ? json::object() : *body);
  if (!value.ok()) return ToolResult::Failed(doubt, std::string(value.status().message()));
  return ToolResult::Ok(*std::move(value));
}

ToolResult HttpAdapter::Judge(const Tool& tool, const Response& response,
                              std::string_view customer) const {
  if (response.code != CURLE_OK || response.too_large) return JudgeTransport(tool, response);
  const Outcome doubt = tool.effect == Effect::kWrite ? Outcome::kUnknown : Outcome::kUnavailable;
  const long status = response.status;
  const std::string said = absl::StrCat("HTTP status ", status);
  const auto listed = [&](const std::vector<int>& codes) {
    return std::find(codes.begin(), codes.end(), status) != codes.end();
  };
  if (listed(tool.http.not_found)) return ToolResult::NotFound("not_found", said);
  const std::optional<json> body = Parse(response.body);
  if (listed(tool.http.rejected)) {
    return ToolResult::Rejected(ReasonOf(tool.http, body), said);
  }
  if (status >= 300 && status < 400) {
    return ToolResult::Failed(doubt, absl::StrCat(said, ": redirects are not followed"));
  }
  if (status == 401 || status == 403) {
    return ToolResult::Failed(Outcome::kUnavailable,
                              absl::StrCat(said, ": our credentials are refused; see auth: file"));
  }
  if (status == 429) return ToolResult::Failed(Outcome::kUnavailable, said);
  if (status >= 400 && status < 500) return ToolResult::Rejected("rejected", said);
  if (status < 200 || status >= 300) return ToolResult::Failed(doubt, said);
  return JudgeBody(tool, body, customer);
}

json HttpAdapter::ValuesOf(const ToolCall& call) {
  json values = call.arguments;
  for (const char* fixed : {"customer_id", "idempotency_key"}) values.erase(fixed);
  if (!call.principal.customer_id.empty()) values["customer_id"] = call.principal.customer_id;
  if (!call.idempotency_key.empty()) values["idempotency_key"] = call.idempotency_key;
  values["now"] = absl::FormatTime(absl::RFC3339_sec, call.now, absl::UTCTimeZone());
  values["today"] = absl::FormatTime("%Y-%m-%d", call.now, absl::UTCTimeZone());
  return values;
}

std::optional<std::string> HttpAdapter::UrlOf(const HttpToolSpec& http, const json& values) const {
  const std::optional<std::string> path = FillPath(http.path, values);
  if (!path) return std::nullopt;
  std::string url = absl::StrCat(service_.base_url, *path);
  char separator = url.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, text] : http.query) {
    const std::optional<std::string> value = FillQueryValue(text, values);
    if (!value) continue;  // an optional parameter that is absent
    absl::StrAppend(&url, std::string(1, separator), name, "=", *value);
    separator = '&';
  }
  return url;
}

ToolResult HttpAdapter::Call(const ToolCall& call, absl::Time deadline) {
  const auto found = tools_.find(call.tool);
  if (found == tools_.end()) {
    return ToolResult::Rejected("unknown_tool", "tools.yaml gives no exchange for this tool");
  }
  const HttpToolSpec& http = found->second.http;
  const json values = ValuesOf(call);
  const auto bad = [](const char* where) {
    return ToolResult::Rejected("bad_arguments",
                                absl::StrCat("a value cannot stand in the request's ", where));
  };
  Request request{.method = http.method};
  const std::optional<std::string> url = UrlOf(http, values);
  if (!url) return bad("path");
  request.url = *url;
  for (const auto* headers : {&service_.headers, &http.headers}) {
    for (const auto& [name, text] : *headers) {
      const std::optional<std::string> value = FillHeader(text, values);
      if (!value) return bad("headers");
      request.headers.push_back(absl::StrCat(name, ": ", *value));
    }
  }
  if (!http.body.is_null()) {
    request.has_body = true;
    request.body = FillBody(http.body, values).dump(-1, ' ', false, json::error_handler_t::replace);
    request.headers.push_back("Content-Type: application/json");
  } else if (http.method != "GET" && http.method != "DELETE") {
    request.has_body = true;
  }
  request.headers.push_back("Expect:");
  if (found->second.effect == Effect::kWrite) {
    const std::optional<std::string> key = FillHeader("{idempotency_key}", values);
    if (!key) return bad("Idempotency-Key");
    request.headers.push_back(absl::StrCat("Idempotency-Key: ", *key));
  }
  if (!secret_.empty()) {
    request.headers.push_back(
        absl::StrCat(service_.auth_header, ": ", service_.auth_prefix, secret_));
  }
  return Judge(found->second, Exchange(request, deadline), call.principal.customer_id);
}

absl::StatusOr<std::optional<ToolResult>> HttpAdapter::FindByKey(std::string_view tool,
                                                                 std::string_view key,
                                                                 absl::Time deadline) {
  const auto found = tools_.find(tool);
  if (found == tools_.end() || found->second.http.find_path.empty()) {
    return absl::UnimplementedError(absl::StrCat("tools.yaml gives no find: for ",
                                                 std::string(tool), "; the write stays unknown"));
  }
  const std::optional<std::string> path =
      FillPath(found->second.http.find_path, json{{"idempotency_key", key}});
  if (!path) return absl::InvalidArgumentError("the key cannot stand in a path");
  Request request{.method = "GET", .url = absl::StrCat(service_.base_url, *path)};
  if (!secret_.empty()) {
    request.headers.push_back(
        absl::StrCat(service_.auth_header, ": ", service_.auth_prefix, secret_));
  }
  Tool question = found->second;
  question.effect = Effect::kRead;
  question.http.owner_pointer.clear();
  question.http.not_found = {404};
  question.http.rejected.clear();
  const ToolResult result = Judge(question, Exchange(request, deadline), "");
  switch (result.outcome) {
    case Outcome::kOk:
      return std::optional<ToolResult>(result);
    case Outcome::kNotFound:
      return std::optional<ToolResult>();
    case Outcome::kTimeout:
      return absl::DeadlineExceededError(result.message);
    default:
      return absl::UnavailableError(result.message);
  }
}

}  // namespace frontdesk::tools
