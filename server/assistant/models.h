// The models of one server process, loaded once and shared by all versions.
//
// Immutable after Load; thread-safe. A model file that is missing is not an error:
// the server then answers from extracts (no decoder) or by words alone (no
// encoder), and `missing` says so for log and health.
//
//   Models models = Models::Load({.folder = "/models", .threads = 2});
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dialog/bundle/bundle.h"
#include "llm/encoder/encoder.h"
#include "llm/model.h"
#include "llm/remote/remote_model.h"
#include "retrieval/embed_fn.h"
#include "server/assistant/adapted_decoders.h"
#include "server/assistant/embedding_batcher.h"

namespace frontdesk::server {

struct ModelOptions {
  std::string folder;  // holds the files below
  std::string decoder =
      "smollm2-135m-instruct-q4_1.gguf";     // empty: none; absolute paths are taken as they are
  std::string encoder = "all-minilm-l6-v2";  // empty: none
  int threads = 2;
  std::string prefix_folder;  // where the decoder's shared prefixes are kept; empty: they are not
  bool keep_packed = false;   // packed weights are kept beside the decoder
  std::optional<llm::RemoteModelOptions> remote;  // takes the decoder's place
};

struct Models {
  std::unique_ptr<llm::Model> decoder;        // nullptr: none
  std::unique_ptr<AdaptedDecoders> adapted;   // the same with bundles' adapters; nullptr: not ours
  std::unique_ptr<llm::Encoder> encoder;      // nullptr: none
  std::unique_ptr<EmbeddingBatcher> batcher;  // over encoder
  retrieval::EmbedFn embed, features;         // through batcher; empty without an encoder
  std::string encoder_fingerprint;            // hex; empty without an encoder
  std::vector<std::string> missing;           // "decoder: …", one sentence each

  // Errors: those of a file that is there but broken. A file that is not there is `missing`.
  static absl::StatusOr<Models> Load(const ModelOptions& options);

  // What the models add to a version's manifest: "model:decoder", "model:encoder", "numerics",
  // and "model:remote" (a digest of its name) when the decoder is on another machine.
  void AddTo(dialog::Manifest& manifest) const;
};

}  // namespace frontdesk::server
