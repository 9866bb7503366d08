#include "llm/runtime/model_config.h"

#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::llm {
namespace {

// Reads settings below the family's prefix and keeps the first error.
class SettingReader {
 public:
  SettingReader(const GgufFile& file, std::string prefix)
      : file_(file), prefix_(std::move(prefix)) {}

  int Whole(std::string_view key, int high) { return Optional(key, -1, high, true); }
  int Whole(std::string_view key, int fallback, int high) {
    return Optional(key, fallback, high, false);
  }
  double Real(std::string_view key, double fallback, double low, double high) {
    const std::string name = prefix_ + std::string(key);
    if (!file_.Has(name)) return fallback;
    absl::StatusOr<double> value = file_.Number(name, low, high);
    if (!value.ok()) {
      status_.Update(value.status());
      return fallback;
    }
    return *value;
  }
  const absl::Status& status() const { return status_; }

 private:
  int Optional(std::string_view key, int fallback, int high, bool required) {
    const std::string name = prefix_ + std::string(key);
    if (!required && !file_.Has(name)) return fallback;
    absl::StatusOr<uint64_t> value = file_.Unsigned(name, 1, static_cast<uint64_t>(high));
    if (!value.ok()) {
      status_.Update(value.status());
      return 1;
    }
    return static_cast<int>(*value);
  }

  const GgufFile& file_;
  std::string prefix_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<ModelConfig> ModelConfig::FromGguf(const GgufFile& file) {
  absl::StatusOr<std::string_view> family = file.Text("general.architecture");
  if (!family.ok()) return family.status();
  ModelConfig config;
  config.family = std::string(*family);
  if (config.family != "llama" && config.family != "qwen2" && config.family != "qwen3" &&
      config.family != "gemma3") {
    return absl::UnimplementedError(
        absl::StrCat(file.name(), ": models of the family \"", config.family.substr(0, 40),
                     "\" are not run; llama, qwen2, qwen3 and gemma3 are"));
  }
  config.name = config.family;
  if (file.Has("general.name")) {
    absl::StatusOr<std::string_view> name = file.Text("general.name");
    if (!name.ok()) return name.status();
    config.name = std::string(name->substr(0, 200));
  }

  SettingReader read(file, config.family + ".");
  config.layers = read.Whole("block_count", 1024);
  config.width = read.Whole("embedding_length", 1 << 16);
  config.heads = read.Whole("attention.head_count", 1024);
  config.kv_heads = read.Whole("attention.head_count_kv", config.heads, 1024);
  config.head_dim =
      read.Whole("attention.key_length", std::max(1, config.width / config.heads), 1024);
  config.feed_forward = read.Whole("feed_forward_length", 1 << 18);
  config.context = read.Whole("context_length", 1 << 24);
  config.rms_epsilon =
      static_cast<float>(read.Real("attention.layer_norm_rms_epsilon", 1e-5, 0, 1));
  config.rope_base = read.Real("rope.freq_base", 10000, 1, 1e12);
  config.rope_dims = read.Whole("rope.dimension_count", config.head_dim, 1024);
  config.rope_pairs_adjacent = config.family == "llama";
  config.query_scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim));
  if (config.family == "gemma3") {
    config.gelu = true;
    config.embedding_scale = std::sqrt(static_cast<float>(config.width));
    config.window = read.Whole("attention.sliding_window", 512, 1 << 24);
    config.window_every = 6;
    config.local_rope_base = read.Real("rope.freq_base_swa", 10000, 1, 1e12);
  }
  const std::string scaling = config.family + ".rope.scaling.type";
  if (file.Has(scaling)) {
    absl::StatusOr<std::string_view> type = file.Text(scaling);
    if (!type.ok()) return type.status();
    if (*type == "linear") {
      config.rope_scale = 1 / read.Real("rope.scaling.factor", 1, 1, 1e6);
    } else if (*type != "none" && *type != "llama3") {
      return absl::UnimplementedError(
          absl::StrCat(file.name(), ": RoPE scaling \"",
                       absl::string_view(type->data(), type->size()).substr(0, 40),
                       "\" is not run; none, linear and llama3 are"));
    }
  }
  if (!read.status().ok()) return read.status();

  const absl::StatusOr<std::vector<std::string_view>> tokens = file.Texts("tokenizer.ggml.tokens");
  if (!tokens.ok()) return tokens.status();
  config.vocabulary = static_cast<int>(tokens->size());

  if (config.heads % config.kv_heads != 0 || config.head_dim % 16 != 0 ||
      config.rope_dims % 2 != 0 || config.rope_dims > config.head_dim) {
    return absl::InvalidArgumentError(absl::StrCat(
        file.name(), ": ", config.heads, " heads over ", config.kv_heads, " key-value heads of ",
        config.head_dim, " numbers, ", config.rope_dims,
        " of them rotated, do not fit: heads must be shared evenly and be multiples of 16"));
  }
  return config;
}

}  // namespace frontdesk::llm
