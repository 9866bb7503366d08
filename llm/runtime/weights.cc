#include "llm/runtime/weights.h"

#include <cmath>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "llm/runtime/packed_file.h"

namespace frontdesk::llm {
namespace {

// Rows of rotated heads are put in our order: first the even members of the file's
// pairs, then the odd ones. Queries and keys alike, so their products are unchanged.
std::vector<uint32_t> SplitPairs(int heads, int head_dim, int rope_dims) {
  std::vector<uint32_t> order;
  for (int h = 0; h < heads; ++h) {
    for (int i = 0; i < head_dim; ++i) {
      int from = i;
      if (i < rope_dims) from = i < rope_dims / 2 ? 2 * i : 2 * (i - rope_dims / 2) + 1;
      order.push_back(static_cast<uint32_t>(h * head_dim + from));
    }
  }
  return order;
}

class WeightLoader {
 public:
  WeightLoader(const GgufFile& file, Weights& weights) : file_(file), weights_(weights) {}

  // Finds a matrix, checks its shape and notes it for packing.
  absl::Status Matrix(const std::string& name, int rows, int columns, PackedMatrix& out,
                      std::vector<uint32_t> order = {}) {
    absl::StatusOr<const GgufTensor*> tensor = Find(name, rows, columns);
    if (!tensor.ok()) return tensor.status();
    absl::StatusOr<PackedMatrix> matrix = PackedMatrix::Allocate(**tensor, weights_.arena);
    if (!matrix.ok()) return matrix.status();
    out = *matrix;
    work_.push_back({*tensor, &out, std::move(order)});
    return absl::OkStatus();
  }

  // A vector in any float format. optional: absent leaves it empty.
  absl::Status Vector(const std::string& name, int size, std::vector<float>& out, bool optional,
                      std::span<const uint32_t> order = {}) {
    if (optional && !file_.FindTensor(name)) return absl::OkStatus();
    absl::StatusOr<const GgufTensor*> tensor = Find(name, 1, size);
    if (!tensor.ok()) return tensor.status();
    std::vector<float> values(size);
    Dequantise((*tensor)->type, (*tensor)->bytes.data(), values);
    out.assign((size + 31) / 32 * 32, 0.0f);
    for (int i = 0; i < size; ++i) {
      out[i] = values[order.empty() ? i : order[i]];
      if (!std::isfinite(out[i])) {
        return absl::DataLossError(
            absl::StrCat(file_.name(), ": tensor ", name,
                         " holds numbers that are not finite; fetch the model file again"));
      }
    }
    return absl::OkStatus();
  }

  // A fingerprint of what lies where in the arena: FNV-1a over each matrix in order.
  uint64_t Plan() const {
    uint64_t plan = 0xCBF29CE484222325;
    const auto mix = [&](uint64_t number) { plan = (plan ^ number) * 0x100000001B3; };
    for (const Work& work : work_) {
      mix(static_cast<uint64_t>(work.matrix->form()));
      mix(static_cast<uint64_t>(work.matrix->rows()));
      mix(static_cast<uint64_t>(work.matrix->columns()));
      mix(work.order.size());
    }
    return plan;
  }

  absl::Status PackAll(WorkerTeam& team) {
    std::mutex mutex;
    absl::Status first_error;
    team.Wake();
    for (const Work& work : work_) {
      team.ForRange(work.matrix->panels(), 8, [&](int, int begin, int end) {
        PreparePages(work.matrix->PanelsToFill(begin, end));
        const absl::Status status = work.matrix->Fill(*work.tensor, work.order, begin, end);
        if (!status.ok()) {
          std::lock_guard lock(mutex);
          first_error.Update(status);
        }
        if (work.order.empty()) {
          GgufTensor part = *work.tensor;
          const size_t row_bytes = part.bytes.size() / part.rows;
          const size_t from = begin * kPanelRows * row_bytes;
          const size_t to = std::min(part.bytes.size(), end * kPanelRows * row_bytes);
          part.bytes = part.bytes.subspan(from, to - from);
          file_.Release(part);
        }
      });
    }
    for (const Work& work : work_) file_.Release(*work.tensor);
    return first_error;
  }

 private:
  struct Work {
    const GgufTensor* tensor;
    PackedMatrix* matrix;
    std::vector<uint32_t> order;
  };

  absl::StatusOr<const GgufTensor*> Find(const std::string& name, int rows, int columns) const {
    const GgufTensor* tensor = file_.FindTensor(name);
    if (!tensor) {
      return absl::InvalidArgumentError(
          absl::StrCat(file_.name(), ": tensor ", name, " is missing; fetch the model file again"));
    }
    if (tensor->rows != static_cast<uint64_t>(rows) ||
        tensor->columns != static_cast<uint64_t>(columns)) {
      return absl::InvalidArgumentError(
          absl::StrCat(file_.name(), ": tensor ", name, " is ", tensor->rows, " × ",
                       tensor->columns, " where the settings say ", rows, " × ", columns));
    }
    return tensor;
  }

