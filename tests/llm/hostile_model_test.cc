// Model files that lie, all the way to a decoded token: every truncation and every changed byte
// of header and tensor table, numbers that are not finite, vocabularies and templates that
// try to go round in circles. A clear error or a model that runs; no read outside the file (the
// sanitizers watch), and no allocation beyond kMostAtOnce.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>

#include "llm/gguf/gguf_file.h"
#include "llm/local_model.h"
#include "llm/runtime/transformer.h"
#include "llm/tokenizer/chat_template.h"
#include "tests/llm/synthetic_model.h"

namespace {

// The largest single allocation since the last reset.
std::atomic<size_t> largest{0};

void* Counted(size_t size) {
  size_t before = largest.load();
  while (size > before && !largest.compare_exchange_weak(before, size)) {
  }
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(size_t size) { return Counted(size); }
void* operator new[](size_t size) { return Counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

namespace frontdesk::llm {
namespace {

using testing::HasSubstr;

// Heads and head_dim may be 1024 each before the tensors contradict them.
constexpr size_t kMostAtOnce = 16 << 20;

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

SyntheticShape Tiny(const char* family) {
  return {.family = family,
          .matrix_type = TensorType::kQ8_0,
          .layers = 1,
          .width = 32,
          .heads = 2,
          .kv_heads = 1,
          .head_dim = 16,
          .feed_forward = 32,
          .window = std::string_view(family) == "gemma3" ? 8 : 0};
}

// Loads and decodes a few tokens. OK, or the first error.
absl::Status LoadAndRun(const std::string& bytes) {
  const auto file = GgufFile::Parse("tiny.gguf", Bytes(bytes));
  if (!file.ok()) return file.status();
  const auto tokenizer = Tokenizer::FromGguf(**file);
  if (!tokenizer.ok()) return tokenizer.status();
  const auto chat = ChatTemplate::FromGguf(**file);
  if (!chat.ok()) return chat.status();
  (void)chat->Render({{"user", "the order"}}, **tokenizer);
  auto transformer = Transformer::Load(**file, *KernelsFor(Isa::kPortable), 1);
  if (!transformer.ok()) return transformer.status();
  const ModelConfig& config = (*transformer)->config();
  KvPool pool(config, 8 << 20);
  KvSequence sequence(pool);
  if (absl::Status grown = sequence.Grow(3); !grown.ok()) return grown;
  std::vector<ForwardRow> rows;
  for (int i = 0; i < 3; ++i) {
    rows.push_back({.token = i % config.vocabulary, .position = i, .sequence = &sequence,
                    .wants_logits = i == 2});
  }
  std::vector<float> logits;
  return (*transformer)->Forward(rows, logits);
}

// An error that a person can act on: it names the file, and it is no internal one.
void ExpectClear(const absl::Status& status, const std::string& what) {
  EXPECT_NE(status.code(), absl::StatusCode::kInternal) << what;
  EXPECT_NE(status.code(), absl::StatusCode::kUnknown) << what;
  EXPECT_GT(status.message().size(), 20u) << what << ": " << status;
}

class HostileModelTest : public testing::TestWithParam<const char*> {};

TEST_P(HostileModelTest, EveryTruncationIsAClearError) {
  const std::string whole = SyntheticModel(Tiny(GetParam()));
  ASSERT_TRUE(LoadAndRun(whole).ok()) << LoadAndRun(whole);
  const bool all = std::getenv("FRONTDESK_FULL") != nullptr;
  int tried = 0;
  for (size_t size = 0; size + 32 < whole.size(); size += all ? 1 : 11, ++tried) {
    const std::string cut = whole.substr(0, size);  // of its own size: the sanitizer sees more
    largest = 0;
    const absl::Status status = LoadAndRun(cut);
    ASSERT_FALSE(status.ok()) << size;
    ExpectClear(status, "cut to " + std::to_string(size));
    ASSERT_LE(largest, kMostAtOnce) << size;
  }
  std::printf("%s: %d truncations of %zu\n", GetParam(), tried, whole.size());
}

TEST_P(HostileModelTest, EveryChangedByteOfHeaderAndTableIsSurvived) {
  const std::string whole = SyntheticModel(Tiny(GetParam()));
  const auto file = GgufFile::Parse("tiny.gguf", Bytes(whole));
  ASSERT_TRUE(file.ok());
  const uint8_t* first_data = whole.empty() ? nullptr : (*file)->tensors()[0].bytes.data();
  for (const GgufTensor& tensor : (*file)->tensors())
    first_data = std::min(first_data, tensor.bytes.data());
  const size_t header = static_cast<size_t>(first_data - Bytes(whole).data());
  // By default every position with one seeded change, every value at the head of the file and of
  // the tensor table; with FRONTDESK_FULL=1 every value everywhere.
  const bool all = std::getenv("FRONTDESK_FULL") != nullptr;
  const size_t table = whole.find("token_embd.weight");
  TestRandom random(9);
  int tried = 0, refused = 0;
  for (size_t at = 0; at < header; ++at) {
    const bool every = all || at < 24 || (at >= table && at < table + 40);
    const int first = every ? 1 : 1 + random.Below(255);
    for (int flip = first; flip < (every ? 256 : first + 1); ++flip, ++tried) {
      std::string bent = whole;
      bent[at] = static_cast<char>(bent[at] ^ flip);
      largest = 0;
      const absl::Status status = LoadAndRun(bent);
      ASSERT_LE(largest, kMostAtOnce) << "byte " << at << " flipped by " << flip;
      if (status.ok()) continue;  // a name for people, a padding, another number that works
      ++refused;
      ExpectClear(status, "byte " + std::to_string(at));
    }
  }
  std::printf("%s: %d changes of %zu header bytes, %d refused\n", GetParam(), tried, header, refused);
  EXPECT_GT(refused, tried / 20);
}

INSTANTIATE_TEST_SUITE_P(Families, HostileModelTest,
                         testing::Values("llama", "qwen2", "qwen3", "gemma3"));

// Overwrites row `row` of an F32 tensor.
void SetRow(std::string& model, const std::string& tensor, uint64_t row, float value) {
  const auto file = GgufFile::Parse("x", Bytes(model));
  const GgufTensor* found = (*file)->FindTensor(tensor);
  ASSERT_NE(found, nullptr);
  ASSERT_EQ(found->type, TensorType::kF32);
  const size_t at = static_cast<size_t>(found->bytes.data() - Bytes(model).data());
  for (uint64_t i = 0; i < found->columns; ++i) {
    std::memcpy(model.data() + at + (row * found->columns + i) * 4, &value, 4);
  }
}

TEST(NotFiniteTest, WeightsThatAreNotNumbersAreRefusedAtLoad) {
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    for (const char* tensor : {"token_embd.weight", "blk.0.attn_norm.weight", "blk.0.attn_q.weight"}) {
      SyntheticShape shape = Tiny("llama");
      shape.matrix_type = shape.embedding_type = TensorType::kF32;
      std::string model = SyntheticModel(shape);
      SetRow(model, tensor, 0, bad);
      const absl::Status status = LoadAndRun(model);
      EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << tensor;
      EXPECT_THAT(status.message(), HasSubstr("not finite")) << tensor;
    }
  }
}

TEST(NotFiniteTest, ARunThatOverflowsFailsAloneAndItsCompanionsDoNotNotice) {
  SyntheticShape shape = Tiny("gemma3");  // scales its embeddings
  shape.matrix_type = shape.embedding_type = TensorType::kF32;
  shape.layers = 2;
  shape.own_head = true;
  const auto request = [](int first, bool poisoned) {
    TokenRequest r;
    for (int i = 0; i < 20; ++i) r.prompt.push_back(poisoned && i == 11 ? 7 : (first + i) % 200 + 20);
    r.max_tokens = 30;
    r.want_logit_hash = true;
    return r;
  };
  std::string bytes = SyntheticModel(shape);
  SetRow(bytes, "token_embd.weight", 7, 3e38f);  // finite, but not once it is scaled
  const std::string own = WriteTemporary("overflow_own.gguf", bytes);
  const auto other = LocalModel::Load(own, {.threads = 2});
  unlink(own.c_str());
  ASSERT_TRUE(other.ok()) << other.status();
  std::vector<absl::StatusOr<TokenRun>> alone;
  for (int i = 0; i < 6; ++i) alone.push_back((*other)->RunTokens(request(i, false)));
  std::vector<std::thread> callers;
  for (int i = 0; i < 12; ++i) {
    callers.emplace_back([&, i] {
      const auto mine = (*other)->RunTokens(request(i / 2, i % 2 == 1));
      const auto& expected = alone[static_cast<size_t>(i / 2)];
      if (i % 2 == 1) {
        EXPECT_EQ(mine.status().code(), absl::StatusCode::kDataLoss);
      } else if (expected.ok()) {
        ASSERT_TRUE(mine.ok()) << mine.status();
        EXPECT_EQ(mine->token_ids, expected->token_ids);
        EXPECT_EQ(mine->logit_hash, expected->logit_hash);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(std::any_of(alone.begin(), alone.end(), [](const auto& run) { return run.ok(); }));
  EXPECT_EQ((*other)->load().kv_pages_used, (*other)->load().cached_pages);
}

TEST(CircleTest, MergesThatLeadBackToThemselvesEnd) {
  GgufWriter out;
  std::vector<std::string> tokens = SyntheticByteTokens(false);
  for (const char* token : {"ab", "ba", "aba", "bab", "abab", ""}) tokens.push_back(token);
  out.Text("tokenizer.ggml.model", "gpt2");
  out.Text("tokenizer.ggml.pre", "smollm");
  out.Texts("tokenizer.ggml.tokens", tokens);
  out.Texts("tokenizer.ggml.merges",
            {"a b", "b a", "ab a", "a ba", "b ab", "ba b", "ab ab", "aba b", "a ", "ab "});
  const std::string bytes = out.Finish();
  const auto file = GgufFile::Parse("circle", Bytes(bytes));
  ASSERT_TRUE(file.ok());
  const auto tokenizer = Tokenizer::FromGguf(**file);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  std::string text;
  for (int i = 0; i < 20000; ++i) text += i % 3 ? "ab" : "ba";
  const std::vector<int32_t> ids = (*tokenizer)->Encode(text, MarksInText::kPlainText);
  EXPECT_EQ((*tokenizer)->Decode(ids), text);
  EXPECT_LE(ids.size(), text.size());
}

TEST(CircleTest, TemplatesAreRecognisedAndNeverRun) {
  for (const char* source :
       {"{% for i in range(10**12) %}{{ '<|im_start|>' }}{% endfor %}",
        "{% macro a() %}{{ a() }}<|im_start|>{% endmacro %}{{ a() }}",
        "<|im_start|>system\\n{{ messages * 10**9 }}<|im_end|>"}) {
    GgufWriter out;
    out.Text("tokenizer.chat_template", source);
    const std::string bytes = out.Finish();
    const auto chat = ChatTemplate::FromGguf(**GgufFile::Parse("loop", Bytes(bytes)));
    ASSERT_TRUE(chat.ok()) << chat.status();
    const std::string vocabulary = SyntheticModel(Tiny("llama"));
    const auto tokenizer = Tokenizer::FromGguf(**GgufFile::Parse("v", Bytes(vocabulary)));
    const auto prompt = chat->Render({{"user", "the"}}, **tokenizer);
    ASSERT_TRUE(prompt.ok()) << prompt.status();
    EXPECT_LT(prompt->ids.size(), 100u);
  }
}

}  // namespace
}  // namespace frontdesk::llm
