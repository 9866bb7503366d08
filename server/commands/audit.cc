// `frontdesk audit verify|log` and `frontdesk explain`: proof of what happened, and why. All read
// only, also beside a running server.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "dialog/conversation.h"
#include "dialog/explain.h"
#include "server/audit/audit_log.h"
#include "server/audit/verify_store.h"
#include "server/commands/commands.h"
#include "server/core_dumps.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  std::string conversation;
  int64_t turn = 0;
};

absl::StatusOr<std::unique_ptr<storage::Store>> OpenReadOnly(const Options& options) {
  ForbidCoreDumps();
  storage::StoreOptions at;
  at.path = (std::filesystem::path(options.place.data) / "frontdesk.db").string();
  at.key_file = options.place.key_file;
  at.read_only = true;
  return storage::Store::Open(at);
}

int RunVerify(const Options& options) {
  const auto store = OpenReadOnly(options);
  if (!store.ok()) return Report("audit verify", store.status());
  const auto chains = VerifyStore(**store);
  if (!chains.ok()) return Report("audit verify", chains.status());
  for (const ChainBreak& found : chains->breaks) {
    std::printf("%s: %s\n", found.where.c_str(), found.what.c_str());
  }
  std::printf("%lld conversations, %lld events, %zu breaks\n",
              static_cast<long long>(chains->conversations),
              static_cast<long long>(chains->events), chains->breaks.size());
  return chains->breaks.empty() ? 0 : 1;
}

int RunLog(const Options& options) {
  const auto store = OpenReadOnly(options);
  if (!store.ok()) return Report("audit log", store.status());
  const auto acts = AuditLog::Read(**store);
  if (!acts.ok()) return Report("audit log", acts.status());
  for (const AdminAct& act : *acts) {
    std::printf("%s  %s (%s)  %s  %s  %s\n",
                absl::FormatTime(absl::RFC3339_sec, absl::FromUnixMillis(act.now_ms), absl::UTCTimeZone()).c_str(),
                act.user.c_str(), act.role.c_str(), act.action.c_str(), act.subject.c_str(),
                act.detail.c_str());
  }
  return 0;
}

int RunExplain(const Options& options) {
  const auto store = OpenReadOnly(options);
  if (!store.ok()) return Report("explain", store.status());
  const std::string id(absl::StripPrefix(options.conversation, "conversations/"));
  const auto events = dialog::ReadEvents(**store, storage::ConversationId(id));
  if (!events.ok()) return Report("explain", events.status());
  const auto lines = dialog::ExplainTurn(*events, options.turn);
  if (!lines.ok()) return Report("explain", lines.status());
  for (const std::string& line : *lines) std::printf("%s\n", line.c_str());
  return 0;
}

}  // namespace

void AddAudit(CLI::App& program, int& exit_code) {
  CLI::App* audit = program.add_subcommand("audit", "Proof of what happened");
  audit->require_subcommand(1);
  auto verify = std::make_shared<Options>();
  CLI::App* command =
      audit->add_subcommand("verify", "Recompute every hash chain; exit 1 when one is broken");
  AddPlaceFlags(*command, verify->place, /*assistant=*/false);
  command->callback([verify, &exit_code] { exit_code = RunVerify(*verify); });

  auto log = std::make_shared<Options>();
  command = audit->add_subcommand("log", "What administrators did, oldest first");
  AddPlaceFlags(*command, log->place, /*assistant=*/false);
  command->callback([log, &exit_code] { exit_code = RunLog(*log); });

  auto explain = std::make_shared<Options>();
  command = program.add_subcommand("explain", "Why a turn went as it did, from the record, in plain words");
  AddPlaceFlags(*command, explain->place, /*assistant=*/false);
  command->add_option("CONVERSATION", explain->conversation, "conversations/{id}, or the id")->required();
  command->add_option("TURN", explain->turn, "The turn, from 1")->required();
  command->callback([explain, &exit_code] { exit_code = RunExplain(*explain); });
}

}  // namespace frontdesk::server
