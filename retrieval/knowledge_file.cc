#include "retrieval/knowledge_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "retrieval/index/segment_format.h"
#include "retrieval/knowledge_change.h"
#include "storage/digest.h"

namespace frontdesk::retrieval {
namespace {

constexpr std::string_view kMagic = "FDKNOWLB";
constexpr uint32_t kVersion = 1;
constexpr size_t kDigestBytes = 32;

// What must agree for a saved state to be used again.
std::string SettingsOf(const KnowledgeOptions& options) {
  const PassageOptions& p = options.passages;
  return absl::StrCat("passages ", p.target_words, " ", p.max_words, " ", p.overlap_words,
                      " encoder ", options.embed ? options.embedding_fingerprint : "none");
}

class Writer {
 public:
  void Number(uint64_t value) { AppendVarint(value, &bytes_); }
  void Text(std::string_view text) {
    Number(text.size());
    bytes_.append(text);
  }
  void Raw(std::string_view raw) { bytes_.append(raw); }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what Writer wrote. Never reads outside its bytes: past the end everything is empty and
// ok() turns false.
class Reader {
 public:
  explicit Reader(std::string_view bytes)
      : at_(reinterpret_cast<const uint8_t*>(bytes.data())), end_(at_ + bytes.size()) {}

  uint64_t Number() {
    if (at_ >= end_) ok_ = false;
    return ReadVarint(&at_, end_);
  }
  uint32_t Small() { return static_cast<uint32_t>(Number()); }
  std::string_view Raw(uint64_t size) {
    if (size > static_cast<uint64_t>(end_ - at_)) {
      ok_ = false;
      return {};
    }
    const std::string_view out(reinterpret_cast<const char*>(at_), size);
    at_ += size;
    return out;
  }
  std::string_view Text() { return Raw(Number()); }
  storage::Digest Digest() {
    storage::Digest out{};
    const std::string_view raw = Raw(out.size());
    if (raw.size() == out.size()) std::memcpy(out.data(), raw.data(), out.size());
    return out;
  }
  // A count of things that take at least one byte each, so that no damage asks for more memory
  // than the file has bytes.
  uint64_t Count() {
    const uint64_t count = Number();
    if (count > static_cast<uint64_t>(end_ - at_)) ok_ = false;
    return ok_ ? count : 0;
  }
  bool ok() const { return ok_; }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
  bool ok_ = true;
};

void WriteEntry(const DocumentEntry& entry, Writer* out) {
  for (const std::string& text : {entry.id, entry.title, entry.url, entry.format, entry.language}) {
    out->Text(text);
  }
  out->Raw(storage::AsBytes(entry.content));
  out->Raw(storage::AsBytes(entry.identity));
  out->Number(entry.passages);
}

DocumentEntry ReadEntry(Reader* in) {
  DocumentEntry entry;
  for (std::string* text : {&entry.id, &entry.title, &entry.url, &entry.format, &entry.language}) {
    *text = in->Text();
  }
  entry.content = in->Digest();
  entry.identity = in->Digest();
  entry.passages = in->Small();
  return entry;
}

void WritePassage(const Passage& passage, Writer* out) {
  out->Raw(storage::AsBytes(passage.hash.bytes));
  for (const std::string& text :
       {passage.document_id, passage.title, passage.text, passage.url, passage.language}) {
    out->Text(text);
  }
  out->Number(passage.headings.size());
  for (const std::string& heading : passage.headings) out->Text(heading);
  out->Number(passage.begin);
  out->Number(passage.end);
  out->Number(passage.runs.size());
  for (const SourceRun& run : passage.runs) {
    out->Number(run.text);
    out->Number(run.source);
  }
}

std::shared_ptr<const Passage> ReadPassage(Reader* in) {
  auto passage = std::make_shared<Passage>();
  passage->hash.bytes = in->Digest();
  for (std::string* text : {&passage->document_id, &passage->title, &passage->text, &passage->url,
                            &passage->language}) {
    *text = in->Text();
  }
  for (uint64_t n = in->Count(); n > 0; --n) passage->headings.emplace_back(in->Text());
  passage->begin = in->Small();
  passage->end = in->Small();
  for (uint64_t n = in->Count(); n > 0; --n) {
    const uint32_t text = in->Small();
    passage->runs.push_back({text, in->Small()});
  }
  return passage;
}

absl::Status Damaged(const std::string& path, std::string_view what) {
  return absl::DataLossError(absl::StrCat("knowledge file ", path, " is damaged (",
                                          absl::string_view(what.data(), what.size()),
                                          "); delete it, it is rebuilt from the documents"));
}

absl::Status FileError(const std::string& path, std::string_view doing) {
  return absl::ErrnoToStatus(errno, absl::StrCat("knowledge file ", path, ": ",
                                                 absl::string_view(doing.data(), doing.size())));
}

// Writes to a temporary name, flushes, renames, flushes the folder.
absl::Status ReplaceFile(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".new";
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return FileError(temporary, "cannot create");
  absl::Status status;
  while (!bytes.empty() && status.ok()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      status = FileError(temporary, "cannot write");
    } else {
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }
  if (status.ok() && fsync(file) != 0) status = FileError(temporary, "cannot flush");
  close(file);
  if (status.ok() && rename(temporary.c_str(), path.c_str()) != 0) {
    status = FileError(path, "cannot rename");
  }
  if (!status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int directory = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    fsync(directory);
    close(directory);
  }
  return absl::OkStatus();
}

struct MappedBytes {
  void* address = MAP_FAILED;
  size_t size = 0;
  ~MappedBytes() {
    if (address != MAP_FAILED) munmap(address, size);
  }
  std::string_view view() const { return {static_cast<const char*>(address), size}; }
};

absl::StatusOr<std::shared_ptr<const MappedBytes>> MapFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return absl::NotFoundError(absl::StrCat("no knowledge file ", path));
    return FileError(path, "cannot open");
  }
  auto out = std::make_shared<MappedBytes>();
  struct stat info {};
  if (fstat(file, &info) == 0 && info.st_size > 0) {
    out->size = static_cast<size_t>(info.st_size);
    out->address = mmap(nullptr, out->size, PROT_READ, MAP_PRIVATE, file, 0);
  }
  close(file);
  if (out->address == MAP_FAILED) return Damaged(path, "empty");
  return std::shared_ptr<const MappedBytes>(std::move(out));
}

// Checks the frame (magic, version, checksum) and returns what it holds.
absl::StatusOr<std::string_view> Unframe(const std::string& path, std::string_view bytes) {
  if (bytes.size() < kMagic.size() + 4 + kDigestBytes) return Damaged(path, "truncated");
  if (!bytes.starts_with(kMagic)) return Damaged(path, "not a knowledge file");
  const auto version =
      LoadAs<uint32_t>(reinterpret_cast<const uint8_t*>(bytes.data()) + kMagic.size());
  if (version != kVersion) {
    return absl::FailedPreconditionError(absl::StrCat("knowledge file ", path, " has format ",
                                                      version, ", this program reads ", kVersion,
                                                      "; it has to be rebuilt"));
  }
  const std::string_view body = bytes.substr(0, bytes.size() - kDigestBytes);
  const storage::Digest digest = storage::Sha256(body);
  if (storage::AsBytes(digest) != bytes.substr(body.size())) return Damaged(path, "checksum");
  return body.substr(kMagic.size() + 4);
}

}  // namespace

