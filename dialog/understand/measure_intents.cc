#include "dialog/understand/measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "dialog/understand/understander.h"

namespace frontdesk::understand {

namespace {

using nlohmann::json;

constexpr std::string_view kOutOfScope = "oos";

// One line of a file.
struct LabelledUtterance {
  std::string text, intent;
};

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

TrainingSet MakeSet(const std::vector<LabelledUtterance>& train) {
  std::map<std::string, IntentExamples> intents;
  TrainingSet set;
  for (const LabelledUtterance& line : train) {
    if (line.intent == kOutOfScope) {
      set.out_of_scope.push_back(line.text);
      continue;
    }
    intents[line.intent].name = line.intent;
    intents[line.intent].examples.push_back(line.text);
  }
  // An intent seen once cannot be cross-validated: its example counts twice.
  for (auto& [name, intent] : intents) {
    if (intent.examples.size() == 1) intent.examples.push_back(intent.examples[0]);
    set.intents.push_back(std::move(intent));
  }
  return set;
}

struct Judged {
  std::string gold, best;
  double p = 0, out_of_scope = 0;
};

absl::StatusOr<std::vector<Judged>> JudgeAll(const Understander& understander, const FeatureFn& features,
                                             const std::vector<LabelledUtterance>& lines) {
  std::vector<Judged> all;
  for (const LabelledUtterance& line : lines) {
    UtteranceInput input;
    input.text = line.text;
    if (features) {
      // The whole message alone: the files label one intent each.
      const std::vector<std::string> texts = understander.TextsToEmbed(input);
      if (!texts.empty()) {
        absl::StatusOr<std::vector<std::vector<float>>> read = features(texts);
        if (!read.ok()) return read.status();
        input.features = *std::move(read);
      }
    }
    absl::StatusOr<Understanding> u = understander.Understand(input);
    if (!u.ok()) return u.status();
    Judged judged{line.intent, "", 0, u->out_of_scope_p / 1e6};
    if (!u->intents.empty()) {
      judged.best = u->intents[0].intent;
      judged.p = u->intents[0].p / 1e6;
    }
    all.push_back(std::move(judged));
  }
  return all;
}

// Chance that an out-of-scope message scores above one in scope; ties count half.
double Auroc(const std::vector<Judged>& all) {
  std::vector<std::pair<double, bool>> scores;
  for (const Judged& j : all) scores.emplace_back(j.out_of_scope, j.gold == kOutOfScope);
  std::sort(scores.begin(), scores.end());
  double in_below = 0, wins = 0, outside = 0;
  for (size_t i = 0; i < scores.size();) {
    size_t end = i;
    double in_here = 0, out_here = 0;
    for (; end < scores.size() && scores[end].first == scores[i].first; ++end) {
      (scores[end].second ? out_here : in_here) += 1;
    }
    wins += out_here * (in_below + in_here / 2);
    in_below += in_here;
    outside += out_here;
    i = end;
  }
  return outside > 0 && in_below > 0 ? wins / outside / in_below : 0;
}

// Balanced between refusing too much and too little: the threshold on val that maximises recall of
// out of scope plus accuracy in scope.
double BestThreshold(const std::vector<Judged>& val, double fallback) {
  double best = fallback, best_value = -1;
  for (int step = 5; step <= 99; ++step) {
    const double threshold = step / 100.0;
    double in = 0, in_right = 0, out = 0, out_right = 0;
    for (const Judged& j : val) {
      if (j.gold == kOutOfScope) {
        ++out;
        out_right += j.out_of_scope >= threshold;
      } else {
        ++in;
        in_right += j.out_of_scope < threshold && j.best == j.gold;
      }
    }
    if (in == 0 || out == 0) return fallback;
    const double value = in_right / in + out_right / out;
    if (value > best_value) {
      best_value = value;
      best = threshold;
    }
  }
  return best;
}

absl::StatusOr<std::vector<LabelledUtterance>> ReadUtterances(const std::string& file) {
  std::vector<LabelledUtterance> lines;
  if (file.empty()) return lines;
  const absl::StatusOr<std::string> jsonl = ReadLabelledFile(file);
  if (!jsonl.ok()) return jsonl.status();
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(*jsonl, '\n')) {
    ++number;
    if (line.empty()) continue;
    const json item = json::parse(line.begin(), line.end(), nullptr, false);
    const bool good = item.is_object() && item.contains("text") && item["text"].is_string() &&
                      item.contains("intent") && item["intent"].is_string();
    if (!good) {
      return absl::InvalidArgumentError(
          absl::StrCat(file, ":", number,
                       ": each line must be a JSON object with the strings text and intent."));
    }
    lines.push_back({item["text"].get<std::string>(), item["intent"].get<std::string>()});
  }
  return lines;
}

}  // namespace

