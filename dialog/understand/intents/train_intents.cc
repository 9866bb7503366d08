#include "dialog/understand/intents/train_intents.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <thread>

#include "dialog/understand/intents/dense.h"
#include "dialog/understand/intents/linear_svm.h"
#include "dialog/understand/intents/report_intents.h"

namespace frontdesk::understand {

namespace {

constexpr size_t kManyTexts = 3000;       // from here on: rarer features dropped, fewer folds
constexpr size_t kRealScopeExamples = 40; // enough to do without hidden-intent examples

// Runs tasks 0..count-1 on `threads` threads; after each, `done` is called on this thread.
void RunTasks(size_t count, int threads, const std::function<void(size_t)>& task,
              const std::function<void(size_t)>& done) {
  std::atomic<size_t> next{0}, finished{0};
  const auto work = [&](bool report) {
    for (size_t i = next++; i < count; i = next++) {
      task(i);
      ++finished;
      if (report && done) done(finished);
    }
  };
  std::vector<std::thread> others;
  for (int t = 1; t < threads; ++t) others.emplace_back(work, false);
  work(true);
  for (std::thread& other : others) other.join();
  if (done) done(count);
}

class Training {
 public:
  Training(const LabelledTexts& texts, const TrainOptions& options)
      : texts_(texts), options_(options), classes_(static_cast<int>(texts.names.size())) {
    model_.names = texts.names;
    model_.depth = texts.depth;
    model_.background = std::any_of(texts.label.begin(), texts.label.end(),
                                    [&](int l) { return l == classes_; });
    used_ = classes_ + (model_.background ? 1 : 0);
    const bool many = texts.texts.size() > kManyTexts;
    folds_ = std::clamp(many ? std::min(options.folds, 3) : options.folds, 2, 20);
    model_.lexical = LexicalFeatures::Build(texts.texts, many ? 2 : 1);
    examples_.dense_depth = texts.depth;
    examples_.dense = texts.features;
    examples_.label = texts.label;
    examples_.classes = used_;
    known_share_.resize(texts.texts.size());
    for (size_t i = 0; i < texts.texts.size(); ++i) {
      examples_.sparse.push_back(model_.lexical.Transform(texts.texts[i], &known_share_[i]));
    }
    AssignFolds();
  }

  TrainedIntents Run() {
    const auto start = std::chrono::steady_clock::now();
    held_out_.resize(texts_.evaluated);
    for (size_t i = 0; i < held_out_.size(); ++i) PrepareScores(i);
    TrainAll();
    FitScores();
    TrainedIntents trained;
    trained.report = ReportIntents(texts_, held_out_, model_, options_.wanted_error);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    trained.report.seconds = took.count();
    trained.model = std::move(model_);
    return trained;
  }

 private:
  // The i-th example of a class goes to fold i mod folds: every fold sees every class.
  void AssignFolds() {
    fold_.assign(texts_.texts.size(), -1);
    std::vector<int> seen(used_, 0);
    for (size_t i = 0; i < texts_.evaluated; ++i) fold_[i] = seen[texts_.label[i]]++ % folds_;
  }

  // Rows to train on when `fold` is held out; fold -1 holds out nothing.
  std::vector<uint32_t> Rows(int fold) const {
    std::vector<uint32_t> rows;
    for (uint32_t i = 0; i < fold_.size(); ++i) {
      if (fold < 0 || fold_[i] != fold) rows.push_back(i);
    }
    return rows;
  }

  void PrepareScores(size_t i) {
    ViewScores& scores = held_out_[i];
    scores.known_share = known_share_[i];
    scores.view[kLexical].resize(used_);
    if (texts_.depth == 0) return;
    scores.view[kSoftmax].resize(used_);
    scores.view[kNearest].assign(used_, -1.0f);
  }

  struct Task {
    enum Kind { kSoftmaxTask, kMargins, kNearestTask, kPleasantryTask } kind;
    int fold = -1;
    int label = 0;
  };

