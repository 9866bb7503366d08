#include "dialog/understand/intents/report_intents.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "dialog/understand/intents/dense.h"
#include "text/normalise.h"

namespace frontdesk::understand {

namespace {

constexpr size_t kMostListed = 50;
constexpr double kSuspectFrom = 0.7;  // a held-out example taken for another with this certainty

struct HeldOut {
  int truth, best;
  double p, second_p, out_of_scope;
};

int32_t Millionths(double p) { return static_cast<int32_t>(std::lround(p * kCertain)); }

std::vector<HeldOut> JudgeAll(const LabelledTexts& texts, std::span<const ViewScores> held_out,
                              const IntentModel& model) {
  std::vector<HeldOut> all;
  for (size_t i = 0; i < held_out.size(); ++i) {
    const std::vector<double> p =
        Softmax(FusedLogits(held_out[i], model.fusion, model.classes()));
    const int best = static_cast<int>(std::max_element(p.begin(), p.end()) - p.begin());
    double second = 0;
    for (int k = 0; k < model.classes(); ++k) {
      if (k != best) second = std::max(second, p[k]);
    }
    const double outside =
        OutOfScope(MeasureScope(held_out[i], model.fusion, model.classes()), model.scope);
    all.push_back({texts.label[i], best, p[best], second, outside});
  }
  return all;
}

double CalibrationError(const std::vector<HeldOut>& all, int classes) {
  double confidence[10] = {}, right[10] = {};
  int count[10] = {}, total = 0;
  for (const HeldOut& h : all) {
    if (h.truth == classes) continue;
    const int bin = std::min(9, static_cast<int>(h.p * 10));
    confidence[bin] += h.p;
    right[bin] += h.truth == h.best;
    ++count[bin];
    ++total;
  }
  double error = 0;
  for (int b = 0; b < 10; ++b) error += std::fabs(confidence[b] - right[b]);
  return total > 0 ? error / total : 0;
}

// The lowest probability from which at most `wanted` of the decisions are wrong.
int32_t AnswerThreshold(std::vector<HeldOut> all, double wanted) {
  std::sort(all.begin(), all.end(), [](const HeldOut& a, const HeldOut& b) { return a.p > b.p; });
  int32_t threshold = kCertain;
  int wrong = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    wrong += all[i].truth != all[i].best;
    if (wrong <= wanted * static_cast<double>(i + 1)) threshold = Millionths(all[i].p);
  }
  return std::clamp(threshold, kCertain / 5, kCertain * 19 / 20);
}

// What each of the usual error rates would cost in answers.
std::vector<ThresholdChoice> Choices(const std::vector<HeldOut>& all, int classes) {
  std::vector<ThresholdChoice> choices;
  for (double wanted : {0.01, 0.02, 0.05, 0.10}) {
    ThresholdChoice choice{wanted, AnswerThreshold(all, wanted), 0};
    int reached = 0, in_scope = 0;
    for (const HeldOut& h : all) {
      if (h.truth == classes) continue;
      ++in_scope;
      reached += Millionths(h.p) >= choice.answer;
    }
    choice.answered = in_scope > 0 ? static_cast<double>(reached) / in_scope : 0;
    choices.push_back(choice);
  }
  return choices;
}

// The out_of_scope_p above which at most wanted / 2 of the in-scope examples lie, at least 1/2.
int32_t ScopeThreshold(const std::vector<HeldOut>& all, int classes, double wanted) {
  std::vector<double> in_scope;
  for (const HeldOut& h : all) {
    if (h.truth != classes) in_scope.push_back(h.out_of_scope);
  }
  std::sort(in_scope.begin(), in_scope.end());
  const size_t at = static_cast<size_t>((1.0 - wanted / 2) * (in_scope.size() - 1));
  return std::clamp(Millionths(in_scope[at]), kCertain / 2, kCertain * 49 / 50);
}

void FillIntents(const LabelledTexts& texts, const std::vector<HeldOut>& all, int classes,
                 TrainingReport* report) {
  std::vector<int> examples(classes + 1), taken(classes + 1), right(classes + 1);
  std::map<std::pair<int, int>, std::pair<int, size_t>> confused;
  int correct = 0, in_scope = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    const HeldOut& h = all[i];
    if (h.truth == classes) continue;
    ++in_scope;
    ++examples[h.truth];
    ++taken[h.best];
    if (h.truth == h.best) {
      ++right[h.truth];
      ++correct;
      continue;
    }
    auto [it, added] = confused.try_emplace({h.truth, h.best}, 0, i);
    ++it->second.first;
    if (h.p > all[it->second.second].p) it->second.second = i;
  }
  report->examples = static_cast<int>(all.size());
  report->accuracy = in_scope > 0 ? static_cast<double>(correct) / in_scope : 0;
  for (int k = 0; k < classes; ++k) {
    report->intents.push_back({texts.names[k], examples[k],
                               taken[k] > 0 ? static_cast<double>(right[k]) / taken[k] : 0.0,
                               examples[k] > 0 ? static_cast<double>(right[k]) / examples[k] : 0.0});
  }
  for (const auto& [pair, found] : confused) {
    report->confused.push_back({texts.names[pair.first], texts.names[pair.second], found.first,
                                texts.texts[found.second]});
  }
  std::stable_sort(report->confused.begin(), report->confused.end(),
                   [](const ConfusedPair& a, const ConfusedPair& b) { return a.count > b.count; });
  if (report->confused.size() > kMostListed) report->confused.resize(kMostListed);
}

