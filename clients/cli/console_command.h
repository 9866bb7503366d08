// `frontdesk console`: an agent's queue and conversations in the terminal, over gRPC only.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "clients/cpp/chat_client.h"

namespace frontdesk::cli {

struct ConsoleOptions {
  client::ServerAddress server;
  std::string token;         // from `frontdesk user add`
  std::string display_name;  // customers see it
  bool color = false;
};

// Exit code: 0 good, 1 the server refused or went away.
int RunConsole(const ConsoleOptions& options, std::istream& in, std::ostream& out);

}  // namespace frontdesk::cli
