#include "clients/cli/console_command.h"

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/event_printer.h"
#include "clients/cpp/console_client.h"

namespace frontdesk::cli {
namespace {

constexpr char kHelp[] =
    "  queue             who waits\n"
    "  claim [N]         take the N-th of the queue (default: the first)\n"
    "  show              the conversation and the handoff packet\n"
    "  say TEXT          reply to the customer\n"
    "  note TEXT         private note\n"
    "  suggest           answers from the documents\n"
    "  reveal <TOKEN> WHY   show a masked value; the act is recorded\n"
    "  tag NAME          mark the conversation\n"
    "  transfer TEAM [NOTE]  to the queue of another team\n"
    "  return [NOTE]     give the conversation back to the assistant\n"
    "  resolve [OUTCOME] close it: solved (default), not_solved, duplicate, spam\n"
    "  away | available  whether you take conversations\n"
    "  quit\n";

class Desk {
 public:
  Desk(client::ConsoleClient& console, const ConsoleOptions& options, std::ostream& out)
      : console_(console), options_(options), out_(out) {}

  void Announce(const v1::WatchQueueResponse& change) {
    if (change.entry().conversation().empty() || change.removed() ||
        !change.entry().claimed_by().empty())
      return;
    std::lock_guard lock(mutex_);
    out_ << "\n* " << change.entry().conversation()
         << " waits: " << Printable(change.entry().reason()) << "\n"
         << std::flush;
  }

  // False: leave.
  bool Obey(const std::string& line) {
    const std::pair<std::string, std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    const auto& [verb, rest] = words;
    std::lock_guard lock(mutex_);
    if (verb == "quit") return false;
    if (verb == "queue")
      ShowQueue();
    else if (verb == "claim")
      Claim(rest);
    else if (verb == "show")
      ShowConversation();
    else if (verb == "say")
      Report(console_.Reply(conversation_, epoch_, rest), "sent");
    else if (verb == "note")
      Report(console_.Whisper(conversation_, rest), "noted");
    else if (verb == "suggest")
      Suggest();
    else if (verb == "reveal")
      Reveal(rest);
    else if (verb == "tag")
      Report(console_.AddTag(conversation_, rest), "tagged");
    else if (verb == "transfer")
      Transfer(rest);
    else if (verb == "return")
      Leave(console_.ReturnToAssistant(conversation_, epoch_, rest), "back with the assistant");
    else if (verb == "resolve")
      Leave(console_.Resolve(conversation_, epoch_, rest.empty() ? "solved" : rest), "closed");
    else if (verb == "away" || verb == "available") {
      Report(console_.SetPresence(verb == "available", options_.display_name).status(), "ok");
    } else if (!verb.empty()) {
      out_ << kHelp;
    }
    out_ << std::flush;
    return true;
  }

 private:
  void Report(const absl::Status& status, const char* done) {
    out_ << "  " << (status.ok() ? std::string(done) : std::string(status.message())) << "\n";
  }
  void Leave(const absl::Status& status, const char* done) {
    Report(status, done);
    if (status.ok()) conversation_.clear();
  }
  void ShowQueue() {
    const auto entries = console_.Queue();
    if (!entries.ok()) return Report(entries.status(), "");
    if (entries->empty()) out_ << "  nobody waits\n";
    int number = 0;
    for (const v1::QueueEntry& entry : *entries) {
      out_ << "  " << ++number << ". " << entry.conversation() << "  " << Printable(entry.reason())
           << (entry.claimed_by().empty() ? "" : "  with " + Printable(entry.claimed_by())) << "\n";
    }
  }
  void Claim(const std::string& which) {
    int number = 1;
    const auto entries = console_.Queue();
    if (!entries.ok()) return Report(entries.status(), "");
    if ((!which.empty() && !absl::SimpleAtoi(which, &number)) || number < 1 ||
        number > static_cast<int>(entries->size())) {
      out_ << "  the queue has " << entries->size() << " entries\n";
      return;
    }
    const std::string conversation = (*entries)[static_cast<size_t>(number) - 1].conversation();
    const absl::StatusOr<int64_t> epoch = console_.Claim(conversation);
    if (!epoch.ok()) return Report(epoch.status(), "");
    conversation_ = conversation;
    epoch_ = *epoch;
    out_ << "  you have " << conversation_ << "\n";
    ShowConversation();
  }
  void ShowConversation() {
    const auto transcript = console_.Transcript(conversation_);
    if (!transcript.ok()) return Report(transcript.status(), "");
    EventPrinter printer(out_, options_.color);
    for (const v1::ConversationEvent& event : transcript->events()) {
      printer.Print(event, /*customer_too=*/true);
      if (!event.has_handoff_requested()) continue;
      const v1::HandoffPacket& packet = event.handoff_requested().packet();
      out_ << "           reason: " << Printable(event.handoff_requested().reason())
           << "\n           " << Printable(packet.summary()) << "\n";
      for (const auto& slot : packet.slots()) {
        out_ << "           " << Printable(slot.slot()) << " = " << Printable(slot.value()) << "\n";
      }
      for (const auto& tried : packet.tried())
        out_ << "           tried " << Printable(tried) << "\n";
    }
  }
  void Transfer(const std::string& rest) {
    const std::pair<std::string, std::string> words = absl::StrSplit(rest, absl::MaxSplits(' ', 1));
    Leave(console_.Transfer(conversation_, epoch_, words.first, words.second), "passed on");
  }
  void Suggest() {
    const auto suggestions = console_.SuggestReplies(conversation_);
    if (!suggestions.ok()) return Report(suggestions.status(), "");
    if (suggestions->empty()) out_ << "  the documents have no answer\n";
    for (const v1::Suggestion& suggestion : *suggestions)
      out_ << "  - " << Printable(suggestion.text()) << "\n";
  }
  void Reveal(const std::string& rest) {
    const std::pair<std::string, std::string> words = absl::StrSplit(rest, absl::MaxSplits(' ', 1));
    const auto value = console_.RevealValue(conversation_, words.first, words.second);
    if (!value.ok()) return Report(value.status(), "");
    out_ << "  " << Printable(*value) << "\n";
  }

  client::ConsoleClient& console_;
  const ConsoleOptions& options_;
  std::ostream& out_;
  std::mutex mutex_;
  std::string conversation_;  // the claimed one
  int64_t epoch_ = 0;
};

}  // namespace

int RunConsole(const ConsoleOptions& options, std::istream& in, std::ostream& out) {
  auto connected = client::ConsoleClient::Connect(options.server, options.token);
  absl::Status ready = connected.ok()
                           ? (*connected)->SetPresence(true, options.display_name).status()
                           : connected.status();
  if (!ready.ok()) {
    out << "console: " << ready.message() << "\n";
    return 1;
  }
  Desk desk(**connected, options, out);
  out << "  help shows what you can do; new conversations are announced here.\n" << std::flush;
  std::atomic<bool> leaving = false;
  std::thread watcher([&] {
    (void)(*connected)
        ->WatchQueue([&](const v1::WatchQueueResponse& change) { desk.Announce(change); },
                     [&] { return leaving.load(); });
  });
  std::string line;
  while (std::getline(in, line) && desk.Obey(line)) {
  }
  leaving = true;
  watcher.join();
  (void)(*connected)->SetPresence(false, options.display_name);
  return 0;
}

}  // namespace frontdesk::cli
