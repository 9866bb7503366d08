#include "tests/llm/synthetic_model.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>

namespace frontdesk::llm {
namespace {

template <typename T>
void Append(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

void AppendString(std::string& out, const std::string& text) {
  Append<uint64_t>(out, text.size());
  out += text;
}

// GPT-2's printable stand-in for a byte.
std::string ByteName(int byte) {
  int code = byte;
  const auto printable = [](int b) {
    return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  };
  if (!printable(byte)) {
    code = 256;
    for (int b = 0; b < byte; ++b) code += !printable(b);
  }
  if (code < 128) return std::string(1, static_cast<char>(code));
  return {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
}

}  // namespace

uint64_t TestRandom::Next() {
  uint64_t z = (state_ += 0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

float TestRandom::Uniform(float low, float high) {
  return low + (high - low) * static_cast<float>(Next() >> 40) * 0x1p-24f;
}

void GgufWriter::Key(const std::string& key, uint32_t type) {
  ++settings_;
  AppendString(header_, key);
  Append<uint32_t>(header_, type);
}

void GgufWriter::Text(const std::string& key, const std::string& value) {
  Key(key, 8);
  AppendString(header_, value);
}

void GgufWriter::Whole(const std::string& key, uint32_t value) {
  Key(key, 4);
  Append(header_, value);
}

void GgufWriter::Real(const std::string& key, float value) {
  Key(key, 6);
  Append(header_, value);
}

void GgufWriter::Boolean(const std::string& key, bool value) {
  Key(key, 7);
  Append<uint8_t>(header_, value);
}

void GgufWriter::Texts(const std::string& key, const std::vector<std::string>& values) {
  Key(key, 9);
  Append<uint32_t>(header_, 8);
  Append<uint64_t>(header_, values.size());
  for (const std::string& value : values) AppendString(header_, value);
}

void GgufWriter::Integers(const std::string& key, const std::vector<int32_t>& values) {
  Key(key, 9);
  Append<uint32_t>(header_, 5);
  Append<uint64_t>(header_, values.size());
  for (int32_t value : values) Append(header_, value);
}

void GgufWriter::Reals(const std::string& key, const std::vector<float>& values) {
  Key(key, 9);
  Append<uint32_t>(header_, 6);
  Append<uint64_t>(header_, values.size());
  for (float value : values) Append(header_, value);
}

void GgufWriter::Tensor(const std::string& name, const std::vector<uint64_t>& dims, uint32_t type,
                        const std::string& bytes) {
  tensors_.push_back({name, dims, type, bytes});
}

std::string GgufWriter::Finish() const {
  std::string out = "GGUF";
  Append<uint32_t>(out, 3);
  Append<uint64_t>(out, tensors_.size());
  Append<uint64_t>(out, settings_);
  out += header_;
  uint64_t offset = 0;
  for (const Entry& tensor : tensors_) {
    AppendString(out, tensor.name);
    Append<uint32_t>(out, static_cast<uint32_t>(tensor.dims.size()));
    for (uint64_t dim : tensor.dims) Append(out, dim);
    Append(out, tensor.type);
    Append(out, offset);
    offset += (tensor.bytes.size() + 31) / 32 * 32;
  }
  out.resize((out.size() + 31) / 32 * 32);
  for (const Entry& tensor : tensors_) {
    out += tensor.bytes;
    out.resize((out.size() + 31) / 32 * 32);
  }
  return out;
}

std::string RandomBlocks(TensorType type, uint64_t values, float spread, TestRandom& random) {
  const BlockShape& shape = ShapeOf(type);
  std::string out(values / shape.values * shape.bytes, '\0');
  for (char& c : out) c = static_cast<char>(random.Next());
  for (uint64_t b = 0; b < values / shape.values; ++b) {
    char* block = out.data() + b * shape.bytes;
    const auto half = [&](size_t at, float value) {
      const uint16_t bits = FloatToHalf(value);
      std::memcpy(block + at, &bits, 2);
    };
    const float wobble = random.Uniform(0.5f, 1.5f) * spread;
    switch (type) {
      case TensorType::kF32: {
        const float value = random.Uniform(-spread, spread);
        std::memcpy(block, &value, 4);
        break;
      }
      case TensorType::kF16:
        half(0, random.Uniform(-spread, spread));
        break;
      case TensorType::kBF16: {
        const float value = random.Uniform(-spread, spread);
        std::memcpy(block, reinterpret_cast<const char*>(&value) + 2, 2);
        break;
      }
      case TensorType::kQ4_0:
        half(0, wobble / 8);
        break;
      case TensorType::kQ5_0:
        half(0, wobble / 16);
        break;
      case TensorType::kQ8_0:
        half(0, wobble / 128);
        break;
      case TensorType::kQ4_1:
        half(0, wobble / 8);
        half(2, -wobble);
        break;
      case TensorType::kQ5_1:
        half(0, wobble / 16);
        half(2, -wobble);
        break;
      case TensorType::kQ4_K:
        half(0, wobble / 8 / 32);
        half(2, wobble / 32);
        break;
      case TensorType::kQ5_K:
        half(0, wobble / 16 / 32);
        half(2, wobble / 32);
        break;
      case TensorType::kQ6_K:
        half(208, wobble / 32 / 64);
        break;
    }
  }
  return out;
}

std::vector<std::string> SyntheticByteTokens(bool sentence_piece) {
  std::vector<std::string> tokens;
  for (int b = 0; b < 256; ++b) {
    char hex[8];
    std::snprintf(hex, sizeof(hex), "<0x%02X>", b);
    tokens.push_back(sentence_piece ? hex : ByteName(b));
  }
  return tokens;
}

void SyntheticSettings(const SyntheticShape& s, GgufWriter& out) {
  const std::string& f = s.family;
  out.Text("general.architecture", f);
  out.Text("general.name", "synthetic " + f);
  out.Whole(f + ".block_count", s.layers);
  out.Whole(f + ".context_length", s.context);
  out.Whole(f + ".embedding_length", s.width);
  out.Whole(f + ".feed_forward_length", s.feed_forward);
  out.Whole(f + ".attention.head_count", s.heads);
  out.Whole(f + ".attention.head_count_kv", s.kv_heads);
  out.Whole(f + ".attention.key_length", s.head_dim);
  out.Real(f + ".attention.layer_norm_rms_epsilon", 1e-5f);
  out.Real(f + ".rope.freq_base", 10000.0f);
  if (s.window > 0) out.Whole(f + ".attention.sliding_window", s.window);

  std::vector<std::string> tokens = SyntheticByteTokens(false);
  std::vector<std::string> merges;
  std::vector<int32_t> types;
  for (const char* pair : {"t h", "th e", "\xC4\xA0 the", "i n", "o r", "\xC4\xA0 o", "e r"}) {
    const std::string rule = pair;
    merges.push_back(rule);
    const size_t space = rule.find(' ');
    tokens.push_back(rule.substr(0, space) + rule.substr(space + 1));
  }
  types.assign(tokens.size(), 1);
  while (tokens.size() < static_cast<size_t>(kSyntheticVocabulary)) {
    const size_t control = tokens.size() - 263;
    tokens.push_back(control == 0   ? "<|im_start|>"
                     : control == 1 ? "<|im_end|>"
                                    : "<|spare" + std::to_string(control) + "|>");
    types.push_back(3);
  }
  out.Text("tokenizer.ggml.model", "gpt2");
  out.Text("tokenizer.ggml.pre", "smollm");
  out.Texts("tokenizer.ggml.tokens", tokens);
  out.Integers("tokenizer.ggml.token_type", types);
  out.Texts("tokenizer.ggml.merges", merges);
  out.Whole("tokenizer.ggml.eos_token_id", 264);
  out.Text("tokenizer.chat_template", "{{ '<|im_start|>' + role }}");
}

std::string SyntheticModel(const SyntheticShape& s) {
  TestRandom random(s.seed);
  GgufWriter out;
  SyntheticSettings(s, out);
  const std::string& f = s.family;
  const auto matrix = [&](const std::string& name, int rows, int columns, TensorType type,
                          float spread) {
    out.Tensor(name, {static_cast<uint64_t>(columns), static_cast<uint64_t>(rows)},
               static_cast<uint32_t>(type),
               RandomBlocks(type, static_cast<uint64_t>(rows) * columns, spread, random));
  };
  const auto vector = [&](const std::string& name, int size, float low, float high) {
    std::string bytes;
    for (int i = 0; i < size; ++i) Append(bytes, random.Uniform(low, high));
    out.Tensor(name, {static_cast<uint64_t>(size)}, 0, bytes);
  };
  matrix("token_embd.weight", kSyntheticVocabulary, s.width, s.embedding_type, 1.0f);
  vector("output_norm.weight", s.width, 0.5f, 1.5f);
  if (s.own_head) matrix("output.weight", kSyntheticVocabulary, s.width, s.matrix_type, 0.1f);
  for (int i = 0; i < s.layers; ++i) {
    const std::string p = "blk." + std::to_string(i) + ".";
    const int queries = s.heads * s.head_dim, keys = s.kv_heads * s.head_dim;
    vector(p + "attn_norm.weight", s.width, 0.5f, 1.5f);
    vector(p + "ffn_norm.weight", s.width, 0.5f, 1.5f);
    if (f == "gemma3") {
      vector(p + "post_attention_norm.weight", s.width, 0.5f, 1.5f);
      vector(p + "post_ffw_norm.weight", s.width, 0.5f, 1.5f);
    }
    if (f == "gemma3" || f == "qwen3") {
      vector(p + "attn_q_norm.weight", s.head_dim, 0.5f, 1.5f);
      vector(p + "attn_k_norm.weight", s.head_dim, 0.5f, 1.5f);
    }
    if (f == "qwen2") {
      vector(p + "attn_q.bias", queries, -0.5f, 0.5f);
      vector(p + "attn_k.bias", keys, -0.5f, 0.5f);
      vector(p + "attn_v.bias", keys, -0.5f, 0.5f);
    }
    matrix(p + "attn_q.weight", queries, s.width, s.matrix_type, 0.1f);
    matrix(p + "attn_k.weight", keys, s.width, s.matrix_type, 0.1f);
    matrix(p + "attn_v.weight", keys, s.width, s.matrix_type, 0.1f);
    // Q and K-quants need rows of whole blocks; these shapes see to it.
    matrix(p + "attn_output.weight", s.width, queries, s.matrix_type, 0.1f);
    matrix(p + "ffn_gate.weight", s.feed_forward, s.width, s.matrix_type, 0.1f);
    matrix(p + "ffn_up.weight", s.feed_forward, s.width, s.matrix_type, 0.1f);
    matrix(p + "ffn_down.weight", s.width, s.feed_forward, s.matrix_type, 0.1f);
  }
  return out.Finish();
}

std::string WriteTemporary(const std::string& name, const std::string& bytes) {
  const std::string path = testing::TempDir() + std::to_string(getpid()) + "_" + name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

}  // namespace frontdesk::llm
