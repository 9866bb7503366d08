// Trains the name tagger of tools/pii/names and writes its weights.
//
//   train_pii_names LABELLED.jsonl OUT.bin      trains on everything, writes OUT.bin
//   train_pii_names LABELLED.jsonl --folds 5    prints out-of-fold scores, writes nothing
//   train_pii_names LABELLED.jsonl --leave-one-source-out
//
// LABELLED.jsonl: lines {"text","spans":[{"start","end","type"}],"source"}, offsets in
// code points. Besides these lines it learns from sentences made here out of the word
// lists of names/word_lists.cc. No text of the data gets into the weights: they are
// 8-bit numbers under 15-bit hashes of features (docs/redaction.md).
// Deterministic: the same input gives the same bytes.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "scripts/train_pii_names/augment.h"
#include "scripts/train_pii_names/labelled_text.h"
#include "scripts/train_pii_names/perceptron.h"
#include "tools/pii/names/name_tokens.h"
#include "tools/pii/names/tagger.h"

namespace frontdesk::tools {
namespace {

constexpr int kCopies = 3;  // differently augmented copies of the rows to learn from

NameWeights TrainOn(const std::vector<Labelled>& rows, std::uint64_t seed) {
  Perceptron perceptron;
  for (int copy = 0; copy < kCopies; ++copy) {
    for (const Labelled& row : Augmented(rows, seed + 100 * copy)) perceptron.Add(row);
  }
  perceptron.Train(seed);
  return perceptron.Pack();
}

struct Count {
  int gold = 0, said = 0, right = 0;
};

// Counts spans that overlap a gold span of their kind by half of the union.
void CountSpans(const Labelled& row, const NameWeights& weights, std::array<Count, 4>& counts) {
  const std::vector<NameToken> tokens = NameTokens(row.text);
  const std::vector<NameTag> tags = TagNames(tokens, weights);
  std::vector<Labelled::Span> said;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const int tag = static_cast<int>(tags[i]);
    if (tag == 0) continue;
    if (tag % 2 == 1 || said.empty())
      said.push_back({tokens[i].begin, tokens[i].end, (tag - 1) / 2});
    said.back().end = tokens[i].end;
  }
  for (const auto& span : row.spans) ++counts[span.kind].gold;
  for (const auto& span : said) {
    ++counts[span.kind].said;
    for (const auto& gold : row.spans) {
      const double both = static_cast<double>(std::min(span.end, gold.end)) -
                          static_cast<double>(std::max(span.begin, gold.begin));
      const double either = static_cast<double>(std::max(span.end, gold.end)) -
                            static_cast<double>(std::min(span.begin, gold.begin));
      if (gold.kind == span.kind && both / either >= 0.5) {
        ++counts[span.kind].right;
        break;
      }
    }
  }
}

void Print(const std::string& title, const std::array<Count, 4>& counts) {
  constexpr const char* kNames[] = {"PERSON", "ADDRESS", "LOCATION", "ORGANIZATION"};
  std::printf("%s\n", title.c_str());
  for (int k = 0; k < 4; ++k) {
    const auto [gold, said, right] = counts[k];
    const double p = said > 0 ? double(right) / said : 1, r = gold > 0 ? double(right) / gold : 1;
    std::printf("  %-13s gold %5d  precision %.3f  recall %.3f  f1 %.3f\n", kNames[k], gold, p, r,
                p + r > 0 ? 2 * p * r / (p + r) : 0);
  }
}

void Folds(const std::vector<Labelled>& rows, int folds) {
  std::array<Count, 4> all{};
  std::map<std::string, std::array<Count, 4>> by_source;
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<Labelled> train;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (static_cast<int>(i % folds) != fold) train.push_back(rows[i]);
    }
    const NameWeights weights = TrainOn(train, 11 + fold);
    for (std::size_t i = fold; i < rows.size(); i += folds) {
      CountSpans(rows[i], weights, all);
      CountSpans(rows[i], weights, by_source[rows[i].source]);
    }
  }
  for (const auto& [source, counts] : by_source) Print(source + ", out of fold", counts);
  Print("out of fold", all);
}

void LeaveOneSourceOut(const std::vector<Labelled>& rows) {
  std::map<std::string, int> sources;
  for (const Labelled& row : rows) ++sources[row.source];
  for (const auto& [source, count] : sources) {
    std::vector<Labelled> train;
    for (const Labelled& row : rows) {
      if (row.source != source) train.push_back(row);
    }
    const NameWeights weights = TrainOn(train, 5);
    std::array<Count, 4> counts{};
    for (const Labelled& row : rows) {
      if (row.source == source) CountSpans(row, weights, counts);
    }
    Print(source, counts);
  }
}

}  // namespace
}  // namespace frontdesk::tools

int main(int argc, char** argv) {
  using namespace frontdesk::tools;
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s LABELLED.jsonl OUT.bin | --folds N | --leave-one-source-out\n",
                 argv[0]);
    return 2;
  }
  const std::vector<Labelled> rows = ReadLabelled(argv[1]);
  if (rows.empty()) {
    std::fprintf(stderr, "%s: no labelled lines\n", argv[1]);
    return 2;
  }
  const std::string what = argv[2];
  if (what == "--folds") {
    Folds(rows, argc > 3 ? std::atoi(argv[3]) : 5);
  } else if (what == "--leave-one-source-out") {
    LeaveOneSourceOut(rows);
  } else {
    const NameWeights weights = TrainOn(rows, 1);
    std::ofstream out(what, std::ios::binary);
    out.write(reinterpret_cast<const char*>(&weights), sizeof weights);
    if (!out.flush()) {
      std::fprintf(stderr, "%s: cannot be written\n", what.c_str());
      return 1;
    }
  }
  return 0;
}
