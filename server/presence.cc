#include "server/presence.h"

#include <algorithm>

namespace frontdesk::server {

bool Presence::Free::Serves(std::string_view team) const {
  return skills.teams.empty() ||
         std::find(skills.teams.begin(), skills.teams.end(), team) != skills.teams.end();
}

int Presence::Set(std::string_view agent, bool available, std::string_view display_name,
                  absl::Time now, const AgentSkills& skills) {
  std::lock_guard lock(mutex_);
  Agent& entry = agents_[std::string(agent)];
  entry.available = available;
  if (!display_name.empty()) entry.display_name = std::string(display_name);
  entry.seen = now;
  entry.skills = skills;
  return CountLocked(now);
}

void Presence::Touch(std::string_view agent, absl::Time now) {
  std::lock_guard lock(mutex_);
  if (const auto it = agents_.find(agent); it != agents_.end()) it->second.seen = now;
}

int Presence::Available(absl::Time now) const {
  std::lock_guard lock(mutex_);
  return CountLocked(now);
}

int Presence::CountLocked(absl::Time now) const {
  return static_cast<int>(std::count_if(agents_.begin(), agents_.end(), [now](const auto& entry) {
    return entry.second.available && now - entry.second.seen <= kLapse;
  }));
}

std::vector<Presence::Free> Presence::Agents(absl::Time now) const {
  std::lock_guard lock(mutex_);
  std::vector<Free> free;
  for (const auto& [user, agent] : agents_) {
    if (!agent.available || now - agent.seen > kLapse) continue;
    free.push_back({user, agent.skills});
  }
  return free;
}

std::string Presence::DisplayName(std::string_view agent) const {
  std::lock_guard lock(mutex_);
  const auto it = agents_.find(agent);
  return it == agents_.end() || it->second.display_name.empty() ? std::string(agent)
                                                                : it->second.display_name;
}

}  // namespace frontdesk::server
