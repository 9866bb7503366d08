// `frontdesk review`: a reviewer scores the sample in the terminal, over gRPC only.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "clients/cpp/chat_client.h"

namespace frontdesk::cli {

struct ReviewOptions {
  client::ServerAddress server;
  std::string token;  // of a supervisor
  bool color = false;
};

// Shows each conversation of the sample that the caller has not scored, asks the card's questions
// and sends the answers; ends with the sample, with "quit", or with the input.
// Exit code: 0 good, 1 the server refused or went away.
int RunReview(const ReviewOptions& options, std::istream& in, std::ostream& out);

}  // namespace frontdesk::cli
