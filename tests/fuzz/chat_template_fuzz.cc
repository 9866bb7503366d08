// A chat template of any text and messages of any text: rendering ends, costs what the
// messages cost, and nothing typed becomes a control token: those are as many whatever was typed.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include "llm/gguf/gguf_file.h"
#include "llm/tokenizer/chat_template.h"
#include "llm/tokenizer/tokenizer.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

const Tokenizer& Vocabulary() {
  static const std::string& bytes = *new std::string(SyntheticModel({}));
  static const Tokenizer& tokenizer =
      *Tokenizer::FromGguf(**GgufFile::Parse("vocabulary", Bytes(bytes)))->release();
  return tokenizer;
}

size_t Controls(const ChatTemplate& chat, const std::vector<ChatMessage>& messages) {
  const auto prompt = chat.Render(messages, Vocabulary());
  if (!prompt.ok()) return 0;
  size_t most = 2000;  // a default system message and the marks
  for (const ChatMessage& message : messages) most += message.content.size() + 40;
  if (prompt->ids.size() > most) std::abort();
  return static_cast<size_t>(std::count_if(prompt->ids.begin(), prompt->ids.end(), [](int32_t id) {
    return Vocabulary().Piece(id).empty();
  }));
}

}  // namespace
}  // namespace frontdesk::llm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace frontdesk::llm;
  FuzzedDataProvider in(data, size);
  GgufWriter out;
  const std::string mark = in.PickValueInArray(
      {"", "<|im_start|>", "<|start_header_id|>", "<start_of_turn>", "<|im_start|>system\\n"});
  out.Text("tokenizer.chat_template", mark + in.ConsumeRandomLengthString(1000));
  const std::string bytes = out.Finish();
  const auto file = GgufFile::Parse("fuzz", Bytes(bytes));
  if (!file.ok()) std::abort();
  const auto chat = ChatTemplate::FromGguf(**file);
  if (!chat.ok()) return 0;
  const std::string typed = in.ConsumeRandomLengthString(2000);
  const size_t plain = Controls(*chat, {{"system", "x"}, {"user", "y"}});
  if (Controls(*chat, {{"system", "x"}, {"user", typed}}) != plain) std::abort();
  return 0;
}
