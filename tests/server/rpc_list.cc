#include "tests/server/rpc_list.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"

namespace frontdesk::server {

std::vector<RpcName> EveryRpc() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(FRONTDESK_SOURCE_DIR "/protos/frontdesk/v1")) {
    if (entry.path().extension() == ".proto") {
      files.push_back("frontdesk/v1/" + entry.path().filename().string());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<RpcName> rpcs;
  for (const std::string& name : files) {
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    if (file == nullptr) {
      ADD_FAILURE() << name << " is not linked into the server";
      continue;
    }
    for (int s = 0; s < file->service_count(); ++s) {
      const auto* service = file->service(s);
      for (int m = 0; m < service->method_count(); ++m) {
        rpcs.push_back({absl::StrCat(service->name(), "/", service->method(m)->name()),
                        absl::StrCat("/", service->full_name(), "/", service->method(m)->name())});
      }
    }
  }
  return rpcs;
}

}  // namespace frontdesk::server
