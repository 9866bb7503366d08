#include "retrieval/index/segment.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "storage/digest.h"

namespace frontdesk::retrieval {
namespace {

constexpr size_t kGroupEntryBytes = 8 + 8 + 4;

const uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(absl::StrCat("index segment is damaged (",
                                          absl::string_view(what.data(), what.size()),
                                          "); it has to be rebuilt from the documents"));
}

// A read-only mapping of a whole file.
struct Mapping {
  void* address = MAP_FAILED;
  size_t size = 0;
  ~Mapping() {
    if (address != MAP_FAILED) munmap(address, size);
  }
};

// Walks the entries of one dictionary group.
class GroupReader {
 public:
  GroupReader(std::string_view dictionary, uint32_t offset, uint64_t postings)
      : at_(Bytes(dictionary) + offset),
        end_(Bytes(dictionary) + dictionary.size()),
        next_postings_(postings) {}

  void Next() {
    const size_t shared = ReadVarint(&at_, end_);
    const size_t rest = ReadVarint(&at_, end_);
    term_.resize(std::min(shared, term_.size()));
    const size_t available = std::min(rest, static_cast<size_t>(end_ - at_));
    term_.append(reinterpret_cast<const char*>(at_), available);
    at_ += available;
    df_ = static_cast<uint32_t>(ReadVarint(&at_, end_));
    postings_ = next_postings_;
    next_postings_ += ReadVarint(&at_, end_);
  }
  const std::string& term() const { return term_; }
  uint32_t df() const { return df_; }
  uint64_t postings() const { return postings_; }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
  std::string term_;
  uint32_t df_ = 0;
  uint64_t postings_ = 0;
  uint64_t next_postings_;
};

}  // namespace

uint32_t Postings::DecodeDocuments(uint32_t block, uint32_t* documents) const {
  const uint32_t size = BlockSize(block);
  uint32_t before = block > 0 ? LoadAs<uint32_t>(last_documents + 4 * (block - 1)) : UINT32_MAX;
  const int width = widths[2 * block];
  if (size == kPackSize) {
    UnpackRising(BlockData(block), width, before, documents);
    return size;
  }
  UnpackTail(BlockData(block), size, width, documents);
  for (uint32_t i = 0; i < size; ++i) {
    before += documents[i] + 1;
    documents[i] = before;
  }
  return size;
}

void Postings::DecodeCodes(uint32_t block, uint32_t* codes) const {
  const uint32_t size = BlockSize(block);
  const int width = widths[2 * block + 1];
  const uint8_t* const at = BlockData(block) + GapBytes(block, size);
  if (size == kPackSize) {
    Unpack(at, width, codes);
  } else {
    UnpackTail(at, size, width, codes);
  }
}

absl::StatusOr<std::shared_ptr<const Segment>> Segment::Open(std::string_view bytes,
                                                             std::shared_ptr<const void> owner) {
  std::shared_ptr<Segment> segment(new Segment());
  segment->owner_ = std::move(owner);
  segment->bytes_ = bytes;
  if (absl::Status status = segment->Read(); !status.ok()) return status;
  return std::shared_ptr<const Segment>(std::move(segment));
}

absl::StatusOr<std::shared_ptr<const Segment>> Segment::OpenOwned(std::string bytes) {
  auto owner = std::make_shared<const std::string>(std::move(bytes));
  return Open(*owner, owner);
}

absl::StatusOr<std::shared_ptr<const Segment>> Segment::OpenFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return absl::NotFoundError(absl::StrCat("no index file ", path));
  struct stat info {};
  auto mapping = std::make_shared<Mapping>();
  if (fstat(file, &info) == 0 && info.st_size > 0) {
    mapping->size = static_cast<size_t>(info.st_size);
    mapping->address = mmap(nullptr, mapping->size, PROT_READ, MAP_SHARED, file, 0);
  }
  close(file);
  if (mapping->address == MAP_FAILED) return Damaged(absl::StrCat(path, " is empty or unreadable"));
  auto opened = Open({static_cast<const char*>(mapping->address), mapping->size}, mapping);
  if (!opened.ok()) {
    return absl::Status(opened.status().code(),
                        absl::StrCat(path, ": ", opened.status().message()));
  }
  return opened;
}

