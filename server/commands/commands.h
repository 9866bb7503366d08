// The offline commands of the `frontdesk` program.
//
// Each Add… hangs one subcommand with its flags and help on the program; when it
// is chosen, CLI11 runs it and the exit code lands in `exit_code`: 0 good, 1 a
// check failed, 2 bad usage or bad input. Results go to standard output, logs and
// errors to standard error.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/status.h"
#include "server/server_options.h"

namespace frontdesk::server {

// Flags that most commands share.
struct PlaceOptions {
  std::string data = "data";           // the store's folder
  std::string bundle = "demo/bundle";  // the assistant
  std::string models;                  // folder of model files
  std::string key_file;                // empty: in the data folder
};
// --data, --key-file; --bundle and --models where `assistant` is wanted.
void AddPlaceFlags(CLI::App& command, PlaceOptions& options, bool assistant);

// Prints "frontdesk COMMAND: text" to standard error; returns 2 for bad input and usage, else 1.
int Report(const char* command, const absl::Status& status);

void AddDoctor(CLI::App& program, int& exit_code);     // doctor
void AddBackup(CLI::App& program, int& exit_code);     // backup, restore
void AddAudit(CLI::App& program, int& exit_code);      // audit verify|log, explain
void AddUser(CLI::App& program, int& exit_code);       // user add|rotate|disable|identify
void AddPrivacy(CLI::App& program, int& exit_code);    // privacy export|erase|retain
void AddModel(CLI::App& program, int& exit_code);      // model info|bench|generate|tokenize|embed
void AddEval(CLI::App& program, int& exit_code);       // eval intents|slots|pii|…
void AddBundle(CLI::App& program, int& exit_code);     // bundle check|train|diff
void AddKnowledge(CLI::App& program, int& exit_code);  // knowledge search|report
void AddReplay(CLI::App& program, int& exit_code);     // replay
void AddExport(CLI::App& program, int& exit_code);     // export
void AddInsight(CLI::App& program, int& exit_code);    // insight
void AddSimulate(CLI::App& program, int& exit_code);   // simulate
void AddServe(CLI::App& program, int& exit_code);      // serve

}  // namespace frontdesk::server
