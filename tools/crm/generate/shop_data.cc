#include "tools/crm/generate/shop_data.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace frontdesk::tools {
namespace {

// How a product is divided: sizes, colours; "" stands for none.
struct ProductRow {
  const char* id;
  const char* title;
  const char* category;
  int price;  // cents
  const char* about;
  int people;  // 0: not a tent
  int guarantee_years;
  const char* sizes;    // name in SizesOf
  const char* colours;  // comma separated
};

constexpr ProductRow kProducts[] = {
    {"TNT-TARN2", "Tarn 2 tent", "tents", 24900, "2 people, 2.1 kg, 3,000 mm fly, 5,000 mm floor",
     2, 5, "", "moss,slate"},
    {"TNT-TARN3", "Tarn 3 tent", "tents", 29900, "3 people, 2.7 kg, 3,000 mm fly, 5,000 mm floor",
     3, 5, "", "moss,slate"},
    {"TNT-SKERRY5", "Skerry 5 family tent", "tents", 54900, "5 people, 11.8 kg, 4,000 mm fly", 5, 5,
     "", "moss"},
    {"SLB-DORM0", "Dormouse 0 down bag", "sleeping", 22900,
     "comfort 0 °C, 980 g, 700 fill duck down", 0, 5, "bag", "ember"},
    {"SLB-DORM5", "Dormouse Synth 5 bag", "sleeping", 13900, "comfort 5 °C, 1,250 g, synthetic", 0,
     5, "bag", "lake"},
    {"MAT-DRIFT", "Driftmat Air mat", "mats", 11900, "R 4.2, 560 g, 9 cm", 0, 5, "bag", ""},
    {"MAT-DRIFTL", "Driftmat Lite mat", "mats", 7900, "R 2.1, 390 g, 7 cm", 0, 5, "", ""},
    {"LGT-GLOW4", "Glowworm 400 headlamp", "lights", 4990, "400 lm, 3 × AAA, 82 g, IPX4, 120 h low",
     0, 2, "", ""},
    {"LGT-GLOW8R", "Glowworm 800R headlamp", "lights", 8490, "800 lm, USB-C, 1,800 mAh, 96 g, IPX7",
     0, 2, "", ""},
    {"LGT-LANT", "Glowworm lantern", "lights", 3990, "250 lm, USB-C, 40 h low", 0, 2, "", ""},
    {"STV-EMBER1", "Ember Solo stove", "stoves", 5990, "98 g, 2.8 kW, boils 1 l in 3 min 40 s", 0,
     3, "", ""},
    {"STV-EMBER2", "Ember Duo stove", "stoves", 11900, "two burners, 2 × 2.2 kW, 3.9 kg", 0, 3, "",
     ""},
    {"WTR-BROOKS", "Brook Squeeze filter", "water", 3990,
     "0.1 micron, 1.5 l/min, 1,000 l cartridge, 85 g", 0, 3, "", ""},
    {"WTR-BROOKG", "Brook Gravity 4L filter", "water", 8490, "0.1 micron, 4 l bag, 1.2 l/min", 0, 3,
     "", ""},
    {"WTR-CART", "Brook cartridge", "water", 1990, "fits both Brook filters", 0, 2, "", ""},
    {"WCH-PLOVER", "Plover GPS watch", "watches", 27900,
     "20 h GPS, 14 days watch mode, 5 ATM, 47 g", 0, 2, "", "black,sand"},
    {"WCH-PLOVERS", "Plover Solar GPS watch", "watches", 34900, "32 h GPS, 28 days, 5 ATM, 52 g", 0,
     2, "", "black"},
    {"BPK-CURL28", "Curlew 28 daypack", "packs", 9900, "28 l, 890 g", 0, 5, "", "moss,ember,slate"},
    {"BPK-CURL50", "Curlew 50 backpack", "packs", 17900, "50 l, 1,620 g, loads to 16 kg", 0, 5,
     "back", "moss,slate"},
    {"BPK-CURL65", "Curlew 65 backpack", "packs", 19900, "65 l, 1,840 g, loads to 20 kg", 0, 5,
     "back", "moss,slate"},
    {"BOO-DUNM", "Dunlin Mid boots", "footwear", 16900,
     "waterproof membrane, EU 36–48, 540 g each at 42", 0, 2, "shoe", ""},
    {"BOO-DUNL", "Dunlin Low shoes", "footwear", 13900,
     "waterproof membrane, EU 36–48, 420 g each at 42", 0, 2, "shoe", ""},
    {"BOO-HERON", "Heron Alpine boots", "footwear", 24900,
     "leather, semi-automatic crampons, resoleable", 0, 2, "shoe", ""},
    {"JKT-PETREL", "Petrel Shell jacket", "clothing", 21900,
     "3 layers, 20,000 mm, 410 g at M, PFAS free", 0, 2, "wear", "moss,lake,ember"},
    {"JKT-WREND", "Wren Down jacket", "clothing", 18900, "750 fill, 330 g", 0, 2, "wear",
     "lake,slate"},
    {"FLC-SAND", "Sanderling fleece", "clothing", 7900, "280 g, recycled polyester", 0, 2, "wear",
     "sand,moss"},
    {"BAS-WREN", "Wren Merino 180 base layer", "clothing", 6900, "180 g/m², merino wool, XS–XXL", 0,
     2, "wear", "slate"},
    {"SOX-WREN", "Wren Merino socks", "clothing", 1890, "merino wool", 0, 2, "sock", ""},
    {"TRS-STONE", "Stonechat trousers", "clothing", 8900, "stretch, short, regular or long leg", 0,
     2, "leg", "slate,moss"},
    {"PWR-FIRE20", "Firefly 20K power bank", "power", 5990,
     "20,000 mAh, 22.5 W, 2 × USB-C, 1 × USB-A, 360 g", 0, 2, "", ""},
    {"PWR-SOL15", "Firefly 15 W solar panel", "power", 8990, "15 W, USB-C, 480 g", 0, 2, "", ""},
    {"POL-EGRETC", "Egret Carbon poles", "poles", 10900, "380 g a pair, 100–130 cm", 0, 3, "", ""},
    {"POL-EGRETA", "Egret Alu poles", "poles", 5900, "490 g a pair, 65–135 cm", 0, 3, "", ""},
    {"KIT-POTS", "Kettlebird pot set", "stoves", 5490, "0.9 l and 1.6 l, 410 g", 0, 2, "", ""},
};

std::vector<std::string> SizesOf(std::string_view kind) {
  if (kind == "wear") return {"XS", "S", "M", "L", "XL", "XXL"};
  if (kind == "sock") return {"36–38", "39–41", "42–44", "45–47"};
  if (kind == "leg") return {"S short", "S", "M short", "M", "M long", "L", "L long", "XL"};
  if (kind == "bag") return {"regular", "long"};
  if (kind == "back") return {"S/M", "M/L"};
  if (kind == "shoe") {
    std::vector<std::string> sizes;
    for (int size = 36; size <= 48; ++size) sizes.push_back(absl::StrCat(size));
    return sizes;
  }
  return {""};
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::string SkuOf(const ProductRow& product, const std::string& size, const std::string& colour) {
  std::string sku = product.id;
  if (!colour.empty()) absl::StrAppend(&sku, "-", absl::AsciiStrToUpper(colour.substr(0, 3)));
  if (!size.empty()) {
    absl::StrAppend(
        &sku, "-",
        absl::StrReplaceAll(absl::AsciiStrToUpper(size), {{" ", ""}, {"/", ""}, {"–", ""}}));
  }
  return sku;
}

// Fixed, varied, and with the gaps that stories need: low shoes sold out in 43,
// no Wren Down jacket in slate XL, no pot sets' neighbour missing.
int64_t StockOf(const std::string& sku) {
  if (sku == "BOO-DUNL-43" || sku == "JKT-WREND-SLA-XL" || sku == "WCH-PLOVERS-BLA") return 0;
  uint32_t hash = 2166136261u;  // FNV-1a
  for (const char c : sku) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  const bool gap = hash % 17 == 3 && !sku.starts_with("BOO-DUNL") && !sku.starts_with("KIT-");
  return gap ? 0 : 3 + hash % 40;
}

void AddPlansAndOffers(Database& db) {
  db.Script(R"sql(
INSERT INTO plans(id, title, about, rank, month_price, year_price) VALUES
 ('path', 'Trail Club Path', 'free standard shipping in Ireland and Germany without minimum', 1, 390, 3900),
 ('ridge', 'Trail Club Ridge', 'Path, free express there, 5 % off own products, one gear check a year', 2, 790, 7900),
 ('summit', 'Trail Club Summit', 'Ridge with 10 % off own products, two gear services a year, one rental weekend a year', 3, 1490, 14900);
INSERT INTO offers(id, rule, title, about, code, percent, amount, product_id, needs_product_id, needs_tier, valid_days, priority) VALUES
 ('OF-LATE', 'late_parcel', '10 euro for the wait', 'because your parcel is late', 'SORRY10', NULL, 1000, NULL, NULL, NULL, 60, 90),
 ('OF-KESTREL', 'tier', '15 % on one item for Kestrels', 'early access to the winter sale', 'KESTREL15', 15, NULL, NULL, NULL, 'kestrel', 30, 80),
 ('OF-UPGRADE', 'plan_upgrade', 'first month of the next plan free', 'for members of Path and Ridge', 'CLIMB', 100, NULL, NULL, NULL, NULL, 30, 70),
 ('OF-MAT', 'accessory', '20 % off the Driftmat Air mat', 'goes with your tent', 'DRIFT20', 20, NULL, 'MAT-DRIFT', 'TNT-TARN2', NULL, 14, 60),
 ('OF-LANTERN', 'accessory', '20 % off the Glowworm lantern', 'goes with your family tent', 'GLOW20', 20, NULL, 'LGT-LANT', 'TNT-SKERRY5', NULL, 14, 59),
 ('OF-CARTRIDGE', 'accessory', 'second Brook cartridge at half price', 'goes with your filter', 'BROOK50', 50, NULL, 'WTR-CART', 'WTR-BROOKS', NULL, 14, 58),
 ('OF-POTS', 'accessory', '15 % off the Kettlebird pot set', 'goes with your stove', 'POTS15', 15, NULL, 'KIT-POTS', 'STV-EMBER1', NULL, 14, 57),
 ('OF-SOCKS', 'accessory', 'Wren Merino socks for half price', 'goes with your boots', 'SOCKS50', 50, NULL, 'SOX-WREN', 'BOO-DUNM', NULL, 14, 56),
 ('OF-BACK', 'win_back', '15 euro from 75', 'because we have not seen you for a while', 'AGAIN15', NULL, 1500, NULL, NULL, NULL, 30, 50),
 ('OF-WELCOME', 'welcome', '5 euro from 50', 'for your second order', 'HELLO5', NULL, 500, NULL, NULL, NULL, 30, 10);
)sql");
}

}  // namespace

std::vector<ShopItem> AddShop(Database& db, const std::string& restock_day) {
  std::vector<ShopItem> items;
  for (const ProductRow& product : kProducts) {
    db.Run(
        "INSERT INTO products(id, title, category, about, price, people, guarantee_years, bulky) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        product.id, product.title, product.category, product.about, product.price,
        product.people > 0 ? std::optional<int>(product.people) : std::nullopt,
        product.guarantee_years, false);
    for (const std::string& colour : Split(product.colours)) {
      for (const std::string& size : SizesOf(product.sizes)) {
        const std::string sku = SkuOf(product, size, colour);
        const int64_t stock = StockOf(sku);
        db.Run(
            "INSERT INTO variants(sku, product_id, size, colour, price, stock, restock_on) "
            "VALUES(?, ?, ?, ?, ?, ?, ?)",
            sku, product.id, size, colour, product.price, stock,
            stock == 0 ? std::optional<std::string>(restock_day) : std::nullopt);
        items.push_back(ShopItem{sku, product.id, product.title, size, colour, product.price});
      }
    }
  }
  AddPlansAndOffers(db);
  return items;
}

}  // namespace frontdesk::tools
