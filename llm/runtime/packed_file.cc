#include "llm/runtime/packed_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "llm/kernels/panel_layout.h"
#include "llm/kernels/weight_arena.h"
#include "storage/files/replace_file.h"

namespace frontdesk::llm {
namespace {

constexpr size_t kChunk = size_t{1} << 20;
constexpr size_t kDigestBytes = 64;  // in hex
constexpr size_t kAlignment = 4096;  // of the weights in the file

// Finds damage, not malice: each step is a bijection of its lane, so one changed word always shows.
uint64_t Checksum(std::span<const uint8_t> bytes) {
  constexpr uint64_t kPrime = 0x9E3779B185EBCA87;
  uint64_t lanes[4] = {1, 2, 3, bytes.size()};
  size_t at = 0;
  for (; at + 32 <= bytes.size(); at += 32) {
    uint64_t words[4];
    std::memcpy(words, bytes.data() + at, 32);
    for (int i = 0; i < 4; ++i) {
      lanes[i] = (lanes[i] ^ words[i]) * kPrime;
      lanes[i] ^= lanes[i] >> 29;
    }
  }
  for (; at < bytes.size(); ++at) lanes[0] = (lanes[0] ^ bytes[at]) * kPrime;
  uint64_t all = 0;
  for (uint64_t lane : lanes) {
    all = (all ^ lane) * kPrime;
    all ^= all >> 31;
  }
  return all;
}

std::string OwnerLine(std::string_view model_sha256, uint64_t plan, size_t bytes) {
  return absl::StrFormat("FDPACKED1 layout %s plan %016x bytes %d model %s\n", kPanelLayoutName,
                         plan, bytes, model_sha256);
}

size_t ChunksOf(size_t bytes) { return (bytes + kChunk - 1) / kChunk; }

// The line, a checksum for each chunk, a checksum of those two, zeros to a whole page.
size_t HeaderBytes(size_t bytes) {
  const size_t used = OwnerLine(std::string(kDigestBytes, '0'), 0, bytes).size() +
                      (ChunksOf(bytes) + 1) * sizeof(uint64_t);
  return (used + kAlignment - 1) / kAlignment * kAlignment;
}

std::string_view AsText(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A file to read from.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool good() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  bool ReadAt(size_t offset, std::span<uint8_t> bytes) const {
    while (!bytes.empty()) {
      const ssize_t now =
          pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (now <= 0) return false;
      offset += static_cast<size_t>(now);
      bytes = bytes.subspan(static_cast<size_t>(now));
    }
    return true;
  }

 private:
  int descriptor_;
};

}  // namespace

std::string PackedFilePath(const std::string& model_path) {
  return absl::StrCat(model_path, ".", kPanelLayoutName, ".packed");
}

absl::Status WritePackedFile(const std::string& path, std::string_view model_sha256, uint64_t plan,
                             std::span<const uint8_t> weights) {
  const std::string line = OwnerLine(model_sha256, plan, weights.size());
  std::vector<uint8_t> header(line.begin(), line.end());
  const auto append = [&](uint64_t number) {
    const auto* from = reinterpret_cast<const uint8_t*>(&number);
    header.insert(header.end(), from, from + sizeof(number));
  };
  for (size_t at = 0; at < weights.size(); at += kChunk) {
    append(Checksum(weights.subspan(at, std::min(kChunk, weights.size() - at))));
  }
  append(Checksum(header));
  header.resize(HeaderBytes(weights.size()));

  return storage::ReplaceFile(path, {AsText(header), AsText(weights)}, {.mode = 0644});
}

absl::StatusOr<std::string> ReadPackedFile(const std::string& path, uint64_t plan,
                                           std::span<uint8_t> weights, WorkerTeam& team) {
  const OpenFile file(path);
  if (!file.good()) return absl::NotFoundError(absl::StrCat(path, ": no packed weights"));
  const auto damaged = [&](std::string_view what) {
    return absl::DataLossError(
        absl::StrCat(path, ": the packed weights are damaged (", std::string(what), ")"));
  };
  struct stat about;
  const size_t header_bytes = HeaderBytes(weights.size());
  if (fstat(file.descriptor(), &about) != 0 || !S_ISREG(about.st_mode)) return damaged("no file");
  if (static_cast<size_t>(about.st_size) < kAlignment) return damaged("cut short");
  std::vector<uint8_t> header(kAlignment);
  if (!file.ReadAt(0, header)) return damaged("cut short");
  const std::string expected = OwnerLine(std::string(kDigestBytes, '0'), plan, weights.size());
  const size_t digest_at = expected.size() - 1 - kDigestBytes;
  if (std::memcmp(header.data(), expected.data(), digest_at) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": the packed weights are of another layout or model"));
  }
  if (static_cast<size_t>(about.st_size) != header_bytes + weights.size()) {
    return damaged("another length than it says");
  }
  header.resize(header_bytes);
  if (!file.ReadAt(0, header)) return damaged("cut short");

  const size_t chunks = ChunksOf(weights.size());
  const auto number = [&](size_t i) {
    uint64_t value;
    std::memcpy(&value, header.data() + expected.size() + i * sizeof(value), sizeof(value));
    return value;
  };
  const std::span<const uint8_t> summed(header.data(),
                                        expected.size() + chunks * sizeof(uint64_t));
  if (Checksum(summed) != number(chunks)) return damaged("its header");

  std::atomic<bool> good = true;
  team.Wake();
  team.ForRange(static_cast<int>(chunks), 1, [&](int, int begin, int end) {
    for (int i = begin; i < end && good.load(std::memory_order_relaxed); ++i) {
      const size_t at = static_cast<size_t>(i) * kChunk;
      const std::span<uint8_t> chunk = weights.subspan(at, std::min(kChunk, weights.size() - at));
      PreparePages(chunk);
      if (!file.ReadAt(header_bytes + at, chunk) ||
          Checksum(chunk) != number(static_cast<size_t>(i))) {
        good.store(false, std::memory_order_relaxed);
      }
    }
  });
  if (!good) return damaged("a checksum");
  return std::string(header.begin() + static_cast<std::ptrdiff_t>(digest_at),
                     header.begin() + static_cast<std::ptrdiff_t>(digest_at + kDigestBytes));
}

}  // namespace frontdesk::llm
