// Embeds the texts of several conversations in one pass of the encoder.
//
// Thread-safe; callers block until their own texts are done. There is no timer:
// while one caller runs the encoder, the texts that arrive wait, and the first of
// the waiting callers takes all of them along. So a lone caller pays nothing, and
// under load batches grow by themselves. A text's embedding does not depend on
// its companions (llm/encoder/encoder.h), so batching never shows in a result.
//
//   EmbeddingBatcher batcher(*encoder);
//   auto vectors = batcher.Embed(texts);
#pragma once

#include <condition_variable>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/encoder/encoder.h"

namespace frontdesk::server {

class EmbeddingBatcher {
 public:
  explicit EmbeddingBatcher(const llm::Encoder& encoder) : encoder_(encoder) {}

  // As Encoder::Embed and Encoder::Features; callers of both share a pass.
  absl::StatusOr<std::vector<std::vector<float>>> Embed(std::span<const std::string> texts);
  absl::StatusOr<std::vector<std::vector<float>>> Features(std::span<const std::string> texts);

 private:
  struct Caller {
    std::span<const std::string> texts;
    absl::StatusOr<std::vector<std::vector<float>>> result;
    bool done = false;
  };
  void RunBatch(const std::vector<Caller*>& batch);

  const llm::Encoder& encoder_;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::vector<Caller*> waiting_;
  bool running_ = false;
};

}  // namespace frontdesk::server
