// Writing one order with everything that follows from it: lines, shipment, scans,
// invoice, payment, feathers. Used for the fixed people and for the random ones.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "tools/crm/business_time.h"
#include "tools/crm/database.h"
#include "tools/crm/generate/shop_data.h"

namespace frontdesk::tools {

struct Person {
  std::string id, given_name, family_name, email, phone, language = "en";
  std::string street, city, postcode, country = "IE";
  std::string since = "2023-03-01";
};

struct OrderStory {
  std::string id;  // five digits
  absl::Time placed;
  std::vector<std::pair<std::string, int>> items;  // sku, pieces
  std::string status = "delivered";                // of the order
  std::optional<absl::Time> shipped, delivered;
  std::string parcel = "";              // of the shipment; empty: from the order's status
  std::optional<absl::Time> last_scan;  // of a parcel that is not delivered
  std::optional<Day> promised;          // absent: by the working days of the zone
  std::string delivered_to = "door";
  std::string method = "card";
  bool express = false, clearance = false;
  std::string invoice;  // its id; empty: the next of the row
};

class StoryWriter {
 public:
  // reference: the time that counts as now; nothing later is written.
  StoryWriter(Database& db, const std::vector<ShopItem>& items, absl::Time reference);

  void AddPerson(const Person& person);
  // Returns the order's total in cents.
  int64_t AddOrder(const Person& person, const OrderStory& story);
  // An invoice of the Trail Club, paid `payments` times.
  void AddClubInvoice(const Person& person, const std::string& id, Day issued,
                      std::string_view plan, int64_t price, int payments, std::string_view status);
  std::string NextInvoice();
  absl::Time reference() const { return reference_; }
  Day today() const { return DayOf(reference_); }

 private:
  int64_t AddLines(const OrderStory& story);
  void AddShipment(const Person& person, const OrderStory& story);
  void AddInvoice(const Person& person, const OrderStory& story, int64_t total, int64_t shipping);

  Database& db_;
  std::map<std::string, ShopItem> items_;
  absl::Time reference_;
  int64_t last_invoice_ = 205000;
};

// Shipping in cents and the longest working days of a zone (demo/facts.md).
int64_t ShippingPrice(std::string_view zone, int64_t goods, bool express);
int DeliveryDays(std::string_view zone, bool express);

}  // namespace frontdesk::tools
