#include "tools/crm/generate/personas.h"

#include "absl/strings/str_cat.h"
#include "tools/crm/scope.h"

namespace frontdesk::tools {
namespace {

// Id, name, email's first part, street, city, postcode, country, phone. Irish numbers of
// 020 91x and German ones of 030 23125 are reserved for fiction.
struct PersonaRow {
  const char *given, *family, *street, *city, *postcode, *country, *phone, *since;
};

constexpr PersonaRow kRows[kPersonas] = {
    {"Ada", "Quill", "7 Heron Lane", "Dublin", "D04 X7K2", "IE", "+353 20 915 0201", "2022-05-11"},
    {"Bram", "Okafor", "31 Tidewater Road", "Cork", "T12 R8PW", "IE", "+353 20 915 0202",
     "2023-02-19"},
    {"Cleo", "Marchetti", "2 Saltbox Row", "Galway", "H91 V4C6", "IE", "+353 20 915 0203",
     "2021-09-02"},
    {"Dev", "Lindqvist", "18 Foxglove Court", "Dublin", "D08 K3N5", "IE", "+353 20 915 0204",
     "2024-01-15"},
    {"Edie", "Novak", "44 Millrace Street", "Limerick", "V94 T2R9", "IE", "+353 20 915 0205",
     "2023-07-28"},
    {"Farid", "Haldane", "9 Cooper's Yard", "Dublin", "D02 HW71", "IE", "+353 20 915 0206",
     "2022-11-05"},
    {"Greta", "Sommer", "Ankerweg 12", "Hamburg", "20457", "DE", "+49 30 23125 207", "2023-04-30"},
    {"Hugo", "Abernathy", "5 Quarry Hill", "Waterford", "X91 D6F3", "IE", "+353 20 915 0208",
     "2022-08-17"},
    {"Ines", "Tavares", "60 Lantern Quay", "Dublin", "D01 F5P8", "IE", "+353 20 915 0209",
     "2020-03-09"},
    {"Jonas", "Peel", "23 Bramble Close", "Sligo", "F91 Y7E4", "IE", "+353 20 915 0210",
     "2023-10-21"},
    {"Kirsten", "Vale", "11 Orchard Terrace", "Dublin", "D06 N9T1", "IE", "+353 20 915 0211",
     "2024-03-12"},
    {"Leo", "Brandt", "Kranichgasse 3", "Berlin", "10119", "DE", "+49 30 23125 212", "2022-06-25"},
    {"Mara", "Ivory", "8 Weaver's Lane", "Kilkenny", "R95 W2H7", "IE", "+353 20 915 0213",
     "2024-05-06"},
    {"Nils", "Oram", "77 Harbour View", "Cork", "T23 A6XD", "IE", "+353 20 915 0214", "2023-01-14"},
    {"Orla", "Finch", "15 Thistle Park", "Dublin", "D14 C8V2", "IE", "+353 20 915 0215",
     "2021-12-01"},
    {"Priya", "Dunmore", "3 Beacon Street", "Galway", "H91 E2K9", "IE", "+353 20 915 0216",
     "2022-02-27"},
    {"Quentin", "Marsh", "Reiherstieg 40", "Hamburg", "21107", "DE", "+49 30 23125 217",
     "2023-08-08"},
    {"Rosa", "Whitlock", "29 Candle Street", "Dublin", "D03 P4M6", "IE", "+353 20 915 0218",
     "2021-06-18"},
    {"Sam", "Teller", "6 Juniper Mews", "Leeds", "LS1 4ZZ", "GB", "+44 20 7946 0219", "2024-02-02"},
    {"Tilde", "Corr", "50 Meadow Rise", "Wexford", "Y35 K1T8", "IE", "+353 20 915 0220", ""},
};

// The fixed people's stories, with times counted from the reference.
class Telling {
 public:
  Telling(Database& db, StoryWriter& writer) : db_(db), writer_(writer) {
    for (int i = 0; i < kPersonas; ++i) {
      const PersonaRow& row = kRows[i];
      Person person{.id = absl::StrCat("C000", i < 9 ? "0" : "", i + 1),
                    .given_name = row.given,
                    .family_name = row.family,
                    .phone = row.phone,
                    .language = std::string(row.country) == "DE" ? "de" : "en",
                    .street = row.street,
                    .city = row.city,
                    .postcode = row.postcode,
                    .country = row.country,
                    .since = row.since};
      person.email = absl::StrCat(Lower(row.given), ".", Lower(row.family), "@post.example");
      if (person.since.empty()) person.since = ToText(Ago(4));
      people_.push_back(person);
      writer_.AddPerson(person);
    }
  }

