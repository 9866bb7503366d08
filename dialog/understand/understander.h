// Understands customer messages: intents, out of scope, slots, sentiment, cues, language.
//
// Immutable once trained or loaded; every method is const and thread-safe.
// Deterministic: the same TrainingSet and features give the same bytes, whatever the number of
// threads; the same input gives the same Understanding.
//
//   auto trained = Understander::Train(set, features, {});
//   UtteranceInput input{.text = "where is my order 48213", .today = today};
//   input.features = *features(trained->understander.TextsToEmbed(input));
//   auto meaning = trained->understander.Understand(input);
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/understand/training_report.h"
#include "dialog/understand/training_set.h"
#include "dialog/understand/understanding.h"

namespace frontdesk::understand {

class Understander {
 public:
  struct Trained;

  // Trains classifier, calibration and thresholds, and compiles the slots.
  //
  // set: at least two intents with two examples each. features: empty means words and n-grams only.
  // Errors: INVALID_ARGUMENT (no intents, an intent with too few examples or named twice, a slot
  // pattern that RE2 refuses; features whose halves are not of length one), or what `features` returns.
  // Cost: about 1 ms per example and core at 80 intents, plus features.
  static absl::StatusOr<Trained> Train(const TrainingSet& set, const FeatureFn& features,
                                       const TrainOptions& options);

  // The whole of a trained Understander as bytes, and back. Format: docs/understanding.md.
  // Errors of Load: DATA_LOSS (truncated, wrong checksum), FAILED_PRECONDITION (another version).
  std::string Save() const;
  static absl::StatusOr<Understander> Load(std::string_view bytes);

  // Texts whose features Understand wants in input.features: the message and its clauses.
  // Empty when the message answers the asked slot by its pattern alone, or has no words: then
  // no encoder need run.
  std::vector<std::string> TextsToEmbed(const UtteranceInput& input) const;

  // Reads one message. Any bytes are accepted: what is not UTF-8 is read as replacement
  // characters, and only the first 4 KiB are classified (slots are read from the first 8 KiB).
  //
  // Errors: INVALID_ARGUMENT (features that do not match TextsToEmbed in number or length).
  absl::StatusOr<Understanding> Understand(const UtteranceInput& input) const;

  // Names of the intents, sorted.
  std::vector<std::string> intents() const;
  // Proposed thresholds (millionths), from cross-validation at options.wanted_error.
  const Thresholds& thresholds() const;

  Understander(Understander&&) noexcept;
  Understander& operator=(Understander&&) noexcept;
  ~Understander();

 private:
  struct Parts;
  explicit Understander(std::unique_ptr<const Parts> parts);
  std::unique_ptr<const Parts> parts_;
};

struct Understander::Trained {
  Understander understander;
  TrainingReport report;
};

}  // namespace frontdesk::understand
