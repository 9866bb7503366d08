#include "dialog/answer/extract.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

#include "dialog/answer/answer_units.h"
#include "dialog/answer/asked_value.h"
#include "dialog/answer/evidence.h"
#include "dialog/answer/facts.h"
#include "text/analyse.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

// A further sentence is shown from this share of the best one's probability on, in percent.
constexpr int64_t kKeepNearby = 20;     // of the same passage
constexpr int64_t kKeepElsewhere = 30;  // of another
constexpr size_t kFew = 3;              // so many are read gladly; from then on
constexpr int64_t kKeepBeyond = 50;
constexpr int64_t kKeepGoingOn = 3;     // the one that goes on with the best one's paragraph
// A sentence of which so many words were said already says the same again, in percent.
constexpr size_t kSaidAlready = 75;

struct Saying {
  std::set<std::string> words;
  std::vector<std::string> facts;  // sorted
};

Saying SayingOf(const AnswerUnit& unit, const FoundPassage& passage) {
  Saying saying;
  const std::string language = passage.language.empty() ? "en" : passage.language;
  const std::string text = unit.TextIn(passage);
  for (text::Token& token : text::Analyse(text, language, {.drop_stop_words = true}))
    saying.words.insert(std::move(token.term));
  saying.facts = FactsOf(text::FoldText(text), language);
  return saying;
}

// Most of its words, and all of its numbers.
bool SaysTheSame(const Saying& of, const Saying& said) {
  const auto again =
      std::count_if(of.words.begin(), of.words.end(),
                    [&](const std::string& word) { return said.words.contains(word); });
  return static_cast<size_t>(again) * 100 >= of.words.size() * kSaidAlready &&
         std::includes(said.facts.begin(), said.facts.end(), of.facts.begin(), of.facts.end());
}

// The unit whose passage is shown first: the best, but "After 60 days: no return" does not open the
// answer to a question for a value when another sentence of the answer says what is.
size_t Opening(std::string_view question, const std::vector<FoundPassage>& passages,
               const std::vector<AnswerUnit>& units, const std::vector<size_t>& chosen) {
  const size_t best = chosen.front();
  const uint32_t asked = AskedValues(question);
  const auto denies = [&](size_t unit) {
    return Denies(units[unit].TextIn(passages[units[unit].passage]));
  };
  if (asked == kNoValue || (asked & kPermission) != 0 || TakesForGranted(question) || !denies(best))
    return best;
  for (const size_t unit : chosen) {
    const uint32_t values = ValuesIn(units[unit].TextIn(passages[units[unit].passage]));
    if (!denies(unit) && (values & asked) != 0) return unit;
  }
  return best;
}

// As a reader would come across them, those of the passage that opens the answer first. A table's
// row is no part of a text: it comes after what is likelier.
std::vector<size_t> InOrder(const std::vector<AnswerUnit>& units,
                            const std::vector<int64_t>& probabilities, std::vector<size_t> chosen,
                            size_t opening) {
  std::sort(chosen.begin(), chosen.end(), [&](size_t a, size_t b) {
    const bool a_opens = units[a].passage == opening, b_opens = units[b].passage == opening;
    return a_opens != b_opens ? a_opens : a < b;
  });
  std::vector<size_t> rows;
  std::copy_if(chosen.begin(), chosen.end(), std::back_inserter(rows),
               [&](size_t unit) { return units[unit].is_row; });
  std::stable_sort(rows.begin(), rows.end(),
                   [&](size_t a, size_t b) { return probabilities[a] > probabilities[b]; });
  for (const size_t row : rows) {
    const auto at = std::find(chosen.begin(), chosen.end(), row);
    auto behind = at;
    for (auto later = std::next(at); later != chosen.end(); ++later) {
      if (units[*later].passage == units[row].passage && probabilities[*later] > probabilities[row])
        behind = later;
    }
    std::rotate(at, std::next(at), std::next(behind));
  }
  return chosen;
}

void AddSpans(const AnswerUnit& unit, const FoundPassage& passage, int64_t score,
              std::vector<Extract>* extracts) {
  for (const text::Span& span : unit.sentences) {
    // Question and answer of one paragraph are said in one breath.
    if (!extracts->empty() && extracts->back().passage == unit.passage && span != unit.sentences[0] &&
        passage.text.find('\n', extracts->back().span.end) >= span.begin) {
      extracts->back().span.end = span.end;
      continue;
    }
    extracts->push_back({unit.passage, span, score});
  }
}

}  // namespace

