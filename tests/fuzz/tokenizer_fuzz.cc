// A vocabulary of any pieces, types, scores and merges, cyclic ones too, and a text of any
// bytes: encoding ends, ids are in range and no more than Tokenizer::Encode says, and the ids of a
// plain text give its bytes back where the vocabulary has all single bytes.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "llm/gguf/gguf_file.h"
#include "llm/tokenizer/tokenizer.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

void Try(FuzzedDataProvider& in) {
  const bool sentence_piece = in.ConsumeBool();
  std::vector<std::string> tokens, merges;
  std::vector<int32_t> types;
  std::vector<float> scores;
  const bool all_bytes = in.ConsumeBool();
  if (all_bytes) {
    tokens = SyntheticByteTokens(sentence_piece);
    types.assign(tokens.size(), sentence_piece ? 6 : 1);
    scores.assign(tokens.size(), 0);
  }
  bool matches_words = false;  // user-defined tokens, which cut a plain text into stretches
  const int count = in.ConsumeIntegralInRange(0, 40);
  for (int i = 0; i < count; ++i) {
    tokens.push_back(in.ConsumeRandomLengthString(12));
    types.push_back(in.ConsumeIntegralInRange(-1, 8));
    matches_words |= types.back() == 4;
    scores.push_back(in.ConsumeFloatingPointInRange(-100.0f, 100.0f));
    if (in.ConsumeBool()) merges.push_back(in.ConsumeRandomLengthString(10));
  }
  GgufWriter out;
  out.Text("tokenizer.ggml.model", sentence_piece ? "llama" : "gpt2");
  out.Text("tokenizer.ggml.pre", in.PickValueInArray({"smollm", "llama-bpe", "qwen2", "default"}));
  out.Texts("tokenizer.ggml.tokens", tokens);
  out.Integers("tokenizer.ggml.token_type", types);
  out.Reals("tokenizer.ggml.scores", scores);
  out.Texts("tokenizer.ggml.merges", merges);
  const std::string bytes = out.Finish();
  const auto file = GgufFile::Parse(
      "fuzz", {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  if (!file.ok()) std::abort();
  const auto tokenizer = Tokenizer::FromGguf(**file);
  if (!tokenizer.ok()) return;
  const MarksInText marks = in.ConsumeBool() ? MarksInText::kPlainText : MarksInText::kControlTokens;
  const std::string text = in.ConsumeRemainingBytesAsString();
  const std::vector<int32_t> ids = (*tokenizer)->Encode(text, marks);
  const size_t stretches = sentence_piece ? (text.size() + 1) / 2 : 0;  // a space before each
  if (ids.size() > text.size() + stretches) std::abort();
  for (int32_t id : ids) {
    if (id < 0 || id >= (*tokenizer)->size()) std::abort();
  }
  const std::string back = (*tokenizer)->Decode(ids);
  if (!all_bytes || marks == MarksInText::kControlTokens || (sentence_piece && matches_words)) return;
  if (back != (sentence_piece && !text.empty() ? " " + text : text)) std::abort();
}

}  // namespace
}  // namespace frontdesk::llm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider in(data, size);
  frontdesk::llm::Try(in);
  return 0;
}
