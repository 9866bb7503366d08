#include "dialog/answer/answerable.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "dialog/answer/asked_value.h"

namespace frontdesk::dialog {
namespace {

constexpr std::array<std::string_view, kAnswerSignals> kAnswerSignalNames = {
    "sure",         "runner_up",     "elsewhere",    "near",       "nearest",       "passage_near",
    "passage_gap",  "held",          "held_quote",   "held_found", "alike",         "worst",
    "second_worst", "lost_letters",  "unknown",      "words",      "value_there",   "value_missing",
    "permission",   "granted",       "denies",       "names",      "unknown_names", "asks",
    "pairs",        "worst_in_quote"};

float Millionths(int64_t value) { return static_cast<float>(static_cast<double>(value) / 1e6); }

}  // namespace

std::string_view AnswerSignalName(size_t signal) { return kAnswerSignalNames[signal]; }

AnswerSignals SignalsOfAnswer(const UnitReader& reader, const std::vector<FoundPassage>& passages,
                              const std::vector<AnswerUnit>& units,
                              const std::vector<UnitSignals>& signals,
                              const std::vector<int64_t>& probabilities,
                              const std::vector<size_t>& chosen) {
  const size_t best = chosen.front();
  const UnitSignals& of = signals[best];
  int64_t runner_up = 0, elsewhere = 0;
  float nearest = 0;
  for (size_t i = 0; i < units.size(); ++i) {
    if (i != best) runner_up = std::max(runner_up, probabilities[i]);
    if (units[i].passage != units[best].passage) elsewhere = std::max(elsewhere, probabilities[i]);
    nearest = std::max(nearest, signals[i][kNearSignal]);
  }
  int64_t top = 0, second = 0;
  std::string everything, quote, around;
  for (const FoundPassage& passage : passages) {
    if (passage.cosine_q > top) {
      second = top;
      top = passage.cosine_q;
    } else {
      second = std::max(second, passage.cosine_q);
    }
    absl::StrAppend(&everything, HeadingsOf(passage), " ", passage.text, " ");
  }
  for (const size_t i : chosen) {
    const FoundPassage& passage = passages[units[i].passage];
    absl::StrAppend(&quote, units[i].TextIn(passage), " ");
    absl::StrAppend(&around, units[i].TextIn(passage), " ", units[i].lead, " ", HeadingsOf(passage), " ");
  }
  const std::string language = passages[0].language.empty() ? "en" : passages[0].language;
  const std::vector<float> in_quote = reader.TakenUp(quote, language);
  const std::vector<float> in_around = reader.TakenUp(around, language);
  const std::vector<float> in_all = reader.TakenUp(everything, language);

  // Every word counts the same here: how rare it is says nothing about words nobody has.
  float count = 1e-6f, held = 0, held_quote = 0, held_found = 0, alike = 0;
  float letters = 1e-6f, lost = 0, unknown = 0, names = 0, names_held = 0, unknown_names = 0;
  float worst = 1, second_worst = 1, worst_in_quote = 1;
  for (size_t w = 0; w < reader.words().size(); ++w) {
    const AskedWord& word = reader.words()[w];
    const auto length = static_cast<float>(word.shape.size());
    count += 1;
    letters += length;
    held += in_around[w] == 1 ? 1.0f : 0.0f;
    held_quote += in_quote[w] == 1 ? 1.0f : 0.0f;
    held_found += in_all[w] == 1 ? 1.0f : 0.0f;
    alike += in_around[w];
    lost += length * (1 - in_around[w]);
    unknown += in_all[w] == 1 ? 0.0f : length * (1 - in_all[w]);
    if (in_around[w] < worst) {
      second_worst = worst;
      worst = in_around[w];
    } else {
      second_worst = std::min(second_worst, in_around[w]);
    }
    worst_in_quote = std::min(worst_in_quote, in_quote[w]);
    if (word.name) {
      names += 1;
      names_held += in_around[w] == 1 ? 1.0f : 0.0f;
      unknown_names += in_all[w] == 1 ? 0.0f : 1.0f;
    }
  }
  const bool permission = (reader.asked_values() & kPermission) != 0;
  return {Millionths(probabilities[best]),
          Millionths(runner_up),
          Millionths(elsewhere),
          of[kNearSignal],
          nearest,
          Millionths(top),
          Millionths(top - second),
          held / count,
          held_quote / count,
          held_found / count,
          alike / count,
          worst,
          second_worst,
          lost / letters,
          unknown / letters,
          std::min(count, 10.0f) / 10.0f,
          of[kValueThereSignal],
          of[kValueMissingSignal],
          permission ? 1.0f : 0.0f,
          reader.takes_for_granted() ? 1.0f : 0.0f,
          of[kDeniesSignal],
          names == 0 ? 0.5f : names_held / names,
          unknown_names,
          of[kAsksSignal],
          of[kPairsSignal],
          worst_in_quote};
}

}  // namespace frontdesk::dialog
