// `frontdesk chat`: a customer's conversation in the terminal, over gRPC only.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "clients/cpp/chat_client.h"

namespace frontdesk::cli {

struct ChatOptions {
  client::ServerAddress server;
  std::string language;
  std::string identity_token_file;
  bool color = false;       // ANSI colours on the output
  bool interactive = true;  // prompts, and help on the first lines
};

// Reads messages from `in` line by line until it ends, /quit, or the conversation
// ends, and prints the replies as they are committed. Exit code: 0 good, 1 the
// server refused or went away, 2 bad usage.
int RunChat(const ChatOptions& options, std::istream& in, std::ostream& out);

}  // namespace frontdesk::cli
