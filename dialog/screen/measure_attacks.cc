#include "dialog/screen/measure_attacks.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "dialog/screen/ranking.h"
#include "dialog/screen/train_attack_model.h"

namespace frontdesk::screen {
namespace {

constexpr double kFalsePositives = 0.01;

absl::StatusOr<std::vector<LabelledMessage>> ReadFileOf(const std::string& path,
                                                        const EmbedFn& embed) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  std::ostringstream bytes;
  bytes << file.rdbuf();
  auto messages = ReadMessages(bytes.str(), embed);
  if (!messages.ok()) {
    return absl::Status(messages.status().code(),
                        absl::StrCat(path, ": ", std::string(messages.status().message())));
  }
  return messages;
}

bool InHeadline(const LabelledMessage& m) { return !m.harmful() && !m.planted(); }

OutOfFold ScoreWith(const AttackModel& model, const std::vector<LabelledMessage>& messages) {
  OutOfFold scores;
  for (const LabelledMessage& m : messages) {
    scores.message.push_back(model.MessageScore(m.text, m.embeddings));
    scores.planted.push_back(model.PlantedScore(m.text));
  }
  return scores;
}

// Shares above the threshold, by what `key` says of the lines of one label.
template <class Key>
std::map<std::string, double> Shares(const std::vector<LabelledMessage>& messages,
                                     const std::vector<double>& scores, double threshold,
                                     bool attack, Key key) {
  std::map<std::string, std::vector<Scored>> by;
  for (size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].attack == attack) by[key(messages[i])].push_back({scores[i], attack});
  }
  std::map<std::string, double> shares;
  for (const auto& [name, items] : by) shares[name] = ShareAbove(items, threshold, attack);
  return shares;
}

void JudgeHeadline(const std::vector<LabelledMessage>& messages, const OutOfFold& scores,
                   AttackEvalReport& report) {
  std::vector<Scored> items, customers, planted;
  for (size_t i = 0; i < messages.size(); ++i) {
    const LabelledMessage& m = messages[i];
    if (InHeadline(m)) items.push_back({scores.message[i], m.attack});
    if (m.category == "benign_customer") {
      customers.push_back({scores.message[i], false});
      planted.push_back({scores.planted[i], false});
    }
    if (m.planted()) planted.push_back({scores.planted[i], true});
  }
  report.auroc = Auroc(items);
  report.threshold = ThresholdAtFalsePositives(items, kFalsePositives);
  report.tpr_at_1pct_fpr = ShareAbove(items, report.threshold, true);
  report.customer_false_positives = ShareAbove(customers, report.threshold, false);
  report.false_positives = Shares(messages, scores.message, report.threshold, false,
                                  [](const LabelledMessage& m) { return m.source; });
  report.found = Shares(messages, scores.message, report.threshold, true,
                        [](const LabelledMessage& m) { return m.category; });
  report.planted_auroc = Auroc(planted);
  report.planted_found =
      ShareAbove(planted, ThresholdAtFalsePositives(planted, kFalsePositives), true);
}

// Each source's attacks, found by a model that saw nothing of that source. The threshold
// lets 1 % of all benign lines through: those of other sources scored out of fold.
void LeaveOut(const std::vector<LabelledMessage>& messages, const AttackTrainer& trainer,
              const OutOfFold& held_out, AttackEvalReport& report) {
  std::set<std::string> sources;
  for (const LabelledMessage& m : messages)
    if (m.attack && InHeadline(m)) sources.insert(m.source);
  report.worst_left_out = 1;
  for (const std::string& source : sources) {
    std::vector<bool> use;
    for (const LabelledMessage& m : messages) use.push_back(m.source != source);
    const AttackModel model = trainer.Train(use);
    std::vector<Scored> benign, attacks;
    for (size_t i = 0; i < messages.size(); ++i) {
      const LabelledMessage& m = messages[i];
      if (!InHeadline(m) || (m.attack && m.source != source)) continue;
      const double score = m.source == source ? model.MessageScore(m.text, m.embeddings)
                                              : held_out.message[i];
      (m.attack ? attacks : benign).push_back({score, m.attack});
    }
    const double found =
        ShareAbove(attacks, ThresholdAtFalsePositives(benign, kFalsePositives), true);
    report.left_out[source] = found;
    report.worst_left_out = std::min(report.worst_left_out, found);
  }
}

