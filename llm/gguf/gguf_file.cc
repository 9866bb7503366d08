#include "llm/gguf/gguf_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::llm {
namespace {

enum ValueType : uint32_t {
  kUint8 = 0,
  kInt8 = 1,
  kUint16 = 2,
  kInt16 = 3,
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kUint64 = 10,
  kInt64 = 11,
  kFloat64 = 12,
};

// Bounds no honest file reaches; they keep a hostile one from costing memory.
constexpr uint64_t kMaxSettings = 1 << 16;
constexpr uint64_t kMaxTensors = 1 << 16;
constexpr uint64_t kMaxNameBytes = 1 << 16;
constexpr uint64_t kMaxDimension = uint64_t{1} << 31;

// Bytes of a value of fixed size; 0 for strings, arrays and unknown types.
uint64_t FixedSize(uint32_t type) {
  switch (type) {
    case kUint8:
    case kInt8:
    case kBool:
      return 1;
    case kUint16:
    case kInt16:
      return 2;
    case kUint32:
    case kInt32:
    case kFloat32:
      return 4;
    case kUint64:
    case kInt64:
    case kFloat64:
      return 8;
    default:
      return 0;
  }
}

template <typename T>
T Load(const uint8_t* p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}

// Integers of every width; nullopt for other types.
std::optional<int64_t> LoadInteger(uint32_t type, const uint8_t* p) {
  switch (type) {
    case kUint8:
      return Load<uint8_t>(p);
    case kInt8:
      return Load<int8_t>(p);
    case kUint16:
      return Load<uint16_t>(p);
    case kInt16:
      return Load<int16_t>(p);
    case kUint32:
      return Load<uint32_t>(p);
    case kInt32:
      return Load<int32_t>(p);
    case kInt64:
      return Load<int64_t>(p);
    case kUint64: {
      const uint64_t value = Load<uint64_t>(p);
      if (value > INT64_MAX) return std::nullopt;
      return static_cast<int64_t>(value);
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

// Walks the header; every read is checked against the end.
class GgufFile::Reader {
 public:
  Reader(const std::string& file, std::span<const uint8_t> bytes) : file_(file), bytes_(bytes) {}

  uint64_t position() const { return position_; }
  const uint8_t* here() const { return bytes_.data() + position_; }
  uint64_t left() const { return bytes_.size() - position_; }

  absl::Status Error(std::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(file_, ": ", absl::string_view(what.data(), what.size()), " (at byte ",
                     position_, " of ", bytes_.size(), "); fetch the file again"));
  }

  absl::Status Skip(uint64_t count, std::string_view what) {
    if (count > left()) {
      return Error(
          absl::StrCat("the file ends inside ", absl::string_view(what.data(), what.size())));
    }
    position_ += count;
    return absl::OkStatus();
  }

  template <typename T>
  absl::Status Read(T& out, std::string_view what) {
    const uint8_t* p = here();
    if (absl::Status status = Skip(sizeof(T), what); !status.ok()) return status;
    out = Load<T>(p);
    return absl::OkStatus();
  }

  absl::Status ReadString(std::string_view& out, std::string_view what) {
    uint64_t size = 0;
    if (absl::Status status = Read(size, what); !status.ok()) return status;
    const uint8_t* p = here();
    if (absl::Status status = Skip(size, what); !status.ok()) return status;
    out = std::string_view(reinterpret_cast<const char*>(p), size);
    return absl::OkStatus();
  }

 private:
  const std::string& file_;
  std::span<const uint8_t> bytes_;
  uint64_t position_ = 0;
};

absl::StatusOr<std::unique_ptr<GgufFile>> GgufFile::Open(const std::string& path) {
  absl::StatusOr<std::unique_ptr<MappedFile>> mapped = MappedFile::Open(path);
  if (!mapped.ok()) return mapped.status();
  absl::StatusOr<std::unique_ptr<GgufFile>> file = Parse(path, (*mapped)->bytes());
  if (file.ok()) (*file)->file_ = *std::move(mapped);
  return file;
}

absl::StatusOr<std::unique_ptr<GgufFile>> GgufFile::Parse(std::string name,
                                                          std::span<const uint8_t> bytes) {
  std::unique_ptr<GgufFile> file(new GgufFile);
  file->name_ = std::move(name);
  file->bytes_ = bytes;
  if (absl::Status status = file->ParseAll(); !status.ok()) return status;
  return file;
}

absl::Status GgufFile::ParseAll() {
  Reader reader(name_, bytes_);
  if (bytes_.size() < 4 || std::memcmp(bytes_.data(), "GGUF", 4) != 0) {
    return reader.Error("this is not a GGUF file: it does not begin with \"GGUF\"");
  }
  absl::Status status = reader.Skip(4, "the magic bytes");
  uint32_t version = 0;
  uint64_t tensor_count = 0, setting_count = 0;
  if (status.ok()) status = reader.Read(version, "the version");
  if (!status.ok()) return status;
  if (version != 2 && version != 3) {
    return reader.Error(absl::StrCat("GGUF version ", version, " is not read, only 2 and 3"));
  }
  status = reader.Read(tensor_count, "the number of tensors");
  if (status.ok()) status = reader.Read(setting_count, "the number of settings");
  if (!status.ok()) return status;
  if (tensor_count > kMaxTensors || setting_count > kMaxSettings) {
    return reader.Error(absl::StrCat(tensor_count, " tensors and ", setting_count,
                                     " settings are more than the 65536 of each that are read"));
  }
  for (uint64_t i = 0; i < setting_count; ++i) {
    if (status = ParseSetting(reader); !status.ok()) return status;
  }
  std::vector<std::array<uint64_t, 2>> places;  // offset in the data part, bytes
  for (uint64_t i = 0; i < tensor_count; ++i) {
    if (status = ParseTensor(reader, places); !status.ok()) return status;
  }
  uint64_t alignment = 32;
  if (Has("general.alignment")) {
    absl::StatusOr<uint64_t> asked = Unsigned("general.alignment", 1, 1 << 20);
    if (!asked.ok()) return asked.status();
    alignment = *asked;
    if ((alignment & (alignment - 1)) != 0) {
      return reader.Error("general.alignment is not a power of two");
    }
  }
  const uint64_t data_begin = (reader.position() + alignment - 1) / alignment * alignment;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    if (places[i][0] % alignment != 0) {
      return reader.Error(absl::StrCat(
          "tensor ", absl::string_view(tensors_[i].name.data(), tensors_[i].name.size()),
          " does not begin at a multiple of ", alignment));
    }
  }
  return PlaceTensors(data_begin, places);
}

absl::Status GgufFile::ParseSetting(Reader& reader) {
  std::string_view key;
  Setting setting;
  absl::Status status = reader.ReadString(key, "the key of a setting");
  if (status.ok() && (key.empty() || key.size() > kMaxNameBytes)) {
    status = reader.Error("a setting's key is empty or longer than 65536 bytes");
  }
  if (status.ok()) status = reader.Read(setting.type, "the type of a setting");
  if (!status.ok()) return status;
  const std::string what = absl::StrCat("setting ", absl::string_view(key.data(), key.size()));
  uint32_t element = setting.type;
  if (setting.type == kArray) {
    status = reader.Read(setting.element_type, what);
    if (status.ok()) status = reader.Read(setting.count, what);
    if (!status.ok()) return status;
    element = setting.element_type;
  }
  setting.begin = reader.here();
  const uint64_t size = FixedSize(element);
  if (size > 0) {
    if (setting.count > reader.left() / size) {
      return reader.Error(absl::StrCat("the file ends inside ", what));
    }
    status = reader.Skip(setting.count * size, what);
  } else if (element == kString) {
    for (uint64_t i = 0; i < setting.count && status.ok(); ++i) {
      std::string_view ignored;
      status = reader.ReadString(ignored, what);
    }
  } else {
    status = reader.Error(
        absl::StrCat(what, " has the type ", element, ", which is unknown or an array of arrays"));
  }
  if (status.ok() && !settings_.emplace(key, setting).second) {
    status = reader.Error(absl::StrCat(what, " is there twice"));
  }
  return status;
}

absl::Status GgufFile::ParseTensor(Reader& reader, std::vector<std::array<uint64_t, 2>>& places) {
  GgufTensor tensor;
  uint32_t dimensions = 0, type = 0;
  uint64_t offset = 0;
  absl::Status status = reader.ReadString(tensor.name, "the name of a tensor");
  if (!status.ok()) return status;
  if (tensor.name.empty() || tensor.name.size() > kMaxNameBytes) {
    return reader.Error("a tensor's name is empty or longer than 65536 bytes");
  }
  const std::string what =
      absl::StrCat("tensor ", absl::string_view(tensor.name.data(), tensor.name.size()));
  status = reader.Read(dimensions, what);
  if (!status.ok()) return status;
  if (dimensions < 1 || dimensions > 4) {
    return reader.Error(absl::StrCat(what, " has ", dimensions, " dimensions; 1 to 4 are read"));
  }
  tensor.rows = 1;
  for (uint32_t i = 0; i < dimensions; ++i) {
    uint64_t extent = 0;
    if (status = reader.Read(extent, what); !status.ok()) return status;
    if (extent < 1 || extent > kMaxDimension) {
      return reader.Error(
          absl::StrCat(what, " has the dimension ", extent, "; 1 to 2^31 are read"));
    }
    uint64_t& folded = i == 0 ? tensor.columns : tensor.rows;
    folded = i == 0 ? extent : folded * extent;
    if (folded > kMaxDimension) return reader.Error(absl::StrCat(what, " has more than 2^31 rows"));
  }
  status = reader.Read(type, what);
  if (status.ok()) status = reader.Read(offset, what);
  if (!status.ok()) return status;
  const std::optional<TensorType> known = TensorTypeFromNumber(type);
  if (!known) {
    return reader.Error(absl::StrCat(what, " has the number format ", type,
                                     "; F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K "
                                     "and Q6_K are read"));
  }
  tensor.type = *known;
  const BlockShape& shape = ShapeOf(tensor.type);
  if (tensor.columns % shape.values != 0) {
    return reader.Error(absl::StrCat(what, " has rows of ", tensor.columns,
                                     " numbers, which is not a multiple of ", shape.values));
  }
  // At most 2^31 · 2^31 · 4: fits 64 bits.
  const uint64_t size = tensor.columns / shape.values * shape.bytes * tensor.rows;
  if (!tensor_index_.emplace(tensor.name, tensors_.size()).second) {
    return reader.Error(absl::StrCat(what, " is there twice"));
  }
  tensors_.push_back(tensor);
  places.push_back({offset, size});
  return absl::OkStatus();
}

absl::Status GgufFile::PlaceTensors(uint64_t data_begin,
                                    std::vector<std::array<uint64_t, 2>>& places) {
  const uint64_t data_size = bytes_.size() > data_begin ? bytes_.size() - data_begin : 0;
  std::vector<size_t> order(tensors_.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return places[a] < places[b]; });
  uint64_t free_from = 0;
  for (size_t i : order) {
    const auto [offset, size] = places[i];
    const absl::string_view name(tensors_[i].name.data(), tensors_[i].name.size());
    if (offset > data_size || size > data_size - offset) {
      return absl::InvalidArgumentError(
          absl::StrCat(name_, ": the file ends inside tensor ", name, ", which needs ", size,
                       " bytes from byte ", offset, " of a data part of ", data_size,
                       "; the download is incomplete, fetch the file again"));
    }
    if (offset < free_from) {
      return absl::InvalidArgumentError(absl::StrCat(
          name_, ": tensor ", name, " overlaps the tensor before it; fetch the file again"));
    }
    free_from = offset + size;
    tensors_[i].bytes = bytes_.subspan(data_begin + offset, size);
  }
  return absl::OkStatus();
}

absl::StatusOr<const GgufFile::Setting*> GgufFile::Find(std::string_view key) const {
  const auto found = settings_.find(key);
  if (found == settings_.end()) {
    return absl::NotFoundError(absl::StrCat(name_, ": the setting ",
                                            absl::string_view(key.data(), key.size()),
                                            " is missing; this model file cannot be used"));
  }
  return &found->second;
}

absl::Status GgufFile::WrongType(std::string_view key, std::string_view wanted) const {
  return absl::InvalidArgumentError(
      absl::StrCat(name_, ": the setting ", absl::string_view(key.data(), key.size()), " is not ",
                   absl::string_view(wanted.data(), wanted.size())));
}

absl::StatusOr<uint64_t> GgufFile::Unsigned(std::string_view key, uint64_t low,
                                            uint64_t high) const {
  absl::StatusOr<const Setting*> setting = Find(key);
  if (!setting.ok()) return setting.status();
  const std::optional<int64_t> value = LoadInteger((*setting)->type, (*setting)->begin);
  if (!value || *value < 0 || static_cast<uint64_t>(*value) < low ||
      static_cast<uint64_t>(*value) > high) {
    return WrongType(key, absl::StrCat("a whole number from ", low, " to ", high));
  }
  return static_cast<uint64_t>(*value);
}

absl::StatusOr<double> GgufFile::Number(std::string_view key, double low, double high) const {
  absl::StatusOr<const Setting*> setting = Find(key);
  if (!setting.ok()) return setting.status();
  double value;
  if ((*setting)->type == kFloat32) {
    value = Load<float>((*setting)->begin);
  } else if ((*setting)->type == kFloat64) {
    value = Load<double>((*setting)->begin);
  } else if (const auto integer = LoadInteger((*setting)->type, (*setting)->begin)) {
    value = static_cast<double>(*integer);
  } else {
    return WrongType(key, "a number");
  }
  if (!(value >= low && value <= high)) {
    return WrongType(key, absl::StrCat("between ", low, " and ", high));
  }
  return value;
}

absl::StatusOr<bool> GgufFile::Boolean(std::string_view key) const {
  absl::StatusOr<const Setting*> setting = Find(key);
  if (!setting.ok()) return setting.status();
  if ((*setting)->type != kBool) return WrongType(key, "true or false");
  return *(*setting)->begin != 0;
}

absl::StatusOr<std::string_view> GgufFile::Text(std::string_view key) const {
  absl::StatusOr<const Setting*> setting = Find(key);
  if (!setting.ok()) return setting.status();
  if ((*setting)->type != kString) return WrongType(key, "a text");
  const uint8_t* p = (*setting)->begin;
  return std::string_view(reinterpret_cast<const char*>(p + 8), Load<uint64_t>(p));
}

absl::StatusOr<std::vector<std::string_view>> GgufFile::Texts(std::string_view key) const {
  absl::StatusOr<const Setting*> setting = Find(key);
  if (!setting.ok()) return setting.status();
  if ((*setting)->type != kArray || (*setting)->element_type != kString) {
    return WrongType(key, "an array of texts");
  }
  std::vector<std::string_view> texts;
  texts.reserve((*setting)->count);
  const uint8_t* p = (*setting)->begin;
  for (uint64_t i = 0; i < (*setting)->count; ++i) {
    const uint64_t size = Load<uint64_t>(p);
    texts.emplace_back(reinterpret_cast<const char*>(p + 8), size);
    p += 8 + size;
  }
  return texts;
}

absl::StatusOr<std::vector<int64_t>> GgufFile::Integers(std::string_view key) const {
  absl::StatusOr<const Setting*> setting = Find(key);
  if (!setting.ok()) return setting.status();
  if ((*setting)->type != kArray) return WrongType(key, "an array of whole numbers");
  std::vector<int64_t> values;
  values.reserve((*setting)->count);
  const uint64_t size = FixedSize((*setting)->element_type);
  for (uint64_t i = 0; i < (*setting)->count; ++i) {
    const auto value = LoadInteger((*setting)->element_type, (*setting)->begin + i * size);
    if (!value) return WrongType(key, "an array of whole numbers");
    values.push_back(*value);
  }
  return values;
}

absl::StatusOr<std::vector<float>> GgufFile::Numbers(std::string_view key) const {
  absl::StatusOr<const Setting*> setting = Find(key);
  if (!setting.ok()) return setting.status();
  if ((*setting)->type != kArray || (*setting)->element_type != kFloat32) {
    return WrongType(key, "an array of f32 numbers");
  }
  std::vector<float> values((*setting)->count);
  if (!values.empty()) {
    std::memcpy(values.data(), (*setting)->begin, values.size() * sizeof(float));
  }
  return values;
}

std::vector<std::string_view> GgufFile::Keys() const {
  std::vector<std::string_view> keys;
  for (const auto& [key, setting] : settings_) keys.push_back(key);
  return keys;
}

std::string GgufFile::Describe(std::string_view key) const {
  const auto found = settings_.find(key);
  if (found == settings_.end()) return "";
  const Setting& setting = found->second;
  if (setting.type == kArray) {
    return absl::StrCat(setting.count, setting.element_type == kString ? " texts" : " numbers");
  }
  if (setting.type == kString) {
    const std::string_view text = *Text(key);
    return std::string(text.size() > 200 ? text.substr(0, 200) : text);
  }
  if (setting.type == kBool) return *setting.begin != 0 ? "true" : "false";
  if (const auto integer = LoadInteger(setting.type, setting.begin)) return absl::StrCat(*integer);
  absl::StatusOr<double> number = Number(key, -HUGE_VAL, HUGE_VAL);
  return number.ok() ? absl::StrCat(*number) : "not a number";
}

const GgufTensor* GgufFile::FindTensor(std::string_view name) const {
  const auto found = tensor_index_.find(name);
  return found == tensor_index_.end() ? nullptr : &tensors_[found->second];
}

void GgufFile::Replace(std::string_view name, TensorType type, std::vector<uint8_t> bytes) {
  GgufTensor& tensor = tensors_[tensor_index_.at(name)];
  tensor.type = type;
  tensor.bytes = replaced_.emplace_back(std::move(bytes));
}

void GgufFile::Release(const GgufTensor& tensor) const {
  const bool in_file = tensor.bytes.data() >= bytes_.data() &&
                       tensor.bytes.data() < bytes_.data() + bytes_.size();
  if (file_ && in_file) file_->Release(tensor.bytes);
}

}  // namespace frontdesk::llm
