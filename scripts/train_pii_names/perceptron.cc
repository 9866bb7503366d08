#include "scripts/train_pii_names/perceptron.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "scripts/train_pii_names/random.h"
#include "tools/pii/names/name_tokens.h"

namespace frontdesk::tools {
namespace {

constexpr int kEpochs = 4;

std::vector<int> GoldTags(const Labelled& row, const std::vector<NameToken>& tokens) {
  std::vector<int> tags(tokens.size());
  for (const auto& span : row.spans) {
    bool first = true;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].end <= span.begin || tokens[i].begin >= span.end) continue;
      tags[i] = 1 + 2 * span.kind + (first ? 0 : 1);
      first = false;
    }
  }
  return tags;
}

}  // namespace

void Perceptron::Add(const Labelled& row) {
  const std::vector<NameToken> tokens = NameTokens(row.text);
  if (tokens.empty()) return;
  Sentence sentence;
  sentence.tags = GoldTags(row, tokens);
  std::vector<std::uint64_t> features;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    features.clear();
    NameFeatures(tokens, i, features);
    auto& ids = sentence.features.emplace_back();
    for (const std::uint64_t feature : features) {
      const auto [place, added] =
          id_of_.emplace(feature, static_cast<std::uint32_t>(features_.size()));
      if (added) features_.push_back(feature);
      ids.push_back(place->second);
    }
  }
  sentences_.push_back(std::move(sentence));
}

void Perceptron::Train(std::uint64_t seed) {
  weight_.assign(features_.size(), {});
  total_.assign(features_.size(), {});
  Random random(seed);
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    for (std::size_t i = sentences_.size(); i > 1; --i)
      std::swap(sentences_[i - 1], sentences_[random.Below(i)]);
    for (const Sentence& sentence : sentences_) Step(sentence);
  }
}

NameWeights Perceptron::Pack() const {
  struct Entry {
    std::uint64_t feature;
    std::array<double, kNameTags> weight;
    double size;
  };
  std::vector<Entry> entries;
  const auto average = [&](std::int64_t now, std::int64_t total) {
    return static_cast<double>(now) - static_cast<double>(total) / static_cast<double>(step_);
  };
  for (std::size_t f = 0; f < features_.size(); ++f) {
    Entry entry = {features_[f], {}, 0};
    for (int t = 0; t < kNameTags; ++t) {
      entry.weight[t] = average(weight_[f][t], total_[f][t]);
      entry.size = std::max(entry.size, std::fabs(entry.weight[t]));
    }
    entries.push_back(entry);
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.size != b.size ? a.size > b.size : a.feature < b.feature;
  });
  const double scale =
      127.0 / std::max(1e-9, entries[std::min<std::size_t>(entries.size() - 1, 200)].size);
  const auto clip = [&](double w, double limit) {
    return std::clamp(std::nearbyint(w * scale), -limit, limit);
  };
  NameWeights packed;
  for (int f = 0; f <= kNameTags; ++f) {
    for (int t = 0; t < kNameTags; ++t) {
      packed.transition[f][t] = static_cast<std::int16_t>(
          clip(average(transition_[f][t], transition_total_[f][t]), 32767));
    }
  }
  const std::size_t most = packed.slots.size() * 7 / 8;
  std::size_t used = 0;
  for (const Entry& entry : entries) {
    if (used >= most || entry.size * scale < 0.75) break;
    for (int probe = 0; probe < NameWeights::kProbes; ++probe) {
      NameWeights::Slot& slot = packed.slots[(entry.feature + static_cast<std::size_t>(probe)) &
                                             (packed.slots.size() - 1)];
      if (slot.check != 0) continue;
      slot.check = static_cast<std::uint16_t>(entry.feature >> 48 | 1);
      for (int t = 0; t < kNameTags; ++t)
        slot.weight[t] = static_cast<std::int8_t>(clip(entry.weight[t], 127));
      ++used;
      break;
    }
  }
  std::fprintf(stderr, "%zu features, %zu kept\n", features_.size(), used);
  return packed;
}

void Perceptron::Step(const Sentence& sentence) {
  ++step_;
  std::vector<Emission> emission(sentence.tags.size());
  for (std::size_t i = 0; i < emission.size(); ++i) {
    for (const std::uint32_t f : sentence.features[i]) {
      for (int t = 0; t < kNameTags; ++t) emission[i][t] += weight_[f][t];
    }
  }
  const std::vector<NameTag> guess = BestTags(emission, transition_);
  for (std::size_t i = 0; i < guess.size(); ++i) {
    const int is = sentence.tags[i], said = static_cast<int>(guess[i]);
    const int is_from = i == 0 ? kNameTags : sentence.tags[i - 1];
    const int said_from = i == 0 ? kNameTags : static_cast<int>(guess[i - 1]);
    if (is != said) {
      for (const std::uint32_t f : sentence.features[i]) {
        Change(weight_[f][is], total_[f][is], 1);
        Change(weight_[f][said], total_[f][said], -1);
      }
    }
    if (is != said || is_from != said_from) {
      Change(transition_[is_from][is], transition_total_[is_from][is], 1);
      Change(transition_[said_from][said], transition_total_[said_from][said], -1);
    }
  }
}

}  // namespace frontdesk::tools
