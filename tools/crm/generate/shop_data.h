// What the demo shop sells: products with variants, plans and offers, as
// demo/facts.md gives them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/crm/database.h"

namespace frontdesk::tools {

// A sellable variant, for writing orders.
struct ShopItem {
  std::string sku, product_id, title, size, colour;
  int64_t price = 0;  // cents
};

// Fills products, variants, plans and offers. Stock is fixed too: stories count on it.
// Returns the items in a fixed order.
std::vector<ShopItem> AddShop(Database& db, const std::string& restock_day);

}  // namespace frontdesk::tools
