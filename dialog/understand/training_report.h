// What training found out about a bundle's examples, by cross-validation: every figure is about
// examples the classifier had not seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace frontdesk::understand {

// Probabilities (millionths) at which the policy may act.
struct Thresholds {
  int32_t answer = 0;        // act without asking from this probability of the best intent on
  int32_t clarify = 0;       // below `answer`, ask "did you mean" from here on; below: out of scope
  int32_t out_of_scope = 0;  // out_of_scope_p from which the message is out of scope
  friend bool operator==(const Thresholds&, const Thresholds&) = default;
};

struct IntentQuality {
  std::string intent;
  int examples = 0;
  double precision = 0, recall = 0;  // 0..1
};

struct ConfusedPair {
  std::string intent, taken_for;
  int count = 0;
  std::string example;  // the clearest of them
};

// An example that other examples contradict.
struct SuspectExample {
  std::string text, intent, looks_like;
  int32_t p = 0;              // probability of looks_like when this example was held out
  std::string nearest;        // the example of looks_like most similar to it
  bool same_words = false;    // the same text (folded) is an example of two intents
};

// What acting from a probability on would mean for messages like the examples.
struct ThresholdChoice {
  double wanted_error = 0;  // at most this share of the decisions taken is wrong
  int32_t answer = 0;       // the lowest probability that keeps it, millionths
  double answered = 0;      // share of the in-scope examples that reach it
};

struct TrainingReport {
  int examples = 0;
  double accuracy = 0;          // cross-validated
  double calibration_error = 0; // expected calibration error, 10 bins
  std::vector<double> fusion;   // weights of the views softmax, lexical, nearest
  double seconds = 0;  // wall clock; not part of the saved bytes
  std::vector<IntentQuality> intents;   // sorted by name
  std::vector<ConfusedPair> confused;   // most frequent first, at most 50
  std::vector<SuspectExample> suspects; // clearest first, at most 50
  Thresholds thresholds;
  std::vector<ThresholdChoice> choices; // for error rates of 1, 2, 5 and 10 %

  // A table for people, and the same as JSON; both are the same for the same bundle.
  std::string ToText() const;
  nlohmann::json ToJson() const;
};

}  // namespace frontdesk::understand
