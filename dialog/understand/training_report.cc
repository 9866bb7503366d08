#include "dialog/understand/training_report.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace frontdesk::understand {

namespace {
double Share(int32_t millionths) { return millionths / 1e6; }
}  // namespace

std::string TrainingReport::ToText() const {
  std::string text = absl::StrFormat(
      "%d examples, cross-validated accuracy %.3f, calibration error %.3f\n"
      "proposed thresholds: answer %.2f, clarify %.2f, out of scope %.2f\n\n"
      "%-32s %8s %9s %6s\n",
      examples, accuracy, calibration_error, Share(thresholds.answer), Share(thresholds.clarify),
      Share(thresholds.out_of_scope), "intent", "examples", "precision", "recall");
  std::string table;
  for (const ThresholdChoice& c : choices) {
    absl::StrAppend(&table, absl::StrFormat("%9.0f %%      %6.2f    %6.1f %%\n",
                                            c.wanted_error * 100, Share(c.answer),
                                            c.answered * 100));
  }
  text = absl::StrCat("error rate   answer from   examples that reach it\n", table, "\n", text);
  for (const IntentQuality& q : intents) {
    absl::StrAppend(&text, absl::StrFormat("%-32s %8d %9.3f %6.3f\n", q.intent, q.examples,
                                           q.precision, q.recall));
  }
  if (!confused.empty()) absl::StrAppend(&text, "\nconfused\n");
  for (const ConfusedPair& c : confused) {
    absl::StrAppend(&text, absl::StrFormat("%4d  %s taken for %s: \"%s\"\n", c.count, c.intent,
                                           c.taken_for, c.example));
  }
  if (!suspects.empty()) absl::StrAppend(&text, "\nexamples to look at\n");
  for (const SuspectExample& s : suspects) {
    absl::StrAppend(&text, "  \"", s.text, "\" of ", s.intent,
                    s.same_words ? " is also an example of " : " reads like ", s.looks_like);
    if (!s.same_words) {
      absl::StrAppend(&text, absl::StrFormat(" (%.2f), as \"%s\"", Share(s.p), s.nearest));
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

nlohmann::json TrainingReport::ToJson() const {
  nlohmann::json json = {{"examples", examples},
                         {"accuracy", accuracy},
                         {"calibration_error", calibration_error},
                         {"fusion", fusion},
                         {"thresholds",
                          {{"answer", thresholds.answer},
                           {"clarify", thresholds.clarify},
                           {"out_of_scope", thresholds.out_of_scope}}},
                         {"choices", nlohmann::json::array()},
                         {"intents", nlohmann::json::array()},
                         {"confused", nlohmann::json::array()},
                         {"suspects", nlohmann::json::array()}};
  for (const ThresholdChoice& c : choices) {
    json["choices"].push_back(
        {{"wanted_error", c.wanted_error}, {"answer", c.answer}, {"answered", c.answered}});
  }
  for (const IntentQuality& q : intents) {
    json["intents"].push_back({{"intent", q.intent},
                               {"examples", q.examples},
                               {"precision", q.precision},
                               {"recall", q.recall}});
  }
  for (const ConfusedPair& c : confused) {
    json["confused"].push_back({{"intent", c.intent},
                                {"taken_for", c.taken_for},
                                {"count", c.count},
                                {"example", c.example}});
  }
  for (const SuspectExample& s : suspects) {
    json["suspects"].push_back({{"text", s.text},
                                {"intent", s.intent},
                                {"looks_like", s.looks_like},
                                {"p", s.p},
                                {"nearest", s.nearest},
                                {"same_words", s.same_words}});
  }
  return json;
}

}  // namespace frontdesk::understand
