// The decoder itself: token rows in, logits out.
//
// A row is one token of one sequence at one position. Rows of many sequences, of
// prompts and of answers, go through together; what a row yields depends on the
// tokens of its sequence before it and on nothing else (docs/determinism.md).
// Not thread-safe: one caller at a time; it uses its team of workers inside.
//
//   std::vector<ForwardRow> rows = {{.token = 9, .position = 0, .sequence = &sequence}};
//   transformer.Forward(rows, logits);

#pragma once

#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/gguf/gguf_file.h"
#include "llm/kernels/kernels.h"
#include "llm/runtime/activations.h"
#include "llm/runtime/kv_cache.h"
#include "llm/runtime/model_config.h"
#include "llm/runtime/weights.h"
#include "llm/runtime/worker_team.h"

namespace frontdesk::llm {

struct ForwardRow {
  int32_t token = 0;     // 0..vocabulary-1
  int32_t position = 0;  // in its sequence; all before it are in the cache or in this batch
  KvSequence* sequence = nullptr;  // grown to hold the position
  bool wants_logits = false;
};

class Transformer {
 public:
  // Rows that one Forward takes at most.
  static constexpr int kMaxRows = 512;

  // packed_file: as Weights::Load. Errors: those of ModelConfig::FromGguf and Weights::Load.
  static absl::StatusOr<std::unique_ptr<Transformer>> Load(const GgufFile& file,
                                                           const Kernels& kernels, int threads,
                                                           const std::string& packed_file = "");

  // Computes rows, writes their keys and values to their sequences, and the logits of
  // the rows that want them, in order, to logits [wanting rows, vocabulary].
  // Rows of a sequence stand together in ascending, consecutive positions.
  // Errors: DATA_LOSS when a logit is not finite.
  absl::Status Forward(std::span<const ForwardRow> rows, std::vector<float>& logits);

  const ModelConfig& config() const { return config_; }
  const Weights& weights() const { return *weights_; }
  const Kernels& kernels() const { return kernels_; }
  WorkerTeam& team() { return team_; }

 private:
  // Consecutive rows of one sequence.
  struct Run {
    int first;
    int count;
  };

  Transformer(ModelConfig config, const Kernels& kernels, int threads);

  void LayOut();
  void KeepLogitRows();
  // The stages of a step, in order; each spreads its work over the team.
  void Step();
  void Embed();
  void NormIntoInput(const std::vector<float>& norm);
  void ProjectHeads(const LayerWeights& w);
  void PlaceHeads(const LayerWeights& w, int layer);
  void PlaceHead(const LayerWeights& w, int layer, int row, int head);
  void Attend(int layer);
  void PutMixed();
  void AddOutput(const std::vector<float>& after_norm, const std::vector<float>& norm);
  void FeedForward(const LayerWeights& w);
  void Head();
  // y = matrix · x for each product; their panels are counted through.
  struct Product {
    const PackedMatrix* matrix;
    float* y;
    size_t y_stride;
  };
  void Multiply(const Activations& x, std::initializer_list<Product> products);

  // Angles of positions 0..positions-1 are in the tables afterwards.
  void ExtendAngles(int positions);
  struct Angles {
    std::vector<float> cosines;  // [position, rope_dims / 2]
    std::vector<float> sines;
  };
  void ExtendAngles(Angles& angles, double base, int from, int to);

  const ModelConfig config_;
  const Kernels& kernels_;
  WorkerTeam team_;
  std::unique_ptr<Weights> weights_;
  int angle_positions_ = 0;
  Angles global_angles_;
  Angles local_angles_;

  // The step under way. Strides are padded to whole blocks; padding stays zero.
  std::span<const ForwardRow> rows_;
  std::vector<Run> attention_tiles_;  // rows_, cut for attention
  std::vector<ForwardRow> kept_rows_;  // what rows_ is in the last layer's second half
  std::vector<int> logit_rows_;
  size_t width_stride_, query_stride_, key_stride_, logit_stride_;
  std::vector<float> stream_;   // [row, width] the residual stream
  std::vector<float> added_;    // [row, width] what a matrix adds to it
  std::vector<float> queries_;  // [row, heads · head_dim]
  std::vector<float> keys_;     // [row, kv_heads · head_dim]
  std::vector<float> values_;   // [row, kv_heads · head_dim]
  std::vector<float> mixed_;    // [row, heads · head_dim] what attention yields
  float* logits_ = nullptr;     // [wanting row, logit_stride_]: the caller's, or padded_logits_
  std::vector<float> padded_logits_;
  Activations input_;           // [row, width] normed
  Activations mixed_input_;     // [row, heads · head_dim]
  Activations hidden_input_;    // [row, feed_forward]
  Activations head_input_;      // [wanting row, width]
  Activations::Forms input_forms_, mixed_forms_, hidden_forms_, head_forms_;
  std::vector<std::vector<float>> scratch_;  // by worker
};

}  // namespace frontdesk::llm
