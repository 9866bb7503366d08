// From which web pages browsers may call: the bundle's widget.origins.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace frontdesk::server {

// Whether a page of this origin ("https://shop.example") may call. listed: the bundle's, each
// scheme, host and port exactly; empty: pages of this machine only (localhost, 127.0.0.1, any
// port). Upper case and a trailing slash never match: browsers send neither.
bool OriginAllowed(std::string_view origin, const std::vector<std::string>& listed);

}  // namespace frontdesk::server
