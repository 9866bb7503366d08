#include "llm/gguf/model_digest.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "llm/gguf/file_digest.h"
#include "storage/files/replace_file.h"

namespace frontdesk::llm {
namespace {

constexpr size_t kDigestBytes = 64;  // in hex
constexpr size_t kRecordBytes = 1024;  // more than any record has

// How long before the record the file must have changed last. A page that a program has mapped and
// dirtied can be written again without a new time until the system writes it back, half a minute later.
constexpr int64_t kSettledNs = int64_t{120} * 1'000'000'000;

int64_t Nanoseconds(const timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::optional<FileState> StateOf(int descriptor) {
  struct stat about;
  if (descriptor < 0 || fstat(descriptor, &about) != 0) return std::nullopt;
  return FileState{.device = static_cast<uint64_t>(about.st_dev),
                   .inode = static_cast<uint64_t>(about.st_ino),
                   .bytes = static_cast<uint64_t>(about.st_size),
                   .written_ns = Nanoseconds(about.st_mtim),
                   .changed_ns = Nanoseconds(about.st_ctim)};
}

std::string StateLine(const FileState& state) {
  return absl::StrCat("FDDIGEST1 device ", state.device, " inode ", state.inode, " bytes ",
                      state.bytes, " written ", state.written_ns, " changed ", state.changed_ns,
                      " model ");
}

std::string Sha256(std::string_view text) {
  return BytesSha256({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

// The digest that a record names for a file of this state. Errors: NOT_FOUND (no record, or of another
// state, or too young); DATA_LOSS (damaged).
absl::StatusOr<std::string> ReadRecord(const std::string& path, const FileState& state) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const auto silent = [] { return absl::NotFoundError("no digest is kept for this file"); };
  if (descriptor < 0) return silent();
  const std::optional<FileState> written = StateOf(descriptor);
  std::string record(kRecordBytes, '\0');
  const ssize_t got = pread(descriptor, record.data(), record.size(), 0);
  close(descriptor);
  record.resize(got < 0 ? 0 : static_cast<size_t>(got));
  const std::string_view all = record;
  if (!written || all.size() < kDigestBytes ||
      Sha256(all.substr(0, all.size() - kDigestBytes)) != all.substr(all.size() - kDigestBytes)) {
    return absl::DataLossError(absl::StrCat(path, ": the kept digest is damaged"));
  }
  const std::string line = StateLine(state);
  if (all.size() != line.size() + kDigestBytes + 1 + kDigestBytes ||
      all.substr(0, line.size()) != line || written->written_ns - state.changed_ns < kSettledNs) {
    return silent();
  }
  return record.substr(line.size(), kDigestBytes);
}

}  // namespace

std::string ModelDigest::RecordPath(const std::string& model_path) {
  return absl::StrCat(model_path, ".digest");
}

ModelDigest::ModelDigest(const MappedFile& file, Record record)
    : record_path_(RecordPath(file.path())),
      descriptor_(fcntl(file.descriptor(), F_DUPFD_CLOEXEC, 0)),
      mapped_bytes_(file.bytes().size()) {
  const std::optional<FileState> state = StateOf(descriptor_);
  if (state) state_ = *state;
  if (state && record == Record::kUse) {
    absl::StatusOr<std::string> known = ReadRecord(record_path_, state_);
    if (known.ok()) {
      std::promise<std::string> at_once;
      at_once.set_value(*std::move(known));
      sha256_ = at_once.get_future();
      remembered_ = true;
      return;
    }
    if (!absl::IsNotFound(known.status())) record_status_ = known.status();
  }
  sha256_ = std::async(std::launch::async, [descriptor = descriptor_, bytes = mapped_bytes_] {
    // Behind the threads that load the model, where there are not processors enough for all.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10);
    std::string digest = FileSha256(descriptor);
    const std::optional<FileState> after = StateOf(descriptor);
    return after && after->bytes == bytes ? digest : std::string();
  });
}

ModelDigest::~ModelDigest() {
  sha256_.wait();
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status ModelDigest::Keep() const {
  const std::string& sha256 = Wait();
  const std::optional<FileState> now = StateOf(descriptor_);
  if (sha256.empty() || !now || *now != state_) {
    return absl::FailedPreconditionError(
        absl::StrCat(record_path_, ": the model file was changed while it was read"));
  }
  const std::string line = absl::StrCat(StateLine(state_), sha256, "\n");
  return storage::ReplaceFile(record_path_, {line, Sha256(line)},
                              {.mode = 0644, .flush = storage::Flush::kNo});
}

}  // namespace frontdesk::llm
