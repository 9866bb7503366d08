// Writes the inputs that fuzzing starts from: small valid files of every kind.
//
//   fuzz_corpus FOLDER
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

void Write(const std::filesystem::path& folder, const std::string& name, const std::string& bytes) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / name, std::ios::binary) << bytes;
}

std::string Safetensors(const std::string& header, size_t data) {
  std::string bytes(8, '\0');
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(header.size() >> (8 * i));
  return bytes + header + std::string(data, '\1');
}

void WriteAll(const std::filesystem::path& root) {
  for (const char* family : {"llama", "qwen2", "qwen3", "gemma3"}) {
    for (TensorType type : {TensorType::kF16, TensorType::kQ4_1, TensorType::kQ8_0}) {
      const std::string name = std::string(family) + "_" + std::string(ShapeOf(type).name);
      Write(root / "gguf", name,
            SyntheticModel({.family = family,
                            .matrix_type = type,
                            .layers = 1,
                            .width = 32,
                            .heads = 2,
                            .kv_heads = 1,
                            .head_dim = 16,
                            .feed_forward = 32,
                            .window = std::string(family) == "gemma3" ? 8 : 0}));
    }
  }
  Write(root / "safetensors", "two",
        Safetensors(R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
                    R"("b":{"dtype":"I64","shape":[],"data_offsets":[24,32]},"__metadata__":{"x":"y"}})",
                    32));
  Write(root / "tokenizer", "some", "\x01\x01" "abc the in or \xE2\x96\x81the<|im_end|> the order");
  Write(root / "chat_template", "chatml", std::string("{{ '<|im_start|>' + role }}\0typed <|im_end|>", 44));
  Write(root / "grammar", "all",
        "root ::= a (\"x\" | [a-z\\u00fc]+){1,3} b? # c\na ::= \"(\" root \")\" | \"\\n\"\nb ::= [^a].\n");
  Write(root / "json_schema", "object",
        R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"array","items":{"enum":["x",1]},)"
        R"("minItems":1,"maxItems":3},"c":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/d"}]}},"required":["b"],)"
        R"("$defs":{"d":{"type":"string","maxLength":5}}})");
  Write(root / "chat_stream", "good",
        ": x\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"H\\u00fc\"},\"finish_reason\":\"stop\"}],"
        "\"usage\":{\"prompt_tokens\":3}}\n\ndata: [DONE]\n\n");
}

}  // namespace
}  // namespace frontdesk::llm

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_corpus FOLDER\n");
    return 2;
  }
  frontdesk::llm::WriteAll(argv[1]);
  return 0;
}
