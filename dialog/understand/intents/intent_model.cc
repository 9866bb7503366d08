#include "dialog/understand/intents/intent_model.h"

#include <algorithm>
#include <cmath>

#include "dialog/understand/intents/dense.h"

namespace frontdesk::understand {

namespace {

// Margins [width] of one message.
std::vector<float> Margins(const MarginWeights& weights, const SparseVector& sparse,
                           size_t width) {
  std::vector<float> margins = weights.bias;
  for (const SparseEntry& entry : sparse) {
    const float factor = entry.value * weights.sparse_scale[entry.feature];
    if (factor == 0.0f) continue;
    AddScaled(factor, weights.sparse.data() + entry.feature * width, margins.data(), width);
  }
  return margins;
}

// Cosines in steps of 1/127 of the query's quantised direction; exact in integers.
std::vector<float> NearestPerClass(const IntentModel& model, const float* embedding) {
  const size_t depth = model.stored_depth();
  std::vector<int16_t> query(depth);
  for (size_t d = 0; d < depth; ++d) query[d] = QuantiseComponent(embedding[d]);
  std::vector<int32_t> best(model.classes() + (model.background ? 1 : 0), INT32_MIN);
  for (size_t r = 0; r < model.stored_label.size(); ++r) {
    const int8_t* row = model.stored.data() + r * depth;
    const int32_t sum = DotBytes(query.data(), row, depth);
    best[model.stored_label[r]] = std::max(best[model.stored_label[r]], sum);
  }
  std::vector<float> cosine(best.size());
  constexpr float kUnit = 1.0f / (127.0f * 127.0f * kStoredGain * kStoredGain);
  for (size_t k = 0; k < best.size(); ++k) {
    cosine[k] = best[k] == INT32_MIN ? 0.0f : static_cast<float>(best[k]) * kUnit;
  }
  return cosine;
}

void WriteMargins(const MarginWeights& weights, ByteWriter* out) {
  out->PutArray(weights.sparse);
  out->PutArray(weights.sparse_scale);
  out->PutArray(weights.bias);
}

bool ReadMargins(ByteReader* in, size_t width, size_t features, MarginWeights* weights) {
  weights->sparse = in->GetArray<int8_t>();
  weights->sparse_scale = in->GetArray<float>();
  weights->bias = in->GetArray<float>();
  return weights->bias.size() == width && weights->sparse_scale.size() == features &&
         weights->sparse.size() == features * width;
}

void WriteHead(const ScopeHead& head, ByteWriter* out) {
  for (const ScopeSignals* part : {&head.mean, &head.inverse_deviation, &head.weight}) {
    for (double v : *part) out->Put(v);
  }
  out->Put(head.bias);
}

void ReadHead(ByteReader* in, ScopeHead* head) {
  for (ScopeSignals* part : {&head->mean, &head->inverse_deviation, &head->weight}) {
    for (double& v : *part) v = in->Get<double>();
  }
  head->bias = in->Get<double>();
}

}  // namespace

size_t IntentJudgement::best() const {
  return std::max_element(probability.begin(), probability.end()) - probability.begin();
}

ViewScores IntentModel::Score(std::string_view text, const float* features) const {
  ViewScores scores;
  const size_t used = names.size() + (background ? 1 : 0);
  const SparseVector sparse = lexical.Transform(text, &scores.known_share);
  scores.view[kLexical] = Margins(ngrams, sparse, width());
  scores.view[kLexical].resize(used);
  if (features == nullptr || depth == 0) return scores;
  std::vector<float> logits(softmax.width);
  MultiplyRows(features, 1, depth, softmax.w.data(), softmax.width, logits.data());
  for (size_t k = 0; k < softmax.width; ++k) logits[k] += softmax.w[depth * softmax.width + k];
  logits.resize(used);
  scores.view[kSoftmax] = std::move(logits);
  scores.view[kNearest] = NearestPerClass(*this, features);
  return scores;
}

IntentJudgement IntentModel::Judge(std::string_view text, const float* features) const {
  const ViewScores scores = Score(text, features);
  const bool full = !scores.view[kSoftmax].empty();
  const FusionWeights& weights = full ? fusion : lexical_fusion;
  IntentJudgement judgement;
  judgement.probability = Softmax(FusedLogits(scores, weights, classes()));
  judgement.out_of_scope =
      OutOfScope(MeasureScope(scores, weights, classes()), full ? scope : lexical_scope);
  return judgement;
}

void IntentModel::Write(ByteWriter* out) const {
  out->Put<uint32_t>(static_cast<uint32_t>(names.size()));
  for (const std::string& name : names) out->PutString(name);
  out->Put<uint8_t>(background);
  out->Put<uint64_t>(depth);
  out->PutArray(lexical.hashes());
  out->PutArray(lexical.idf());
  out->PutArray(softmax.w);
  WriteMargins(ngrams, out);
  out->PutArray(stored);
  out->PutArray(stored_label);
  for (const FusionWeights* weights : {&fusion, &lexical_fusion}) {
    for (float w : weights->weight) out->Put(w);
  }
  WriteHead(scope, out);
  WriteHead(lexical_scope, out);
  out->PutArray(pleasantry.w);
}

bool IntentModel::Read(ByteReader* in) {
  const uint32_t count = in->Get<uint32_t>();
  names.clear();
  for (uint32_t i = 0; i < count && in->ok(); ++i) names.push_back(in->GetString());
  background = in->Get<uint8_t>() != 0;
  depth = in->Get<uint64_t>();
  std::vector<uint64_t> hashes = in->GetArray<uint64_t>();
  std::vector<float> idf = in->GetArray<float>();
  if (!in->ok() || names.size() < 2 || depth > 1 << 16 || depth % 2 != 0 || hashes.size() != idf.size() ||
      !std::is_sorted(hashes.begin(), hashes.end())) {
    return false;
  }
  const size_t features = hashes.size();
  lexical = LexicalFeatures(std::move(hashes), std::move(idf));
  softmax = {depth, width(), in->GetArray<float>()};
  if (!ReadMargins(in, width(), features, &ngrams)) return false;
  stored = in->GetArray<int8_t>();
  stored_label = in->GetArray<int32_t>();
  for (FusionWeights* weights : {&fusion, &lexical_fusion}) {
    for (float& w : weights->weight) w = in->Get<float>();
  }
  ReadHead(in, &scope);
  ReadHead(in, &lexical_scope);
  pleasantry.w = in->GetArray<float>();
  const int used = classes() + (background ? 1 : 0);
  const bool labels_fit = std::all_of(stored_label.begin(), stored_label.end(),
                                      [&](int32_t l) { return l >= 0 && l < used; });
  return in->ok() && labels_fit &&
         softmax.w.size() == (depth == 0 ? 0 : (depth + 1) * width()) &&
         pleasantry.w.size() == (depth == 0 ? 0 : depth + 1) &&
         stored.size() == stored_label.size() * stored_depth();
}

void QuantiseSparse(const std::vector<std::vector<float>>& by_class, size_t features, size_t width,
                    MarginWeights* out) {
  out->sparse.assign(features * width, 0);
  out->sparse_scale.assign(features, 0.0f);
  for (size_t f = 0; f < features; ++f) {
    float largest = 0;
    for (const std::vector<float>& w : by_class) largest = std::max(largest, std::fabs(w[f]));
    if (largest == 0.0f) continue;
    out->sparse_scale[f] = largest / 127.0f;
    for (size_t k = 0; k < by_class.size(); ++k) {
      out->sparse[f * width + k] =
          static_cast<int8_t>(std::lround(by_class[k][f] * (127.0f / largest)));
    }
  }
}

}  // namespace frontdesk::understand
