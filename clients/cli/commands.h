// Hangs `chat` and `console` on the `frontdesk` program.
#pragma once

#include <CLI/CLI.hpp>

namespace frontdesk::cli {

// exit_code: set when one of them was chosen and has run.
void AddCommands(CLI::App& program, int& exit_code);

}  // namespace frontdesk::cli