absl::Status WriteKnowledgeFile(const SnapshotParts& parts, const KnowledgeOptions& options,
                                const std::string& path) {
  auto joined = JoinParts(parts.index->parts(), parts.parts);
  if (!joined.ok()) return joined.status();
  const auto& [index, passages] = *joined;
  Writer out;
  out.Raw(kMagic);
  std::string version;
  AppendAs<uint32_t>(kVersion, &version);
  out.Raw(version);
  out.Text(SettingsOf(options));
  out.Number(parts.documents.size());
  for (const auto& [id, entry] : parts.documents) WriteEntry(entry, &out);
  out.Number(passages->passages.size());
  for (const auto& passage : passages->passages) WritePassage(*passage, &out);
  out.Number(passages->dimensions);
  out.Text({reinterpret_cast<const char*>(passages->embeddings.data()),
            passages->embeddings.size() * sizeof(float)});
  out.Text(index.segment->bytes());
  std::string bytes = out.Take();
  const storage::Digest digest = storage::Sha256(bytes);
  bytes.append(storage::AsBytes(digest));
  return ReplaceFile(path, bytes);
}

absl::StatusOr<std::unique_ptr<SnapshotParts>> ReadKnowledgeFile(const std::string& path,
                                                                 const KnowledgeOptions& options) {
  absl::StatusOr<std::shared_ptr<const MappedBytes>> mapped = MapFile(path);
  if (!mapped.ok()) return mapped.status();
  absl::StatusOr<std::string_view> body = Unframe(path, (*mapped)->view());
  if (!body.ok()) return body.status();
  Reader in(*body);
  const std::string_view settings = in.Text();
  if (settings != SettingsOf(options)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "knowledge file ", path, " was built with other settings (",
        absl::string_view(settings.data(), settings.size()), "); it has to be rebuilt"));
  }
  auto out = std::make_unique<SnapshotParts>();
  for (uint64_t n = in.Count(); n > 0; --n) {
    DocumentEntry entry = ReadEntry(&in);
    out->documents[entry.id] = std::move(entry);
  }
  auto part = std::make_shared<PassagePart>();
  for (uint64_t n = in.Count(); n > 0 && in.ok(); --n) part->passages.push_back(ReadPassage(&in));
  part->dimensions = in.Small();
  const std::string_view floats = in.Text();
  const std::string_view segment_bytes = in.Text();
  if (!in.ok() || floats.size() != part->passages.size() * part->dimensions * sizeof(float)) {
    return Damaged(path, "its parts do not fit together");
  }
  part->embeddings.resize(floats.size() / sizeof(float));
  if (!floats.empty()) std::memcpy(part->embeddings.data(), floats.data(), floats.size());
  part->vectors = Int8Vectors(part->dimensions);
  for (size_t i = 0; part->dimensions > 0 && i < part->passages.size(); ++i) {
    part->vectors.Add(part->embedding(i));
  }
  absl::StatusOr<std::shared_ptr<const Segment>> segment = Segment::Open(segment_bytes, *mapped);
  if (!segment.ok()) return Damaged(path, "its index");
  if ((*segment)->documents() != part->passages.size()) return Damaged(path, "index and passages");
  std::vector<IndexPart> index;
  if (!part->passages.empty()) {
    index.push_back({*segment, nullptr});
    out->parts.push_back(std::move(part));
  }
  out->index = IndexSnapshot::Make(std::move(index));
  return out;
}

}  // namespace frontdesk::retrieval
