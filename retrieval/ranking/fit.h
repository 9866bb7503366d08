// Fits the weights of the fused score to judged queries, and says by cross-validation how well they
// carry over.
//
// Coordinate ascent: one weight at a time is moved by shrinking steps and kept where the mean
// logarithm of 1 − nDCG@10 over the collections falls, so that none is given up for another (after
// Metzler and Croft, "Linear feature-based models for information retrieval", 2007). Weights stay at or above zero and sum to one.
// Deterministic: no random start, folds by position. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "retrieval/ranking/fusion.h"

namespace frontdesk::retrieval {

// A query's candidates with what they are worth.
struct JudgedCandidates {
  std::vector<Candidate> candidates;
  std::vector<int> grades;  // of each candidate's document
  double ideal_gain = 1;    // of the best order of all judged documents, > 0
};

struct FitCollection {
  std::string name;
  std::vector<JudgedCandidates> queries;
};

// Mean nDCG@10 under the weights. fold >= 0: only queries whose position mod folds is fold, or, with
// `others`, only the rest.
double MeanGain(const FitCollection& collection, const RankWeights& weights, int folds = 1,
                int fold = -1, bool others = false);

// Cost: some hundred passes over the candidates.
RankWeights FitWeights(const std::vector<FitCollection>& collections, const RankWeights& start,
                       int folds = 1, int held_out = -1);

struct FitReport {
  struct Row {
    std::string name;
    double words = 0, whole = 0;  // single rankings
    double present = 0;           // the weights it began with
    double held_out = 0;          // mean over folds, each fitted on the other folds
    double fitted = 0;            // fitted on all, measured on all
  };
  std::vector<Row> rows;
  RankWeights weights;  // fitted on all
};

FitReport FitAndValidate(const std::vector<FitCollection>& collections, const RankWeights& start,
                         int folds = 5);

std::string ToText(const FitReport& report);

}  // namespace frontdesk::retrieval
