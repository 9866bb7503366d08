#include "llm/describe_model.h"

#include "llm/gguf/file_digest.h"
#include "llm/gguf/gguf_file.h"
#include "llm/kernels/packed_matrix.h"
#include "llm/tokenizer/chat_template.h"

namespace frontdesk::llm {

absl::StatusOr<ModelDescription> DescribeModel(const std::string& path) {
  absl::StatusOr<std::unique_ptr<GgufFile>> file = GgufFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<ModelConfig> config = ModelConfig::FromGguf(**file);
  if (!config.ok()) return config.status();
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = Tokenizer::FromGguf(**file);
  if (!tokenizer.ok()) return tokenizer.status();
  absl::StatusOr<ChatTemplate> chat = ChatTemplate::FromGguf(**file);
  if (!chat.ok()) return chat.status();

  ModelDescription description;
  description.path = path;
  description.sha256 = FileSha256(path);
  description.file_bytes = (*file)->bytes().size();
  description.config = *config;
  description.tokenizer = (*tokenizer)->description();
  description.chat_template = std::string(chat->name());
  description.kv_bytes_per_token =
      uint64_t{2} * sizeof(uint16_t) * config->layers * config->kv_heads * config->head_dim;
  for (const GgufTensor& tensor : (*file)->tensors()) {
    description.parameters += tensor.rows * tensor.columns;
    const bool vector = tensor.rows == 1;
    description.packed_bytes +=
        vector ? tensor.columns * sizeof(float) : PackedMatrix::BytesFor(tensor);
    description.tensors.push_back({.name = std::string(tensor.name),
                                   .format = std::string(ShapeOf(tensor.type).name),
                                   .rows = tensor.rows,
                                   .columns = tensor.columns,
                                   .bytes = tensor.bytes.size()});
  }
  for (std::string_view key : (*file)->Keys()) {
    description.settings.emplace_back(std::string(key), (*file)->Describe(key));
  }
  return description;
}

absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizer(const std::string& path) {
  absl::StatusOr<std::unique_ptr<GgufFile>> file = GgufFile::Open(path);
  if (!file.ok()) return file.status();
  return Tokenizer::FromGguf(**file);
}

}  // namespace frontdesk::llm