  const GgufFile& file_;
  Weights& weights_;
  std::vector<Work> work_;
};

absl::Status LoadLayer(const ModelConfig& c, int layer, WeightLoader& load, LayerWeights& w) {
  const std::string prefix = absl::StrCat("blk.", layer, ".");
  const int queries = c.heads * c.head_dim, keys = c.kv_heads * c.head_dim;
  std::vector<uint32_t> query_order, key_order;
  if (c.rope_pairs_adjacent) {
    query_order = SplitPairs(c.heads, c.head_dim, c.rope_dims);
    key_order = SplitPairs(c.kv_heads, c.head_dim, c.rope_dims);
  }
  absl::Status status;
  status.Update(load.Vector(prefix + "attn_norm.weight", c.width, w.attention_norm, false));
  status.Update(load.Vector(prefix + "ffn_norm.weight", c.width, w.feed_norm, false));
  status.Update(load.Vector(prefix + "post_attention_norm.weight", c.width, w.attention_after,
                            c.family != "gemma3"));
  status.Update(
      load.Vector(prefix + "post_ffw_norm.weight", c.width, w.feed_after, c.family != "gemma3"));
  const bool no_head_norms = c.family != "qwen3" && c.family != "gemma3";
  status.Update(
      load.Vector(prefix + "attn_q_norm.weight", c.head_dim, w.query_norm, no_head_norms));
  status.Update(load.Vector(prefix + "attn_k_norm.weight", c.head_dim, w.key_norm, no_head_norms));
  const bool no_bias = c.family != "qwen2";
  status.Update(load.Vector(prefix + "attn_q.bias", queries, w.query_bias, no_bias, query_order));
  status.Update(load.Vector(prefix + "attn_k.bias", keys, w.key_bias, no_bias, key_order));
  status.Update(load.Vector(prefix + "attn_v.bias", keys, w.value_bias, no_bias));
  status.Update(load.Matrix(prefix + "attn_q.weight", queries, c.width, w.query, query_order));
  status.Update(load.Matrix(prefix + "attn_k.weight", keys, c.width, w.key, key_order));
  status.Update(load.Matrix(prefix + "attn_v.weight", keys, c.width, w.value));
  status.Update(load.Matrix(prefix + "attn_output.weight", c.width, queries, w.output));
  status.Update(load.Matrix(prefix + "ffn_gate.weight", c.feed_forward, c.width, w.gate));
  status.Update(load.Matrix(prefix + "ffn_up.weight", c.feed_forward, c.width, w.up));
  status.Update(load.Matrix(prefix + "ffn_down.weight", c.width, c.feed_forward, w.down));
  return status;
}

}  // namespace

size_t Weights::bytes_read_per_token() const {
  size_t bytes = head_or_embedding().bytes();
  for (const LayerWeights& w : layers) {
    for (const PackedMatrix* m : {&w.query, &w.key, &w.value, &w.output, &w.gate, &w.up, &w.down}) {
      bytes += m->bytes();
    }
  }
  return bytes;
}

absl::StatusOr<std::unique_ptr<Weights>> Weights::Load(const GgufFile& file,
                                                       const ModelConfig& config, WorkerTeam& team,
                                                       const std::string& packed_file) {
  size_t bytes = 0;
  for (const GgufTensor& tensor : file.tensors()) bytes += PackedMatrix::BytesFor(tensor) + 64;
  absl::StatusOr<WeightArena> arena = WeightArena::Reserve(bytes);
  if (!arena.ok()) return arena.status();
  auto weights = std::make_unique<Weights>(*std::move(arena));
  weights->layers.resize(config.layers);

  WeightLoader load(file, *weights);
  absl::Status status;
  status.Update(
      load.Matrix("token_embd.weight", config.vocabulary, config.width, weights->embedding));
  if (file.FindTensor("output.weight")) {
    status.Update(load.Matrix("output.weight", config.vocabulary, config.width, weights->head));
  }
  status.Update(load.Vector("output_norm.weight", config.width, weights->final_norm, false));
  status.Update(
      load.Vector("rope_freqs.weight", config.rope_dims / 2, weights->rope_divisors, true));
  for (int i = 0; i < config.layers && status.ok(); ++i) {
    status.Update(LoadLayer(config, i, load, weights->layers[i]));
  }
  if (!status.ok()) return status;
  weights->plan = load.Plan();
  if (!packed_file.empty()) {
    absl::StatusOr<std::string> digest =
        ReadPackedFile(packed_file, weights->plan, weights->arena.taken(), team);
    weights->packed_status = digest.status();
    if (digest.ok()) {
      weights->packed_from = *std::move(digest);
      weights->arena.GatherPages();
      return weights;
    }
    weights->arena.Clear();
  }
  if (status = load.PackAll(team); !status.ok()) return status;
  weights->arena.GatherPages();
  return weights;
}

}  // namespace frontdesk::llm