  const Person& Who(int number) const { return people_[static_cast<size_t>(number - 1)]; }
  Day Ago(int days) const { return writer_.today() - days; }
  absl::Time At(int days_ago, int hour, int minute = 0) const {
    return absl::FromCivil(absl::CivilMinute(Ago(days_ago)) + hour * 60 + minute,
                           absl::UTCTimeZone());
  }

  void Order(int who, OrderStory story) {
    used_.push_back(story.id);
    writer_.AddOrder(Who(who), story);
  }
  // Placed, shipped the next day, delivered.
  void Delivered(int who, const char* id, std::vector<std::pair<std::string, int>> items,
                 int placed, int delivered, const char* method = "card", const char* invoice = "") {
    Order(who, OrderStory{.id = id,
                          .placed = At(placed, 10, 12),
                          .items = std::move(items),
                          .shipped = At(placed > delivered ? placed - 1 : placed, 8, 30),
                          .delivered = At(delivered, 13, 40),
                          .promised = Ago(delivered),
                          .method = method,
                          .invoice = invoice});
  }
  void Club(int who, const char* plan, const char* status, int started_days_ago) {
    db_.Run(
        "INSERT INTO subscriptions(id, customer_id, plan_id, status, started_on) "
        "VALUES(?, ?, ?, ?, ?)",
        absl::StrCat("TC-", 100 + who), Who(who).id, plan, status, ToText(Ago(started_days_ago)));
  }

  void TellOrders();
  void TellReturns();
  void TellAccounts();

  std::vector<std::string> used_;

