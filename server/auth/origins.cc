#include "server/auth/origins.h"

#include <algorithm>

namespace frontdesk::server {
namespace {

// "http://localhost:8080" and "http://localhost", but not "http://localhost.evil.example".
bool IsLocal(std::string_view origin) {
  for (const std::string_view host :
       {"http://localhost", "http://127.0.0.1", "https://localhost", "https://127.0.0.1"}) {
    if (origin.substr(0, host.size()) != host) continue;
    std::string_view port = origin.substr(host.size());
    if (port.empty()) return true;
    if (port.front() != ':' || port.size() < 2 || port.size() > 6) continue;
    port.remove_prefix(1);
    return std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  }
  return false;
}

}  // namespace

bool OriginAllowed(std::string_view origin, const std::vector<std::string>& listed) {
  if (listed.empty()) return IsLocal(origin);
  return std::find(listed.begin(), listed.end(), origin) != listed.end();
}

}  // namespace frontdesk::server
