// Which agents are there now, and under what name customers know them.
//
// Thread-safe. Presence lapses `kLapse` after the agent's last sign of life, so
// that a console that vanished does not keep customers waiting.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace frontdesk::server {

class Presence {
 public:
  static constexpr absl::Duration kLapse = absl::Seconds(60);

  // display_name empty: the agent's login is shown. Returns how many are available then.
  int Set(std::string_view agent, bool available, std::string_view display_name, absl::Time now);
  // A sign of life: a call or an open stream of the agent.
  void Touch(std::string_view agent, absl::Time now);
  int Available(absl::Time now) const;
  // The shown name; the login when the agent gave none.
  std::string DisplayName(std::string_view agent) const;

 private:
  struct Agent {
    bool available = false;
    std::string display_name;
    absl::Time seen;
  };
  int CountLocked(absl::Time now) const;

  mutable std::mutex mutex_;
  std::map<std::string, Agent, std::less<>> agents_;
};

}  // namespace frontdesk::server
