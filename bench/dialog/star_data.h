// The recorded dialogs of STAR: read, and the baseline that only counts which action follows which.
// Format: shared/data's `star` (events of user, system and knowledge base, one dialog a line).
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace frontdesk::bench {

struct StarEvent {
  enum Kind { kUser, kSystem, kKnowledge } kind = kUser;
  std::string text;           // kUser: words; kSystem: the action, empty when it was free text
  nlohmann::json item;        // kKnowledge: what the system's query returned
  nlohmann::json constraints; // kSystem: of a query
};

struct StarDialog {
  std::string task;
  bool happy = false;
  std::vector<StarEvent> events;
};

// Dialogs with one task only ("multi" false). Errors: NOT_FOUND, INVALID_ARGUMENT with the line.
absl::StatusOr<std::vector<StarDialog>> ReadStar(const std::string& path);

// Values that the recorded queries held for a field, most frequent first.
std::vector<std::string> ValuesOf(const std::vector<StarDialog>& dialogs, const std::string& task,
                                  const std::string& field);

// The most frequent action after another one, by task; gold history.
class ActionBigrams {
 public:
  explicit ActionBigrams(const std::vector<StarDialog>& train);
  std::string Next(const std::string& task, const std::string& before) const;

 private:
  std::map<std::string, std::map<std::string, int>> counts_;  // "task before" → action → times
};

}  // namespace frontdesk::bench
