// The commands that deal with other systems; as server/commands/commands.h.
#pragma once

#include <CLI/CLI.hpp>

namespace frontdesk::server {

void AddImport(CLI::App& program, int& exit_code);    // import
void AddWebhooks(CLI::App& program, int& exit_code);  // webhooks replay

}  // namespace frontdesk::server
