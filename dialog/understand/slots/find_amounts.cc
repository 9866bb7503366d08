#include <optional>
#include <string>

#include "dialog/understand/slots/mention.h"
#include "dialog/understand/slots/numbers.h"

namespace frontdesk::understand {

namespace {

struct Money {
  int64_t hundredths = 0;
  int decimals = 0;
  size_t tokens = 0;
  bool separated = false;
  bool thousands = false;  // "2k"
};

// What a symbol means; "$" depends on where the customer is.
std::string SymbolCurrency(const std::string& symbol, const std::string& locale) {
  if (symbol == "€") return "EUR";
  if (symbol == "£") return "GBP";
  if (symbol == "¥") return "JPY";
  if (symbol == "₹") return "INR";
  if (symbol != "$") return {};
  if (locale.ends_with("-CA")) return "CAD";
  if (locale.ends_with("-AU")) return "AUD";
  if (locale.ends_with("-NZ")) return "NZD";
  return "USD";
}

struct Currency {
  std::string code;  // ISO 4217, or "¢": hundredths
  size_t tokens = 0;
};

Currency CurrencyAt(const Reading& r, size_t i) {
  const Message& m = r.message;
  if (i >= m.size()) return {};
  if (const std::string code = SymbolCurrency(m.key(i), r.input.locale); !code.empty()) {
    return {code, 1};
  }
  const auto word = r.book.currencies.Find(m, i);
  return {std::string(word.code), word.tokens};
}

Currency CurrencyBefore(const Reading& r, size_t i) {
  if (i == 0) return {};
  Currency before = CurrencyAt(r, i - 1);
  // "c 5" is no currency before a figure; hundredths never stand in front.
  return before.tokens == 1 && before.code != "¢" ? before : Currency{};
}

std::optional<Money> ReadMoney(const Reading& r, size_t at) {
  const Message& m = r.message;
  if (const auto figure = ReadFigure(m, at)) {
    Money money{figure->hundredths, figure->decimals, figure->tokens, figure->separated, false};
    const size_t next = at + money.tokens;
    if (next < m.size() && (m.key(next) == "k" || r.book.multipliers.Value(m.key(next)) == 1000)) {
      money.hundredths *= 1000;
      money.tokens += 1;
      money.thousands = true;
    }
    return money;
  }
  const auto cardinal = ReadCardinal(m, at, r.book);
  if (!cardinal) return std::nullopt;
  Money money{cardinal->value * 100, 0, cardinal->tokens, false, false};
  const size_t point = r.book.decimal_point.Match(m, at + money.tokens);
  if (point > 0) {  // "twelve point five"
    const auto decimals = ReadCardinal(m, at + money.tokens + point, r.book);
    if (decimals && decimals->value < 100) {
      money.hundredths += decimals->value < 10 ? decimals->value * 10 : decimals->value;
      money.decimals = 2;
      money.tokens += point + decimals->tokens;
    }
  }
  return money;
}

// "5 euro 20", "a hundred euros fifty": hundredths said after the currency.
size_t TrailingCents(const Reading& r, size_t at, int64_t* hundredths) {
  const Message& m = r.message;
  size_t skip = r.book.number_and.Match(m, at);
  const auto cents = ReadCardinal(m, at + skip, r.book);
  if (!cents || cents->value < 1 || cents->value > 99) return 0;
  const size_t end = at + skip + cents->tokens;
  if (m.IsNumber(at + skip) && m.key(at + skip).size() != 2) return 0;
  const Currency after = CurrencyAt(r, end);
  if (after.tokens > 0 && after.code != "¢") return 0;
  if (after.tokens == 0 && end < m.size() && m.tokens[end].kind != MessageToken::kMark) return 0;
  *hundredths += cents->value;
  return end + (after.code == "¢" ? after.tokens : 0) - at;
}

nlohmann::json AmountValue(int64_t cents, const std::string& currency) {
  nlohmann::json value = {{"cents", cents}, {"currency", nullptr}};
  if (!currency.empty()) value["currency"] = currency;
  return value;
}

}  // namespace

void FindAmounts(Reading* r) {
  const Message& m = r->message;
  const bool asked = r->Asked(slot_type::kAmount);
  const bool money_talk = r->book.money_hints.In(m);
  for (size_t i = 0; i < m.size(); ++i) {
    if (r->taken[i]) continue;
    const std::optional<Money> money = ReadMoney(*r, i);
    if (!money || !r->Free(i, i + money->tokens)) continue;
    int64_t hundredths = money->hundredths;
    size_t first = i, end = i + money->tokens;
    Currency currency = CurrencyAt(*r, end);
    // "c" is a currency only when it follows directly and nothing else explains it.
    if (currency.code == "¢" && m.key(end) == "c" && !m.tokens[end].joined) currency = {};
    if (currency.tokens > 0) {
      end += currency.tokens;
      if (currency.code == "¢") {
        hundredths /= 100;
        currency.code.clear();
        r->Add(slot_type::kAmount, AmountValue(hundredths, r->input.currency), first, end);
        i = end - 1;
        continue;
      }
      if (money->decimals == 0) end += TrailingCents(*r, end, &hundredths);
    } else {
      currency = CurrencyBefore(*r, i);
      if (currency.tokens > 0 && r->Free(i - 1, i)) first = i - 1;
    }
    const bool marked = !currency.code.empty();
    const bool decimal = money->decimals == 2 && money->separated;
    const bool plausible = asked || (money_talk && (decimal || money->thousands));
    if (!marked && !plausible) {
      i += money->tokens - 1;
      continue;
    }
    if (currency.code.empty()) currency.code = r->input.currency;
    r->Add(slot_type::kAmount, AmountValue(hundredths, currency.code), first, end);
    i = end - 1;
  }
}

}  // namespace frontdesk::understand
