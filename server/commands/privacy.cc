// `frontdesk privacy erase`: destroys the keys of one customer. The server must be stopped, or
// PrivacyService be called, because one process at a time writes the store.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "absl/time/clock.h"
#include "server/commands/commands.h"
#include "storage/store.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  std::string customer;
};

int RunErase(const Options& options) {
  storage::StoreOptions at;
  at.path = (std::filesystem::path(options.place.data) / "frontdesk.db").string();
  at.key_file = options.place.key_file;
  absl::StatusOr<std::unique_ptr<storage::Store>> store = storage::Store::Open(at);
  if (!store.ok()) return Report("privacy erase", store.status());
  const absl::StatusOr<storage::EraseReceipt> receipt = (*store)->EraseCustomer(
      storage::CustomerId(options.customer), absl::ToUnixMillis(absl::Now()));
  if (!receipt.ok()) return Report("privacy erase", receipt.status());
  std::printf("%lld conversations, %lld events, %lld personal values: keys destroyed%s\n",
              static_cast<long long>(receipt->conversations),
              static_cast<long long>(receipt->events),
              static_cast<long long>(receipt->vault_entries),
              receipt->log_wiped ? "" : "; a reader kept the write-ahead log open, run it again");
  std::printf("out of reach: backups made before hold ciphertext only, and exports given away\n");
  return 0;
}

}  // namespace

void AddPrivacy(CLI::App& program, int& exit_code) {
  CLI::App* privacy = program.add_subcommand("privacy", "A customer's rights");
  privacy->require_subcommand(1);
  auto erase = std::make_shared<Options>();
  CLI::App* command =
      privacy->add_subcommand("erase", "Destroy the keys of everything held about a customer");
  AddPlaceFlags(*command, erase->place, /*assistant=*/false);
  command->add_option("CUSTOMER", erase->customer, "Id in the CRM")->required();
  command->callback([erase, &exit_code] { exit_code = RunErase(*erase); });
}

}  // namespace frontdesk::server
