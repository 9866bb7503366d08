#include "server/assistant/registry_of_bundle.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <utility>

#include "tools/crm/demo_crm.h"
#include "tools/http/http_adapter.h"

namespace frontdesk::server {

absl::StatusOr<tools::Registry> BindTools(const dialog::Bundle& bundle,
                                          std::shared_ptr<tools::Adapter> demo_crm) {
  tools::Registry registry(bundle.tools);
  for (const tools::AdapterSpec& adapter : registry.catalogue().adapters) {
    std::shared_ptr<tools::Adapter> bound;
    if (adapter.kind == tools::AdapterKind::kDemoCrm) bound = demo_crm;
    if (adapter.kind == tools::AdapterKind::kHttp) {
      absl::StatusOr<std::unique_ptr<tools::HttpAdapter>> http =
          tools::HttpAdapter::Create(registry.catalogue(), adapter);
      if (!http.ok()) return http.status();
      bound = *std::move(http);
    }
    if (bound == nullptr) continue;
    if (absl::Status status = registry.Bind(adapter.name, std::move(bound)); !status.ok())
      return status;
  }
  for (const std::string& name : registry.Unbound()) {
    spdlog::warn("degraded=1 adapter={} effect=\"its tools answer unavailable\"", name);
  }
  return registry;
}

absl::StatusOr<tools::Registry> RegistryOfBundle(const dialog::Bundle& bundle,
                                                 const std::string& demo_crm_file) {
  std::shared_ptr<tools::Adapter> crm;
  if (std::error_code error; std::filesystem::exists(demo_crm_file, error)) {
    auto opened = tools::DemoCrm::Open(demo_crm_file);
    if (!opened.ok()) return opened.status();
    crm = *std::move(opened);
  }
  return BindTools(bundle, std::move(crm));
}

}  // namespace frontdesk::server
