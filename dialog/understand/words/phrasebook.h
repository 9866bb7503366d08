// The word lists of all languages, compiled for matching against a message.
//
// Built once at first use; constant afterwards; thread-safe. Of two languages that give a phrase
// different values, the first one (words/language_words.h, AllLanguages) wins.
//
//   const Phrasebook& book = Phrasebook::Get();
//   size_t n = book.yes.Match(message, 0);   // tokens of the longest phrase that starts at 0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dialog/understand/slots/message.h"
#include "dialog/understand/words/language_words.h"

namespace frontdesk::understand {

// A set of phrases, each with a value.
class PhraseTable {
 public:
  struct Found {
    size_t tokens = 0;  // 0: nothing
    int value = 0;
    std::string_view code;
  };
  void Add(std::string_view phrase, int value, std::string_view code = {});

  // The longest phrase that starts at token `at` and ends before `end` (default: the message's).
  Found Find(const Message& message, size_t at, size_t end = SIZE_MAX) const;
  size_t Match(const Message& message, size_t at, size_t end = SIZE_MAX) const {
    return Find(message, at, end).tokens;
  }
  // The longest phrase that ends right before token `end`.
  Found FindBefore(const Message& message, size_t end) const;
  // Whether the message holds one of the phrases in tokens [first, last).
  bool In(const Message& message, size_t first = 0, size_t last = SIZE_MAX) const;
  // A single word.
  std::optional<int> Value(const std::string& key) const;

 private:
  std::unordered_map<std::string, Found> phrases_;  // words joined by a blank
  size_t longest_ = 0;                              // in words
};

struct Phrasebook {
  static const Phrasebook& Get();

  PhraseTable numbers, multipliers, number_and, decimal_point, digit_names, digit_repeats,
      articles_as_one;
  std::vector<std::string> joiners;
  PhraseTable ordinals, other_one, all_of_them, both_of_them, one_nouns, former, latter, ending_in,
      same_order, order_nouns, number_nouns, number_links;
  PhraseTable months, weekdays, day_words, day_parts, day_part_leads, unit_days, ago_before, ago_after, in_future, from_now, counted_from,
      coming_words, last_words,
      next_words, this_words, week_words, on_day, day_of, range_words, change_words,
      past_hints, future_hints;
  PhraseTable currencies, counts, count_nouns, money_hints;
  PhraseTable spelled_as, card_words, measure_words, year_hints, size_words;
  PhraseTable yes, no, hedges, negators, but_rather, instead_of, replaced_by, self_corrections,
      wrong_words, fillers, light_words, name_leads;
  PhraseTable spoken_at, spoken_dot, spoken_marks;
  PhraseTable cancel, repeat, back, human, thanks, greeting, bye, correction, dont_know, wait,
      resume, question_words, swearing;
  PhraseTable sentiment, intensifiers, clause_joiners, statement_leads, wish_words, back_pointers;
  PhraseTable courtesy, courtesy_glue, speaking_here;

 private:
  Phrasebook();
};

}  // namespace frontdesk::understand
