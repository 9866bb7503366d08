#include "server/canary/evidence.h"

#include <algorithm>
#include <cmath>

namespace frontdesk::server {
namespace {

constexpr double kMostLog = 690;  // e^690 is still a double

// log of the chance of k bad of n at `with`, over that at `without`.
double LogRatio(int k, int n, double with, double without) {
  return k * std::log(with / without) + (n - k) * std::log((1 - with) / (1 - without));
}

}  // namespace

EvidenceProcess::EvidenceProcess(Direction direction, BlockShape shape)
    : sign_(direction == Direction::kChallengerWorse ? 1 : -1), shape_(shape) {}

void EvidenceProcess::AddBlock(int bad_champions, int bad_challengers) {
  // Predicted from the champions before this block only: that makes it a martingale.
  const double champion = bad_ / seen_;
  const double log_odds = std::log(champion / (1 - champion));
  const double n = shape_.champions + shape_.challengers;
  for (size_t i = 0; i < kEffects.size(); ++i) {
    const double challenger = 1 / (1 + std::exp(-(log_odds + sign_ * kEffects[i])));
    // The member of "both alike" that is nearest to the bet.
    const double alike = (shape_.champions * champion + shape_.challengers * challenger) / n;
    log_capital_[i] += LogRatio(bad_champions, shape_.champions, champion, alike) +
                       LogRatio(bad_challengers, shape_.challengers, challenger, alike);
  }
  bad_ += bad_champions;
  seen_ += shape_.champions;
  ++blocks_;
}

double EvidenceProcess::evidence() const {
  double sum = 0;
  for (double log_capital : log_capital_) sum += std::exp(std::min(log_capital, kMostLog));
  return std::min(sum / kEffects.size(), 1e300);
}

}  // namespace frontdesk::server
