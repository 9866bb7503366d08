#include <algorithm>

#include "dialog/understand/slots/mention.h"
#include "dialog/understand/slots/numbers.h"

namespace frontdesk::understand {

namespace {

constexpr int64_t kMostItems = 9999;

// A product that begins at most two words after token i ("four of the rain jackets").
bool BeforeProduct(const Reading& r, size_t i) {
  return std::any_of(r.mentions.begin(), r.mentions.end(), [&](const Mention& mention) {
    return mention.type == slot_type::kProduct && mention.first >= i && mention.first <= i + 2;
  });
}

bool MultiplySign(const Message& m, size_t i) {
  return i < m.size() && (m.key(i) == "x" || m.key(i) == "×");
}

}  // namespace

void FindQuantities(Reading* r) {
  const Message& m = r->message;
  const bool asked = r->Asked(slot_type::kQuantity) || r->corrects_quantity;
  for (size_t i = 0; i < m.size(); ++i) {
    if (r->taken[i]) continue;
    int64_t value = 0;
    size_t end = i;
    if (const auto count = r->book.counts.Find(m, i); count.tokens > 0) {
      value = count.value;
      end = i + count.tokens;
    } else if (const auto cardinal = ReadCardinal(m, i, r->book)) {
      value = cardinal->value;
      end = i + cardinal->tokens;
    } else {
      continue;
    }
    if (value < 1 || value > kMostItems || !r->Free(i, end)) continue;
    const bool sign = MultiplySign(m, end);
    const bool noun = r->book.count_nouns.Match(m, end) > 0;
    // "one" and "a single" are too common to count unless they stand before a product.
    if (!asked && !BeforeProduct(*r, sign ? end + 1 : end) && !(noun && m.IsNumber(i))) continue;
    r->Add(slot_type::kQuantity, value, i, sign || (noun && MultiplySign(m, end)) ? end + 1 : end);
    i = end - 1;
  }
}

}  // namespace frontdesk::understand
