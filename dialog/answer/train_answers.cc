#include "dialog/answer/train_answers.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dialog/answer/extract.h"
#include "dialog/answer/question_parts.h"
#include "dialog/screen/ranking.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

constexpr int kFolds = 5;

// Trees learn the few hundred answers by heart: out of fold they choose worse than the line alone.
const SignalJudge::Options kUnitOptions = {.trees = {.rounds = 0}, .cost = 0.03f};
const SignalJudge::Options kAnswerOptions = {
    .trees = {.rounds = 60, .rate = 0.06f, .least_weight = 4, .penalty = 4}, .cost = 0.1f};

// One question of its own, read against the passages found for it.
struct ReadPart {
  std::string words;
  size_t question = 0;  // running number over all collections: one fold
  bool answerable = false;
  std::vector<FoundPassage> passages;
  std::vector<AnswerUnit> units;
  std::vector<UnitSignals> signals;
  std::vector<bool> right;  // by unit
  bool near_known = false;
  std::unique_ptr<UnitReader> reader;  // borrows passages and units

  int fold() const { return static_cast<int>(question % kFolds); }
};

absl::StatusOr<std::vector<std::unique_ptr<ReadPart>>> ReadAll(
    std::span<const AskedCollection> collections, const screen::EmbedFn& embed) {
  std::vector<std::unique_ptr<ReadPart>> parts;
  size_t number = 0;
  for (const AskedCollection& collection : collections) {
    for (const AskedQuestion& asked : collection.questions) {
      ++number;
      for (const std::string& words : PartQueries(QuestionParts(asked.question))) {
        auto found = collection.search(words);
        if (!found.ok()) return found.status();
        auto part = std::make_unique<ReadPart>();
        part->words = words;
        part->question = number;
        part->answerable = asked.answerable();
        part->passages = *std::move(found);
        if (!embed) {
          for (FoundPassage& passage : part->passages) passage.cosine_q = 0;
        }
        part->units = UnitsOf(part->passages, kPassagesQuoted);
        if (part->units.empty()) continue;
        part->reader = std::make_unique<UnitReader>(words, part->passages, part->units, embed);
        part->signals = part->reader->Signals();
        part->near_known = part->reader->near_known();
        for (const AnswerUnit& unit : part->units) {
          const FoundPassage& passage = part->passages[unit.passage];
          const std::string folded = text::FoldText(unit.TextIn(passage));
          part->right.push_back(
              asked.IsSource(passage.document) &&
              std::any_of(asked.facts.begin(), asked.facts.end(),
                          [&](const auto& spellings) { return HoldsFact(folded, spellings); }));
        }
        parts.push_back(std::move(part));
      }
    }
  }
  return parts;
}

struct Rows {
  std::vector<std::vector<float>> rows;
  std::vector<bool> positive;
  std::vector<int> fold;

  template <class Signals>
  void Add(const Signals& signals, bool is_positive, int in_fold) {
    rows.emplace_back(signals.begin(), signals.end());
    positive.push_back(is_positive);
    fold.push_back(in_fold);
  }
};

// Units of questions that some unit answers.
Rows UnitRows(const std::vector<std::unique_ptr<ReadPart>>& parts) {
  Rows rows;
  for (const auto& part : parts) {
    if (std::find(part->right.begin(), part->right.end(), true) == part->right.end()) continue;
    for (size_t i = 0; i < part->units.size(); ++i)
      rows.Add(part->signals[i], part->right[i], part->fold());
  }
  return rows;
}

// For people: what was chosen, and the best of what would have been right.
std::string Miss(const ReadPart& part, const std::vector<int64_t>& probabilities,
                 const std::vector<size_t>& chosen) {
  std::string text = absl::StrCat("? ", part.words, "\n");
  const auto add = [&](const char* mark, size_t unit) {
    const FoundPassage& passage = part.passages[part.units[unit].passage];
    absl::StrAppendFormat(&text, "  %s %.3f [%s] %s\n", mark,
                          static_cast<double>(probabilities[unit]) / 1e6, passage.document,
                          part.units[unit].TextIn(passage));
  };
  for (const size_t unit : chosen) add("-", unit);
  for (size_t i = 0; i < part.units.size(); ++i)
    if (part.right[i]) add("+", i);
  return text;
}

struct Outcome {
  int right = 0, found = 0, all = 0;  // of answerable parts; found: some unit answers
  int shown = 0, answers = 0;
};