absl::Status Segment::Read() {
  if (bytes_.size() < sizeof(SegmentHeader) + 32) return Damaged("shorter than its header");
  const SegmentHeader header = LoadAs<SegmentHeader>(Bytes(bytes_));
  if (std::string_view(header.magic, 8) != kSegmentMagic) return Damaged("no segment");
  if (header.version > kSegmentVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("index segment has format ", header.version, ", this program reads up to ",
                     kSegmentVersion, "; rebuild it or use the newer program"));
  }
  if (header.end != bytes_.size() - 32) return Damaged("truncated");
  if (header.documents > kMostDocuments) return Damaged("too many documents");
  const storage::Digest digest = storage::Sha256(bytes_.substr(0, header.end));
  if (storage::AsBytes(digest) != bytes_.substr(header.end)) return Damaged("checksum");
  const auto section = [&](SegmentSection s) {
    const uint64_t end = s + 1 == kSections ? header.end : header.begin[s + 1];
    return bytes_.substr(header.begin[s], end - header.begin[s]);
  };
  for (uint32_t s = 0; s < kSections; ++s) {
    const uint64_t end = s + 1 == kSections ? header.end : header.begin[s + 1];
    if (header.begin[s] < sizeof(SegmentHeader) || header.begin[s] > end || end > header.end) {
      return Damaged("sections out of order");
    }
  }
  const std::string_view groups = section(kGroupsSection);
  const std::string_view counts = section(kCountsSection);
  documents_ = header.documents;
  terms_ = header.terms;
  bound_average_length_ = header.bound_average_length;
  const size_t group_count = (terms_ + kTermsPerGroup - 1) / kTermsPerGroup;
  if (section(kKeysSection).size() != 8ull * documents_ ||
      section(kLengthsSection).size() != documents_ ||
      groups.size() != group_count * kGroupEntryBytes || counts.size() % 4 != 0 ||
      counts.size() > 4 * 256) {
    return Damaged("section sizes");
  }
  keys_ = Bytes(section(kKeysSection));
  lengths_ = Bytes(section(kLengthsSection));
  for (size_t i = 0; i < counts.size(); i += 4) {
    counts_.push_back(LoadAs<uint32_t>(Bytes(counts) + i));
  }
  dictionary_ = section(kDictionarySection);
  postings_ = section(kPostingsSection);
  for (size_t g = 0; g < group_count; ++g) {
    const uint8_t* entry = Bytes(groups) + g * kGroupEntryBytes;
    group_prefix_.push_back(LoadAs<uint64_t>(entry));
    group_postings_.push_back(LoadAs<uint64_t>(entry + 8));
    group_offset_.push_back(LoadAs<uint32_t>(entry + 16));
    if (group_offset_.back() >= dictionary_.size() || group_postings_.back() > postings_.size()) {
      return Damaged("dictionary");
    }
  }
  return absl::OkStatus();
}

uint64_t Segment::Key(uint32_t document) const { return LoadAs<uint64_t>(keys_ + 8ull * document); }

Postings Segment::PostingsAt(uint64_t offset, uint32_t df) const {
  Postings out;
  out.df = df;
  out.blocks = (df + kPackSize - 1) / kPackSize;
  const uint8_t* at = Bytes(postings_) + offset;
  if (out.blocks > 1) {
    out.bound = *at++;
    out.last_documents = at;
    out.offsets = at + 4ull * out.blocks;
    at = out.offsets + 4ull * out.blocks;
  } else {
    out.bound = *at;
  }
  out.bounds = at;
  out.widths = at + out.blocks;
  out.data = out.widths + 2ull * out.blocks;
  return out;
}

std::optional<Postings> Segment::Find(std::string_view term) const {
  const uint64_t prefix = PrefixOf(term);
  // The first group whose head has a larger prefix; heads with the same prefix need their text.
  size_t low = static_cast<size_t>(
      std::lower_bound(group_prefix_.begin(), group_prefix_.end(), prefix) - group_prefix_.begin());
  const size_t high =
      static_cast<size_t>(std::upper_bound(group_prefix_.begin() + static_cast<std::ptrdiff_t>(low),
                                           group_prefix_.end(), prefix) -
                          group_prefix_.begin());
  if (low > 0) --low;
  for (size_t group = low; group < std::max(high, low + 1) && group < group_prefix_.size();
       ++group) {
    GroupReader reader(dictionary_, group_offset_[group], group_postings_[group]);
    const uint32_t size =
        std::min(kTermsPerGroup, terms_ - static_cast<uint32_t>(group) * kTermsPerGroup);
    for (uint32_t i = 0; i < size; ++i) {
      reader.Next();
      const int order = reader.term().compare(term);
      if (order == 0) return PostingsAt(reader.postings(), reader.df());
      if (order > 0) return std::nullopt;
    }
  }
  return std::nullopt;
}

void Segment::ForEachTerm(
    const std::function<void(std::string_view, const Postings&)>& visit) const {
  for (size_t group = 0; group < group_prefix_.size(); ++group) {
    GroupReader reader(dictionary_, group_offset_[group], group_postings_[group]);
    const uint32_t size =
        std::min(kTermsPerGroup, terms_ - static_cast<uint32_t>(group) * kTermsPerGroup);
    for (uint32_t i = 0; i < size; ++i) {
      reader.Next();
      visit(reader.term(), PostingsAt(reader.postings(), reader.df()));
    }
  }
}

}  // namespace frontdesk::retrieval
