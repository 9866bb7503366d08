// The SHA-256 of an open model file, taken on a thread of its own, or remembered from an earlier start.
//
// Reading a model whole takes longer than all else of a start, so the digest can be kept in a record beside
// the model with what the file system says of the file: device, inode, length, times of writing and of
// change. It is believed when all of these are the same and the file's last change lay clearly before the
// record was written. Format and what that trusts: docs/packed_weights.md.
// Thread-safe. Its end waits for the hashing.
//
//   const ModelDigest digest(*file->mapping(), ModelDigest::Record::kUse);
//   … load …
//   digest.Wait();      // "b179c952…"

#pragma once

#include <cstdint>
#include <future>
#include <string>

#include "absl/status/status.h"
#include "llm/gguf/mapped_file.h"

namespace frontdesk::llm {

// What the file system says of an open file. ns: nanoseconds of the epoch.
struct FileState {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t bytes = 0;
  int64_t written_ns = 0;
  int64_t changed_ns = 0;  // the system's own, which no program can set
  bool operator==(const FileState&) const = default;
};

class ModelDigest {
 public:
  enum class Record { kIgnore, kUse };

  // Looks the record up, or begins to hash the very file that is mapped, whatever its name says now.
  ModelDigest(const MappedFile& file, Record record);
  ~ModelDigest();
  ModelDigest(const ModelDigest&) = delete;
  ModelDigest& operator=(const ModelDigest&) = delete;

  // Lower-case hex; empty when the file cannot be read to the end it had when it was mapped.
  const std::string& Wait() const { return sha256_.get(); }
  // Whether it was remembered.
  bool remembered() const { return remembered_; }
  // Why a record that is there says nothing; OK when there is none, or it is of another state of the file.
  const absl::Status& record_status() const { return record_status_; }

  // Waits and writes the record, for a digest that was not remembered.
  // Errors: those of storage::ReplaceFile; FAILED_PRECONDITION when the file changed meanwhile.
  absl::Status Keep() const;

  // Where the record of a model file lies.
  static std::string RecordPath(const std::string& model_path);

 private:
  std::string record_path_;
  int descriptor_;      // our own, so that it outlives the mapping
  size_t mapped_bytes_;
  FileState state_;     // when it was mapped
  bool remembered_ = false;
  absl::Status record_status_;
  std::shared_future<std::string> sha256_;
};

}  // namespace frontdesk::llm
