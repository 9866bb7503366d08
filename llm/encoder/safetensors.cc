#include "llm/encoder/safetensors.h"

#include <cstddef>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace frontdesk::llm::encoder {
namespace {

constexpr std::uint64_t kMaxHeaderBytes = 16u << 20;
constexpr std::size_t kMaxDimensions = 8;
constexpr std::size_t kShownNameBytes = 80;

// Bytes of one element; 0 for a type we do not know.
int ElementBytes(std::string_view dtype) {
  if (dtype == "F64" || dtype == "I64" || dtype == "U64") return 8;
  if (dtype == "F32" || dtype == "I32" || dtype == "U32") return 4;
  if (dtype == "F16" || dtype == "BF16" || dtype == "I16" || dtype == "U16") return 2;
  if (dtype == "I8" || dtype == "U8" || dtype == "BOOL") return 1;
  return 0;
}

std::uint64_t LittleEndian64(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | bytes[i];
  return value;
}

// product(shape) * element_bytes, or nothing when that does not fit 63 bits.
bool TensorBytes(const std::vector<std::int64_t>& shape, int element_bytes, std::uint64_t& bytes) {
  bytes = static_cast<std::uint64_t>(element_bytes);
  for (const std::int64_t dimension : shape) {
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(dimension), &bytes)) return false;
  }
  return bytes <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

// Reads one header entry into view; the text says what is wrong, empty when nothing is.
std::string ReadEntry(const nlohmann::json& entry, std::span<const std::uint8_t> data,
                      TensorView& view) {
  if (!entry.is_object()) return "is not an object";
  const auto dtype = entry.find("dtype");
  const auto shape = entry.find("shape");
  const auto offsets = entry.find("data_offsets");
  if (dtype == entry.end() || !dtype->is_string()) return "has no dtype";
  if (shape == entry.end() || !shape->is_array()) return "has no shape";
  if (offsets == entry.end() || !offsets->is_array() || offsets->size() != 2 ||
      !(*offsets)[0].is_number_unsigned() || !(*offsets)[1].is_number_unsigned()) {
    return "has no data_offsets [begin, end]";
  }
  view.dtype = dtype->get<std::string>();
  const int element_bytes = ElementBytes(view.dtype);
  if (element_bytes == 0) return "has an unknown dtype";
  if (shape->size() > kMaxDimensions) return "has more than 8 dimensions";
  for (const nlohmann::json& dimension : *shape) {
    if (!dimension.is_number_unsigned() || dimension.get<std::uint64_t>() > (1ull << 40)) {
      return "has a dimension that is no number between 0 and 2^40";
    }
    view.shape.push_back(dimension.get<std::int64_t>());
  }
  std::uint64_t expected = 0;
  if (!TensorBytes(view.shape, element_bytes, expected)) return "has a shape too large to hold";
  const auto begin = (*offsets)[0].get<std::uint64_t>();
  const auto end = (*offsets)[1].get<std::uint64_t>();
  if (begin > end || end > data.size()) return "has data_offsets outside the file";
  if (end - begin != expected) return "has data_offsets of another length than its shape";
  view.bytes = data.subspan(begin, expected);
  return "";
}

}  // namespace

absl::StatusOr<Safetensors> Safetensors::Parse(std::span<const std::uint8_t> file,
                                               std::string_view name) {
  const std::string where(name);
  if (file.size() < 8) {
    return absl::DataLossError(absl::StrCat(where, ": shorter than 8 bytes; fetch it again"));
  }
  const std::uint64_t header_bytes = LittleEndian64(file.first(8));
  if (header_bytes > kMaxHeaderBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        where, ": header of ", header_bytes, " bytes; not a safetensors file (limit 16 MiB)"));
  }
  if (header_bytes > file.size() - 8) {
    return absl::DataLossError(absl::StrCat(where, ": ends inside its header; fetch it again"));
  }
  const auto text = file.subspan(8, header_bytes);
  const auto header = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!header.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": header is not a JSON object; not a safetensors file"));
  }
  Safetensors result;
  result.name_ = where;
  const auto data = file.subspan(8 + header_bytes);
  for (const auto& [tensor, entry] : header.items()) {
    if (tensor == "__metadata__") continue;
    TensorView view;
    const std::string wrong = ReadEntry(entry, data, view);
    if (!wrong.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          where, ": tensor ", tensor.substr(0, kShownNameBytes), " ", wrong, "; fetch it again"));
    }
    result.tensors_.emplace(tensor, std::move(view));
  }
  return result;
}

absl::StatusOr<std::span<const std::uint8_t>> Safetensors::FindF32(
    std::string_view tensor, const std::vector<std::int64_t>& shape) const {
  const std::string shown(tensor);
  const auto found = tensors_.find(tensor);
  if (found == tensors_.end()) {
    return absl::NotFoundError(absl::StrCat(name_, ": no tensor ", shown,
                                            "; a BERT encoder of another layout is not read"));
  }
  if (found->second.dtype != "F32" || found->second.shape != shape) {
    return absl::InvalidArgumentError(
        absl::StrCat(name_, ": tensor ", shown, " is ", found->second.dtype, " [",
                     absl::StrJoin(found->second.shape, ", "), "], config.json asks for F32 [",
                     absl::StrJoin(shape, ", "), "]"));
  }
  return found->second.bytes;
}

}  // namespace frontdesk::llm::encoder
