#include "tools/crm/generate/crowd.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "tools/crm/order.h"

namespace frontdesk::tools {
namespace {

// Letters of no keyboard's home row: names made of them read like names and are nobody's.
constexpr std::array<const char*, 56> kGiven = {
    "Aila",  "Alder", "Anouk", "Arlo",   "Bea",    "Birk",  "Bryn",  "Calla", "Corin",  "Dara",
    "Dunya", "Elis",  "Enzo",  "Esme",   "Faye",   "Finn",  "Gael",  "Hanne", "Hollis", "Ida",
    "Ivo",   "Jorun", "Juno",  "Kaya",   "Kit",    "Lark",  "Lena",  "Linus", "Maeve",  "Marek",
    "Mila",  "Nadia", "Nico",  "Oona",   "Otis",   "Petra", "Pim",   "Quinn", "Rafe",   "Renna",
    "Rhys",  "Saga",  "Silas", "Sofie",  "Tamsin", "Tess",  "Tobin", "Una",   "Vera",   "Wes",
    "Wilma", "Xenia", "Yara",  "Yorick", "Zadie",  "Zeno"};
constexpr std::array<const char*, 60> kFamily = {
    "Ashgrove",   "Barrowby",  "Bellwether", "Birchall",   "Blackmoor", "Bracken",    "Brindle",
    "Calloway",   "Copperby",  "Cranmoor",   "Dabrowe",    "Dunlace",   "Eastwick",   "Elmhurst",
    "Falk",       "Fenwright", "Fernley",    "Gallowglen", "Goldacre",  "Greyling",   "Harrowell",
    "Hawksworth", "Hazelby",   "Holloway",   "Inverlee",   "Jessamy",   "Juniper",    "Kestrelby",
    "Kilbourne",  "Langmere",  "Larkspur",   "Lindenau",   "Lockhaven", "Marrow",     "Meadowell",
    "Merriwood",  "Moorcroft", "Nightley",   "Oakhanger",  "Osterby",   "Pellington", "Penhallow",
    "Quickbeam",  "Ravensby",  "Redfern",    "Rookwood",   "Saltmarsh", "Sedgewick",  "Silverby",
    "Starling",   "Stonor",    "Tamworthy",  "Thornbury",  "Umberlow",  "Vexley",     "Wainfleet",
    "Westerby",   "Whinstone", "Yarrowby",   "Zellmoor"};
constexpr std::array<const char*, 24> kStreets = {
    "Alder Walk",    "Barley Lane",  "Beech Terrace",  "Birch Road",   "Chapel Row",
    "Clover Street", "Cobble Hill",  "Curlew Drive",   "Elder Avenue", "Ferry Road",
    "Garden Mews",   "Gorse Park",   "Harbour Street", "Hazel Close",  "Ivy Court",
    "Kestrel Way",   "Linden Road",  "Mill Street",    "Orchard Lane", "Quay Street",
    "Rowan Place",   "Sorrel Green", "Willow Walk",    "Wren Road"};
constexpr std::array<const char*, 10> kGermanStreets = {
    "Ahornweg",     "Birkenstraße", "Deichstraße", "Erlenweg",   "Fährweg",
    "Kiefernallee", "Lindenstraße", "Mühlenweg",   "Rosengasse", "Uferstraße"};
constexpr std::array<const char*, 6> kMail = {"post.example",   "mail.example",  "inbox.example",
                                              "letter.example", "hello.example", "paper.example"};

struct Town {
  const char *city, *prefix, *country;
};
constexpr std::array<Town, 16> kTowns = {{{"Dublin", "D0", "IE"},
                                          {"Dublin", "D1", "IE"},
                                          {"Cork", "T12 ", "IE"},
                                          {"Galway", "H91 ", "IE"},
                                          {"Limerick", "V94 ", "IE"},
                                          {"Waterford", "X91 ", "IE"},
                                          {"Kilkenny", "R95 ", "IE"},
                                          {"Sligo", "F91 ", "IE"},
                                          {"Belfast", "BT1 ", "GB"},
                                          {"Leeds", "LS1 ", "GB"},
                                          {"Hamburg", "20", "DE"},
                                          {"Berlin", "10", "DE"},
                                          {"Hamburg", "22", "DE"},
                                          {"Utrecht", "35", "NL"},
                                          {"Wien", "10", "AT"},
                                          {"Lyon", "69", "FR"}}};

std::string Ascii(std::string_view text) { return absl::AsciiStrToLower(std::string(text)); }

}  // namespace

Person Crowd::MakePerson(int number) {
  Person person;
  person.id = absl::StrFormat("C%05d", number);
  person.given_name = random_.Pick<const char*>(kGiven);
  person.family_name = random_.Pick<const char*>(kFamily);
  person.email = absl::StrCat(Ascii(person.given_name), ".", Ascii(person.family_name), number, "@",
                              random_.Pick<const char*>(kMail));
  const Town& town = random_.Pick<Town>(kTowns);
  const bool german =
      std::string_view(town.country) == "DE" || std::string_view(town.country) == "AT";
  person.city = town.city;
  person.country = town.country;
  person.language = german ? "de" : "en";
  const int64_t house = random_.Between(1, 120);
  person.street = german ? absl::StrCat(random_.Pick<const char*>(kGermanStreets), " ", house)
                         : absl::StrCat(house, " ", random_.Pick<const char*>(kStreets));
  if (person.country == "IE" || person.country == "GB") {
    static constexpr std::string_view kLetters = "ACDEFHKNPRTVWXY";
    const auto letter = [&] { return kLetters[static_cast<size_t>(random_.Between(0, 14))]; };
    person.postcode = town.prefix;
    if (!person.postcode.ends_with(' '))
      absl::StrAppend(&person.postcode, random_.Between(1, 8), " ");
    absl::StrAppend(&person.postcode, random_.Between(1, 9), std::string(1, letter()),
                    std::string(1, letter()));
    if (person.country == "IE") absl::StrAppend(&person.postcode, random_.Between(1, 9));
  } else {
    person.postcode = absl::StrCat(
        town.prefix, random_.Between(person.country == "NL" || person.country == "AT" ? 10 : 100,
                                     person.country == "NL" || person.country == "AT" ? 99 : 999));
  }
  person.phone =
      person.country == "DE"   ? absl::StrFormat("+49 30 23125 %03d", random_.Between(0, 999))
      : person.country == "GB" ? absl::StrFormat("+44 20 7946 0%03d", random_.Between(0, 999))
                               : absl::StrFormat("+353 20 91%d %04d", random_.Between(0, 9),
                                                 random_.Between(1000, 9999));
  person.since = ToText(writer_.today() - random_.Between(60, 1800));
  return person;
}

void Crowd::AddPeople(int first, int last) {
  for (int number = first; number <= last; ++number) {
    people_.push_back(MakePerson(number));
    writer_.AddPerson(people_.back());
  }
}

void Crowd::Ship(OrderStory& story, const Person& person) {
  const std::string zone = ZoneOf(person.country, person.postcode).value_or("ie");
  const absl::Time now = writer_.reference();
  const Day ship_day = AddWorkingDays(DayOf(story.placed), 1);
  const absl::Time shipped = absl::FromCivil(absl::CivilHour(ship_day) + 8, absl::UTCTimeZone());
  if (shipped > now) {
    story.status = now - story.placed > absl::Hours(2) ? "packed" : "processing";
    return;
  }
  story.shipped = shipped;
  const int late = random_.Chance(8) ? static_cast<int>(random_.Between(1, 4)) : 0;
  const int days =
      std::max(1, DeliveryDays(zone, story.express) - static_cast<int>(random_.Between(0, 1))) +
      late;
  const Day arrival = AddWorkingDays(ship_day, std::max(1, days - 1));
  const absl::Time delivered =
      absl::FromCivil(absl::CivilMinute(arrival) + random_.Between(600, 1080), absl::UTCTimeZone());
  if (delivered <= now) {
    story.delivered = delivered;
    static constexpr std::array<const char*, 5> kWhere = {"door", "door", "neighbour", "safe place",
                                                          "parcel point"};
    story.delivered_to = random_.Pick<const char*>(kWhere);
    story.status = "delivered";
  } else {
    story.status = "shipped";
    story.last_scan = std::min(shipped + absl::Hours(random_.Between(8, 30)), now - absl::Hours(1));
  }
}

OrderStory Crowd::MakeStory(const std::string& id, absl::Time placed, const Person& person) {
  OrderStory story{.id = id, .placed = placed};
  const int64_t lines = random_.Chance(60) ? 1 : random_.Between(2, 4);
  std::set<std::string> seen;
  for (int64_t i = 0; i < lines; ++i) {
    const ShopItem& item = random_.Pick<ShopItem>(items_);
    if (!seen.insert(item.product_id).second) continue;
    const bool several = item.price < 3000 && random_.Chance(40);
    story.items.emplace_back(item.sku, several ? static_cast<int>(random_.Between(2, 4)) : 1);
  }
  static constexpr std::array<const char*, 8> kMethods = {
      "card", "card", "card", "wallet", "wallet", "transfer", "instalments", "gift_card"};
  story.method = person.country == "DE" && random_.Chance(25) ? "invoice"
                                                              : random_.Pick<const char*>(kMethods);
  story.express = person.country != "NO" && random_.Chance(12);
  story.clearance = random_.Chance(5);
  if (random_.Chance(4)) {
    story.status = "cancelled";
  } else {
    Ship(story, person);
  }
  return story;
}

void Crowd::AddOrders(int count, const std::set<std::string>& taken) {
  // Times first, so that numbers rise with them; later months hold more orders.
  std::vector<absl::Time> times;
  for (int i = 0; i < count; ++i) {
    const int64_t back =
        std::min(random_.Between(2, 900 * 24 * 60), random_.Between(2, 900 * 24 * 60));
    times.push_back(writer_.reference() - absl::Minutes(back));
  }
  std::sort(times.begin(), times.end());
  const int64_t step = std::max<int64_t>(1, 36000 / std::max(count, 1));
  int64_t number = 12000;
  for (const absl::Time placed : times) {
    do {
      number += step > 1 ? random_.Between(1, 2 * step - 1) : 1;
    } while (taken.contains(absl::StrCat(number)));
    const Person& person = random_.Pick<Person>(people_);
    const OrderStory story = MakeStory(absl::StrCat(number), placed, person);
    const int64_t total = writer_.AddOrder(person, story);
    if (story.status == "cancelled") {
      db_.Run("UPDATE orders SET cancelled_at = ?, cancel_reason = 'ordered twice' WHERE id = ?",
              ToTimeText(placed + absl::Minutes(25)), story.id);
    }
    placed_.push_back(Placed{story.id, person.id, story.status, placed, story.delivered, total});
  }
}

void Crowd::AddReturn(const Placed& order, int number) {
  static constexpr std::array<const char*, 5> kReasons = {
      "changed_mind", "wrong_size", "wrong_size", "not_as_described", "faulty"};
  const absl::Time now = writer_.reference();
  const absl::Time asked = *order.delivered + absl::Hours(24 * random_.Between(1, 20));
  if (asked > now) return;
  const absl::Time arrived = asked + absl::Hours(24 * random_.Between(3, 8));
  const absl::Time sent = arrived + absl::Hours(24 * random_.Between(1, 5));
  const std::string id = absl::StrCat("R-", number), refund = absl::StrCat("RF-", number);
  const bool is_in = arrived <= now, is_paid = sent <= now;
  const auto when = [](bool yes, absl::Time time) {
    return yes ? std::optional(ToTimeText(time)) : std::nullopt;
  };
  Rows line = db_.Query(
      "SELECT quantity * unit_price AS amount, quantity FROM order_lines "
      "WHERE order_id = ? AND line = 1",
      order.order_id);
  if (!line.Next()) return;
  const int64_t amount = line.Integer("amount");
  db_.Run(
      "INSERT INTO returns(id, order_id, status, reason, amount, created_at, send_by, arrived_at) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
      id, order.order_id,
      is_paid ? "refunded"
      : is_in ? "arrived"
              : "label_sent",
      random_.Pick<const char*>(kReasons), amount, ToTimeText(asked), ToText(DayOf(asked) + 14),
      when(is_in, arrived));
  db_.Run("INSERT INTO return_lines VALUES(?, 1, ?)", id, line.Integer("quantity"));
  db_.Run("UPDATE order_lines SET returned = quantity WHERE order_id = ? AND line = 1",
          order.order_id);
  db_.Run(
      "INSERT INTO refunds(id, order_id, return_id, amount, status, requested_at, arrived_at, "
      "sent_at) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
      refund, order.order_id, id, amount,
      is_paid ? "sent"
      : is_in ? "checking"
              : "awaiting_parcel",
      ToTimeText(asked), when(is_in, arrived), when(is_paid, sent));
}

void Crowd::AddSubscription(const Person& person, int number) {
  static constexpr std::array<const char*, 4> kPlans = {"path", "path", "ridge", "summit"};
  const std::string plan = random_.Pick<const char*>(kPlans);
  const std::string title =
      absl::StrCat(std::string(1, absl::ascii_toupper(plan[0])), plan.substr(1));
  const int64_t price = plan == "path" ? 390 : plan == "ridge" ? 790 : 1490;
  const int64_t age = random_.Between(5, 700);
  const bool ended = random_.Chance(12);
  const Day started = writer_.today() - age;
  db_.Run(
      "INSERT INTO subscriptions(id, customer_id, plan_id, status, started_on, ends_on) "
      "VALUES(?, ?, ?, ?, ?, ?)",
      absl::StrCat("TC-", number), person.id, plan, ended ? "ended" : "active", ToText(started),
      ended ? std::optional(ToText(writer_.today() - 2)) : std::nullopt);
  const int months = static_cast<int>(std::min<int64_t>(age / 31, 3));
  for (int back = months; back >= 1 && !ended; --back) {
    writer_.AddClubInvoice(person, writer_.NextInvoice(),
                           AddMonths(started, static_cast<int>(age / 31) - back + 1), title, price,
                           1, "paid");
  }
}

void Crowd::AddEverythingElse() {
  static constexpr std::array<std::pair<const char*, const char*>, 8> kSubjects = {{
      {"Question about an invoice", "billing"},
      {"Zip of a jacket is stuck", "technical"},
      {"Parcel left in the rain", "orders"},
      {"Advice on a tent for four", "sales"},
      {"Refund is not on my account", "returns"},
      {"Change of name", "service"},
      {"Headlamp does not charge", "technical"},
      {"Delivery to a holiday address", "orders"},
  }};
  int number = 9100;
  for (const Placed& order : placed_) {
    if (order.delivered && random_.Chance(7)) AddReturn(order, ++number);
  }
  number = 1000;
  for (const Person& person : people_) {
    ++number;
    if (random_.Chance(25)) AddSubscription(person, number);
    if (random_.Chance(55)) {
      db_.Run(
          "INSERT INTO consents(customer_id, purpose, granted, at) VALUES(?, 'personalised_offers', 1, "
          "?)",
          person.id, person.since);
    }
    if (random_.Chance(12)) {
      db_.Run("INSERT INTO opt_outs VALUES(?, ?, ?)", person.id,
              random_.Chance(70) ? "email" : "phone", person.since);
    }
    if (random_.Chance(30)) {
      const auto& [subject, team] = random_.Pick<std::pair<const char*, const char*>>(kSubjects);
      const absl::Time created = writer_.reference() - absl::Hours(random_.Between(5, 4000));
      const bool closed = random_.Chance(75);
      db_.Run(
          "INSERT INTO tickets(id, customer_id, subject, team, status, created_at, updated_at) "
          "VALUES(?, ?, ?, ?, ?, ?, ?)",
          absl::StrFormat("T-%05d", number), person.id, subject, team, closed ? "closed" : "open",
          ToTimeText(created), ToTimeText(created + absl::Hours(closed ? 4 : 1)));
    }
  }
}

}  // namespace frontdesk::tools
