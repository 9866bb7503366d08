#include "llm/runtime/transformer.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "llm/math.h"
#include "llm/numerics.h"

namespace frontdesk::llm {
namespace {

size_t Padded(int n) { return (static_cast<size_t>(n) + 31) / 32 * 32; }

// Queries that attention takes together: tokens · group of a tile.
constexpr int kAttentionQueries = 24;

// Tokens of a sequence that attention takes together.
int AttentionTile(int group) { return std::max(1, kAttentionQueries / group); }

// Panels taken at once at least: one of many rows is work enough.
int LeastPanels(size_t rows) { return rows >= 64 ? 1 : 2; }

void GrowTo(std::vector<float>& buffer, size_t size) {
  if (buffer.size() < size) buffer.resize(size);
}

// By the bits, so that the compiler can look at many at a time.
bool AllFinite(std::span<const float> values) {
  constexpr uint32_t kExponent = 0x7F800000;
  uint32_t bad = 0;
  for (float value : values) bad |= (std::bit_cast<uint32_t>(value) & kExponent) == kExponent;
  return bad == 0;
}

}  // namespace

Transformer::Transformer(ModelConfig config, const Kernels& kernels, int threads)
    : config_(std::move(config)),
      kernels_(kernels),
      team_(threads),
      width_stride_(Padded(config_.width)),
      query_stride_(Padded(config_.heads * config_.head_dim)),
      key_stride_(Padded(config_.kv_heads * config_.head_dim)),
      logit_stride_(Padded(config_.vocabulary)),
      input_(kernels),
      mixed_input_(kernels),
      hidden_input_(kernels),
      head_input_(kernels),
      scratch_(team_.size()) {}

absl::StatusOr<std::unique_ptr<Transformer>> Transformer::Load(const GgufFile& file,
                                                               const Kernels& kernels, int threads,
                                                               const std::string& packed_file) {
  absl::StatusOr<ModelConfig> config = ModelConfig::FromGguf(file);
  if (!config.ok()) return config.status();
  std::unique_ptr<Transformer> transformer(new Transformer(*std::move(config), kernels, threads));
  absl::StatusOr<std::unique_ptr<Weights>> weights =
      Weights::Load(file, transformer->config_, transformer->team_, packed_file);
  if (!weights.ok()) return weights.status();
  transformer->weights_ = *std::move(weights);
  for (const LayerWeights& w : transformer->weights_->layers) {
    for (const PackedMatrix* m : {&w.query, &w.key, &w.value, &w.gate, &w.up}) {
      transformer->input_forms_.Include(*m);
    }
    transformer->mixed_forms_.Include(w.output);
    transformer->hidden_forms_.Include(w.down);
  }
  transformer->head_forms_.Include(transformer->weights_->head_or_embedding());
  return transformer;
}

void Transformer::ExtendAngles(Angles& angles, double base, int from, int to) {
  const int half = config_.rope_dims / 2;
  angles.cosines.resize(static_cast<size_t>(to) * half);
  angles.sines.resize(static_cast<size_t>(to) * half);
  for (int i = 0; i < half; ++i) {
    double frequency = Exp(-2.0 * i / config_.rope_dims * Log(base)) * config_.rope_scale;
    if (!weights_->rope_divisors.empty()) frequency /= weights_->rope_divisors[i];
    for (int p = from; p < to; ++p) {
      const SinCos turn = SineCosine(p * frequency);
      angles.cosines[static_cast<size_t>(p) * half + i] = static_cast<float>(turn.cos);
      angles.sines[static_cast<size_t>(p) * half + i] = static_cast<float>(turn.sin);
    }
  }
}

void Transformer::ExtendAngles(int positions) {
  if (positions <= angle_positions_) return;
  const int to = (positions + 255) / 256 * 256;
  ExtendAngles(global_angles_, config_.rope_base, angle_positions_, to);
  if (config_.window > 0) {
    ExtendAngles(local_angles_, config_.local_rope_base, angle_positions_, to);
  }
  angle_positions_ = to;
}

// Makes room for rows_ and cuts them into the pieces that attention takes.
void Transformer::LayOut() {
  const size_t count = rows_.size();
  GrowTo(stream_, count * width_stride_);
  GrowTo(added_, count * width_stride_);
  GrowTo(queries_, count * query_stride_);
  GrowTo(keys_, count * key_stride_);
  GrowTo(values_, count * key_stride_);
  GrowTo(mixed_, count * query_stride_);
  if (logit_stride_ != static_cast<size_t>(config_.vocabulary)) {
    GrowTo(padded_logits_, logit_rows_.size() * logit_stride_);
  }
  const int group = config_.heads / config_.kv_heads;
  const int tokens = AttentionTile(group);
  int last_position = 0;
  attention_tiles_.clear();
  for (size_t i = 0; i < count; ++i) {
    const ForwardRow& row = rows_[i];
    last_position = std::max(last_position, row.position);
    const bool continues = i > 0 && row.sequence == rows_[i - 1].sequence &&
                           row.position == rows_[i - 1].position + 1 &&
                           attention_tiles_.back().count < tokens;
    if (!continues) attention_tiles_.push_back({static_cast<int>(i), 0});
    ++attention_tiles_.back().count;
  }
  for (std::vector<float>& scratch : scratch_) {
    GrowTo(scratch, std::max(AttentionScratch(tokens, group, config_.head_dim, last_position),
                             width_stride_));
  }
  const int n = static_cast<int>(count);
  input_.Resize(n, config_.width, input_forms_);
  mixed_input_.Resize(n, config_.heads * config_.head_dim, mixed_forms_);
  hidden_input_.Resize(n, config_.feed_forward, hidden_forms_);
  head_input_.Resize(static_cast<int>(logit_rows_.size()), config_.width, head_forms_);
}

// Leaves only the rows that want logits, once the last layer has the others' keys and values.
void Transformer::KeepLogitRows() {
  if (logit_rows_.size() == rows_.size()) return;
  kept_rows_.clear();
  for (size_t to = 0; to < logit_rows_.size(); ++to) {
    const size_t from = static_cast<size_t>(logit_rows_[to]);
    kept_rows_.push_back(rows_[from]);
    logit_rows_[to] = static_cast<int>(to);
    if (from == to) continue;
    std::copy_n(stream_.data() + from * width_stride_, width_stride_,
                stream_.data() + to * width_stride_);
    std::copy_n(queries_.data() + from * query_stride_, query_stride_,
                queries_.data() + to * query_stride_);
  }
  rows_ = kept_rows_;
  LayOut();
}

absl::Status Transformer::Forward(std::span<const ForwardRow> rows, std::vector<float>& logits) {
  rows_ = rows;
  logit_rows_.clear();
  int last_position = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].wants_logits) logit_rows_.push_back(static_cast<int>(i));
    last_position = std::max(last_position, rows[i].position);
  }
  ExtendAngles(last_position + 1);
  LayOut();

  const size_t vocabulary = static_cast<size_t>(config_.vocabulary);
  logits.resize(logit_rows_.size() * vocabulary);
  logits_ = logit_stride_ == vocabulary ? logits.data() : padded_logits_.data();

  const CanonicalFloatScope floats;
  team_.Wake();
  Step();
  std::atomic<bool> finite = true;
  team_.ForRange(static_cast<int>(logit_rows_.size()), 1, [&](int, int begin, int end) {
    for (int i = begin; i < end; ++i) {
      const float* from = logits_ + i * logit_stride_;
      if (!AllFinite({from, vocabulary})) finite.store(false, std::memory_order_relaxed);
      if (logits_ != logits.data()) std::copy(from, from + vocabulary, &logits[i * vocabulary]);
    }
  });
  if (!finite) {
    return absl::DataLossError(
        "the model's weights yield numbers that are not finite; fetch the model file again");
  }
  return absl::OkStatus();
}

