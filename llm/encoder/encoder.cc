#include "llm/encoder/encoder.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "llm/encoder/bert_forward.h"
#include "llm/encoder/bert_weights.h"
#include "llm/encoder/embedding_cache.h"
#include "llm/encoder/kernels.h"
#include "llm/encoder/mapped_file.h"
#include "llm/encoder/wordpiece.h"
#include "llm/runtime/worker_team.h"

namespace frontdesk::llm {
namespace {

using encoder::BertShape;
using encoder::BertWeights;
using encoder::Kernels;
using encoder::Workspace;

// Changes whenever the same files may give other bits.
constexpr std::string_view kNumerics = "frontdesk-encoder-1";
constexpr int kMaxTokens = 256;  // all-MiniLM-L6-v2 was trained on this length
// Texts are computed together up to this many tokens: enough to reuse each weight
// from the cache, few enough for activations to stay in it and for threads to share.
constexpr std::size_t kRowsTogether = 96;

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(
        absl::StrCat(path, ": cannot be read; scripts/fetch_models.sh fetches the models"));
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

absl::StatusOr<const Kernels*> ChooseKernels(EncoderIsa isa) {
  const Kernels* avx512 = encoder::Avx512VnniKernels();
  const Kernels* avx2 = encoder::Avx2Kernels();
  const Kernels* chosen = nullptr;
  switch (isa) {
    case EncoderIsa::kBest:
      chosen = avx512 != nullptr ? avx512 : avx2 != nullptr ? avx2 : &encoder::PortableKernels();
      break;
    case EncoderIsa::kPortable:
      chosen = &encoder::PortableKernels();
      break;
    case EncoderIsa::kAvx2:
      chosen = avx2;
      break;
    case EncoderIsa::kAvx512Vnni:
      chosen = avx512;
      break;
  }
  if (chosen == nullptr) {
    return absl::UnimplementedError(
        "this processor or build lacks the asked instruction set; use EncoderIsa::kBest");
  }
  return chosen;
}

// Hashes the file by reading it in pieces, so that its pages do not count as ours.
absl::StatusOr<storage::Digest> Fingerprint(const std::string& model_path, std::string_view config,
                                            std::string_view vocabulary,
                                            EncoderPrecision precision) {
  storage::Sha256Stream stream;
  stream.Update(kNumerics);
  stream.Update(precision == EncoderPrecision::kF32 ? ";f32;" : ";int8;");
  stream.Update(storage::AsBytes(storage::Sha256(config)));
  stream.Update(storage::AsBytes(storage::Sha256(vocabulary)));
  std::ifstream file(model_path, std::ios::binary);
  std::string piece(1 << 20, '\0');
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    stream.Update(std::string_view(piece.data(), static_cast<std::size_t>(file.gcount())));
  }
  if (!file.eof()) return absl::DataLossError(absl::StrCat(model_path, ": cannot be read"));
  return stream.Finish();
}

// Workspaces that no call is using.
class WorkspaceShelf {
 public:
  std::unique_ptr<Workspace> Take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<Workspace>();
    auto workspace = std::move(idle_.back());
    idle_.pop_back();
    return workspace;
  }
  void Return(std::unique_ptr<Workspace> workspace) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(workspace));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> idle_;
};

}  // namespace

struct Encoder::Parts {
  Parts(encoder::WordPiece tokenizer, BertWeights weights, const Kernels& kernels,
        const EncoderOptions& options, const storage::Digest& fingerprint)
      : tokenizer(std::move(tokenizer)),
        weights(std::move(weights)),
        kernels(kernels),
        fingerprint(fingerprint),
        max_tokens(std::min(kMaxTokens, this->weights.shape().positions)),
        team(options.threads),
        cache(options.cached_texts),
        caching(options.cached_texts > 0) {}

  // Computes the features of the texts named by `which` into out, several at a time.
  void Compute(std::span<const std::string> texts, std::span<const std::size_t> which,
               std::vector<std::vector<float>>& out);

  const encoder::WordPiece tokenizer;
  const BertWeights weights;
  const Kernels& kernels;
  const storage::Digest fingerprint;
  const int max_tokens;
  std::mutex team_mutex;  // held by the call that the team helps
  WorkerTeam team;
  encoder::EmbeddingCache cache;
  const bool caching;
  WorkspaceShelf workspaces;
  std::atomic<std::uint64_t> texts{0}, hits{0}, tokens{0};
};

