// The `frontdesk` program: the server and every command, wired here and nowhere else.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>

#include "clients/cli/commands.h"
#include "server/commands/commands.h"
#include "server/commands/outside_commands.h"

int main(int argc, char** argv) {
  // Results go to standard output; the log goes to standard error.
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "frontdesk", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ level=%l thread=%t %v",
                      spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::warn);

  CLI::App program{"Frontdesk: a conversational CRM assistant that runs beside your CRM",
                   "frontdesk"};
  program.require_subcommand(1);
  program.set_version_flag("--version", "frontdesk " FRONTDESK_VERSION);
  program.set_help_all_flag("--help-all", "Help of every command");
  int exit_code = 0;
  frontdesk::server::AddServe(program, exit_code);
  frontdesk::cli::AddCommands(program, exit_code);
  frontdesk::server::AddReplay(program, exit_code);
  frontdesk::server::AddExport(program, exit_code);
  frontdesk::server::AddImport(program, exit_code);
  frontdesk::server::AddSimulate(program, exit_code);
  frontdesk::server::AddWebhooks(program, exit_code);
  frontdesk::server::AddInsight(program, exit_code);
  frontdesk::server::AddBundle(program, exit_code);
  frontdesk::server::AddKnowledge(program, exit_code);
  frontdesk::server::AddEval(program, exit_code);
  frontdesk::server::AddModel(program, exit_code);
  frontdesk::server::AddAudit(program, exit_code);
  frontdesk::server::AddPrivacy(program, exit_code);
  frontdesk::server::AddUser(program, exit_code);
  frontdesk::server::AddDoctor(program, exit_code);
  frontdesk::server::AddBackup(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  }
  return exit_code;
}
