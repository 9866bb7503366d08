#include "server/quality/sample.h"

#include "absl/strings/str_cat.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr uint64_t kLots = 1'000'000;

}  // namespace

bool DrawnAtRandom(std::string_view conversation, const ScoreCard& card) {
  const storage::Digest digest = storage::Sha256(absl::StrCat(card.seed, " ", std::string(conversation)));
  uint64_t lot = 0;
  for (size_t i = 0; i < sizeof lot; ++i) lot = lot << 8 | digest[i];
  return lot % kLots < static_cast<uint64_t>(card.random);
}

std::vector<Sampled> DrawSample(std::span<const JudgedConversation> conversations, const ScoreCard& card) {
  std::vector<Sampled> sample;
  for (const JudgedConversation& judged : conversations) {
    if (!judged.facts->ended || judged.facts->turns == 0) continue;
    Sampled one{.conversation = &judged};
    for (const std::string& rule : card.rules) {
      if (IsBehind(rule, judged)) one.chosen_by.push_back(rule);
    }
    if (DrawnAtRandom(judged.facts->id, card)) one.chosen_by.push_back("random");
    if (!one.chosen_by.empty()) sample.push_back(std::move(one));
  }
  return sample;
}

}  // namespace frontdesk::server
