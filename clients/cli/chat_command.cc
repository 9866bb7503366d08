#include "clients/cli/chat_command.h"

#include <atomic>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/event_printer.h"

namespace frontdesk::cli {
namespace {

constexpr char kHelp[] =
    "  Type a message and press Enter. Also:\n"
    "    /source N     open the passage behind [N]\n"
    "    /rate N       say how it went, 1 (bad) to 5 (good)\n"
    "    /consent on   allow personalised offers; /consent off withdraws\n"
    "    /end          end the conversation\n"
    "    /quit         leave; the conversation stays open\n";

// Prints each event once, whether it came with the answer or on the subscription.
class Screen {
 public:
  Screen(std::ostream& out, bool color) : out_(out), printer_(out, color) {}

  void Show(const v1::ConversationEvent& event) {
    std::lock_guard lock(mutex_);
    if (!shown_.insert(event.sequence()).second) return;
    printer_.Print(event, /*customer_too=*/false);
    if (event.has_conversation_ended()) ended_ = true;
  }
  void Line(const std::string& text) {
    std::lock_guard lock(mutex_);
    out_ << text << "\n" << std::flush;
  }
  bool ended() const { return ended_; }
  std::vector<v1::Citation> citations() {
    std::lock_guard lock(mutex_);
    return printer_.citations();
  }

 private:
  std::mutex mutex_;
  std::ostream& out_;
  EventPrinter printer_;
  std::set<int64_t> shown_;
  std::atomic<bool> ended_ = false;
};

void ShowSource(client::ChatClient& chat, Screen& screen, absl::string_view argument) {
  int number = 0;
  const std::vector<v1::Citation> citations = screen.citations();
  if (!absl::SimpleAtoi(argument, &number) || number < 1 ||
      number > static_cast<int>(citations.size())) {
    return screen.Line("  /source takes the number of a citation, such as /source 1");
  }
  const v1::Citation& citation = citations[static_cast<size_t>(number) - 1];
  const absl::StatusOr<v1::Passage> passage = chat.Passage(citation.passage_hash());
  if (!passage.ok()) return screen.Line(absl::StrCat("  ", passage.status().message()));
  screen.Line(absl::StrCat("  ", Printable(passage->title()), " (",
                           Printable(passage->document_id()), ", bytes ", passage->begin(), " to ",
                           passage->end(), ")\n  ", Printable(passage->text())));
}

// Carries out a line that starts with '/'. False: leave.
bool Obey(const std::string& line, client::ChatClient& chat, Screen& screen) {
  const auto report = [&screen](const absl::Status& status, const char* done) {
    screen.Line(status.ok() ? absl::StrCat("  ", done) : absl::StrCat("  ", status.message()));
  };
  int rating = 0;
  if (line == "/quit") return false;
  if (line == "/end") {
    report(chat.End(), "the conversation is closed");
    return false;
  }
  if (absl::StartsWith(line, "/source ")) {
    ShowSource(chat, screen, absl::string_view(line).substr(8));
  } else if (absl::StartsWith(line, "/rate ") &&
             absl::SimpleAtoi(absl::string_view(line).substr(6), &rating)) {
    report(chat.Rate(rating, ""), "thank you");
  } else if (line == "/consent on" || line == "/consent off") {
    report(chat.Consent("personalised_offers", line == "/consent on", "1"), "noted");
  } else {
    screen.Line(kHelp);
  }
  return true;
}

}  // namespace

int RunChat(const ChatOptions& options, std::istream& in, std::ostream& out) {
  std::string identity;
  if (!options.identity_token_file.empty()) {
    std::ifstream file(options.identity_token_file);
    if (!file) {
      out << "chat: " << options.identity_token_file
          << ": no such file; give the file with the identity token\n";
      return 2;
    }
    std::getline(file, identity);
  }
  absl::StatusOr<std::unique_ptr<client::ChatClient>> connected =
      client::ChatClient::Connect(options.server);
  absl::Status started =
      connected.ok() ? (*connected)->Start(options.language, identity) : connected.status();
  if (!started.ok()) {
    out << "chat: " << started.message() << "\n";
    return 1;
  }
  client::ChatClient& chat = **connected;
  Screen screen(out, options.color);
  if (options.interactive)
    screen.Line("  /help shows what you can do besides typing; /quit leaves.");

  // What comes between turns: a colleague's words, reminders.
  std::atomic<bool> leaving = false;
  std::thread listener([&] {
    (void)chat.Follow(
        0, [&](const v1::ConversationEvent& event) { screen.Show(event); },
        [&] { return leaving.load(); });
  });
  int exit_code = 0;
  std::string line;
  while (!screen.ended()) {
    if (options.interactive) out << "you> " << std::flush;
    if (!std::getline(in, line)) break;
    if (line.empty()) continue;
    if (line[0] == '/') {
      if (!Obey(line, chat, screen)) break;
      continue;
    }
    if (!options.interactive) screen.Line("you> " + line);
    const absl::Status sent =
        chat.Send(line, [&](const v1::ConversationEvent& event) { screen.Show(event); });
    if (!sent.ok()) {
      screen.Line(absl::StrCat("  not sent: ", sent.message()));
      exit_code = 1;
      if (sent.code() == absl::StatusCode::kUnavailable) break;
    } else {
      exit_code = 0;
    }
  }
  leaving = true;
  listener.join();
  if (options.interactive) out << "\n";
  return exit_code;
}

}  // namespace frontdesk::cli