// The team helps one call at a time: another that comes meanwhile does its work alone, as the
// processors are busy anyway.
void Encoder::Parts::Compute(std::span<const std::string> texts, std::span<const std::size_t> which,
                             std::vector<std::vector<float>>& out) {
  std::unique_lock helped(team_mutex, std::defer_lock);
  const bool alone = team.size() == 1 || !helped.try_lock();
  if (!alone) team.Wake();
  const auto share = [&](int total, const auto& work) {
    if (alone) {
      work(0, 0, total);
    } else {
      team.ForRange(total, 1, work);
    }
  };
  std::vector<std::vector<std::int32_t>> ids(which.size());
  share(static_cast<int>(which.size()), [&](int, int begin, int end) {
    for (int i = begin; i < end; ++i) ids[i] = tokenizer.Encode(texts[which[i]], max_tokens);
  });

  std::vector<std::size_t> chunk_begin = {0};
  std::size_t rows = 0, total = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (rows > 0 && rows + ids[i].size() > kRowsTogether) {
      chunk_begin.push_back(i);
      rows = 0;
    }
    rows += ids[i].size();
    total += ids[i].size();
  }
  chunk_begin.push_back(ids.size());
  tokens += total;

  const std::size_t width = weights.shape().width;
  for (const std::size_t i : which) out[i].resize(2 * width);
  const auto embed = [&](int chunk, WorkerTeam* helpers) {
    std::vector<std::span<const std::int32_t>> inputs;
    std::vector<float*> outputs;
    for (std::size_t i = chunk_begin[chunk]; i < chunk_begin[chunk + 1]; ++i) {
      inputs.emplace_back(ids[i]);
      outputs.push_back(out[which[i]].data());
    }
    auto workspace = workspaces.Take();
    EmbedTexts(weights, kernels, inputs, *workspace, helpers, outputs);
    workspaces.Return(std::move(workspace));
  };
  const int chunks = static_cast<int>(chunk_begin.size()) - 1;
  // Threads share the stages of a single chunk, and take whole ones where there are more.
  if (chunks == 1) return embed(0, alone ? nullptr : &team);
  share(chunks, [&](int, int begin, int end) {
    for (int chunk = begin; chunk < end; ++chunk) embed(chunk, nullptr);
  });
}

Encoder::Encoder(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Encoder::~Encoder() = default;

absl::StatusOr<std::unique_ptr<Encoder>> Encoder::Load(const std::string& directory,
                                                       const EncoderOptions& options) {
  if (options.threads < 1 || options.threads > 64) {
    return absl::InvalidArgumentError("encoder threads must be between 1 and 64");
  }
  const auto kernels = ChooseKernels(options.isa);
  if (!kernels.ok()) return kernels.status();
  const std::string model_path = directory + "/model.safetensors";
  const auto config = ReadWhole(directory + "/config.json");
  if (!config.ok()) return config.status();
  const auto vocabulary = ReadWhole(directory + "/vocab.txt");
  if (!vocabulary.ok()) return vocabulary.status();

  const auto shape = encoder::ParseBertConfig(*config, directory + "/config.json");
  if (!shape.ok()) return shape.status();
  auto tokenizer = encoder::WordPiece::FromVocabulary(*vocabulary, directory + "/vocab.txt");
  if (!tokenizer.ok()) return tokenizer.status();
  if (tokenizer->size() > shape->vocabulary || shape->positions < 2) {
    return absl::InvalidArgumentError(absl::StrCat(
        directory, ": vocab.txt has ", tokenizer->size(), " pieces, config.json room for ",
        shape->vocabulary, " and ", shape->positions, " positions; fetch the model again"));
  }
  auto file = encoder::MappedFile::Open(model_path);
  if (!file.ok()) return file.status();
  auto weights = BertWeights::Load(std::move(*file), model_path, *shape, options.precision,
                                   (*kernels)->weights_plus_128);
  if (!weights.ok()) return weights.status();
  const auto fingerprint = Fingerprint(model_path, *config, *vocabulary, options.precision);
  if (!fingerprint.ok()) return fingerprint.status();
  return std::unique_ptr<Encoder>(new Encoder(std::make_unique<Parts>(
      std::move(*tokenizer), std::move(*weights), **kernels, options, *fingerprint)));
}

int Encoder::dimensions() const { return parts_->weights.shape().width; }

absl::StatusOr<std::vector<std::vector<float>>> Encoder::Embed(
    std::span<const std::string> texts) const {
  absl::StatusOr<std::vector<std::vector<float>>> result = Features(texts);
  if (!result.ok()) return result;
  for (std::vector<float>& vector : *result) vector.resize(dimensions());
  return result;
}

absl::StatusOr<std::vector<std::vector<float>>> Encoder::Features(
    std::span<const std::string> texts) const {
  std::vector<std::vector<float>> result(texts.size());
  std::vector<storage::Digest> keys(parts_->caching ? texts.size() : 0);
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (parts_->caching) {
      keys[i] = storage::Sha256(texts[i]);
      if (auto hit = parts_->cache.Find(keys[i])) {
        result[i] = std::move(*hit);
        continue;
      }
    }
    missing.push_back(i);
  }
  parts_->texts += texts.size();
  parts_->hits += texts.size() - missing.size();
  if (missing.empty()) return result;
  parts_->Compute(texts, missing, result);
  if (parts_->caching) {
    for (const std::size_t i : missing) parts_->cache.Put(keys[i], result[i]);
  }
  return result;
}

std::vector<std::int32_t> Encoder::Tokenize(std::string_view text) const {
  return parts_->tokenizer.Encode(text, parts_->max_tokens);
}

const storage::Digest& Encoder::fingerprint() const { return parts_->fingerprint; }

EncoderCounts Encoder::counts() const {
  return {parts_->texts.load(), parts_->hits.load(), parts_->tokens.load()};
}

}  // namespace frontdesk::llm
