// A GGUF model file: typed settings and tensors, read over a mapping.
//
// Everything in the file is checked when it is opened, so that readers need no
// checks of their own: every length lies inside the file, names are unique, tensors
// are aligned, lie inside the file and do not overlap. Strings and tensors are
// views into the mapping and live as long as the GgufFile. Opening allocates at most
// 256 bytes for each setting and tensor, whatever the file says. Thread-safe.
// Source: docs/gguf.md.
//
//   auto file = GgufFile::Open("model.gguf");
//   absl::StatusOr<uint64_t> layers = (*file)->Unsigned("llama.block_count", 1, 1000);
//   const GgufTensor* head = (*file)->FindTensor("output.weight");

#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/gguf/mapped_file.h"
#include "llm/gguf/tensor_type.h"

namespace frontdesk::llm {

// A tensor as the file lists it: `rows` rows of `columns` numbers, row by row
// (dimensions beyond the second are folded into rows).
struct GgufTensor {
  std::string_view name;
  TensorType type = TensorType::kF32;
  uint64_t columns = 0;
  uint64_t rows = 0;
  std::span<const uint8_t> bytes;

  // The bytes of one row, row in [0, rows).
  const uint8_t* Row(uint64_t row) const { return bytes.data() + row * (bytes.size() / rows); }
};

class GgufFile {
 public:
  // Errors: those of MappedFile::Open; INVALID_ARGUMENT when the file is not GGUF of
  // version 2 or 3, is cut short, or breaks a rule above: names the place and the byte.
  static absl::StatusOr<std::unique_ptr<GgufFile>> Open(const std::string& path);

  // The same over bytes that the caller keeps alive (tests, fuzzing). name is for messages.
  static absl::StatusOr<std::unique_ptr<GgufFile>> Parse(std::string name,
                                                         std::span<const uint8_t> bytes);

  bool Has(std::string_view key) const { return settings_.contains(key); }

  // A setting, converted. NOT_FOUND when the key is missing, INVALID_ARGUMENT when it has
  // another type or lies outside [low, high]; both name file and key.
  absl::StatusOr<uint64_t> Unsigned(std::string_view key, uint64_t low, uint64_t high) const;
  absl::StatusOr<double> Number(std::string_view key, double low, double high) const;
  absl::StatusOr<bool> Boolean(std::string_view key) const;
  absl::StatusOr<std::string_view> Text(std::string_view key) const;
  // Arrays; the vector is as long as the file's array (8 or 16 bytes an element).
  absl::StatusOr<std::vector<std::string_view>> Texts(std::string_view key) const;
  absl::StatusOr<std::vector<int64_t>> Integers(std::string_view key) const;
  absl::StatusOr<std::vector<float>> Numbers(std::string_view key) const;

  // Keys in order, for listings; a short rendering of a value ("49152 strings").
  std::vector<std::string_view> Keys() const;
  std::string Describe(std::string_view key) const;

  const std::vector<GgufTensor>& tensors() const { return tensors_; }
  // nullptr when there is none of that name.
  const GgufTensor* FindTensor(std::string_view name) const;

  const std::string& name() const { return name_; }
  std::span<const uint8_t> bytes() const { return bytes_; }
  // The file under it; null when Parse was given bytes.
  const MappedFile* mapping() const { return file_.get(); }
  // Puts other numbers in a tensor's place (an adapter's). Not thread-safe.
  // Precondition: the tensor exists; bytes are its rows and columns in that format.
  void Replace(std::string_view name, TensorType type, std::vector<uint8_t> bytes);
  // Gives back the memory of a tensor that was copied elsewhere; replaced ones stay.
  void Release(const GgufTensor& tensor) const;

 private:
  // Where a value lies. type and element_type are the file's numbers.
  struct Setting {
    uint32_t type = 0;
    uint32_t element_type = 0;  // of arrays
    uint64_t count = 1;
    const uint8_t* begin = nullptr;
  };
  class Reader;

  GgufFile() = default;
  absl::Status ParseAll();
  absl::Status ParseSetting(Reader& reader);
  absl::Status ParseTensor(Reader& reader, std::vector<std::array<uint64_t, 2>>& places);
  absl::Status PlaceTensors(uint64_t data_begin, std::vector<std::array<uint64_t, 2>>& places);
  absl::StatusOr<const Setting*> Find(std::string_view key) const;
  absl::Status WrongType(std::string_view key, std::string_view wanted) const;

  std::string name_;
  std::unique_ptr<MappedFile> file_;  // null when Parse was given bytes
  std::span<const uint8_t> bytes_;
  std::map<std::string_view, Setting, std::less<>> settings_;
  std::vector<GgufTensor> tensors_;
  std::map<std::string_view, size_t, std::less<>> tensor_index_;
  std::list<std::vector<uint8_t>> replaced_;  // bytes of tensors that Replace was given
};

}  // namespace frontdesk::llm
