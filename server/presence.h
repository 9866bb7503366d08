// Which agents are there now, what they take, and under what name customers know them.
//
// Thread-safe. Presence lapses `kLapse` after the agent's last sign of life, so
// that a console that vanished does not keep customers waiting.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace frontdesk::server {

// What an agent takes.
struct AgentSkills {
  std::vector<std::string> teams;  // empty: all
  int capacity = 3;                // conversations at once
};

class Presence {
 public:
  static constexpr absl::Duration kLapse = absl::Seconds(60);

  // An agent who is available.
  struct Free {
    std::string user;
    AgentSkills skills;
    bool Serves(std::string_view team) const;
  };

  // display_name empty: the agent's login is shown. Returns how many are available then.
  int Set(std::string_view agent, bool available, std::string_view display_name, absl::Time now,
          const AgentSkills& skills = {});
  // A sign of life: a call or an open stream of the agent.
  void Touch(std::string_view agent, absl::Time now);
  int Available(absl::Time now) const;
  // Available agents, by login.
  std::vector<Free> Agents(absl::Time now) const;
  // The shown name; the login when the agent gave none.
  std::string DisplayName(std::string_view agent) const;

 private:
  struct Agent {
    bool available = false;
    std::string display_name;
    absl::Time seen;
    AgentSkills skills;
  };
  int CountLocked(absl::Time now) const;

  mutable std::mutex mutex_;
  std::map<std::string, Agent, std::less<>> agents_;
};

}  // namespace frontdesk::server
