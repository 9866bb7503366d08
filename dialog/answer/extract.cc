#include "dialog/answer/extract.h"

#include <algorithm>

#include "dialog/answer/answer_units.h"

namespace frontdesk::dialog {
namespace {

// A further sentence is shown from this share of the best one's probability on, in percent.
constexpr int64_t kKeepNearby = 10;     // of the same passage
constexpr int64_t kKeepElsewhere = 25;  // of another

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

std::vector<size_t> ChooseUnits(const std::vector<AnswerUnit>& units,
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
  for (size_t i = best + 1; units[best].announces && i < units.size() && neighbour(i); ++i) add(i);
  // The paragraph goes on: what follows belongs to the thought.
  if (best + 1 < units.size() && neighbour(best + 1) && units[best + 1].block == units[best].block) {
    add(best + 1);
  }
  for (const size_t unit : order) {
    const int64_t share = neighbour(unit) ? kKeepNearby : kKeepElsewhere;
    if (probabilities[unit] * 100 >= probabilities[best] * share) add(unit);
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
      ChooseUnits(units, probabilities, static_cast<size_t>(std::max<int64_t>(most, 1)));
  quote.answerable =
      model.Answers(SignalsOfAnswer(reader, passages, units, signals, probabilities, chosen),
                    reader.near_known());
  // As a reader would come across them, the passage of the best first.
  const size_t best = units[chosen.front()].passage;
  std::sort(chosen.begin(), chosen.end(), [&](size_t a, size_t b) {
    const bool a_best = units[a].passage == best, b_best = units[b].passage == best;
    return a_best != b_best ? a_best : a < b;
  });
  for (const size_t i : chosen) {
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
