#include "dialog/understand/words/phrasebook.h"

#include <algorithm>

namespace frontdesk::understand {

namespace {

// The phrase as the tokens of a message would spell it.
std::string PhraseKey(std::string_view phrase, size_t* words) {
  const Message message = ReadMessage(phrase);
  std::string key;
  for (const MessageToken& token : message.tokens) {
    if (!key.empty()) key += ' ';
    key += token.key;
  }
  *words = message.size();
  return key;
}

void AddAll(const Phrases& phrases, PhraseTable* table) {
  for (std::string_view phrase : phrases) table->Add(phrase, 1);
}
void AddAll(const std::vector<WordValue>& phrases, PhraseTable* table) {
  for (const WordValue& p : phrases) table->Add(p.phrase, p.value);
}
void AddAll(const std::vector<WordCode>& phrases, PhraseTable* table) {
  for (const WordCode& p : phrases) table->Add(p.phrase, 0, p.code);
}

}  // namespace

void PhraseTable::Add(std::string_view phrase, int value, std::string_view code) {
  size_t words = 0;
  const std::string key = PhraseKey(phrase, &words);
  if (words == 0) return;
  phrases_.try_emplace(key, Found{words, value, code});
  longest_ = std::max(longest_, words);
}

PhraseTable::Found PhraseTable::Find(const Message& message, size_t at, size_t end) const {
  end = std::min(end, message.size());
  Found best;
  std::string key;
  for (size_t n = 1; n <= longest_ && at + n <= end; ++n) {
    if (n > 1) key += ' ';
    key += message.key(at + n - 1);
    if (const auto it = phrases_.find(key); it != phrases_.end()) best = it->second;
  }
  return best;
}

PhraseTable::Found PhraseTable::FindBefore(const Message& message, size_t end) const {
  for (size_t n = std::min(longest_, end); n > 0; --n) {
    const Found found = Find(message, end - n, end);
    if (found.tokens == n) return found;
  }
  return {};
}

bool PhraseTable::In(const Message& message, size_t first, size_t last) const {
  last = std::min(last, message.size());
  for (size_t i = first; i < last; ++i) {
    if (Match(message, i, last) > 0) return true;
  }
  return false;
}

std::optional<int> PhraseTable::Value(const std::string& key) const {
  const auto it = phrases_.find(key);
  if (it == phrases_.end() || it->second.tokens != 1) return std::nullopt;
  return it->second.value;
}

Phrasebook::Phrasebook() {
  for (const LanguageWords* w : AllLanguages()) {
    if (!w->joiner.empty()) joiners.push_back(WordKey(w->joiner));
#define FRONTDESK_ADD(list) AddAll(w->list, &list)
    FRONTDESK_ADD(numbers); FRONTDESK_ADD(multipliers); FRONTDESK_ADD(number_and);
    FRONTDESK_ADD(decimal_point); FRONTDESK_ADD(digit_names); FRONTDESK_ADD(digit_repeats);
    FRONTDESK_ADD(articles_as_one); FRONTDESK_ADD(ordinals); FRONTDESK_ADD(other_one);
    FRONTDESK_ADD(all_of_them); FRONTDESK_ADD(both_of_them); FRONTDESK_ADD(one_nouns);
    FRONTDESK_ADD(former); FRONTDESK_ADD(latter); FRONTDESK_ADD(ending_in);
    FRONTDESK_ADD(same_order); FRONTDESK_ADD(order_nouns); FRONTDESK_ADD(number_nouns); FRONTDESK_ADD(number_links);
    FRONTDESK_ADD(range_words); FRONTDESK_ADD(change_words); FRONTDESK_ADD(months);
    FRONTDESK_ADD(weekdays); FRONTDESK_ADD(day_words); FRONTDESK_ADD(unit_days);
    FRONTDESK_ADD(day_parts); FRONTDESK_ADD(day_part_leads);
    FRONTDESK_ADD(ago_before); FRONTDESK_ADD(ago_after); FRONTDESK_ADD(in_future); FRONTDESK_ADD(from_now); FRONTDESK_ADD(counted_from);
    FRONTDESK_ADD(coming_words); FRONTDESK_ADD(spelled_as);
    FRONTDESK_ADD(last_words); FRONTDESK_ADD(next_words); FRONTDESK_ADD(this_words);
    FRONTDESK_ADD(week_words); FRONTDESK_ADD(on_day); FRONTDESK_ADD(day_of);
    FRONTDESK_ADD(past_hints); FRONTDESK_ADD(future_hints); FRONTDESK_ADD(currencies);
    FRONTDESK_ADD(counts); FRONTDESK_ADD(count_nouns); FRONTDESK_ADD(money_hints);
    FRONTDESK_ADD(card_words); FRONTDESK_ADD(measure_words); FRONTDESK_ADD(year_hints);
    FRONTDESK_ADD(size_words); FRONTDESK_ADD(yes); FRONTDESK_ADD(no); FRONTDESK_ADD(hedges);
    FRONTDESK_ADD(negators); FRONTDESK_ADD(but_rather); FRONTDESK_ADD(instead_of);
    FRONTDESK_ADD(replaced_by); FRONTDESK_ADD(self_corrections); FRONTDESK_ADD(wrong_words);
    FRONTDESK_ADD(fillers); FRONTDESK_ADD(light_words);
    FRONTDESK_ADD(name_leads); FRONTDESK_ADD(spoken_at); FRONTDESK_ADD(spoken_dot);
    FRONTDESK_ADD(spoken_marks); FRONTDESK_ADD(cancel); FRONTDESK_ADD(repeat);
    FRONTDESK_ADD(back); FRONTDESK_ADD(human); FRONTDESK_ADD(thanks); FRONTDESK_ADD(greeting);
    FRONTDESK_ADD(bye); FRONTDESK_ADD(correction); FRONTDESK_ADD(dont_know); FRONTDESK_ADD(wait);
    FRONTDESK_ADD(resume); FRONTDESK_ADD(question_words); FRONTDESK_ADD(swearing);
    FRONTDESK_ADD(sentiment); FRONTDESK_ADD(intensifiers); FRONTDESK_ADD(clause_joiners);
    FRONTDESK_ADD(statement_leads); FRONTDESK_ADD(wish_words); FRONTDESK_ADD(back_pointers);
    FRONTDESK_ADD(courtesy); FRONTDESK_ADD(courtesy_glue); FRONTDESK_ADD(speaking_here);
#undef FRONTDESK_ADD
  }
}

const Phrasebook& Phrasebook::Get() {
  static const Phrasebook& book = *new Phrasebook();
  return book;
}

}  // namespace frontdesk::understand
