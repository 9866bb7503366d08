#include "tools/crm/generate/story.h"

#include "absl/strings/str_cat.h"
#include "tools/crm/order.h"

namespace frontdesk::tools {
namespace {

struct Terms {
  std::string_view zone;
  int64_t standard, free_from, express;  // cents; free_from −1: never; express 0: none
  int standard_days, express_days;
};

constexpr Terms kTerms[] = {
    {"ie", 495, 6000, 995, 2, 1},     {"ni", 595, 8000, 1295, 3, 2},
    {"de", 595, 8000, 1495, 4, 2},    {"gb", 995, 15000, 1995, 6, 3},
    {"near", 795, 10000, 1795, 5, 3}, {"eu", 995, 12000, 1995, 7, 3},
    {"far", 1495, -1, 0, 8, 8},
};

const Terms& TermsOf(std::string_view zone) {
  for (const Terms& terms : kTerms) {
    if (terms.zone == zone) return terms;
  }
  return kTerms[0];
}

std::string TrackingNumber(const OrderStory& story) {
  return absl::StrCat(story.express ? "NL" : "GH", story.id, "7", story.id.substr(2, 2), "IE");
}

}  // namespace

int64_t ShippingPrice(std::string_view zone, int64_t goods, bool express) {
  const Terms& terms = TermsOf(zone);
  if (express && terms.express > 0) return terms.express;
  return terms.free_from >= 0 && goods >= terms.free_from ? 0 : terms.standard;
}

int DeliveryDays(std::string_view zone, bool express) {
  const Terms& terms = TermsOf(zone);
  return express ? terms.express_days : terms.standard_days;
}

StoryWriter::StoryWriter(Database& db, const std::vector<ShopItem>& items, absl::Time reference)
    : db_(db), reference_(reference) {
  for (const ShopItem& item : items) items_.emplace(item.sku, item);
}

std::string StoryWriter::NextInvoice() { return absl::StrCat("INV-", ++last_invoice_); }

void StoryWriter::AddPerson(const Person& person) {
  db_.Run(
      "INSERT INTO customers(id, given_name, family_name, email, phone, language, created_at, "
      "street, city, postcode, country) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      person.id, person.given_name, person.family_name, person.email, person.phone, person.language,
      person.since, person.street, person.city, person.postcode, person.country);
}

int64_t StoryWriter::AddLines(const OrderStory& story) {
  int64_t goods = 0;
  int line = 0;
  for (const auto& [sku, pieces] : story.items) {
    const auto found = items_.find(sku);
    if (found == items_.end()) {
      db_.Script(absl::StrCat("SELECT unknown_sku('", sku, "')"));  // fails, naming it
      return 0;
    }
    const ShopItem& item = found->second;
    const int64_t price = story.clearance ? item.price * 6 / 10 : item.price;
    goods += price * pieces;
    db_.Run(
        "INSERT INTO order_lines(order_id, line, sku, product_id, title, size, colour, quantity, "
        "unit_price, clearance) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        story.id, ++line, sku, item.product_id, item.title, item.size, item.colour, pieces, price,
        story.clearance);
  }
  return goods;
}

void StoryWriter::AddShipment(const Person& person, const OrderStory& story) {
  if (!story.shipped) return;
  const std::string status = !story.parcel.empty() ? story.parcel
                             : story.delivered     ? "delivered"
                                                   : "in_transit";
  db_.Run(
      "INSERT INTO shipments(order_id, carrier, tracking_number, status, shipped_at, delivered_at, "
      "delivered_to) VALUES(?, ?, ?, ?, ?, ?, ?)",
      story.id, story.express ? "Nordline Express" : "Green Heron Parcels", TrackingNumber(story),
      status, ToTimeText(*story.shipped),
      story.delivered ? std::optional(ToTimeText(*story.delivered)) : std::nullopt,
      story.delivered ? story.delivered_to : "");
  const auto scan = [&](absl::Time at, std::string_view place, std::string_view text) {
    db_.Run("INSERT INTO tracking_events(order_id, at, place, text) VALUES(?, ?, ?, ?)", story.id,
            ToTimeText(at), place, text);
  };
  scan(*story.shipped, "Portlaoise", "handed to the carrier");
  const absl::Time end = story.delivered.value_or(story.last_scan.value_or(*story.shipped));
  if (end - *story.shipped > absl::Hours(10)) {
    scan(*story.shipped + absl::Hours(7), "Portlaoise depot", "sorted");
  }
  if (story.delivered) {
    scan(*story.delivered - absl::Hours(4), absl::StrCat(person.city, " depot"),
         "out for delivery");
    scan(*story.delivered, person.city, absl::StrCat("delivered: ", story.delivered_to));
  } else if (story.last_scan && *story.last_scan > *story.shipped) {
    const bool out = status == "out_for_delivery";
    scan(*story.last_scan, out ? absl::StrCat(person.city, " depot") : "Dublin Port hub",
         out                           ? "out for delivery"
         : status == "at_parcel_point" ? "two attempts, waiting at the parcel point"
         : status == "exception"       ? "label damaged, being checked"
                                       : "in transit");
  }
}

void StoryWriter::AddInvoice(const Person& person, const OrderStory& story, int64_t total,
                             int64_t shipping) {
  if (!story.shipped) return;
  const std::string id = story.invoice.empty() ? NextInvoice() : story.invoice;
  const Day issued = DayOf(*story.shipped);
  const bool on_account = story.method == "invoice";
  const Day due = on_account ? issued + 14 : issued;
  // On account, what is older than three weeks was paid.
  const bool paid = !on_account || DaysBetween(issued, today()) > 21;
  db_.Run(
      "INSERT INTO invoices(id, customer_id, kind, order_id, about, status, issued_on, due_on, "
      "total, vat_percent, method) VALUES(?, ?, 'order', ?, ?, ?, ?, ?, ?, ?, ?)",
      id, person.id, story.id, absl::StrCat("order ", story.id), paid ? "paid" : "open",
      ToText(issued), ToText(due), total, person.country == "DE" ? 19 : 23, story.method);
  int line = 0;
  for (const auto& [sku, pieces] : story.items) {
    const auto found = items_.find(sku);
    if (found == items_.end()) return;  // AddLines has reported it
    const ShopItem& item = found->second;
    const int64_t price = story.clearance ? item.price * 6 / 10 : item.price;
    db_.Run(
        "INSERT INTO invoice_lines(invoice_id, line, text, quantity, amount) VALUES(?, ?, ?, ?, ?)",
        id, ++line, item.title, pieces, price * pieces);
  }
  if (shipping > 0) {
    db_.Run(
        "INSERT INTO invoice_lines(invoice_id, line, text, quantity, amount) VALUES(?, ?, ?, 1, ?)",
        id, ++line, story.express ? "express shipping" : "standard shipping", shipping);
  }
  if (paid) {
    db_.Run("INSERT INTO payments(invoice_id, at, amount, method) VALUES(?, ?, ?, ?)", id,
            ToText(on_account ? issued + 12 : issued), total, story.method);
  }
}

int64_t StoryWriter::AddOrder(const Person& person, const OrderStory& story) {
  const std::string zone = ZoneOf(person.country, person.postcode).value_or("ie");
  const bool transfer = story.method == "transfer" || story.method == "gift_card";
  db_.Run(
      "INSERT INTO orders(id, customer_id, status, placed_at, promised_on, express, "
      "payment_method, "
      "charged, street, city, postcode, country) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      story.id, person.id, story.status, ToTimeText(story.placed),
      ToText(story.promised.value_or(
          AddWorkingDays(DayOf(story.placed), DeliveryDays(zone, story.express)))),
      story.express, story.method, story.shipped.has_value() || transfer, person.street,
      person.city, person.postcode, person.country);
  const int64_t goods = AddLines(story);
  const int64_t shipping = ShippingPrice(zone, goods, story.express);
  const int64_t total = goods + shipping;
  db_.Run("UPDATE orders SET total = ?, shipping = ? WHERE id = ?", total, shipping, story.id);
  AddShipment(person, story);
  AddInvoice(person, story, total, shipping);
  if (story.delivered && DaysBetween(DayOf(*story.delivered) + 30, today()) >= 0) {
    db_.Run("INSERT INTO feathers(customer_id, earned_on, feathers, about) VALUES(?, ?, ?, ?)",
            person.id, ToText(DayOf(*story.delivered) + 30), total / 100,
            absl::StrCat("order ", story.id));
  }
  return total;
}

void StoryWriter::AddClubInvoice(const Person& person, const std::string& id, Day issued,
                                 std::string_view plan, int64_t price, int payments,
                                 std::string_view status) {
  const std::string about = absl::StrCat("Trail Club ", std::string(plan), ", ",
                                         absl::FormatCivilTime(absl::CivilMonth(issued)));
  db_.Run(
      "INSERT INTO invoices(id, customer_id, kind, about, status, issued_on, due_on, total, "
      "vat_percent, method) VALUES(?, ?, 'subscription', ?, ?, ?, ?, ?, ?, 'card')",
      id, person.id, about, status, ToText(issued), ToText(issued), price,
      person.country == "DE" ? 19 : 23);
  db_.Run(
      "INSERT INTO invoice_lines(invoice_id, line, text, quantity, amount) VALUES(?, 1, ?, 1, ?)",
      id, about, price);
  for (int i = 0; i < payments; ++i) {
    db_.Run("INSERT INTO payments(invoice_id, at, amount, method) VALUES(?, ?, ?, 'card')", id,
            ToText(issued), price);
  }
}

}  // namespace frontdesk::tools
