// `frontdesk privacy export|erase|retain`: a person's rights, with the server stopped (one process
// at a time writes the store). On a running server PrivacyService does the same.
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/assistant/registry_of_bundle.h"
#include "server/commands/commands.h"
#include "server/core_dumps.h"
#include "server/privacy/customer_archive.h"
#include "server/privacy/erase_customer.h"
#include "server/privacy/retention.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  std::string demo_crm;
  std::string customer;
  std::string output;
  bool dry_run = false;
};

// The store, and the tools of the bundle that reach the business's systems.
struct Place {
  std::unique_ptr<storage::Store> store;
  dialog::Bundle bundle;
  std::unique_ptr<tools::Registry> registry;
};

absl::StatusOr<Place> Open(const Options& options) {
  ForbidCoreDumps();
  Place place;
  absl::StatusOr<dialog::Bundle> bundle = dialog::LoadBundle(options.place.bundle);
  if (!bundle.ok()) return bundle.status();
  place.bundle = *std::move(bundle);
  storage::StoreOptions at;
  at.path = (std::filesystem::path(options.place.data) / "frontdesk.db").string();
  at.key_file = options.place.key_file;
  if (std::error_code error; !std::filesystem::exists(at.path, error)) {
    return absl::NotFoundError(absl::StrCat(at.path, ": there is no store; give --data DIR"));
  }
  absl::StatusOr<std::unique_ptr<storage::Store>> store = storage::Store::Open(at);
  if (!store.ok()) return store.status();
  place.store = *std::move(store);
  const std::string crm = options.demo_crm.empty() ? options.place.data + "/crm.db" : options.demo_crm;
  absl::StatusOr<tools::Registry> registry = RegistryOfBundle(place.bundle, crm);
  if (!registry.ok()) return registry.status();
  place.registry = std::make_unique<tools::Registry>(*std::move(registry));
  return place;
}

AdminAct ByThisCommand() { return {.user = "command line", .role = "admin"}; }

int RunExport(const Options& options) {
  absl::StatusOr<Place> place = Open(options);
  if (!place.ok()) return Report("privacy export", place.status());
  const absl::Time now = absl::Now();
  std::ofstream file;
  if (!options.output.empty()) {
    ::umask(0077);  // the archive is in plain: for its owner's eyes
    file.open(options.output, std::ios::binary | std::ios::trunc);
    if (!file) {
      return Report("privacy export",
                    absl::InvalidArgumentError(absl::StrCat(options.output, ": cannot be written")));
    }
  }
  std::ostream& out = options.output.empty() ? std::cout : file;
  AuditLog audit(*place->store);
  AdminAct act = ByThisCommand();
  act.action = "PrivacyService/ExportCustomer";
  act.subject = AuditLog::PersonTag(*place->store, options.customer);
  bool recorded = false;
  const absl::Status written = WriteCustomerArchive(
      *place->store, place->registry.get(), storage::CustomerId(options.customer), now,
      [&](std::string_view piece) -> absl::Status {
        // On record before the first byte leaves.
        if (!std::exchange(recorded, true)) {
          if (absl::Status status = audit.Record(act, now); !status.ok()) return status;
        }
        out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        return out ? absl::OkStatus()
                   : absl::ResourceExhaustedError("the archive could not be written; is the disk full?");
      });
  if (!written.ok()) return Report("privacy export", written);
  out.flush();
  if (!options.output.empty()) {
    std::printf("%s holds everything about the customer in plain: hand it over and delete it\n",
                options.output.c_str());
  }
  return 0;
}

int RunErase(const Options& options) {
  absl::StatusOr<Place> place = Open(options);
  if (!place.ok()) return Report("privacy erase", place.status());
  AuditLog audit(*place->store);
  const auto receipt = EraseCustomer(*place->store, place->registry.get(), audit, ByThisCommand(),
                                     storage::CustomerId(options.customer), absl::Now());
  if (!receipt.ok()) return Report("privacy erase", receipt.status());
  std::printf("%s", receipt->Words().c_str());
  return 0;
}

int RunRetain(const Options& options) {
  absl::StatusOr<Place> place = Open(options);
  if (!place.ok()) return Report("privacy retain", place.status());
  const dialog::Retention& policy = place->bundle.assistant.retention;
  if (policy.known_days == 0 && policy.unknown_days == 0) {
    std::printf("assistant.yaml sets no retention: nothing is due\n");
    return 0;
  }
  const absl::Time now = absl::Now();
  const auto due = DueForRetention(*place->store, policy, now);
  if (!due.ok()) return Report("privacy retain", due.status());
  for (const DueConversation& one : *due) {
    std::printf("conversations/%s  %lld days, %lld events, %s customer\n", one.id.value().c_str(),
                static_cast<long long>(one.days), static_cast<long long>(one.events),
                one.known ? "known" : "unknown");
  }
  if (options.dry_run) {
    std::printf("%zu conversations are due; nothing was removed\n", due->size());
    return 0;
  }
  AdminAct act = ByThisCommand();
  act.action = "privacy.retain";
  act.detail = absl::StrCat(due->size(), " conversations are due");
  AuditLog audit(*place->store);
  if (absl::Status recorded = audit.Record(act, now); !recorded.ok()) {
    return Report("privacy retain", recorded);
  }
  const auto sum = ApplyRetention(*place->store, *due, now);
  if (!sum.ok()) return Report("privacy retain", sum.status());
  act.detail = absl::StrCat("removed ", sum->conversations, " conversations, ", sum->events, " events");
  if (absl::Status recorded = audit.Record(act, now); !recorded.ok()) {
    return Report("privacy retain", recorded);
  }
  std::printf("%lld conversations, %lld events, %lld personal values removed\n",
              static_cast<long long>(sum->conversations), static_cast<long long>(sum->events),
              static_cast<long long>(sum->vault_entries));
  return 0;
}

std::shared_ptr<Options> AddCommand(CLI::App& privacy, const char* name, const char* help,
                                    int& exit_code, int (*run)(const Options&), CLI::App** command) {
  auto options = std::make_shared<Options>();
  *command = privacy.add_subcommand(name, help);
  AddPlaceFlags(**command, options->place, /*assistant=*/true);
  (*command)->add_option("--demo-crm", options->demo_crm,
                         "SQLite file of the demo CRM; default: crm.db in the data folder");
  (*command)->callback([options, run, &exit_code] { exit_code = run(*options); });
  return options;
}

}  // namespace

void AddPrivacy(CLI::App& program, int& exit_code) {
  CLI::App* privacy = program.add_subcommand("privacy", "A customer's rights");
  privacy->require_subcommand(1);
  CLI::App* command = nullptr;
  auto exported = AddCommand(*privacy, "export", "Write everything held about a customer as one JSON archive",
                             exit_code, RunExport, &command);
  command->add_option("CUSTOMER", exported->customer, "Id in the CRM")->required();
  command->add_option("--output", exported->output, "File (mode 0600); default: standard output");
  auto erased = AddCommand(*privacy, "erase", "Erase a customer here and in the business's systems",
                           exit_code, RunErase, &command);
  command->add_option("CUSTOMER", erased->customer, "Id in the CRM")->required();
  auto retained = AddCommand(*privacy, "retain", "Remove conversations that are older than the bundle's retention",
                             exit_code, RunRetain, &command);
  command->add_flag("--dry-run", retained->dry_run, "List what is due and remove nothing");
}

}  // namespace frontdesk::server
