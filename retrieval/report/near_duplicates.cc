#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "retrieval/report/knowledge_report.h"
#include "text/analyse.h"

namespace frontdesk::retrieval {
namespace {

constexpr size_t kStretch = 5;        // words
constexpr size_t kMostSharing = 64;   // a stretch in more passages is a phrase of the house

// Hashes of every stretch of five terms; of the whole text when it is shorter. FNV-1a: the same
// on every machine.
std::set<uint64_t> Stretches(const Passage& passage) {
  const std::vector<text::Token> tokens = text::Analyse(passage.text, passage.language);
  std::set<uint64_t> out;
  const size_t size = std::min(kStretch, tokens.size());
  for (size_t at = 0; size > 0 && at + size <= tokens.size(); ++at) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = at; i < at + size; ++i) {
      for (const char c : tokens[i].term + " ") {
        hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211u;
      }
    }
    out.insert(hash);
  }
  return out;
}

}  // namespace

std::vector<NearDuplicate> FindNearDuplicates(const std::vector<const Passage*>& passages,
                                              int32_t alike_from) {
  std::vector<std::set<uint64_t>> stretches;
  absl::flat_hash_map<uint64_t, std::vector<uint32_t>> holders;
  for (uint32_t p = 0; p < passages.size(); ++p) {
    stretches.push_back(Stretches(*passages[p]));
    for (const uint64_t hash : stretches.back()) holders[hash].push_back(p);
  }
  std::map<std::pair<uint32_t, uint32_t>, int64_t> shared;
  for (const auto& [hash, holding] : holders) {
    if (holding.size() > kMostSharing) continue;
    for (size_t i = 0; i < holding.size(); ++i) {
      for (size_t j = i + 1; j < holding.size(); ++j) ++shared[{holding[i], holding[j]}];
    }
  }
  std::vector<NearDuplicate> out;
  for (const auto& [pair, both] : shared) {
    const auto& [a, b] = pair;
    // Neighbours in one document overlap on purpose.
    if (passages[a]->document_id == passages[b]->document_id) continue;
    const auto all = static_cast<int64_t>(stretches[a].size() + stretches[b].size()) - both;
    const auto alike = static_cast<int32_t>(both * 1000 / all);
    if (alike >= alike_from) out.push_back({passages[a], passages[b], alike});
  }
  std::stable_sort(out.begin(), out.end(), [](const NearDuplicate& a, const NearDuplicate& b) {
    return a.alike > b.alike;
  });
  return out;
}

}  // namespace frontdesk::retrieval
