#include "retrieval/ranking/fit.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace frontdesk::retrieval {
namespace {

constexpr size_t kDepth = 10;
constexpr std::array kFeatures = {&RankWeights::whole,    &RankWeights::title,
                                  &RankWeights::sentence, &RankWeights::sure,
                                  &RankWeights::words,    &RankWeights::coverage,
                                  &RankWeights::in_title, &RankWeights::exact,
                                  &RankWeights::phrase,   &RankWeights::near};

double GainOf(const JudgedCandidates& query, const RankWeights& weights) {
  thread_local std::vector<Candidate> ranked;
  ranked = query.candidates;
  Fuse(weights, &ranked);
  thread_local std::vector<uint32_t> order;
  order.resize(ranked.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  const size_t depth = std::min(kDepth, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(depth), order.end(),
                    [&](uint32_t a, uint32_t b) {
                      return ranked[a].score_q != ranked[b].score_q
                                 ? ranked[a].score_q > ranked[b].score_q
                                 : ranked[a].key < ranked[b].key;
                    });
  double gain = 0;
  for (size_t rank = 0; rank < depth; ++rank) {
    const int grade = query.grades[order[rank]];
    if (grade > 0) gain += (std::exp2(grade) - 1) / std::log2(static_cast<double>(rank) + 2);
  }
  return gain / query.ideal_gain;
}

RankWeights Normalised(RankWeights weights) {
  double sum = 0;
  for (const auto feature : kFeatures) sum += weights.*feature;
  for (const auto feature : kFeatures) weights.*feature /= sum > 0 ? sum : 1;
  return weights;
}

// Minus the mean logarithm of what is missing to 1: an error halved counts the same in an easy
// collection and in a hard one, so none is given up for another.
double Objective(const std::vector<FitCollection>& collections, const RankWeights& weights,
                 int folds, int held_out) {
  double sum = 0;
  for (const FitCollection& c : collections) {
    sum -= std::log(std::max(1e-4, 1 - MeanGain(c, weights, folds, held_out, true)));
  }
  return sum / static_cast<double>(std::max<size_t>(collections.size(), 1));
}

}  // namespace

double MeanGain(const FitCollection& collection, const RankWeights& weights, int folds, int fold,
                bool others) {
  double sum = 0;
  size_t count = 0;
  for (size_t q = 0; q < collection.queries.size(); ++q) {
    const bool inside = static_cast<int>(q % static_cast<size_t>(folds)) == fold;
    if (fold >= 0 && inside == others) continue;
    sum += GainOf(collection.queries[q], weights);
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

RankWeights FitWeights(const std::vector<FitCollection>& collections, const RankWeights& start,
                       int folds, int held_out) {
  RankWeights best = Normalised(start);
  double best_gain = Objective(collections, best, folds, held_out);
  for (double step = 0.16; step > 0.015; step /= 2) {
    for (bool moved = true; moved;) {
      moved = false;
      for (const auto feature : kFeatures) {
        for (const double change : {step, -step}) {
          RankWeights tried = best;
          tried.*feature = std::max(0.0, tried.*feature + change);
          tried = Normalised(tried);
          const double gain = Objective(collections, tried, folds, held_out);
          // A gain too small to carry over is no gain.
          if (gain <= best_gain + 1e-3) continue;
          best = tried;
          best_gain = gain;
          moved = true;
          break;
        }
      }
    }
  }
  return best;
}

FitReport FitAndValidate(const std::vector<FitCollection>& collections, const RankWeights& start,
                         int folds) {
  FitReport out;
  for (const FitCollection& c : collections) {
    out.rows.push_back({.name = c.name,
                        .words = MeanGain(c, {.words = 1}),
                        .whole = MeanGain(c, {.whole = 1}),
                        .present = MeanGain(c, start)});
  }
  for (int fold = 0; fold < folds; ++fold) {
    const RankWeights fitted = FitWeights(collections, start, folds, fold);
    for (size_t c = 0; c < collections.size(); ++c) {
      out.rows[c].held_out += MeanGain(collections[c], fitted, folds, fold) / folds;
    }
  }
  out.weights = FitWeights(collections, start);
  for (size_t c = 0; c < collections.size(); ++c) {
    out.rows[c].fitted = MeanGain(collections[c], out.weights);
  }
  return out;
}

std::string ToText(const FitReport& report) {
  std::string out = absl::StrFormat("%-12s %8s %8s %8s %9s %8s\n", "nDCG@10", "words", "meaning",
                                    "present", "held out", "fitted");
  for (const FitReport::Row& row : report.rows) {
    absl::StrAppendFormat(&out, "%-12s %8.4f %8.4f %8.4f %9.4f %8.4f\n", row.name, row.words,
                          row.whole, row.present, row.held_out, row.fitted);
  }
  const RankWeights& w = report.weights;
  absl::StrAppendFormat(&out,
                        "weights: whole %.3f title %.3f sentence %.3f sure %.3f words %.3f coverage "
                        "%.3f in_title %.3f exact %.3f phrase %.3f near %.3f\n",
                        w.whole, w.title, w.sentence, w.sure, w.words, w.coverage, w.in_title,
                        w.exact, w.phrase, w.near);
  return out;
}

}  // namespace frontdesk::retrieval
