// A bundle's score card: what reviewers are asked about a conversation, and which conversations
// they are asked about. File quality.yaml of the bundle, else the card below. docs/quality.md.
//
// Values; nothing here is read by a turn, so the card is no part of dialog::Bundle.
//
//   ScoreCard card = *ReadScoreCard(files.at("quality.yaml"));
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/bundle/bundle.h"
#include "storage/store.h"
#include "tools/fault.h"

namespace frontdesk::server {

inline constexpr char kScoreCardFile[] = "quality.yaml";

struct ScoreQuestion {
  std::string name;                  // a-z, 0-9, _; reviews are kept under it
  std::string ask;                   // the wording
  std::vector<std::string> answers;  // 2..7, worst first
};

struct ScoreCard {
  std::string name;
  std::vector<ScoreQuestion> questions;  // 1..12
  int64_t random = 50'000;               // millionths of the ended conversations
  uint64_t seed = 1;
  std::vector<std::string> rules;  // figures of server/insight/outcomes.h

  const ScoreQuestion* Find(std::string_view question) const;
};

// The card of bundles without a file of their own.
ScoreCard DefaultScoreCard();

// Errors: INVALID_ARGUMENT with every fault, each with line and remedy; a rule that is no figure is
// one of them. faults: gets them one by one; may be null.
absl::StatusOr<ScoreCard> ReadScoreCard(std::string_view yaml, std::vector<tools::Fault>* faults = nullptr);

// The faults of a bundle's card, for the list that a check of the whole bundle gives; adds nothing
// when there is no such file.
void CheckScoreCard(const std::map<std::string, std::string>& files, std::vector<dialog::BundleFault>& faults);

// The card kept with a version. Errors: those of ReadScoreCard, NOT_FOUND (its file is not kept).
absl::StatusOr<ScoreCard> ScoreCardOf(const dialog::Manifest& manifest, const storage::Store& store);

}  // namespace frontdesk::server
