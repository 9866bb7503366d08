// The words one language contributes to understanding: everything that is wired to a language is
// in one of these lists, and a new language is one new file beside english.cc.
//
// Entries are written as people write them ("fünf", "don't"); they are matched by WordKey, which
// folds case, accents, umlauts (ü = ue) and apostrophes. A phrase is several words in a row.
// Constant after start-up; thread-safe.
#pragma once

#include <string_view>
#include <vector>

namespace frontdesk::understand {

struct WordValue {
  std::string_view phrase;
  int value;
};
struct WordCode {
  std::string_view phrase;
  std::string_view code;
};
using Phrases = std::vector<std::string_view>;

struct LanguageWords {
  std::string_view code;  // ISO 639-1

  // Numbers. units 0..19, tens 20..90, multipliers 100 and 1000; compounds are read by joiner
  // ("vierundzwanzig" with joiner "und", "twenty-four" without).
  std::vector<WordValue> numbers;
  std::vector<WordValue> multipliers;
  std::string_view joiner;
  Phrases number_and;    // "a hundred and twenty"
  Phrases decimal_point; // "twelve point five"
  std::vector<WordValue> digit_names;    // said for a digit only: "oh"
  std::vector<WordValue> digit_repeats;  // "double" 2, "triple" 3
  Phrases articles_as_one;               // "a week ago", "a dozen"

  // Order. -1 last, -2 last but one; 1000 the middle one.
  std::vector<WordValue> ordinals;
  Phrases other_one, all_of_them, both_of_them, one_nouns, former, latter, ending_in;
  Phrases same_order, order_nouns;
  Phrases number_nouns, number_links;  // "id 97"; between a name and its number: "flight with id 97"

  // Time.
  std::vector<WordValue> months, weekdays;  // 1..12; Monday 1 .. Sunday 7
  std::vector<WordValue> day_words;         // offset in days: "yesterday" -1
  // Parts of a day that belong to the day before them: "gestern Morgen" is one date, though "morgen"
  // alone is tomorrow; and what makes such a word no day at all: "am Morgen".
  Phrases day_parts, day_part_leads;
  std::vector<WordValue> unit_days;         // "week" 7; months are 30, years 365 (exact by calendar)
  Phrases ago_before, ago_after;            // German before the span, English after it
  Phrases from_now;      // "a week from now"
  Phrases counted_from;  // "two weeks from Monday"
  Phrases coming_words;  // the nearest one ahead: "this coming Saturday"
  Phrases in_future, last_words, next_words, this_words, week_words, day_of, on_day;
  Phrases range_words;   // "3 May until 9 May"
  Phrases change_words;  // "move it from 3 May to 9 May"
  Phrases past_hints, future_hints;         // decide an open weekday or day of month

  // Money and counting.
  std::vector<WordCode> currencies;  // "euro" → EUR; "¢" marks hundredths of any currency
  std::vector<WordValue> counts;     // "couple" 2, "dozen" 12, "half a dozen" 6
  Phrases count_nouns;               // "pieces", "pcs"
  Phrases money_hints;               // "paid", "charged": an unmarked decimal is money

  // Numbers that are something else.
  Phrases spelled_as;  // "W as in whiskey"
  Phrases card_words, measure_words, year_hints, size_words;

  // Yes and no.
  Phrases yes, no, hedges;
  Phrases negators;         // before a value: "not 4471"
  Phrases but_rather;       // after a rejected value: "sondern", "but"
  Phrases instead_of;       // before a rejected value
  Phrases replaced_by;      // between the old value and the new one: "should be"
  Phrases self_corrections; // "sorry", "I mean": what follows replaces what came before
  Phrases wrong_words;      // "48213 is wrong"
  Phrases fillers;

  Phrases light_words;  // say nothing beside a value: "it's", "please"
  Phrases name_leads;   // "my name is"

  // Spoken e-mail.
  Phrases spoken_at, spoken_dot;
  std::vector<WordCode> spoken_marks;  // "underscore" → "_"

  // Cues, by the names of namespace cue.
  Phrases cancel, repeat, back, human, thanks, greeting, bye, correction, dont_know, wait, resume;
  Phrases question_words, swearing;

  // Sentiment: -5 .. 5 a word; percent an intensifier adds.
  std::vector<WordValue> sentiment;
  std::vector<WordValue> intensifiers;

  // Between wishes: "and", "also", "by the way".
  Phrases clause_joiners;
  // How a statement begins ("my", "I've"), and words that make it a wish all the same ("I want").
  Phrases statement_leads, wish_words;

  // Stand for what was named before: "it", "they".
  Phrases back_pointers;

  // Politeness around a wish (dialog/understand/courtesy.h). courtesy: 2 is the heart of one
  // ("grateful"), 1 stands beside a heart ("help", "possibly"); greetings and thanks are hearts
  // already. courtesy_glue: words of any sentence that may stand between. speaking_here: behind a
  // name, "Anna here".
  std::vector<WordValue> courtesy;
  Phrases courtesy_glue, speaking_here;
};

const LanguageWords& English();
const LanguageWords& German();

// All languages, in a fixed order.
const std::vector<const LanguageWords*>& AllLanguages();

}  // namespace frontdesk::understand