void Transformer::Step() {
  Embed();
  NormIntoInput(weights_->layers[0].attention_norm);
  for (int layer = 0; layer < config_.layers; ++layer) {
    const LayerWeights& w = weights_->layers[layer];
    const bool last = layer + 1 == config_.layers;
    ProjectHeads(w);
    PlaceHeads(w, layer);
    if (last) KeepLogitRows();
    if (rows_.empty()) return;
    Attend(layer);
    PutMixed();
    Multiply(mixed_input_, {{&w.output, added_.data(), width_stride_}});
    AddOutput(w.attention_after, w.feed_norm);
    FeedForward(w);
    Multiply(hidden_input_, {{&w.down, added_.data(), width_stride_}});
    AddOutput(w.feed_after,
              last ? weights_->final_norm : weights_->layers[layer + 1].attention_norm);
  }
  Head();
}

void Transformer::Embed() {
  team_.ForRange(static_cast<int>(rows_.size()), 4, [&](int, int begin, int end) {
    for (int row = begin; row < end; ++row) {
      float* x = stream_.data() + row * width_stride_;
      weights_->embedding.DecodeRow(rows_[row].token, x);
      if (config_.embedding_scale != 1) {
        for (int i = 0; i < config_.width; ++i) x[i] = x[i] * config_.embedding_scale;
      }
      std::fill(x + config_.width, x + width_stride_, 0.0f);
    }
  });
}