std::string Nearest(const LabelledTexts& texts, size_t to, int label) {
  size_t best = texts.texts.size();
  float best_cosine = -2;
  for (size_t j = 0; j < texts.evaluated; ++j) {
    if (texts.label[j] != label || j == to) continue;
    const float cosine = texts.depth == 0
                             ? 0.0f
                             : Dot(texts.features.data() + to * texts.depth,
                                   texts.features.data() + j * texts.depth, texts.depth / 2);
    if (cosine > best_cosine) {
      best_cosine = cosine;
      best = j;
    }
  }
  return best < texts.texts.size() ? texts.texts[best] : std::string();
}

void FillSuspects(const LabelledTexts& texts, const std::vector<HeldOut>& all, int classes,
                  TrainingReport* report) {
  const auto name = [&](int k) { return k == classes ? std::string("out_of_scope") : texts.names[k]; };
  std::map<std::string, size_t> first;  // folded text → where it was first an example
  for (size_t i = 0; i < all.size(); ++i) {
    const auto [it, added] = first.try_emplace(text::FoldText(texts.texts[i]), i);
    if (!added && texts.label[it->second] != texts.label[i]) {
      report->suspects.push_back({texts.texts[i], name(texts.label[i]),
                                  name(texts.label[it->second]), kCertain,
                                  texts.texts[it->second], true});
    }
  }
  std::vector<size_t> wrong;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].truth != classes && all[i].truth != all[i].best && all[i].p >= kSuspectFrom) {
      wrong.push_back(i);
    }
  }
  std::stable_sort(wrong.begin(), wrong.end(),
                   [&](size_t a, size_t b) { return all[a].p > all[b].p; });
  for (size_t i : wrong) {
    if (report->suspects.size() >= kMostListed) break;
    report->suspects.push_back({texts.texts[i], name(all[i].truth), name(all[i].best),
                                Millionths(all[i].p), Nearest(texts, i, all[i].best), false});
  }
}

}  // namespace

TrainingReport ReportIntents(const LabelledTexts& texts, std::span<const ViewScores> held_out,
                             const IntentModel& model, double wanted_error) {
  TrainingReport report;
  const int classes = model.classes();
  const std::vector<HeldOut> all = JudgeAll(texts, held_out, model);
  FillIntents(texts, all, classes, &report);
  FillSuspects(texts, all, classes, &report);
  report.calibration_error = CalibrationError(all, classes);
  report.fusion.assign(model.fusion.weight.begin(), model.fusion.weight.end());
  report.thresholds.answer = AnswerThreshold(all, wanted_error);
  report.choices = Choices(all, classes);
  report.thresholds.out_of_scope = ScopeThreshold(all, classes, wanted_error);
  // Worth asking "did you mean": clearly above chance among the intents, below `answer`.
  report.thresholds.clarify = std::min(report.thresholds.answer / 2, kCertain * 3 / 10);
  return report;
}

}  // namespace frontdesk::understand