absl::StatusOr<AnswerModel::Judges> TrainJudges(const std::vector<std::unique_ptr<ReadPart>>& parts,
                                                int64_t most, std::string* report,
                                                std::string* misses) {
  const Rows units = UnitRows(parts);
  if (units.rows.empty()) {
    return absl::InvalidArgumentError("no question has an answer in the passages found for it");
  }
  const std::vector<double> scores =
      ScoreOutOfFold(units.rows, units.positive, units.fold, kFolds, kUnitOptions);
  const screen::Calibration calibration = screen::FitCalibration(scores, units.positive);
  std::vector<SignalJudge> of_fold;
  for (int f = 0; f < kFolds; ++f) {
    Rows kept;
    for (size_t i = 0; i < units.rows.size(); ++i)
      if (units.fold[i] != f) kept.Add(units.rows[i], units.positive[i], units.fold[i]);
    of_fold.push_back(SignalJudge::Train(kept.rows, kept.positive, kUnitOptions));
    of_fold.back().Calibrate(calibration);
  }
  Rows answers;
  Outcome outcome;
  std::vector<bool> kept_answer;
  for (const auto& part : parts) {
    std::vector<int64_t> probabilities;
    for (const UnitSignals& signals : part->signals)
      probabilities.push_back(of_fold[static_cast<size_t>(part->fold())].Probability(signals));
    const std::vector<size_t> chosen =
        ChooseUnits(part->passages, part->units, probabilities, static_cast<size_t>(most));
    const bool right = std::any_of(chosen.begin(), chosen.end(),
                                   [&](size_t unit) { return part->right[unit]; });
    if (part->answerable) {
      outcome.all += 1;
      outcome.right += right ? 1 : 0;
      outcome.found +=
          std::find(part->right.begin(), part->right.end(), true) != part->right.end() ? 1 : 0;
      outcome.answers += 1;
      outcome.shown += static_cast<int>(chosen.size());
      if (!right) absl::StrAppend(misses, Miss(*part, probabilities, chosen), "\n");
      // A wrong quote for a question that has an answer is neither: it teaches nothing.
      if (!right) continue;
    }
    answers.Add(SignalsOfAnswer(*part->reader, part->passages, part->units, part->signals,
                                probabilities, chosen),
                part->answerable, part->fold());
  }
  AnswerModel::Judges judges;
  judges.unit = SignalJudge::Train(units.rows, units.positive, kUnitOptions);
  judges.unit.Calibrate(calibration);
  const std::vector<double> judged =
      ScoreOutOfFold(answers.rows, answers.positive, answers.fold, kFolds, kAnswerOptions);
  judges.answerable = SignalJudge::Train(answers.rows, answers.positive, kAnswerOptions);
  const screen::Calibration answer_calibration = screen::FitCalibration(judged, answers.positive);
  judges.answerable.Calibrate(answer_calibration);

  std::vector<screen::Scored> scored;
  for (size_t i = 0; i < judged.size(); ++i)
    scored.push_back({answer_calibration(judged[i]), answers.positive[i]});
  absl::StrAppendFormat(report,
                        "parts of answerable questions %d: an answer among the passages %.3f, shown %.3f "
                        "(%.2f sentences each)\nanswerable or not: AUROC %.3f\n",
                        outcome.all, static_cast<double>(outcome.found) / outcome.all,
                        static_cast<double>(outcome.right) / outcome.all,
                        static_cast<double>(outcome.shown) / outcome.answers, screen::Auroc(scored));
  for (const double threshold : {0.3, 0.4, 0.5, 0.6, 0.7, 0.8}) {
    absl::StrAppendFormat(report, "  at %.2f: answered %.3f, refused rightly %.3f\n", threshold,
                          screen::ShareAbove(scored, threshold, true),
                          1 - screen::ShareAbove(scored, threshold, false));
  }
  return judges;
}

}  // namespace

absl::StatusOr<AnswerTraining> TrainAnswers(std::span<const AskedCollection> collections, int64_t most,
                                            const screen::EmbedFn& embed) {
  AnswerTraining training;
  AnswerModel::Judges judges[2];
  for (const bool near : {false, true}) {
    auto parts = ReadAll(collections, near ? embed : screen::EmbedFn());
    if (!parts.ok()) return parts.status();
    absl::StrAppendFormat(&training.report, "%s\n", near ? "with embeddings" : "words only");
    training.misses.clear();
    auto trained = TrainJudges(*parts, most, &training.report, &training.misses);
    if (!trained.ok()) return trained.status();
    judges[near ? 1 : 0] = *std::move(trained);
  }
  training.model = AnswerModel(std::move(judges[0]), std::move(judges[1]));
  return training;
}

}  // namespace frontdesk::dialog
