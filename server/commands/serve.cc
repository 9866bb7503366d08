// `frontdesk serve`: runs until SIGTERM or SIGINT, then drains. A second signal stops at once.
#include <malloc.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>

#include "server/commands/commands.h"
#include "server/core_dumps.h"
#include "server/server.h"

namespace frontdesk::server {
namespace {

// glibc gives each of the many threads a heap of its own; conversations outlive the turn and wander
// between threads, which leaves those heaps full of holes. A few shared ones are smaller and faster
// (bench/server: 281 to 208 MiB after the load, 8.0 to 5.7 ms of CPU for a flow turn).
void ShareHeaps() { ::mallopt(M_ARENA_MAX, 4); }

void ShowProgress(std::string_view stage, int64_t done, int64_t total) {
  if (::isatty(STDERR_FILENO) == 0 || total <= 0) return;
  constexpr int kWidth = 30;
  const int filled = static_cast<int>(done * kWidth / total);
  std::fprintf(stderr, "\r%-24.*s [%.*s%*s] %lld/%lld ", static_cast<int>(stage.size()),
               stage.data(), filled, "##############################", kWidth - filled, "",
               static_cast<long long>(done), static_cast<long long>(total));
  if (done >= total) std::fputc('\n', stderr);
  std::fflush(stderr);
}

int RunServe(const ServerOptions& options) {
  ForbidCoreDumps();
  ShareHeaps();
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  // Blocked before any thread exists, so that every thread leaves the signals to sigwait below.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options, ShowProgress);
  if (!server.ok()) return Report("serve", server.status());
  if ((*server)->web_port() != 0)
    std::printf("browsers on http://127.0.0.1:%d/\n", (*server)->web_port());
  std::printf("serving on %s, port %d\n", options.listen.c_str(), (*server)->port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("event=draining signal={}", signal);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // the second one ends the process
  (*server)->Drain();
  return 0;
}

}  // namespace

void AddServe(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<ServerOptions>();
  CLI::App* command = program.add_subcommand("serve", "Run the server");
  AddServerFlags(*command, *options);
  command->callback([options, &exit_code] { exit_code = RunServe(*options); });
}

}  // namespace frontdesk::server
