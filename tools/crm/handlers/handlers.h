// The demo CRM's tools, one function each; tools.yaml of the demo bundle declares
// them under the same names with a dot. A handler answers kOk, kNotFound or
// kRejected; it may leave a failure in scope.db, which the caller asks for.
#pragma once

#include <string_view>
#include <vector>

#include "tools/crm/scope.h"

namespace frontdesk::tools {

using Handler = ToolResult (*)(Scope&);

struct NamedHandler {
  std::string_view tool;
  Handler handler;
  bool write;
};

// Of one file each: orders_tools.cc, returns_tools.cc, billing_tools.cc,
// club_tools.cc, account_tools.cc, privacy_tools.cc, service_tools.cc, shop_tools.cc, offers_tools.cc.
std::vector<NamedHandler> OrderHandlers();
std::vector<NamedHandler> ReturnHandlers();
std::vector<NamedHandler> BillingHandlers();
std::vector<NamedHandler> ClubHandlers();
std::vector<NamedHandler> AccountHandlers();
std::vector<NamedHandler> ServiceHandlers();
std::vector<NamedHandler> ShopHandlers();
std::vector<NamedHandler> OfferHandlers();
std::vector<NamedHandler> PrivacyHandlers();

}  // namespace frontdesk::tools
