// A data folder to simulate into: store, versions and documents as a server would keep them.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/assistant/documents.h"
#include "server/assistant/models.h"
#include "server/assistant/versions.h"
#include "storage/store.h"
#include "tools/crm/demo_crm.h"

namespace frontdesk::server {

struct SimulationPlace {
  std::unique_ptr<storage::Store> store;
  std::shared_ptr<tools::DemoCrm> crm;  // in memory, the demo shop's
  std::unique_ptr<Versions> versions;   // the bundle is active
  std::unique_ptr<Documents> documents;

  // bundle: its folder. key_file: empty: beside the store. cache: trained artefacts and
  // indexes. Errors: those of store, bundle, training and documents.
  static absl::StatusOr<SimulationPlace> Open(const std::string& data, const std::string& bundle,
                                              const std::string& key_file,
                                              const std::string& cache, const Models& models);
};

}  // namespace frontdesk::server
