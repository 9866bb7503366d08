// `frontdesk chat`, `frontdesk console` and `frontdesk review`: the terminal clients, which talk gRPC only.
#include "clients/cli/commands.h"

#include <unistd.h>

#include <fstream>
#include <iostream>
#include <memory>

#include "clients/cli/chat_command.h"
#include "clients/cli/console_command.h"
#include "clients/cli/review_command.h"

namespace frontdesk::cli {
namespace {

constexpr int kBadInput = 2;

int MissingFile(const char* command, const std::string& file, const char* remedy) {
  std::cerr << "frontdesk " << command << ": " << file << ": " << remedy << "\n";
  return kBadInput;
}

// The token of a file, when one is given. False: there is none in it.
bool ReadToken(const std::string& file, std::string& token) {
  if (file.empty()) return true;
  std::ifstream in(file);
  return static_cast<bool>(std::getline(in, token));
}

constexpr char kNoToken[] = "no token in it; see `frontdesk user add`";

}  // namespace

void AddCommands(CLI::App& program, int& exit_code) {
  auto chat = std::make_shared<ChatOptions>();
  CLI::App* command = program.add_subcommand("chat", "Talk to the assistant as a customer");
  command->add_option("--server", chat->server.address, "host:port")->capture_default_str();
  command->add_option("--root-certificate", chat->server.root_certificate_file,
                      "PEM file; plain text without it");
  command->add_option("--language", chat->language, "BCP 47 tag");
  command->add_option("--identity-token", chat->identity_token_file,
                      "File with a signed identity token");
  auto chat_script = std::make_shared<std::string>();
  command->add_option("--script", *chat_script, "Read the messages from this file, one a line");
  command->callback([chat, chat_script, &exit_code] {
    chat->color = ::isatty(STDOUT_FILENO) != 0;
    if (chat_script->empty()) {
      chat->interactive = ::isatty(STDIN_FILENO) != 0;
      exit_code = RunChat(*chat, std::cin, std::cout);
      return;
    }
    std::ifstream script(*chat_script);
    chat->interactive = false;
    exit_code = script ? RunChat(*chat, script, std::cout)
                       : MissingFile("chat", *chat_script, "no such script");
  });

  auto console = std::make_shared<ConsoleOptions>();
  auto token_file = std::make_shared<std::string>();
  command = program.add_subcommand("console", "Work the queue as a human agent");
  command->add_option("--server", console->server.address, "host:port")->capture_default_str();
  command->add_option("--root-certificate", console->server.root_certificate_file,
                      "PEM file; plain text without it");
  command->add_option("--token", console->token, "User token, from `frontdesk user add`")
      ->envname("FRONTDESK_TOKEN");
  command->add_option("--token-file", *token_file, "File that holds the user token");
  command->add_option("--name", console->display_name, "Name customers see");
  command->callback([console, token_file, &exit_code] {
    if (!ReadToken(*token_file, console->token)) {
      exit_code = MissingFile("console", *token_file, kNoToken);
      return;
    }
    console->color = ::isatty(STDOUT_FILENO) != 0;
    exit_code = RunConsole(*console, std::cin, std::cout);
  });

  auto review = std::make_shared<ReviewOptions>();
  auto reviewer_file = std::make_shared<std::string>();
  command = program.add_subcommand("review", "Score sampled conversations as a supervisor");
  command->add_option("--server", review->server.address, "host:port")->capture_default_str();
  command->add_option("--root-certificate", review->server.root_certificate_file,
                      "PEM file; plain text without it");
  command->add_option("--token", review->token, "Supervisor's token, from `frontdesk user add`")
      ->envname("FRONTDESK_TOKEN");
  command->add_option("--token-file", *reviewer_file, "File that holds the token");
  command->callback([review, reviewer_file, &exit_code] {
    if (!ReadToken(*reviewer_file, review->token)) {
      exit_code = MissingFile("review", *reviewer_file, kNoToken);
      return;
    }
    review->color = ::isatty(STDOUT_FILENO) != 0;
    exit_code = RunReview(*review, std::cin, std::cout);
  });
}

}  // namespace frontdesk::cli
