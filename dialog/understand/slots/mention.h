// A typed value found in a message, and what the finders that look for them share.
//
// Finders run in the order of slots/slot_reader.cc; each marks the tokens it took, and later ones
// leave those alone: that is what keeps "card ends 4242" from becoming an order number.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialog/understand/slots/message.h"
#include "dialog/understand/understanding.h"
#include "dialog/understand/words/phrasebook.h"

namespace frontdesk::understand {

struct Mention {
  std::string type;  // see slot_type
  nlohmann::json value;
  size_t first = 0, last = 0;  // tokens
  bool rejected = false;       // the customer took it back
  int32_t p = kCertain;
  std::vector<nlohmann::json> alternatives;
  nlohmann::json swung;           // date: the reading on the other side of today, or null
  std::vector<size_t> requests;  // choice, product: the declared slots it is a value of
};

// State of one reading. Not thread-safe: made for one message.
struct Reading {
  const Message& message;
  const UtteranceInput& input;
  const Phrasebook& book;
  std::string asked_type;     // type of the asked slot; empty: nothing asked
  std::string order_pattern;  // RE2 over the canonical order number
  std::vector<std::string> order_names;  // words of the slots that want one: "flight", "case"
  bool corrects_quantity;     // "no, three" to a confirmation of a flow that holds a quantity
  std::vector<bool> taken;    // by token
  std::vector<Mention> mentions;

  bool Free(size_t first, size_t last) const {
    for (size_t i = first; i < last; ++i) {
      if (i >= taken.size() || taken[i]) return false;
    }
    return true;
  }
  void Take(size_t first, size_t last) {
    for (size_t i = first; i < last && i < taken.size(); ++i) taken[i] = true;
  }
  void Add(std::string_view type, nlohmann::json value, size_t first, size_t last) {
    Take(first, last);
    Mention mention;
    mention.type = std::string(type);
    mention.value = std::move(value);
    mention.first = first;
    mention.last = last;
    mentions.push_back(std::move(mention));
  }
  bool Asked(std::string_view type) const { return asked_type == type; }
};

// find_contacts.cc: vault tokens and e-mail addresses (also spoken); phone numbers with extensions.
void FindContacts(Reading* reading);
void FindPhones(Reading* reading);
// find_dates.cc: relative, absolute and numeric dates.
void FindDates(Reading* reading);
// find_amounts.cc: money.
void FindAmounts(Reading* reading);
// find_order_numbers.cc: numbers that are something else (times, sizes, years, card digits); then
// order numbers by the bundle's pattern, spaced, spoken or dictated.
void FindOtherNumbers(Reading* reading);
void FindOrderNumbers(Reading* reading);
// Whether the number at token i stands right behind the name of a slot that wants one: "flight 299".
bool FollowsSlotName(const Reading& reading, size_t i);
// find_quantities.cc: counts, after products were found.
void FindQuantities(Reading* reading);
// find_pointers.cc: "the first one", "that order", "all of them".
void FindPointers(Reading* reading);
// find_words.cc: postcodes, and names and free text, when asked for.
void FindAskedPostcode(Reading* reading);
void FindAskedWords(Reading* reading);
// corrections.cc: marks what the customer took back, and merges repeats.
void ResolveCorrections(Reading* reading);

}  // namespace frontdesk::understand
