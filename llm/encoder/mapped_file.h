// A file mapped read-only into memory; unmapped on destruction.
//
// Thread-safe after Open. The file must not be shortened while it is mapped: the
// kernel answers a read beyond the end with SIGBUS. Replace model files by rename.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/status/statusor.h"

namespace frontdesk::llm::encoder {

class MappedFile {
 public:
  // Errors: NOT_FOUND (no such file), PERMISSION_DENIED, DATA_LOSS (empty file).
  static absl::StatusOr<MappedFile> Open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::span<const std::uint8_t> bytes() const { return {data_, size_}; }

  // Gives the pages of bytes() back to the kernel; they are read again when touched.
  void DropPages() const;

 private:
  MappedFile(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace frontdesk::llm::encoder
