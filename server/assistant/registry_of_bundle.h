// The tools of a bundle bound to the business's systems, for commands that run without a server.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "dialog/bundle/bundle.h"
#include "tools/registry.h"

namespace frontdesk::server {

// Binds every adapter of the bundle; the demo CRM from its file, when that is there.
// demo_crm: null where no tool needs it. An adapter that stays unbound is warned about, and its
// tools answer unavailable. Errors: those of an adapter's settings.
absl::StatusOr<tools::Registry> BindTools(const dialog::Bundle& bundle,
                                          std::shared_ptr<tools::Adapter> demo_crm);
absl::StatusOr<tools::Registry> RegistryOfBundle(const dialog::Bundle& bundle,
                                                 const std::string& demo_crm_file);

}  // namespace frontdesk::server