void Transformer::NormIntoInput(const std::vector<float>& norm) {
  team_.ForRange(static_cast<int>(rows_.size()), 4, [&](int worker, int begin, int end) {
    float* normed = scratch_[worker].data();
    for (int row = begin; row < end; ++row) {
      kernels_.rms_norm(stream_.data() + row * width_stride_, norm.data(),
                        static_cast<int>(width_stride_), config_.width, config_.rms_epsilon,
                        normed);
      input_.Put(row, normed);
    }
  });
}

void Transformer::Multiply(const Activations& x, std::initializer_list<Product> products) {
  int total = 0;
  for (const Product& product : products) total += product.matrix->panels();
  team_.ForRange(total, LeastPanels(rows_.size()), [&](int, int begin, int end) {
    int first = 0;
    for (const Product& product : products) {
      const int panels = product.matrix->panels();
      x.Multiply(*product.matrix, std::clamp(begin - first, 0, panels),
                 std::clamp(end - first, 0, panels), product.y, product.y_stride);
      first += panels;
    }
  });
}

void Transformer::ProjectHeads(const LayerWeights& w) {
  Multiply(input_, {{&w.query, queries_.data(), query_stride_},
                    {&w.key, keys_.data(), key_stride_},
                    {&w.value, values_.data(), key_stride_}});
}

void Transformer::PlaceHeads(const LayerWeights& w, int layer) {
  const int heads = config_.heads + config_.kv_heads;
  team_.ForRange(static_cast<int>(rows_.size()) * heads, 16, [&](int, int begin, int end) {
    for (int item = begin; item < end; ++item) PlaceHead(w, layer, item / heads, item % heads);
  });
}

// Bias, norm and rotation of a query head, or of a key head, which goes to the cache with
// its values.
void Transformer::PlaceHead(const LayerWeights& w, int layer, int row, int head) {
  const int dim = config_.head_dim, half = config_.rope_dims / 2;
  const Angles& angles = config_.IsLocal(layer) ? local_angles_ : global_angles_;
  const ForwardRow& r = rows_[row];
  const float* cosines = angles.cosines.data() + static_cast<size_t>(r.position) * half;
  const float* sines = angles.sines.data() + static_cast<size_t>(r.position) * half;
  if (head < config_.heads) {
    float* q = queries_.data() + row * query_stride_ + head * dim;
    if (!w.query_bias.empty()) kernels_.add(q, w.query_bias.data() + head * dim, dim);
    if (!w.query_norm.empty()) {
      kernels_.rms_norm(q, w.query_norm.data(), dim, dim, config_.rms_epsilon, q);
    }
    kernels_.rotate(q, cosines, sines, half, dim, config_.query_scale);
    return;
  }
  const int kv = head - config_.heads;
  float* k = keys_.data() + row * key_stride_ + kv * dim;
  float* v = values_.data() + row * key_stride_ + kv * dim;
  if (!w.key_bias.empty()) kernels_.add(k, w.key_bias.data() + kv * dim, dim);
  if (!w.value_bias.empty()) kernels_.add(v, w.value_bias.data() + kv * dim, dim);
  if (!w.key_norm.empty()) {
    kernels_.rms_norm(k, w.key_norm.data(), dim, dim, config_.rms_epsilon, k);
  }
  kernels_.rotate(k, cosines, sines, half, dim, 1.0f);
  uint16_t* page = r.sequence->PageOf(r.position) + r.sequence->pool().HeadOffset(layer, kv);
  kernels_.store_key(k, dim, page, r.position % kPagePositions);
  kernels_.store_value(v, dim, page, r.position % kPagePositions);
}

