#include "llm/runtime/sampler.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "llm/math.h"

namespace frontdesk::llm {
namespace {

// Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011): Philox 4x32-10.
struct Philox {
  uint32_t counter[4];
  uint32_t key[2];

  void Round() {
    const uint64_t a = uint64_t{0xD2511F53} * counter[0];
    const uint64_t b = uint64_t{0xCD9E8D57} * counter[2];
    const uint32_t next[4] = {
        static_cast<uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(b),
        static_cast<uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(a)};
    std::copy(next, next + 4, counter);
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
};

}  // namespace

RandomStream StreamOf(const SamplingKey& key) {
  // FNV-1a over the conversation's name, then a finalising mix.
  uint64_t hash = 0xCBF29CE484222325;
  for (char c : key.conversation) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
  return {hash ^ (hash >> 31), static_cast<uint64_t>(key.turn)};
}

double UniformAt(const RandomStream& stream, uint64_t position) {
  Philox philox{{static_cast<uint32_t>(position), static_cast<uint32_t>(position >> 32),
                 static_cast<uint32_t>(stream.turn), static_cast<uint32_t>(stream.turn >> 32)},
                {static_cast<uint32_t>(stream.key), static_cast<uint32_t>(stream.key >> 32)}};
  for (int i = 0; i < 10; ++i) philox.Round();
  const uint64_t bits = (static_cast<uint64_t>(philox.counter[1]) << 32) | philox.counter[0];
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

BestToken FindBest(std::span<const float> logits) {
  BestToken best{0, logits[0], std::numeric_limits<float>::infinity()};
  float second = -std::numeric_limits<float>::infinity();
  const auto look_at = [&](size_t i) {
    if (logits[i] > best.logit) {
      second = best.logit;
      best.id = static_cast<int32_t>(i);
      best.logit = logits[i];
    } else if (logits[i] > second) {
      second = logits[i];
    }
  };
  // A block without a logit above the second best changes nothing: most are passed over by
  // comparisons that the compiler does many at a time.
  constexpr size_t kBlock = 64;
  size_t i = 1;
  for (; i + kBlock <= logits.size(); i += kBlock) {
    const float* block = logits.data() + i;
    int above = 0;
    for (size_t k = 0; k < kBlock; ++k) above |= block[k] > second ? 1 : 0;
    if (above == 0) continue;
    for (size_t k = 0; k < kBlock; ++k) look_at(i + k);
  }
  for (; i < logits.size(); ++i) look_at(i);
  best.gap = best.logit - second;
  return best;
}

BestToken FindBest(std::span<const float> logits, std::span<const uint64_t> allowed) {
  BestToken best{-1, 0, std::numeric_limits<float>::infinity()};
  float second = -std::numeric_limits<float>::infinity();
  for (size_t word = 0; word < allowed.size(); ++word) {
    for (uint64_t bits = allowed[word]; bits != 0; bits &= bits - 1) {
      const size_t i = word * 64 + static_cast<size_t>(std::countr_zero(bits));
      if (best.id < 0 || logits[i] > best.logit) {
        if (best.id >= 0) second = best.logit;
        best.id = static_cast<int32_t>(i);
        best.logit = logits[i];
      } else if (logits[i] > second) {
        second = logits[i];
      }
    }
  }
  best.gap = best.logit - second;
  return best;
}

int32_t ChooseToken(std::span<const float> logits, const Sampling& sampling,
                    const RandomStream& stream, uint64_t position,
                    std::span<const uint64_t> allowed) {
  const BestToken best = allowed.empty() ? FindBest(logits) : FindBest(logits, allowed);
  if (best.id < 0 || sampling.temperature == 0 || sampling.top_k == 1) return best.id;
  struct Candidate {
    float logit;
    int32_t id;
    bool operator<(const Candidate& other) const {  // best first
      return logit != other.logit ? logit > other.logit : id < other.id;
    }
  };
  // A token e^-40 as likely as the best can never be drawn with 53 bits.
  const double temperature = sampling.temperature;
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (!allowed.empty() && (allowed[i / 64] >> (i % 64) & 1) == 0) continue;
    if ((logits[i] - best.logit) / temperature > -40) {
      candidates.push_back({logits[i], static_cast<int32_t>(i)});
    }
  }
  std::sort(candidates.begin(), candidates.end());
  if (sampling.top_k > 0 && candidates.size() > static_cast<size_t>(sampling.top_k)) {
    candidates.resize(sampling.top_k);
  }
  std::vector<double> upto;  // running sum of e^((logit - best) / temperature)
  double total = 0;
  for (const Candidate& candidate : candidates) {
    total += Exp((static_cast<double>(candidate.logit) - best.logit) / temperature);
    upto.push_back(total);
  }
  size_t kept = candidates.size();
  if (sampling.top_p < 1) {
    kept = std::lower_bound(upto.begin(), upto.end(), sampling.top_p * total) - upto.begin() + 1;
    kept = std::min(kept, candidates.size());
  }
  const double drawn = UniformAt(stream, position) * upto[kept - 1];
  const size_t at = std::upper_bound(upto.begin(), upto.begin() + kept, drawn) - upto.begin();
  return candidates[std::min(at, kept - 1)].id;
}

}  // namespace frontdesk::llm
