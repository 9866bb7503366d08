// Runs .chat files for `frontdesk replay`.
#pragma once

#include <string>
#include <vector>

#include "server/assistant/models.h"
#include "server/replay/stage.h"

namespace frontdesk::server {

struct ChatFileOptions {
  std::string bundle;
  bool update = false;  // rewrite the files with what happened
  int threads = 2;
};

struct ChatOutcome {
  int passed = 0, failed = 0, rewritten = 0;
  std::string text;  // differences, then a line with the counts
};

// files: paths of .chat files; none gives an empty outcome without loading anything.
ChatOutcome RunChatFiles(const std::vector<std::string>& files, const ChatFileOptions& options,
                         const Models& models, StageShelf& shelf);

}  // namespace frontdesk::server