  void TrainAll() {
    std::vector<Task> tasks;
    const bool dense = texts_.depth > 0;
    for (int fold = -1; fold < folds_; ++fold) {
      if (dense) tasks.push_back({Task::kSoftmaxTask, fold});
      rows_.push_back(Rows(fold));
    }
    if (dense) {
      tasks.push_back({Task::kNearestTask});
      tasks.push_back({Task::kPleasantryTask});
    }
    for (int fold = -1; fold < folds_; ++fold) {
      for (int label = 0; label < used_; ++label) {
        tasks.push_back({Task::kMargins, fold, label});
      }
    }
    ngrams_.resize(used_);
    std::function<void(size_t)> progress;
    if (options_.progress) {
      progress = [&](size_t done) {
        options_.progress("training intents", static_cast<int64_t>(done),
                          static_cast<int64_t>(tasks.size()));
      };
    }
    RunTasks(tasks.size(), std::max(1, options_.threads), [&](size_t i) { Do(tasks[i]); },
             progress);
    TakeMargins();
    if (dense) StoreEmbeddings();
  }

  void Do(const Task& task) {
    const std::vector<uint32_t>& rows = rows_[task.fold + 1];
    switch (task.kind) {
      case Task::kSoftmaxTask:
        return DoSoftmax(task.fold, TrainSoftmax(examples_, rows, {}));
      case Task::kMargins:
        return DoMargins(task, rows);
      case Task::kNearestTask:
        return DoNearest();
      case Task::kPleasantryTask:
        model_.pleasantry = TrainPleasantry(texts_.pleasantries, texts_.plain_wishes,
                                            texts_.features, texts_.depth);
        return;
    }
  }

  void DoSoftmax(int fold, SoftmaxWeights weights) {
    std::vector<float> logits(weights.width);
    for (size_t i = 0; i < texts_.evaluated && fold >= 0; ++i) {
      if (fold_[i] != fold) continue;
      MultiplyRows(examples_.dense_row(i), 1, weights.depth, weights.w.data(), weights.width,
                   logits.data());
      for (int k = 0; k < used_; ++k) {
        held_out_[i].view[kSoftmax][k] = logits[k] + weights.w[weights.depth * weights.width + k];
      }
    }
    if (fold < 0) model_.softmax = std::move(weights);
  }

  void DoMargins(const Task& task, const std::vector<uint32_t>& rows) {
    SvmWeights weights =
        TrainSvm(examples_, rows, task.label, model_.lexical.size(), {.dense_scale = 0.0f});
    for (size_t i = 0; i < texts_.evaluated && task.fold >= 0; ++i) {
      if (fold_[i] != task.fold) continue;
      float margin = weights.bias;
      for (const SparseEntry& e : examples_.sparse[i]) margin += weights.sparse[e.feature] * e.value;
      held_out_[i].view[kLexical][task.label] = margin;
    }
    if (task.fold < 0) ngrams_[task.label] = std::move(weights);
  }

  // Cosine of every evaluated text to the closest text of each class outside its own fold.
  void DoNearest() {
    constexpr size_t kBlock = 256, kWide = 512;
    const size_t n = texts_.texts.size(), depth = model_.stored_depth();
    std::vector<float> columns(depth * kWide), block(kBlock * depth), cosines(kBlock * kWide);
    for (size_t c = 0; c < n; c += kWide) {
      const size_t count = std::min(kWide, n - c);
      const size_t width = (count + 15) / 16 * 16;
      std::fill(columns.begin(), columns.end(), 0.0f);
      for (size_t j = 0; j < count; ++j) {
        for (size_t d = 0; d < depth; ++d) columns[d * width + j] = examples_.dense_row(c + j)[d];
      }
      for (size_t r = 0; r < texts_.evaluated; r += kBlock) {
        const size_t rows = std::min(kBlock, texts_.evaluated - r);
        for (size_t i = 0; i < rows; ++i) {
          std::copy_n(examples_.dense_row(r + i), depth, block.data() + i * depth);
        }
        MultiplyRows(block.data(), rows, depth, columns.data(), width, cosines.data());
        for (size_t i = 0; i < rows; ++i) {
          std::vector<float>& best = held_out_[r + i].view[kNearest];
          for (size_t j = 0; j < count; ++j) {
            if (fold_[c + j] == fold_[r + i]) continue;
            float& now = best[texts_.label[c + j]];
            now = std::max(now, cosines[i * width + j]);
          }
        }
      }
    }
  }

