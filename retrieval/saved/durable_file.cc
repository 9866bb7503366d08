#include "retrieval/saved/durable_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "retrieval/index/segment_format.h"
#include "storage/digest.h"

namespace frontdesk::retrieval {
namespace {

constexpr size_t kDigestBytes = 32;

absl::string_view Abseil(std::string_view s) { return {s.data(), s.size()}; }

absl::Status FileError(const std::string& path, const char* doing) {
  return absl::ErrnoToStatus(errno, absl::StrCat(path, ": ", doing));
}

}  // namespace

std::string Framed(const FileKind& kind, std::string_view body) {
  std::string out(kind.magic);
  AppendAs<uint32_t>(kind.version, &out);
  out.append(body);
  const storage::Digest digest = storage::Sha256(out);
  out.append(storage::AsBytes(digest));
  return out;
}

absl::StatusOr<std::string_view> Unframed(const FileKind& kind, const std::string& path,
                                          std::string_view bytes) {
  const size_t head = kind.magic.size() + sizeof(uint32_t);
  if (bytes.size() < head + kDigestBytes) return DamagedFile(path, "truncated");
  if (!bytes.starts_with(kind.magic)) {
    return DamagedFile(path, absl::StrCat("not a ", Abseil(kind.noun)));
  }
  const auto version =
      LoadAs<uint32_t>(reinterpret_cast<const uint8_t*>(bytes.data()) + kind.magic.size());
  if (version != kind.version) {
    return absl::FailedPreconditionError(
        absl::StrCat(Abseil(kind.noun), " ", path, " has format ", version, ", this program reads ",
                     kind.version, "; it has to be rebuilt from the documents"));
  }
  const std::string_view whole = bytes.substr(0, bytes.size() - kDigestBytes);
  const storage::Digest digest = storage::Sha256(whole);
  if (storage::AsBytes(digest) != bytes.substr(whole.size())) return DamagedFile(path, "checksum");
  return whole.substr(head);
}

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::Open(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return absl::NotFoundError(absl::StrCat(path, ": there is no such file"));
    return FileError(path, "cannot open");
  }
  struct stat info {};
  void* address = MAP_FAILED;
  size_t size = 0;
  if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
    size = static_cast<size_t>(info.st_size);
    address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  }
  close(file);
  if (address == MAP_FAILED) return DamagedFile(path, "empty");
  return std::shared_ptr<const MappedFile>(new MappedFile(address, size));
}

MappedFile::~MappedFile() { munmap(address_, size_); }

absl::Status DamagedFile(const std::string& path, std::string_view what) {
  return absl::DataLossError(absl::StrCat(path, " is damaged (", Abseil(what),
                                          "); delete it, it is rebuilt from the documents"));
}

}  // namespace frontdesk::retrieval
