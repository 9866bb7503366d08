#include "tools/pii/names/tagger.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace frontdesk::tools {
namespace {

constexpr std::int32_t kImpossible = std::numeric_limits<std::int32_t>::min() / 4;

std::uint64_t Mix(std::uint64_t h) {
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdull;
  h ^= h >> 29;
  h *= 0xc4ceb9fe1a85ec53ull;
  return h ^ h >> 32;
}

std::uint64_t HashText(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325ull;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return h;
}

std::uint64_t Combine(int id, std::uint64_t a, std::uint64_t b = 0, std::uint64_t c = 0) {
  return Mix(Mix(Mix(a + static_cast<std::uint64_t>(id) * 0x9e3779b97f4a7c15ull) ^ b) + 31 * c);
}

bool MayFollow(int from, int to) {
  const bool inside = to != 0 && to % 2 == 0;
  return !inside || from == to || from == to - 1;
}

const NameToken& TokenAt(std::span<const NameToken> tokens, std::ptrdiff_t i) {
  static const NameToken* const outside = [] {
    auto* token = new NameToken();
    token->lower = token->shape = "^";
    return token;
  }();
  return i < 0 || i >= static_cast<std::ptrdiff_t>(tokens.size())
             ? *outside
             : tokens[static_cast<std::size_t>(i)];
}

// The kinds that matter at a distance, of up to `reach` tokens on one side.
std::uint32_t KindsAround(std::span<const NameToken> tokens, std::ptrdiff_t i, int step,
                          int reach) {
  std::uint32_t kinds = 0;
  for (int k = 1; k <= reach; ++k) kinds |= TokenAt(tokens, i + k * step).kinds;
  return kinds & ~(static_cast<std::uint32_t>(kCapital) | 0x8fu << 4);
}

std::string_view Front(std::string_view text, std::size_t n) { return text.substr(0, n); }
std::string_view Back(std::string_view text, std::size_t n) {
  return text.substr(text.size() - std::min(n, text.size()));
}

}  // namespace

void NameFeatures(std::span<const NameToken> tokens, std::size_t index,
                  std::vector<std::uint64_t>& out) {
  const auto i = static_cast<std::ptrdiff_t>(index);
  const NameToken &here = tokens[index], &p1 = TokenAt(tokens, i - 1), &p2 = TokenAt(tokens, i - 2);
  const NameToken &n1 = TokenAt(tokens, i + 1), &n2 = TokenAt(tokens, i + 2);
  const std::uint64_t w0 = HashText(here.lower), wp1 = HashText(p1.lower), wp2 = HashText(p2.lower);
  const std::uint64_t wn1 = HashText(n1.lower), wn2 = HashText(n2.lower);
  const std::uint64_t s0 = HashText(here.shape), sp1 = HashText(p1.shape), sn1 = HashText(n1.shape);
  const std::uint64_t sp2 = HashText(p2.shape), sn2 = HashText(n2.shape);
  const std::uint64_t k0 = here.kinds + 1, kp1 = p1.kinds + 1, kn1 = n1.kinds + 1;
  const std::uint64_t kp2 = p2.kinds + 1, kn2 = n2.kinds + 1;
  const std::uint64_t before = KindsAround(tokens, i, -1, 5), after = KindsAround(tokens, i, 1, 5);
  const std::uint64_t features[] = {
      Combine(1, w0),
      Combine(2, wp1),
      Combine(3, wn1),
      Combine(4, wp2),
      Combine(5, wn2),
      Combine(6, wp1, w0),
      Combine(7, w0, wn1),
      Combine(8, s0),
      Combine(9, sp1, s0),
      Combine(10, s0, sn1),
      Combine(11, sp1, s0, sn1),
      Combine(12, HashText(Back(here.lower, 2))),
      Combine(13, HashText(Back(here.lower, 3))),
      Combine(14, HashText(Back(here.lower, 4))),
      Combine(15, HashText(Front(here.lower, 2))),
      Combine(16, HashText(Front(here.lower, 3))),
      Combine(17, k0),
      Combine(18, kp1, k0),
      Combine(19, k0, kn1),
      Combine(20, kp1, s0),
      Combine(21, kn1, s0),
      Combine(22, k0, s0),
      Combine(23, wp1, s0),
      Combine(24, wn1, s0),
      Combine(25, kp1, s0, kn1),
      Combine(26, HashText(Back(p1.lower, 3)), s0),
      Combine(27, kp2, kp1, k0),
      Combine(28, k0, kn1, kn2),
      Combine(29, wp1, k0),
      Combine(30, wp2, wp1, s0),
      Combine(31, sp2, sp1, s0),
      Combine(32, s0, sn1, sn2),
      Combine(33, before, s0),
      Combine(34, after, s0),
      Combine(35, before, after, k0),
      Combine(36, wn1, wn2, s0),
  };
  out.insert(out.end(), std::begin(features), std::end(features));
}

