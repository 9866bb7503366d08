// What an Understander is trained from: the examples and slots of a bundle, as typed values.
//
// The bundle loader fills a TrainingSet from YAML; order does not matter to what is learnt
// (training sorts intents by name), except that the report lists things in sorted order.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/understand/understanding.h"

namespace frontdesk::understand {

// What the encoder says of many texts at once (llm::Encoder::Features): for each a vector of two
// halves, both of length one: the sentence embedding, and the mean token state half-way through
// the layers, which still tells words apart. All vectors have one size. Empty: lexical only.
using FeatureFn =
    std::function<absl::StatusOr<std::vector<std::vector<float>>>(std::span<const std::string>)>;

struct IntentExamples {
  std::string name;
  std::string flow;  // flow it starts; empty: it starts none
  std::vector<std::string> examples;
};

struct TrainingSet {
  std::vector<IntentExamples> intents;
  std::vector<std::string> out_of_scope;  // messages the assistant must not take for an intent
  std::vector<SlotRequest> slots;         // of all flows
};

struct TrainOptions {
  int threads = 2;      // changes the time, never the result
  int folds = 5;        // of the cross-validation that calibrates and reports; 2..20
  double wanted_error = 0.05;  // share of wrong answers that the proposed thresholds aim at
  // Told after each stage; done and total in examples. Called on the training thread.
  std::function<void(std::string_view stage, int64_t done, int64_t total)> progress;
};

}  // namespace frontdesk::understand
