// Any HTTP/JSON service as an adapter, described in tools.yaml alone.
//
// Thread-safe; each call uses its own connection handle from a small pool.
// Invariants: connects to listed hosts only, and after name resolution only to
// public addresses or listed private ones; follows no redirect; obeys no proxy of
// the environment; keeps at most `response_limit` bytes; never logs bodies,
// arguments or the secret. One attempt per call: retries are the registry's.
//
// Example:
//   auto crm = HttpAdapter::Create(catalogue, *catalogue.FindAdapter("orders_api"));
//   registry.Bind("orders_api", *std::move(crm));
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/adapter.h"
#include "tools/catalogue.h"
#include "tools/http/address_range.h"
#include "tools/http/http_spec.h"

namespace frontdesk::tools {

class HttpAdapter : public Adapter {
 public:
  // Reads the secret's file. The catalogue's values are copied.
  // Errors: NOT_FOUND (no secret file), INVALID_ARGUMENT (empty secret, or one with
  // control characters; a bad address range).
  static absl::StatusOr<std::unique_ptr<HttpAdapter>> Create(const Catalogue& catalogue,
                                                             const AdapterSpec& spec);
  ~HttpAdapter() override;

  // Outcomes: docs/tools.md, table "How an exchange becomes a result".
  ToolResult Call(const ToolCall& call, absl::Time deadline) override;
  // Asks the tool's `find` path. UNIMPLEMENTED when it has none.
  absl::StatusOr<std::optional<ToolResult>> FindByKey(std::string_view tool, std::string_view key,
                                                      absl::Time deadline) override;

 private:
  struct Tool {
    HttpToolSpec http;
    Effect effect;
  };
  struct Request;
  struct Response;
  HttpAdapter(HttpServiceSpec service, std::string secret, std::vector<AddressRange> ranges);

  Response Exchange(const Request& request, absl::Time deadline);
  // From an exchange to a result: docs/tools.md has the table.
  ToolResult Judge(const Tool& tool, const Response& response, std::string_view customer) const;
  ToolResult JudgeTransport(const Tool& tool, const Response& response) const;
  ToolResult JudgeBody(const Tool& tool, const std::optional<nlohmann::json>& body,
                       std::string_view customer) const;
  // What may stand for {name} in this call's request.
  static nlohmann::json ValuesOf(const ToolCall& call);
  // nullopt: a value cannot stand in a path.
  std::optional<std::string> UrlOf(const HttpToolSpec& http, const nlohmann::json& values) const;
  void* TakeHandle();
  void ReturnHandle(void* handle);

  const HttpServiceSpec service_;
  const std::string secret_;
  const std::vector<AddressRange> private_ranges_;
  std::map<std::string, Tool, std::less<>> tools_;
  std::mutex mutex_;
  std::vector<void*> idle_;  // CURL handles with open connections; guarded by mutex_
};

}  // namespace frontdesk::tools
