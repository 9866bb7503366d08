// `frontdesk audit verify`: recomputes the hash chain of every conversation.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "server/commands/commands.h"
#include "storage/store.h"

namespace frontdesk::server {
namespace {

constexpr int kPage = 1000;

struct Options {
  PlaceOptions place;
};

int RunVerify(const Options& options) {
  storage::StoreOptions at;
  at.path = (std::filesystem::path(options.place.data) / "frontdesk.db").string();
  at.key_file = options.place.key_file;
  at.read_only = true;
  absl::StatusOr<std::unique_ptr<storage::Store>> store = storage::Store::Open(at);
  if (!store.ok()) return Report("audit verify", store.status());
  long long conversations = 0, events = 0, broken = 0;
  storage::ConversationFilter filter;
  filter.limit = kPage;
  for (;;) {
    const auto page = (*store)->ListConversations(filter);
    if (!page.ok()) return Report("audit verify", page.status());
    for (const storage::Conversation& conversation : *page) {
      const auto report = (*store)->VerifyChain(conversation.id);
      if (!report.ok()) return Report("audit verify", report.status());
      ++conversations;
      events += report->events;
      if (report->intact) continue;
      ++broken;
      std::printf("conversation %s, event %lld: %s\n", conversation.id.value().c_str(),
                  static_cast<long long>(report->first_bad_sequence), report->reason.c_str());
    }
    if (page->size() < kPage) break;
    filter.after_position = page->back().position;
  }
  std::printf("%lld conversations, %lld events, %lld chains broken\n", conversations, events,
              broken);
  return broken == 0 ? 0 : 1;
}

}  // namespace

void AddAudit(CLI::App& program, int& exit_code) {
  CLI::App* audit = program.add_subcommand("audit", "Proof of what happened");
  audit->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* command =
      audit->add_subcommand("verify", "Recompute every hash chain; exit 1 when one is broken");
  AddPlaceFlags(*command, options->place, /*assistant=*/false);
  command->callback([options, &exit_code] { exit_code = RunVerify(*options); });
}

}  // namespace frontdesk::server