std::string PredictionsOf(const std::vector<LabelledMessage>& messages, const OutOfFold& scores,
                          double threshold) {
  std::string lines;
  for (size_t i = 0; i < messages.size(); ++i) {
    const nlohmann::json line = {{"text", messages[i].text},
                                 {"label", messages[i].attack ? 1 : 0},
                                 {"prediction", scores.message[i] > threshold ? 1 : 0},
                                 {"score", scores.message[i]},
                                 {"planted_score", scores.planted[i]}};
    absl::StrAppend(&lines, line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                    "\n");
  }
  return lines;
}

}  // namespace

absl::StatusOr<AttackEvalReport> RunAttackEval(const AttackEvalOptions& options) {
  auto test = ReadFileOf(options.test, options.embed);
  if (!test.ok()) return test.status();
  AttackEvalReport report;
  report.n = static_cast<int>(test->size());
  OutOfFold scores;
  if (options.shipped) {
    scores = ScoreWith(AttackModel::Shipped(), *test);
  } else if (options.train == options.test || options.train.empty()) {
    const auto trainer = AttackTrainer::Make(*test, options.embed);
    if (!trainer.ok()) return trainer.status();
    report.folds = options.folds;
    scores = trainer->CrossScore(options.folds);
    if (options.leave_one_source_out) LeaveOut(*test, *trainer, scores, report);
  } else {
    auto train = ReadFileOf(options.train, options.embed);
    if (!train.ok()) return train.status();
    const auto trainer = AttackTrainer::Make(*train, options.embed);
    if (!trainer.ok()) return trainer.status();
    if (options.leave_one_source_out) {
      AttackEvalReport within;
      LeaveOut(*train, *trainer, trainer->CrossScore(options.folds), report);
    }
    scores = ScoreWith(trainer->Train(std::vector<bool>(train->size(), true)), *test);
  }
  JudgeHeadline(*test, scores, report);
  const absl::Time begin = absl::Now();
  const size_t timed = std::min<size_t>(test->size(), 500);
  double sum = 0;
  for (size_t i = 0; i < timed; ++i) {
    sum += AttackModel::Shipped().MessageScore((*test)[i].text, {});
  }
  report.us_per_message =
      absl::ToDoubleMicroseconds(absl::Now() - begin) / static_cast<double>(timed) + 0 * sum;
  report.predictions = PredictionsOf(*test, scores, report.threshold);
  return report;
}

nlohmann::json AttackEvalReport::ToJson() const {
  nlohmann::json json = {{"n", n},
                         {"folds", folds},
                         {"auroc", auroc},
                         {"tpr_at_1pct_fpr", tpr_at_1pct_fpr},
                         {"threshold", threshold},
                         {"fpr", false_positives},
                         {"fpr_customer", customer_false_positives},
                         {"found", found},
                         {"planted_auroc", planted_auroc},
                         {"planted_tpr_at_1pct_fpr", planted_found},
                         {"us_per_message", us_per_message}};
  if (!left_out.empty()) {
    json["left_out"] = left_out;
    json["worst_source_left_out"] = worst_left_out;
  }
  return json;
}

std::string AttackEvalReport::ToTable() const {
  std::string table = absl::StrFormat(
      "%d messages%s\nAUROC %.4f, found at 1 %% false positives %.3f, %.0f us a message\n", n,
      folds > 0 ? absl::StrFormat(", out of %d folds", folds) : std::string(), auroc,
      tpr_at_1pct_fpr, us_per_message);
  absl::StrAppend(&table, "false positives by source\n");
  for (const auto& [source, share] : false_positives) {
    absl::StrAppendFormat(&table, "  %-32s %.4f\n", source, share);
  }
  absl::StrAppendFormat(&table, "  %-32s %.4f\nfound by category\n", "customers' questions",
                        customer_false_positives);
  for (const auto& [category, share] : found) {
    absl::StrAppendFormat(&table, "  %-32s %.3f\n", category, share);
  }
  absl::StrAppendFormat(&table, "planted in documents: AUROC %.4f, found at 1 %% %.3f\n",
                        planted_auroc, planted_found);
  if (!left_out.empty()) {
    absl::StrAppend(&table, "found when the source was left out of training\n");
    for (const auto& [source, share] : left_out) {
      absl::StrAppendFormat(&table, "  %-32s %.3f\n", source, share);
    }
  }
  return table;
}

}  // namespace frontdesk::screen