  void TakeMargins() {
    model_.ngrams.bias.assign(model_.width(), 0.0f);
    std::vector<std::vector<float>> sparse;
    for (int k = 0; k < used_; ++k) {
      model_.ngrams.bias[k] = ngrams_[k].bias;
      sparse.push_back(std::move(ngrams_[k].sparse));
    }
    QuantiseSparse(sparse, model_.lexical.size(), model_.width(), &model_.ngrams);
  }

  void StoreEmbeddings() {
    model_.stored_label.assign(texts_.label.begin(), texts_.label.end());
    const size_t depth = model_.stored_depth();
    model_.stored.reserve(texts_.texts.size() * depth);
    for (uint32_t i = 0; i < texts_.texts.size(); ++i) {
      const float* row = examples_.dense_row(i);
      for (size_t d = 0; d < depth; ++d) model_.stored.push_back(QuantiseComponent(row[d]));
    }
  }

  void FitScores() {
    std::vector<ViewScores> in_scope;
    std::vector<int> labels;
    for (size_t i = 0; i < texts_.evaluated; ++i) {
      if (texts_.label[i] == classes_) continue;
      in_scope.push_back(held_out_[i]);
      labels.push_back(texts_.label[i]);
    }
    model_.lexical_fusion = FitFusion(in_scope, labels, classes_, {false, true, false});
    model_.fusion = texts_.depth == 0
                        ? model_.lexical_fusion
                        : FitFusion(in_scope, labels, classes_, {true, true, true});
    model_.scope = FitHead(model_.fusion, false);
    model_.lexical_scope = texts_.depth == 0 ? model_.scope : FitHead(model_.lexical_fusion, true);
  }

  ScopeHead FitHead(const FusionWeights& fusion, bool lexical_only) const {
    std::vector<ScopeExample> examples;
    double in_scope = 0, real = 0, hidden = 0;
    for (size_t i = 0; i < texts_.evaluated; ++i) {
      ViewScores scores = held_out_[i];
      if (lexical_only) {
        for (int v : {kSoftmax, kNearest}) scores.view[v].clear();
      }
      const int label = texts_.label[i];
      const bool outside = label == classes_;
      examples.push_back({MeasureScope(scores, fusion, classes_), outside, outside ? 2.0 : 1.0});
      (outside ? real : in_scope) += 1;
      if (!outside && classes_ > 2) {
        examples.push_back({MeasureScope(scores, fusion, classes_, label), true, 3.0});
        hidden += 1;
      }
    }
    // Even odds; the bundle's own examples count in full from kRealScopeExamples on.
    const double trust = std::min(1.0, real / kRealScopeExamples);
    for (ScopeExample& e : examples) {
      if (e.weight == 2.0) e.weight = trust * in_scope / std::max(real, 1.0);
      if (e.weight == 3.0) e.weight = (1.0 - trust) * in_scope / std::max(hidden, 1.0);
    }
    return FitScope(examples);
  }

  const LabelledTexts& texts_;
  const TrainOptions& options_;
  const int classes_;
  int used_ = 0, folds_ = 0;
  IntentModel model_;
  Examples examples_;
  std::vector<float> known_share_;
  std::vector<int> fold_;  // -1: never held out
  std::vector<std::vector<uint32_t>> rows_;  // [fold + 1]
  std::vector<SvmWeights> ngrams_;
  std::vector<ViewScores> held_out_;
};

}  // namespace

TrainedIntents TrainIntents(const LabelledTexts& texts, const TrainOptions& options) {
  return Training(texts, options).Run();
}

}  // namespace frontdesk::understand