 private:
  Database& db_;
  StoryWriter& writer_;
  std::vector<Person> people_;
};

void Telling::TellOrders() {
  // Ada: delivered in time, may be returned; an old pair of boots besides.
  Delivered(1, "48213", {{"JKT-PETREL-MOS-M", 1}, {"SOX-WREN-3941", 2}}, 12, 8);
  Delivered(1, "47102", {{"BOO-DUNM-42", 1}}, 101, 97);
  // Bram: late, last seen a week ago.
  Order(2, {.id = "48377",
            .placed = At(11, 9, 20),
            .items = {{"LGT-GLOW8R", 1}, {"STV-EMBER1", 1}},
            .status = "shipped",
            .shipped = At(10, 8, 30),
            .last_scan = At(7, 5, 15),
            .promised = Ago(8)});
  Delivered(3, "47950", {{"BPK-CURL50-MOS-ML", 1}}, 47, 43);
  // Dev: ordered half an hour ago, may be cancelled or sent elsewhere.
  Order(4, {.id = "48502",
            .placed = At(0, 8, 30),
            .items = {{"TNT-TARN2-MOS", 1}},
            .status = "processing"});
  Delivered(5, "48290", {{"KIT-POTS", 1}, {"LGT-LANT", 1}}, 6, 2);
  Delivered(6, "47810", {{"WCH-PLOVER-BLA", 1}}, 64, 61);
  Order(7, {.id = "48411",
            .placed = At(4, 11),
            .items = {{"SLB-DORM5-LAK-REGULAR", 1}},
            .status = "shipped",
            .shipped = At(3, 8, 30),
            .parcel = "out_for_delivery",
            .last_scan = At(0, 6, 50),
            .promised = Ago(0)});
  Delivered(9, "48020", {{"TNT-TARN3-MOS", 1}, {"MAT-DRIFTL", 2}}, 24, 20);
  Delivered(11, "48150", {{"BOO-DUNL-41", 1}}, 10, 6);
  Delivered(12, "47333", {{"POL-EGRETC", 1}}, 83, 79);
  Order(13, {.id = "48066",
             .placed = At(9, 16, 5),
             .items = {{"TRS-STONE-SLA-M", 1}},
             .shipped = At(8, 8, 30),
             .delivered = At(5, 12, 10),
             .clearance = true});
  // Nils: no scan for more than ten working days.
  Order(14, {.id = "48004",
             .placed = At(22, 15),
             .items = {{"BPK-CURL28-SLA", 1}},
             .status = "shipped",
             .shipped = At(21, 8, 30),
             .last_scan = At(20, 4, 30),
             .promised = Ago(18)});
  // Orla: two orders at once, one packed already.
  Order(
      15,
      {.id = "48455", .placed = At(1, 13), .items = {{"JKT-WREND-LAK-S", 1}}, .status = "packed"});
  Order(15, {.id = "48470",
             .placed = At(0, 7, 55),
             .items = {{"BAS-WREN-SLA-S", 2}},
             .status = "processing",
             .method = "transfer"});
  Delivered(16, "47020", {{"LGT-GLOW4", 1}}, 124, 120);
  Delivered(18, "47501", {{"FLC-SAND-SAN-L", 1}}, 76, 73);
  Order(19, {.id = "48342",
             .placed = At(9, 12),
             .items = {{"WTR-BROOKG", 1}, {"WTR-CART", 2}},
             .status = "shipped",
             .shipped = At(8, 8, 30),
             .parcel = "at_parcel_point",
             .last_scan = At(1, 17, 20),
             .promised = Ago(1)});
  Order(20, {.id = "48490",
             .placed = At(2, 19, 10),
             .items = {{"WTR-BROOKS", 1}},
             .status = "shipped",
             .shipped = At(1, 8, 30),
             .last_scan = At(1, 15, 30),
             .promised = Ago(-1)});
}

void Telling::TellReturns() {
  // Hugo: one refund overdue, one sent four days ago.
  Delivered(8, "48105", {{"JKT-WREND-LAK-M", 1}}, 30, 26);
  db_.Run(
      "INSERT INTO returns(id, order_id, status, reason, amount, created_at, send_by, arrived_at) "
      "VALUES('R-9001', '48105', 'arrived', 'changed_mind', 18900, ?, ?, ?)",
      ToTimeText(At(19, 10)), ToText(Ago(5)), ToTimeText(At(13, 9)));
  db_.Script(
      "INSERT INTO return_lines VALUES('R-9001', 1, 1);"
      "UPDATE order_lines SET returned = 1 WHERE order_id IN ('48105')");
  db_.Run(
      "INSERT INTO refunds(id, order_id, return_id, amount, status, requested_at, arrived_at) "
      "VALUES('RF-9001', '48105', 'R-9001', 18900, 'checking', ?, ?)",
      ToTimeText(At(19, 10)), ToTimeText(At(13, 9)));
  Delivered(8, "47777", {{"MAT-DRIFT-REGULAR", 1}}, 45, 41);
  db_.Run(
      "INSERT INTO returns(id, order_id, status, reason, amount, created_at, send_by, arrived_at) "
      "VALUES('R-9002', '47777', 'refunded', 'faulty', 11900, ?, ?, ?)",
      ToTimeText(At(20, 11)), ToText(Ago(6)), ToTimeText(At(9, 9)));
  db_.Script(
      "INSERT INTO return_lines VALUES('R-9002', 1, 1);"
      "UPDATE order_lines SET returned = 1 WHERE order_id = '47777'");
  db_.Run(
      "INSERT INTO refunds(id, order_id, return_id, amount, status, requested_at, arrived_at, "
      "sent_at) "
      "VALUES('RF-9002', '47777', 'R-9002', 11900, 'sent', ?, ?, ?)",
      ToTimeText(At(20, 11)), ToTimeText(At(9, 9)), ToTimeText(At(4, 15)));
  // Jonas: cancelled after a transfer, money sent back; wants no marketing at all.
  Order(10, {.id = "48188",
             .placed = At(18, 20),
             .items = {{"BPK-CURL65-SLA-SM", 1}},
             .status = "cancelled",
             .method = "transfer"});
  db_.Run("UPDATE orders SET cancelled_at = ? WHERE id = '48188'", ToTimeText(At(18, 20, 40)));
  db_.Run(
      "INSERT INTO refunds(id, order_id, amount, status, method, reason, requested_at, sent_at) "
      "SELECT 'RF-9003', id, total, 'sent', 'transfer', 'cancellation', ?, ? FROM orders "
      "WHERE id = '48188'",
      ToTimeText(At(18, 20, 40)), ToTimeText(At(15, 15)));
}

void Telling::TellAccounts() {
  // Farid: charged twice this month, and last month's invoice is disputed.
  Club(6, "ridge", "active", 340);
  writer_.AddClubInvoice(Who(6), "INV-204117", Ago(6), "Ridge", 790, 2, "paid");
  writer_.AddClubInvoice(Who(6), "INV-203980", Ago(37), "Ridge", 790, 1, "disputed");
  db_.Run(
      "INSERT INTO disputes(id, invoice_id, reason, comment, created_at) "
      "VALUES('DS-9001', 'INV-203980', 'missing_discount', '', ?)",
      ToTimeText(At(3, 10)));
  // Ines: the best customer, open to personal offers.
  Club(9, "path", "active", 200);
  for (const auto& [days, feathers] : {std::pair{40, 620}, {150, 540}, {290, 480}, {700, 310}}) {
    db_.Run("INSERT INTO feathers VALUES(?, ?, ?, 'earlier orders')", Who(9).id, ToText(Ago(days)),
            feathers);
  }
  for (const int who : {2, 6, 9, 11}) {
    db_.Run("INSERT INTO consents(customer_id, purpose, at) VALUES(?, 'personalised_offers', ?)",
            Who(who).id, ToTimeText(At(100, 9)));
  }
  for (const char* channel : {"email", "phone", "post", "sms"}) {
    db_.Run("INSERT INTO opt_outs VALUES(?, ?, ?)", Who(10).id, channel, ToTimeText(At(60, 9)));
  }
  // Leo: on a break until next month. Rosa: the card was refused twice.
  Club(12, "summit", "active", 500);
  db_.Run(
      "UPDATE subscriptions SET paused_from = ?, paused_until = ?, renews_on = ?2 "
      "WHERE customer_id = ?3",
      ToText(Ago(20)), ToText(writer_.today() + 40), Who(12).id);
  Club(18, "ridge", "suspended", 410);
  db_.Run("UPDATE subscriptions SET failed_payments = 3 WHERE customer_id = ?", Who(18).id);
  // Quentin: bought on account in Germany and has not paid.
  Delivered(17, "48033", {{"PWR-FIRE20", 1}, {"PWR-SOL15", 1}}, 20, 16, "invoice", "INV-203511");
  // Cleo waits for an answer; Tilde joined a week ago and may withdraw.
  db_.Run(
      "INSERT INTO tickets(id, customer_id, subject, team, status, created_at, updated_at) "
      "VALUES('T-09001', ?, 'Strap of the Curlew 50 is fraying', 'technical', 'open', ?, ?)",
      Who(3).id, ToTimeText(At(4, 14)), ToTimeText(At(2, 11)));
  Club(20, "path", "active", 3);
}

}  // namespace

std::vector<std::string> AddPersonas(Database& db, StoryWriter& writer) {
  Telling telling(db, writer);
  telling.TellOrders();
  telling.TellReturns();
  telling.TellAccounts();
  return telling.used_;
}

}  // namespace frontdesk::tools
