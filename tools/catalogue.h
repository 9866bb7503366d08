// What tools.yaml declares: the tools and the adapters they go through.
//
// A plain value without connections: the bundle loader checks flows against it,
// Registry adds the adapters. Format and a worked example: docs/tools.md.
//
// Example:
//   absl::StatusOr<Catalogue> tools = Catalogue::FromYaml(text, "tools.yaml");
//   const ToolSpec* spec = tools->Find("orders.get");
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/breaker.h"
#include "tools/fault.h"
#include "tools/http/http_spec.h"
#include "tools/tool.h"

namespace frontdesk::tools {

enum class AdapterKind { kDemoCrm, kHttp };

struct AdapterSpec {
  std::string name;
  AdapterKind kind = AdapterKind::kDemoCrm;
  BreakerOptions breaker;
  absl::Duration backoff = absl::Milliseconds(100);             // before the first retry; doubles
  absl::Duration backoff_limit = absl::Seconds(2);              // longest pause
  HttpServiceSpec http;                                         // kHttp only
  std::map<std::string, HttpToolSpec, std::less<>> http_tools;  // kHttp only: by tool name
  int line = 0;
};

struct Catalogue {
  std::vector<ToolSpec> tools;        // in file order
  std::vector<AdapterSpec> adapters;  // in file order

  // Errors: INVALID_ARGUMENT with every fault of the file, one line each.
  static absl::StatusOr<Catalogue> FromYaml(std::string_view text, std::string_view file);
  // As above, but returns what could be read and appends the faults, so that a
  // bundle check can go on and report them among its own.
  static Catalogue Parse(std::string_view text, std::string_view file, std::vector<Fault>& faults);

  const ToolSpec* Find(std::string_view tool) const;            // nullptr: none
  const AdapterSpec* FindAdapter(std::string_view name) const;  // nullptr: none
};

}  // namespace frontdesk::tools
