// Reads the http parts of tools.yaml: a service (an adapter of kind http) and
// the exchange of one tool. Format: docs/tools.md.
#pragma once

#include "tools/http/http_spec.h"
#include "tools/tool.h"
#include "tools/yaml_map.h"

namespace frontdesk::tools {

// adapter: the adapter's mapping. Faults go to its sink; the value is usable when none did.
HttpServiceSpec ReadHttpService(YamlMap& adapter);

// tool_map: the tool's mapping, `tool` what was read of it so far (parameters and
// result names are checked against the templates and the mapping).
HttpToolSpec ReadHttpTool(const ToolSpec& tool, YamlMap& tool_map, const FaultSink& sink);

}  // namespace frontdesk::tools
