// The frame that tells a whole file, and files as memory.
//
// A framed file is eight bytes of magic, a uint32 version, the body, and the SHA-256 of all
// before it. Thread-safe as long as two writers do not share a name. Internal to retrieval.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace frontdesk::retrieval {

// What begins a framed file.
struct FileKind {
  std::string_view magic;  // eight bytes
  uint32_t version = 0;
  std::string_view noun;  // "knowledge part", for errors
};

std::string Framed(const FileKind& kind, std::string_view body);

// The body of a framed file, whose digest was checked. `path` is only named in errors.
// Errors: DATA_LOSS (truncated, another kind, checksum), FAILED_PRECONDITION (another version); both
// name the file and say what to do. Cost: one SHA-256 over the bytes.
absl::StatusOr<std::string_view> Unframed(const FileKind& kind, const std::string& path,
                                          std::string_view bytes);

// Bytes of a file, mapped read-only until the last owner lets go.
class MappedFile {
 public:
  // Errors: NOT_FOUND, DATA_LOSS (empty), or the file system's.
  static absl::StatusOr<std::shared_ptr<const MappedFile>> Open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {static_cast<const char*>(address_), size_}; }

 private:
  MappedFile(void* address, size_t size) : address_(address), size_(size) {}
  void* address_;
  size_t size_;
};

// DATA_LOSS: "PATH is damaged (WHAT); delete it, it is rebuilt from the documents".
absl::Status DamagedFile(const std::string& path, std::string_view what);

}  // namespace frontdesk::retrieval
