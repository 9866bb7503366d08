#include "llm/runtime/prefix_file.h"

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "llm/gguf/file_digest.h"
#include "llm/gguf/mapped_file.h"
#include "storage/files/replace_file.h"

namespace frontdesk::llm {
namespace {

constexpr std::string_view kMagic = "FDPREFIX1\n";
constexpr size_t kDigestBytes = 64;  // in hex
constexpr size_t kNodeBytes = sizeof(int32_t) * (1 + kPagePositions);

// What must be equal for the pages to be ours: a line of text.
std::string OwnerLine(const PrefixOwner& owner, const KvPool& pool) {
  return absl::StrCat(std::string(kMagic), "model ", owner.model_sha256, " numerics ", owner.numerics_version,
                      " positions ", kPagePositions, " bytes ", pool.page_bytes(), "\n");
}

std::span<const uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

absl::StatusOr<int> WritePrefixFile(const std::string& path, const PrefixOwner& owner,
                                    const PrefixCache& cache, const KvPool& pool) {
  const std::vector<PrefixCache::SharedPage> pages = cache.SharedPages();
  std::string bytes = OwnerLine(owner, pool);
  bytes.reserve(bytes.size() + pages.size() * (kNodeBytes + pool.page_bytes()) + kDigestBytes + 8);
  const auto count = static_cast<uint64_t>(pages.size());
  bytes.append(reinterpret_cast<const char*>(&count), sizeof(count));
  for (const PrefixCache::SharedPage& page : pages) {
    bytes.append(reinterpret_cast<const char*>(&page.parent), sizeof(page.parent));
    bytes.append(reinterpret_cast<const char*>(page.tokens.data()), sizeof(page.tokens));
    bytes.append(reinterpret_cast<const char*>(pool.Memory(page.page)), pool.page_bytes());
  }
  bytes += BytesSha256(AsBytes(bytes));

  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (absl::Status kept = storage::ReplaceFile(path, {bytes}); !kept.ok()) {
    return absl::Status(kept.code(), absl::StrCat("prefixes: ", kept.message()));
  }
  return static_cast<int>(pages.size());
}

absl::StatusOr<int> ReadPrefixFile(const std::string& path, const PrefixOwner& owner,
                                   PrefixCache& cache, KvPool& pool) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return absl::NotFoundError(absl::StrCat(path, ": no prefixes are kept yet"));
  }
  absl::StatusOr<std::unique_ptr<MappedFile>> mapped = MappedFile::Open(path);
  if (!mapped.ok()) return absl::DataLossError(std::string(mapped.status().message()));
  const std::string_view all(reinterpret_cast<const char*>((*mapped)->bytes().data()),
                             (*mapped)->bytes().size());
  const auto damaged = [&] {
    return absl::DataLossError(absl::StrCat(path, ": the kept prefixes are damaged"));
  };
  if (all.size() < kMagic.size() + kDigestBytes) return damaged();
  const std::string_view body = all.substr(0, all.size() - kDigestBytes);
  if (BytesSha256(AsBytes(body)) != all.substr(body.size())) return damaged();
  const std::string line = OwnerLine(owner, pool);
  if (body.substr(0, line.size()) != line) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": the kept prefixes are of another model, numerics or shape"));
  }
  std::string_view rest = body.substr(line.size());
  uint64_t count = 0;
  if (rest.size() < sizeof(count)) return damaged();
  std::memcpy(&count, rest.data(), sizeof(count));
  rest.remove_prefix(sizeof(count));
  const size_t each = kNodeBytes + pool.page_bytes();
  if (rest.size() % each != 0 || rest.size() / each != count) return damaged();

  struct Read {
    std::vector<int32_t> tokens;  // of all pages from the root to this one
    std::vector<KvPage> pages;
  };
  std::vector<Read> nodes;
  std::vector<KvPage> taken;
  const auto most = std::min<uint64_t>(count, static_cast<uint64_t>(pool.capacity() / 2));
  for (uint64_t i = 0; i < most; ++i) {
    const char* at = rest.data() + i * each;
    int32_t parent;
    std::memcpy(&parent, at, sizeof(parent));
    if (parent < -1 || parent >= static_cast<int64_t>(i)) break;  // parents come first
    const KvPage page = pool.Take();
    if (page < 0) break;
    taken.push_back(page);
    Read node = parent < 0 ? Read{} : nodes[static_cast<size_t>(parent)];
    int32_t tokens[kPagePositions];
    std::memcpy(tokens, at + sizeof(parent), sizeof(tokens));
    node.tokens.insert(node.tokens.end(), tokens, tokens + kPagePositions);
    node.pages.push_back(page);
    std::memcpy(pool.Memory(page), at + kNodeBytes, pool.page_bytes());
    cache.Insert(node.tokens, static_cast<int>(node.tokens.size()), "", node.pages);
    nodes.push_back(std::move(node));
  }
  for (KvPage page : taken) pool.Drop(page);  // the cache holds its own reference
  return static_cast<int>(nodes.size());
}

}  // namespace frontdesk::llm
