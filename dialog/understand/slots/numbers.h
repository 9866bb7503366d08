// Numbers in figures and in words. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dialog/understand/slots/message.h"
#include "dialog/understand/words/phrasebook.h"

namespace frontdesk::understand {

struct NumberWord {
  int64_t value = 0;
  size_t tokens = 0;
};

// One number word: "seven", "forty", "vierundzwanzig", "zweihundert". Nothing for other words.
std::optional<int64_t> ReadNumberWord(const std::string& key, const Phrasebook& book);

// A whole number at token `at`: figures ("12") or words ("a hundred and twenty", "twenty-one").
std::optional<NumberWord> ReadCardinal(const Message& message, size_t at, const Phrasebook& book);

// Digits said one after the other at token `at`: "4 8 2 1 3", "four eight two", "double seven",
// "forty-eight two thirteen", "113-5426 1773". digits is what they spell.
struct DigitRun {
  std::string digits;
  size_t tokens = 0;
  int pieces = 0;       // numbers or words it was put together from
  bool spoken = false;  // at least one word
  bool short_pieces = true;  // no piece of 4 figures or more
};
DigitRun ReadDigitRun(const Message& message, size_t at, const Phrasebook& book);

// A figure with separators at token `at`: "1.249,00", "2,000", "17.95", "1'200.50".
struct Figure {
  int64_t hundredths = 0;  // 124900
  int decimals = 0;        // digits after the decimal mark, 0 when there is none
  size_t tokens = 0;
  bool separated = false;  // has any separator
};
// locale decides "1.249" (thousands in de, decimal nowhere: three decimals are thousands).
std::optional<Figure> ReadFigure(const Message& message, size_t at);

}  // namespace frontdesk::understand
