#include "llm/runtime/adapter.h"

#include <cmath>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "llm/gguf/file_digest.h"

namespace frontdesk::llm {
namespace {

constexpr std::string_view kA = ".lora_a", kB = ".lora_b";

absl::StatusOr<std::vector<float>> Values(const GgufFile& file, const GgufTensor& tensor) {
  std::vector<float> values(tensor.rows * tensor.columns);
  Dequantise(tensor.type, tensor.bytes.data(), values);
  for (float value : values) {
    if (!std::isfinite(value)) {
      return absl::InvalidArgumentError(absl::StrCat(
          file.name(), ": tensor ", std::string(tensor.name), " holds numbers that are not finite"));
    }
  }
  return values;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Adapter>> Adapter::Open(const std::string& path) {
  absl::StatusOr<std::unique_ptr<GgufFile>> file = GgufFile::Open(path);
  if (!file.ok()) return file.status();
  return Read(**file);
}

absl::StatusOr<std::shared_ptr<const Adapter>> Adapter::Parse(std::string name, std::string bytes) {
  absl::StatusOr<std::unique_ptr<GgufFile>> file = GgufFile::Parse(
      std::move(name), {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  if (!file.ok()) return file.status();
  return Read(**file);
}

absl::StatusOr<std::shared_ptr<const Adapter>> Adapter::Read(const GgufFile& file) {
  const auto wrong = [&](auto... what) {
    return absl::InvalidArgumentError(absl::StrCat(file.name(), ": ", what...));
  };
  const absl::StatusOr<std::string_view> type = file.Text("general.type");
  const absl::StatusOr<std::string_view> kind = file.Text("adapter.type");
  if (!type.ok() || *type != "adapter" || !kind.ok() || *kind != "lora") {
    return wrong("this is no LoRA adapter: general.type and adapter.type do not say so");
  }
  std::shared_ptr<Adapter> adapter(new Adapter);
  adapter->name_ = file.name();
  adapter->sha256_ = BytesSha256(file.bytes());
  const absl::StatusOr<std::string_view> family = file.Text("general.architecture");
  if (!family.ok()) return family.status();
  adapter->family_ = std::string(*family);
  const absl::StatusOr<double> alpha = file.Number("adapter.lora.alpha", 0, 1e6);
  if (!alpha.ok()) return alpha.status();
  adapter->alpha_ = *alpha;

  for (const GgufTensor& a : file.tensors()) {
    const bool is_a = a.name.ends_with(kA);
    if (!is_a && !a.name.ends_with(kB)) {
      return wrong("tensor ", std::string(a.name), " is no half of a LoRA pair");
    }
    const std::string matrix(a.name.substr(0, a.name.size() - kA.size()));
    const GgufTensor* b = file.FindTensor(matrix + std::string(is_a ? kB : kA));
    if (b == nullptr) return wrong("the other half of ", std::string(a.name), " is missing");
    if (!is_a) continue;  // taken with its first half
    Pair pair{matrix, b->rows, a.columns, a.rows, {}, {}};
    if (b->columns != pair.rank || pair.rank > kMostRank) {
      return wrong("the pair of ", matrix, " has ranks ", pair.rank, " and ", b->columns,
                   "; they must be equal and at most ", kMostRank);
    }
    absl::StatusOr<std::vector<float>> values = Values(file, a);
    if (!values.ok()) return values.status();
    pair.a = *std::move(values);
    values = Values(file, *b);
    if (!values.ok()) return values.status();
    pair.b = *std::move(values);
    adapter->pairs_.push_back(std::move(pair));
  }
  if (adapter->pairs_.empty()) return wrong("the adapter changes no matrix");
  return std::shared_ptr<const Adapter>(std::move(adapter));
}

absl::Status Adapter::ApplyTo(GgufFile& base) const {
  const absl::StatusOr<std::string_view> family = base.Text("general.architecture");
  if (!family.ok()) return family.status();
  if (*family != family_) {
    return absl::FailedPreconditionError(
        absl::StrCat(name_, ": the adapter is made for the family ", family_.substr(0, 40), ", ",
                     base.name(), " is ", std::string(*family).substr(0, 40)));
  }
  for (const Pair& pair : pairs_) {
    const GgufTensor* matrix = base.FindTensor(pair.matrix);
    if (matrix == nullptr || matrix->rows != pair.rows || matrix->columns != pair.columns) {
      return absl::FailedPreconditionError(
          absl::StrCat(name_, ": the adapter changes ", pair.matrix, ", ", pair.rows, " × ",
                       pair.columns, ", which ", base.name(), " does not have in that shape"));
    }
    std::vector<float> row(pair.columns);
    std::vector<double> change(pair.columns);
    std::vector<uint8_t> adapted(pair.rows * pair.columns * sizeof(uint16_t));
    const double scale = alpha_ == 0 ? 1 : alpha_ / static_cast<double>(pair.rank);
    for (uint64_t r = 0; r < pair.rows; ++r) {
      change.assign(pair.columns, 0.0);
      for (uint64_t k = 0; k < pair.rank; ++k) {
        const double b = pair.b[r * pair.rank + k];
        const float* a = pair.a.data() + k * pair.columns;
        for (uint64_t c = 0; c < pair.columns; ++c) change[c] += b * a[c];
      }
      Dequantise(matrix->type, matrix->Row(r), row);
      for (uint64_t c = 0; c < pair.columns; ++c) {
        const uint16_t half = FloatToHalf(static_cast<float>(row[c] + scale * change[c]));
        if (!std::isfinite(HalfToFloat(half))) {
          return absl::DataLossError(
              absl::StrCat(name_, ": with the adapter, ", pair.matrix,
                           " has numbers beyond what f16 holds; train it with a smaller alpha"));
        }
        std::memcpy(adapted.data() + (r * pair.columns + c) * sizeof(half), &half, sizeof(half));
      }
    }
    base.Replace(pair.matrix, TensorType::kF16, std::move(adapted));
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::llm