absl::StatusOr<std::string> ReadLabelledFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("There is no file ", path, "."));
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

absl::StatusOr<IntentEvalReport> RunIntentEval(const IntentEvalOptions& options) {
  const auto train = ReadUtterances(options.train);
  const auto val_lines = ReadUtterances(options.val);
  const auto test_lines = ReadUtterances(options.test);
  for (const auto* lines : {&train, &val_lines, &test_lines}) {
    if (!lines->ok()) return lines->status();
  }
  if (train->empty() || test_lines->empty()) {
    return absl::InvalidArgumentError("eval intents needs a --train and a --test file with lines.");
  }
  IntentEvalReport report;
  FeatureFn timed;
  if (options.features) {
    timed = [&](std::span<const std::string> texts) {
      const auto start = std::chrono::steady_clock::now();
      auto read = options.features(texts);
      report.embed_seconds += Seconds(start);
      return read;
    };
  }
  absl::StatusOr<Understander::Trained> trained =
      Understander::Train(MakeSet(*train), timed, {.threads = options.threads});
  if (!trained.ok()) return trained.status();
  report.training = trained->report;
  report.train_seconds = trained->report.seconds;
  report.threshold = trained->understander.thresholds().out_of_scope / 1e6;
  if (!val_lines->empty()) {
    const auto val = JudgeAll(trained->understander, options.features, *val_lines);
    if (!val.ok()) return val.status();
    report.threshold = BestThreshold(*val, report.threshold);
  }
  const auto start = std::chrono::steady_clock::now();
  const auto test = JudgeAll(trained->understander, options.features, *test_lines);
  if (!test.ok()) return test.status();
  report.n = static_cast<int>(test->size());
  report.ms_per_utterance = Seconds(start) * 1000 / report.n;
  report.oos_auroc = Auroc(*test);
  double in = 0, right = 0, kept = 0, outside = 0, refused = 0;
  for (size_t i = 0; i < test->size(); ++i) {
    const Judged& j = (*test)[i];
    const bool refuse = j.out_of_scope >= report.threshold;
    if (j.gold == kOutOfScope) {
      ++outside;
      refused += refuse;
    } else {
      ++in;
      right += j.best == j.gold;
      kept += j.best == j.gold && !refuse;
    }
    const json prediction = {{"text", (*test_lines)[i].text},
                             {"gold", j.gold},
                             {"intent", j.best},
                             {"p", j.p},
                             {"out_of_scope", j.out_of_scope}};
    absl::StrAppend(&report.predictions,
                    prediction.dump(-1, ' ', false, json::error_handler_t::replace), "\n");
  }
  report.accuracy = in > 0 ? right / in : 0;
  report.in_scope_accuracy = in > 0 ? kept / in : 0;
  report.oos_recall = outside > 0 ? refused / outside : 0;
  return report;
}

json IntentEvalReport::ToJson() const {
  return {{"accuracy", accuracy},
          {"oos_auroc", oos_auroc},
          {"oos_recall", oos_recall},
          {"in_scope_accuracy", in_scope_accuracy},
          {"threshold", threshold},
          {"n", n},
          {"train_seconds", train_seconds},
          {"embed_seconds", embed_seconds},
          {"ms_per_utterance", ms_per_utterance}};
}

std::string IntentEvalReport::ToTable() const {
  return absl::StrFormat(
      "intents: %d test utterances\n  accuracy in scope        %.3f\n  out of scope AUROC       %.3f\n"
      "  at threshold %.2f: out-of-scope recall %.3f, accuracy in scope %.3f\n"
      "  training %.1f s (embedding %.1f s), %.2f ms per utterance\n",
      n, accuracy, oos_auroc, threshold, oos_recall, in_scope_accuracy, train_seconds,
      embed_seconds, ms_per_utterance);
}

}  // namespace frontdesk::understand
