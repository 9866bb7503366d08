#include "retrieval/saved/knowledge_folder.h"

#include <filesystem>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "retrieval/index/term_counter.h"
#include "retrieval/knowledge_change.h"
#include "retrieval/saved/binary_form.h"
#include "retrieval/saved/durable_file.h"
#include "retrieval/saved/part_file.h"
#include "storage/digest.h"
#include "storage/files/replace_file.h"

namespace frontdesk::retrieval {
namespace {

constexpr FileKind kManifest{.magic = "FDKNOWLB", .version = 2, .noun = "knowledge manifest"};
constexpr char kManifestName[] = "MANIFEST";
constexpr char kPartEnding[] = ".part";

// Raised when the same bytes are read or cut into other passages: what was saved is then rebuilt.
// 2: an empty cell of an HTML table keeps the columns in place. 3: a table row begins with what it is about.
constexpr int kReaderVersion = 3;

// What must agree for a saved state to be used again.
std::string SettingsOf(const KnowledgeOptions& options) {
  const PassageOptions& p = options.passages;
  return absl::StrCat("passages ", p.target_words, " ", p.max_words, " ", p.overlap_words,
                      " reader ", kReaderVersion, " encoder ",
                      options.embed ? options.embedding_fingerprint : "none");
}

void WriteEntry(const DocumentEntry& entry, BinaryWriter* out) {
  for (const std::string& text : {entry.id, entry.title, entry.url, entry.format, entry.language}) {
    out->Text(text);
  }
  out->Digest(entry.content);
  out->Digest(entry.identity);
  out->Number(entry.passages);
}

DocumentEntry ReadEntry(BinaryReader* in) {
  DocumentEntry entry;
  for (std::string* text : {&entry.id, &entry.title, &entry.url, &entry.format, &entry.language}) {
    *text = in->Text();
  }
  entry.content = in->Digest();
  entry.identity = in->Digest();
  entry.passages = in->Small();
  return entry;
}

// Deleted documents of a part, as gaps.
void WriteDeleted(const IndexPart& part, BinaryWriter* out) {
  out->Number(part.segment->documents() - part.LiveCount());
  uint32_t before = 0;
  for (uint32_t d = 0; d < part.segment->documents(); ++d) {
    if (part.IsLive(d)) continue;
    out->Number(d - before);
    before = d;
  }
}

// Errors: DATA_LOSS (a number that the part does not have, or twice).
absl::Status ReadDeleted(const std::string& path, const PassagePart& passages, BinaryReader* in,
                         IndexPart* part) {
  const uint64_t count = in->Count();
  if (count == 0) return absl::OkStatus();
  auto live = std::make_shared<LiveDocuments>(LiveDocuments::All(part->segment->documents()));
  TermCounter counter;
  uint64_t number = 0;
  for (uint64_t i = 0; i < count; ++i) {
    number += in->Number();
    if (number >= passages.passages.size() || !live->Contains(static_cast<uint32_t>(number))) {
      return DamagedFile(path, "a deleted passage");
    }
    std::vector<std::string> terms;
    for (const auto& [term, quarters] : counter.Count(FieldsOf(*passages.passages[number]))) {
      terms.push_back(counter.term(term));
    }
    live->Delete(static_cast<uint32_t>(number), terms);
  }
  part->live = std::move(live);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> KnowledgeFolder::KeepPart(const Segment& segment,
                                                      std::shared_ptr<const PassagePart> part) {
  if (const auto known = on_disk_.find(part); known != on_disk_.end()) return known->second;
  const std::string bytes = PartFileBytes(segment, *part);
  // The checksum at the end names the content.
  const std::string name =
      absl::StrCat(storage::ToHex(storage::Sha256(bytes)).substr(0, 32), kPartEnding);
  const std::string path = absl::StrCat(path_, "/", name);
  if (absl::Status written = storage::ReplaceFile(path, {bytes}); !written.ok()) return written;
  on_disk_.emplace(std::move(part), name);
  return name;
}

absl::Status KnowledgeFolder::Save(const SnapshotParts& parts, const KnowledgeOptions& options) {
  const std::lock_guard lock(mu_);
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (error) {
    return absl::PermissionDeniedError(
        absl::StrCat("knowledge folder ", path_, " cannot be created: ", error.message()));
  }
  BinaryWriter out;
  out.Text(SettingsOf(options));
  out.Number(parts.documents.size());
  for (const auto& [id, entry] : parts.documents) WriteEntry(entry, &out);
  out.Number(parts.parts.size());
  std::map<std::shared_ptr<const PassagePart>, std::string> kept;
  for (size_t p = 0; p < parts.parts.size(); ++p) {
    const IndexPart& index = parts.index->parts()[p];
    absl::StatusOr<std::string> name = KeepPart(*index.segment, parts.parts[p]);
    if (!name.ok()) return name.status();
    out.Text(*name);
    WriteDeleted(index, &out);
    kept.emplace(parts.parts[p], *name);
  }
  const std::string manifest = absl::StrCat(path_, "/", kManifestName);
  if (absl::Status written = storage::ReplaceFile(manifest, {Framed(kManifest, std::move(out).Take())});
      !written.ok()) {
    return written;
  }
  on_disk_ = std::move(kept);
  RemoveUnnamed();
  return absl::OkStatus();
}

void KnowledgeFolder::RemoveUnnamed() {
  std::set<std::string> named;
  for (const auto& [part, name] : on_disk_) named.insert(name);
  std::error_code error;
  std::vector<std::filesystem::path> unnamed;
  for (const auto& entry : std::filesystem::directory_iterator(path_, error)) {
    const std::string name = entry.path().filename().string();
    const bool ours = absl::EndsWith(name, kPartEnding) || absl::EndsWith(name, ".new");
    if (ours && !named.contains(name)) unnamed.push_back(entry.path());
  }
  // A mapping outlives its file; what cannot be removed now is tried again at the next save.
  for (const std::filesystem::path& path : unnamed) std::filesystem::remove(path, error);
}

absl::StatusOr<std::unique_ptr<SnapshotParts>> KnowledgeFolder::Load(
    const KnowledgeOptions& options) {
  const std::lock_guard lock(mu_);
  const std::string path = absl::StrCat(path_, "/", kManifestName);
  absl::StatusOr<std::shared_ptr<const MappedFile>> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::string_view> body = Unframed(kManifest, path, (*file)->bytes());
  if (!body.ok()) return body.status();
  BinaryReader in(*body);
  const std::string_view settings = in.Text();
  if (settings != SettingsOf(options)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "knowledge folder ", path_, " was built with other settings (",
        absl::string_view(settings.data(), settings.size()), "); it has to be rebuilt"));
  }
  auto out = std::make_unique<SnapshotParts>();
  for (uint64_t n = in.Count(); n > 0 && in.ok(); --n) {
    DocumentEntry entry = ReadEntry(&in);
    out->documents[entry.id] = std::move(entry);
  }
  std::vector<IndexPart> index;
  std::map<std::shared_ptr<const PassagePart>, std::string> on_disk;
  for (uint64_t n = in.Count(); n > 0 && in.ok(); --n) {
    const std::string name(in.Text());
    // Nothing but a name of ours is opened.
    if (!absl::EndsWith(name, kPartEnding) || name.find('/') != std::string::npos) {
      return DamagedFile(path, "the name of a part");
    }
    const std::string part_path = absl::StrCat(path_, "/", name);
    absl::StatusOr<std::shared_ptr<const MappedFile>> mapped = MappedFile::Open(part_path);
    if (absl::IsNotFound(mapped.status())) return DamagedFile(path, absl::StrCat(name, " is gone"));
    if (!mapped.ok()) return mapped.status();
    absl::StatusOr<SavedPart> part = ReadPartFile(part_path, *mapped);
    if (!part.ok()) return part.status();
    index.push_back({part->segment, nullptr});
    if (absl::Status read = ReadDeleted(path, *part->passages, &in, &index.back()); !read.ok()) {
      return read;
    }
    on_disk.emplace(part->passages, name);
    out->parts.push_back(std::move(part->passages));
  }
  if (!in.ok()) return DamagedFile(path, "its parts do not fit together");
  out->index = IndexSnapshot::Make(std::move(index));
  on_disk_ = std::move(on_disk);
  return out;
}

}  // namespace frontdesk::retrieval
