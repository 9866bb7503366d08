// How a tool of tools.yaml becomes an HTTP request and how its JSON answer
// becomes a result. Plain values; docs/tools.md shows them in YAML.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace frontdesk::tools {

// One remote service. Only `hosts` are reached, only over https unless
// `allow_http`; addresses that are private, loopback or link-local are refused
// after name resolution unless a range of `private_addresses` holds them.
struct HttpServiceSpec {
  std::string base_url;                        // "https://orders.example/v2", no slash at the end
  std::vector<std::string> hosts;              // exact names, lower case; never empty
  std::vector<std::string> private_addresses;  // CIDR, e.g. "10.20.0.0/16", "::1/128"
  bool allow_http = false;
  std::string auth_header = "Authorization";
  std::string auth_prefix = "Bearer ";
  std::string auth_file;                       // holds the secret; empty: no auth
  std::map<std::string, std::string> headers;  // sent with every request
  int64_t response_limit = 1 << 20;            // bytes of a body
};

// How one field of the result is read from the response body.
struct HttpField {
  // kAs: the value as it is. kCents: a decimal number or text ("49.90") to 4990.
  // kText: a number or boolean to text. kDate: the first ten characters.
  enum class Conversion { kAs, kCents, kText, kDate, kCount };
  std::string name;
  std::string pointer;  // RFC 6901; for members of a list relative to its element
  Conversion conversion = Conversion::kAs;
  std::vector<HttpField> each;  // list: how each element is read
};

// `{name}` in url, header values and body texts is replaced: a parameter's
// name, or customer_id, idempotency_key, now, today.
struct HttpToolSpec {
  std::string method = "GET";
  std::string path;  // appended to base_url; values are percent-encoded
  std::map<std::string, std::string> query;
  std::map<std::string, std::string> headers;
  nlohmann::json body;            // null: none; a text that is one {name} keeps the value's type
  std::vector<HttpField> result;  // empty: the body as it is, cut to the documented fields
  std::vector<int> not_found = {404};
  std::vector<int> rejected = {409, 422};
  std::string reason_pointer;  // where a rejection's reason code stands; empty: "rejected"
  std::map<std::string, std::string> reasons;  // the system's codes to the tool's reason codes
  // Where the answer names its owner: any other than the principal's customer_id is
  // not_found. For a system that cannot be asked for one customer's things only.
  std::string owner_pointer;
  std::string find_path;  // GET that answers for an idempotency key; empty: cannot tell
  int line = 0;
};

}  // namespace frontdesk::tools