const NameWeights::Slot* NameWeights::Find(std::uint64_t feature) const {
  const auto check = static_cast<std::uint16_t>(feature >> 48 | 1);
  std::size_t at = feature & (slots.size() - 1);
  for (int probe = 0; probe < kProbes; ++probe) {
    const Slot& slot = slots[(at + static_cast<std::size_t>(probe)) & (slots.size() - 1)];
    if (slot.check == check) return &slot;
    if (slot.check == 0) return nullptr;
  }
  return nullptr;
}

std::vector<NameTag> BestTags(
    std::span<const std::array<std::int32_t, kNameTags>> emission,
    const std::array<std::array<std::int32_t, kNameTags>, kNameTags + 1>& transition) {
  if (emission.empty()) return {};
  std::vector<std::array<std::int8_t, kNameTags>> from(emission.size());
  std::array<std::int32_t, kNameTags> score{};
  for (int t = 0; t < kNameTags; ++t) {
    score[t] = MayFollow(0, t) ? emission[0][t] + transition[kNameTags][t] : kImpossible;
  }
  for (std::size_t i = 1; i < emission.size(); ++i) {
    std::array<std::int32_t, kNameTags> next{};
    for (int t = 0; t < kNameTags; ++t) {
      std::int32_t best = 2 * kImpossible;
      for (int f = 0; f < kNameTags; ++f) {
        if (!MayFollow(f, t)) continue;
        const std::int32_t candidate = score[f] + transition[f][t];
        if (candidate > best) {
          best = candidate;
          from[i][t] = static_cast<std::int8_t>(f);
        }
      }
      next[t] = std::max(best + emission[i][t], kImpossible);
    }
    score = next;
  }
  std::vector<NameTag> tags(emission.size());
  int tag = static_cast<int>(std::max_element(score.begin(), score.end()) - score.begin());
  for (std::size_t i = emission.size(); i-- > 0;) {
    tags[i] = static_cast<NameTag>(tag);
    tag = from[i][tag];
  }
  return tags;
}

std::vector<NameTag> TagNames(std::span<const NameToken> tokens, const NameWeights& weights) {
  std::vector<std::array<std::int32_t, kNameTags>> emission(tokens.size());
  std::vector<std::uint64_t> features;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    features.clear();
    NameFeatures(tokens, i, features);
    for (const std::uint64_t feature : features) {
      const NameWeights::Slot* slot = weights.Find(feature);
      if (slot == nullptr) continue;
      for (int t = 0; t < kNameTags; ++t) emission[i][t] += slot->weight[t];
    }
  }
  std::array<std::array<std::int32_t, kNameTags>, kNameTags + 1> transition;
  for (int f = 0; f <= kNameTags; ++f) {
    for (int t = 0; t < kNameTags; ++t) transition[f][t] = weights.transition[f][t];
  }
  return BestTags(emission, transition);
}

}  // namespace frontdesk::tools