void Transformer::Attend(int layer) {
  const int group = config_.heads / config_.kv_heads, dim = config_.head_dim;
  const int tile = AttentionTile(group);
  // One piece is a tile of a run's tokens for one key-value head.
  const int pieces = static_cast<int>(attention_tiles_.size()) * config_.kv_heads;
  team_.ForRange(pieces, 1, [&](int worker, int begin, int end) {
    for (int item = begin; item < end; ++item) {
      const Run& part = attention_tiles_[item / config_.kv_heads];
      const int kv = item % config_.kv_heads;
      const ForwardRow& first = rows_[part.first];
      const size_t offset = part.first * query_stride_ + static_cast<size_t>(kv) * group * dim;
      kernels_.attention({.q = queries_.data() + offset,
                          .q_stride = query_stride_,
                          .out = mixed_.data() + offset,
                          .out_stride = query_stride_,
                          .pages = first.sequence->addresses(),
                          .head_offset = first.sequence->pool().HeadOffset(layer, kv),
                          .head_dim = dim,
                          .group = group,
                          .tokens = std::min(tile, part.count),
                          .first_position = first.position,
                          .window = config_.IsLocal(layer) ? config_.window : 0,
                          .scratch = scratch_[worker].data()});
    }
  });
}

void Transformer::PutMixed() {
  team_.ForRange(static_cast<int>(rows_.size()), 4, [&](int, int begin, int end) {
    for (int row = begin; row < end; ++row) {
      mixed_input_.Put(row, mixed_.data() + row * query_stride_);
    }
  });
}

// stream += added (normed first where the family does), then normed into the input of
// what follows.
void Transformer::AddOutput(const std::vector<float>& after_norm, const std::vector<float>& norm) {
  const int n = static_cast<int>(width_stride_);
  team_.ForRange(static_cast<int>(rows_.size()), 4, [&](int worker, int begin, int end) {
    float* normed = scratch_[worker].data();
    for (int row = begin; row < end; ++row) {
      float* added = added_.data() + row * width_stride_;
      float* stream = stream_.data() + row * width_stride_;
      if (!after_norm.empty()) {
        kernels_.rms_norm(added, after_norm.data(), n, config_.width, config_.rms_epsilon, added);
      }
      kernels_.add(stream, added, config_.width);
      kernels_.rms_norm(stream, norm.data(), n, config_.width, config_.rms_epsilon, normed);
      if (&norm != &weights_->final_norm) {
        input_.Put(row, normed);
        continue;
      }
      const auto at = std::lower_bound(logit_rows_.begin(), logit_rows_.end(), row);
      if (at != logit_rows_.end() && *at == row) {
        head_input_.Put(static_cast<int>(at - logit_rows_.begin()), normed);
      }
    }
  });
}

// Gate and up, the gate's function, and the result into the input of down: two panels at once give
// the 32 columns of a whole block, so nothing lies between in memory.
void Transformer::FeedForward(const LayerWeights& w) {
  const auto gate_kernel = config_.gelu ? kernels_.gelu_gate : kernels_.silu_gate;
  const int panels = w.gate.panels(), pairs = (panels + 1) / 2;
  const bool wide = input_.wide();
  team_.ForRange(pairs, 1, [&](int, int begin, int end) {
    // [token of a tile, column of a pair], of which a panel has one half
    float gate[kMostTile * 2 * kPanelRows], up[kMostTile * 2 * kPanelRows];
    for (int pair = begin; pair < end; ++pair) {
      const int first = 2 * pair, last = std::min(first + 2, panels);
      if (!wide || pair == begin) {
        for (int panel = first; panel < last; ++panel) {
          w.gate.TouchPanel(panel);
          w.up.TouchPanel(panel);
        }
      }
      bool ask = wide && pair + 1 < end;
      for (const Activations::Tile& tile : input_.tiles()) {
        for (int panel = first; panel < last; ++panel) {
          const bool next = ask && panel + 2 < panels;
          const int half = (panel - first) * kPanelRows;
          input_.MultiplyPanel(w.gate, panel, next ? w.gate.panel(panel + 2) : nullptr, tile,
                               gate + half, 2 * kPanelRows);
          input_.MultiplyPanel(w.up, panel, next ? w.up.panel(panel + 2) : nullptr, tile,
                               up + half, 2 * kPanelRows);
        }
        ask = false;
        const int columns = (last - first) * kPanelRows;
        for (int t = 0; t < tile.count; ++t) {
          float* row = gate + t * 2 * kPanelRows;
          gate_kernel(row, up + t * 2 * kPanelRows, columns, row);
          hidden_input_.Put(tile.first + t, row, first * kPanelRows,
                            std::min(first * kPanelRows + columns, config_.feed_forward));
        }
      }
    }
  });
}

void Transformer::Head() {
  if (logit_rows_.empty()) return;
  Multiply(head_input_, {{&weights_->head_or_embedding(), logits_, logit_stride_}});
}

}  // namespace frontdesk::llm
