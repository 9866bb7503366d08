#include "absl/strings/str_cat.h"
#include "server/services/admin_services.h"

namespace frontdesk::server {
namespace {

constexpr size_t kMaxBundleBytes = 32u << 20;

template <class Request>
absl::StatusOr<BundleFiles> FilesOf(const Request& request) {
  BundleFiles files;
  size_t bytes = 0;
  for (const v1::BundleFile& file : request.files()) {
    const std::string& path = file.path();
    if (path.empty() || path.front() == '/' || path.find("..") != std::string::npos ||
        path.size() > 200) {
      return InvalidField("files.path", "is a path below the bundle's folder, without \"..\"");
    }
    bytes += file.content().size();
    if (!files.emplace(path, file.content()).second)
      return InvalidField("files.path", absl::StrCat("twice: ", path));
  }
  if (bytes > kMaxBundleBytes) return InvalidField("files", "have at most 32 MiB together");
  return files;
}

}  // namespace

v1::Bundle BundleService::ToWire(const Assistant& assistant) const {
  v1::Bundle wire;
  wire.set_version(assistant.version.value());
  const auto active = versions_.Active();
  wire.set_state(active != nullptr && active->version == assistant.version ? "active" : "kept");
  wire.set_business(assistant.bundle.assistant.business);
  return wire;
}

Unary* BundleService::ListBundles(Context* context, const v1::ListBundlesRequest* request,
                                  v1::ListBundlesResponse* response) {
  return Handle(
      rpc_, context, "BundleService/ListBundles", [=, this](const Principal&) -> absl::Status {
        const int size = request->page_size() == 0 ? 20 : request->page_size();
        if (size < 1 || size > 100) return InvalidField("page_size", "is from 1 to 100");
        const auto records = store_.ListVersions();
        if (!records.ok()) return records.status();
        const auto active = versions_.Active();
        bool started = request->page_token().empty();
        for (auto it = records->rbegin(); it != records->rend(); ++it) {
          if (!started) {
            started = it->version.value() == request->page_token();
            continue;
          }
          if (response->bundles_size() == size) {
            response->set_next_page_token(response->bundles(size - 1).version());
            break;
          }
          v1::Bundle& wire = *response->add_bundles();
          wire.set_version(it->version.value());
          wire.set_state(active != nullptr && active->version == it->version ? "active" : "kept");
          wire.mutable_create_time()->set_seconds(it->created_ms / 1000);
        }
        return absl::OkStatus();
      });
}

Unary* BundleService::CheckBundle(Context* context, const v1::CheckBundleRequest* request,
                                  v1::CheckBundleResponse* response) {
  return Handle(rpc_, context, "BundleService/CheckBundle", [=](const Principal&) -> absl::Status {
    const auto files = FilesOf(*request);
    if (!files.ok()) return files.status();
    std::vector<dialog::BundleFault> faults;
    (void)dialog::LoadBundleFiles(*files, &faults);  // its error is these faults in one text
    for (const dialog::BundleFault& fault : faults) {
      v1::BundleFault& wire = *response->add_faults();
      wire.set_path(fault.file);
      wire.set_line(fault.line);
      wire.set_text(absl::StrCat(fault.warning ? "warning: " : "", fault.what, "; ", fault.remedy));
    }
    return absl::OkStatus();
  });
}

Unary* BundleService::UploadBundle(Context* context, const v1::UploadBundleRequest* request,
                                   v1::UploadBundleResponse* response) {
  return Handle(rpc_, context, "BundleService/UploadBundle",
                [=, this](const Principal&) -> absl::Status {
                  const auto files = FilesOf(*request);
                  if (!files.ok()) return files.status();
                  const auto added = versions_.Add(*files);
                  if (!added.ok()) return added.status();
                  *response->mutable_bundle() = ToWire(**added);
                  return absl::OkStatus();
                }, request);
}

Unary* BundleService::ActivateBundle(Context* context, const v1::ActivateBundleRequest* request,
                                     v1::ActivateBundleResponse* response) {
  return Handle(rpc_, context, "BundleService/ActivateBundle",
                [=, this](const Principal& caller) -> absl::Status {
                  const auto active =
                      versions_.Activate(storage::BundleVersion(request->version()),
                                         absl::StrCat("activated by ", caller.user));
                  if (!active.ok()) return active.status();
                  *response->mutable_bundle() = ToWire(**active);
                  return absl::OkStatus();
                }, request);
}

Unary* BundleService::RollbackBundle(Context* context, const v1::RollbackBundleRequest*,
                                     v1::RollbackBundleResponse* response) {
  return Handle(rpc_, context, "BundleService/RollbackBundle",
                [=, this](const Principal& caller) -> absl::Status {
                  const auto history = store_.PointerHistory("active");
                  if (!history.ok()) return history.status();
                  const auto active = versions_.Active();
                  for (auto it = history->rbegin(); it != history->rend(); ++it) {
                    if (active != nullptr && it->version == active->version) continue;
                    const auto back = versions_.Activate(
                        it->version, absl::StrCat("rolled back by ", caller.user));
                    if (!back.ok()) return back.status();
                    *response->mutable_bundle() = ToWire(**back);
                    return absl::OkStatus();
                  }
                  return absl::FailedPreconditionError("no version was active before this one");
                });
}

Unary* BundleService::ShadowBundle(Context* context, const v1::ShadowBundleRequest*,
                                   v1::ShadowBundleResponse*) {
  return Handle(rpc_, context, "BundleService/ShadowBundle", [](const Principal&) -> absl::Status {
    return absl::UnimplementedError(
        "shadow versions are not there yet; compare with `frontdesk replay --against`");
  });
}

Unary* BundleService::CanaryBundle(Context* context, const v1::CanaryBundleRequest*,
                                   v1::CanaryBundleResponse*) {
  return Handle(rpc_, context, "BundleService/CanaryBundle", [](const Principal&) -> absl::Status {
    return absl::UnimplementedError(
        "canary versions are not there yet; compare with `frontdesk replay --against`");
  });
}

}  // namespace frontdesk::server
