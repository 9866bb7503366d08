#include "server/simulate/place.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tools/crm/generate/generate.h"

namespace frontdesk::server {

absl::StatusOr<SimulationPlace> SimulationPlace::Open(const std::string& data,
                                                      const std::string& bundle,
                                                      const std::string& key_file,
                                                      const std::string& cache,
                                                      const Models& models) {
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error)
    return absl::PermissionDeniedError(absl::StrCat(data, ": ", error.message(), "; give --data"));
  std::filesystem::create_directories(cache, error);
  const absl::StatusOr<BundleFiles> files = ReadBundleFiles(bundle);
  if (!files.ok()) return files.status();
  SimulationPlace place;
  storage::StoreOptions options;
  options.path = data + "/frontdesk.db";
  options.key_file = key_file;
  auto store = storage::Store::Open(options);
  if (!store.ok()) return store.status();
  place.store = *std::move(store);
  auto crm = tools::DemoCrm::OpenInMemory();
  if (!crm.ok()) return crm.status();
  place.crm = *std::move(crm);
  if (absl::Status made = tools::GenerateDemoCrm(*place.crm, {}); !made.ok()) return made;
  AssistantOptions assistant;
  assistant.cache_folder = cache;
  assistant.demo_crm = place.crm;
  place.versions = std::make_unique<Versions>(*place.store, models, std::move(assistant));
  if (auto active = place.versions->Activate(*files, "simulated"); !active.ok())
    return active.status();
  auto documents = Documents::Open(*place.store, KnowledgeOptionsFor(*files, models),
                                   cache + "/knowledge-simulated");
  if (!documents.ok()) return documents.status();
  place.documents = *std::move(documents);
  if (absl::Status seeded = place.documents->SeedFrom(bundle + "/knowledge"); !seeded.ok())
    return seeded;
  return place;
}

}  // namespace frontdesk::server