std::vector<size_t> ChooseUnits(const std::vector<FoundPassage>& passages,
                                const std::vector<AnswerUnit>& units,
                                const std::vector<int64_t>& probabilities, size_t most) {
  std::vector<size_t> order(units.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return probabilities[a] > probabilities[b];
  });
  const size_t best = order.front();
  std::vector<size_t> chosen = {best};
  const auto add = [&](size_t unit) {
    if (chosen.size() < most && std::find(chosen.begin(), chosen.end(), unit) == chosen.end())
      chosen.push_back(unit);
  };
  const auto neighbour = [&](size_t unit) { return units[unit].passage == units[best].passage; };
  if (units[best].leans && best > 0 && neighbour(best - 1)) add(best - 1);
  if (units[best].announced_by) add(*units[best].announced_by);
  for (size_t i = best + 1; units[best].announces && i < units.size() && neighbour(i); ++i) add(i);
  // What goes on with the paragraph belongs to the thought.
  if (const size_t next = best + 1;
      next < units.size() && neighbour(next) && units[next].block == units[best].block &&
      (units[next].leans || probabilities[next] * 100 >= probabilities[best] * kKeepGoingOn)) {
    const FoundPassage& passage = passages[units[best].passage];
    if (!SaysTheSame(SayingOf(units[next], passage), SayingOf(units[best], passage))) add(next);
  }
  std::vector<Saying> said;
  for (const size_t unit : chosen)
    said.push_back(SayingOf(units[unit], passages[units[unit].passage]));
  for (const size_t unit : order) {
    const int64_t share = chosen.size() >= kFew ? kKeepBeyond
                          : neighbour(unit)     ? kKeepNearby
                                                : kKeepElsewhere;
    if (probabilities[unit] * 100 < probabilities[best] * share) continue;
    if (std::find(chosen.begin(), chosen.end(), unit) != chosen.end()) continue;
    Saying saying = SayingOf(units[unit], passages[units[unit].passage]);
    const auto again =
        std::find_if(said.begin(), said.end(),
                     [&](const Saying& before) { return SaysTheSame(saying, before); });
    if (again == said.end()) {
      if (chosen.size() >= most) continue;
      said.push_back(std::move(saying));
      chosen.push_back(unit);
    } else if (const size_t before = chosen[static_cast<size_t>(again - said.begin())];
               units[before].is_row && !units[unit].is_row &&
               units[before].passage == units[unit].passage && SaysTheSame(*again, saying)) {
      // A sentence that says all that the table's row says reads better.
      chosen[static_cast<size_t>(again - said.begin())] = unit;
      *again = std::move(saying);
    }
  }
  return chosen;
}

Quote QuoteAnswer(std::string_view question, const std::vector<FoundPassage>& passages,
                  int64_t most, const screen::EmbedFn& embed, const AnswerModel& model) {
  Quote quote;
  const std::vector<AnswerUnit> units = UnitsOf(passages, kPassagesQuoted);
  if (units.empty()) return quote;
  UnitReader reader(question, passages, units, embed);
  const std::vector<UnitSignals> signals = reader.Signals();
  std::vector<int64_t> probabilities;
  for (const UnitSignals& of : signals) probabilities.push_back(model.Unit(of, reader.near_known()));
  std::vector<size_t> chosen =
      ChooseUnits(passages, units, probabilities, static_cast<size_t>(std::max<int64_t>(most, 1)));
  quote.answerable =
      model.Answers(SignalsOfAnswer(reader, passages, units, signals, probabilities, chosen),
                    reader.near_known());
  const size_t opening = units[Opening(question, passages, units, chosen)].passage;
  for (const size_t i : InOrder(units, probabilities, std::move(chosen), opening)) {
    AddSpans(units[i], passages[units[i].passage], probabilities[i], &quote.extracts);
  }
  return quote;
}

int64_t SourceOf(const FoundPassage& passage, int64_t at) {
  int64_t source = passage.begin + at;
  for (const auto& [text, document] : passage.runs) {
    if (text <= at) source = document + (at - text);
  }
  return source;
}

}  // namespace frontdesk::dialog
