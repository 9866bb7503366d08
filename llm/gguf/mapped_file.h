// A file seen as bytes, mapped read-only. Thread-safe once open.
//
//   auto file = MappedFile::Open("model.gguf");
//   std::span<const uint8_t> bytes = (*file)->bytes();

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"

namespace frontdesk::llm {

class MappedFile {
 public:
  // Errors: NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT (empty, not a regular
  // file), RESOURCE_EXHAUSTED (the mapping was refused). Each names the path.
  static absl::StatusOr<std::unique_ptr<MappedFile>> Open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const uint8_t> bytes() const { return bytes_; }
  const std::string& path() const { return path_; }
  // The open file that bytes() are of, whatever has taken its name since; closed with this.
  int descriptor() const { return descriptor_; }

  // Gives the memory of these pages back; they are read from the file again when
  // touched. part must lie within bytes().
  void Release(std::span<const uint8_t> part) const;

 private:
  MappedFile(std::string path, int descriptor, std::span<const uint8_t> bytes)
      : path_(std::move(path)), descriptor_(descriptor), bytes_(bytes) {}

  std::string path_;
  int descriptor_;
  std::span<const uint8_t> bytes_;
};

}  // namespace frontdesk::llm
