#include "retrieval/saved/part_file.h"

#include <cstring>
#include <utility>

#include "retrieval/saved/binary_form.h"

namespace frontdesk::retrieval {
namespace {

constexpr FileKind kPartFile{.magic = "FDKNPART", .version = 1, .noun = "knowledge part"};
constexpr size_t kHead = 12;  // of the frame, before the body
constexpr size_t kAlignment = 64;

void WritePassage(const Passage& passage, BinaryWriter* out) {
  out->Digest(passage.hash.bytes);
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

std::shared_ptr<const Passage> ReadPassage(BinaryReader* in) {
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

// Fills facets and facet_begin of a part whose passages and dimensions are there.
void ReadFacets(BinaryReader* in, PassagePart* part) {
  if (part->dimensions == 0) return;
  for (size_t i = 0; i < part->passages.size() && in->ok(); ++i) {
    part->facet_begin.push_back(part->facet_begin.back() + static_cast<uint32_t>(in->Count()));
  }
  for (uint32_t f = 0; f < part->facet_begin.back() && in->ok(); ++f) {
    const std::string_view scale = in->Raw(sizeof(float));
    const std::string_view row = in->Raw(part->dimensions);
    if (!in->ok()) return;
    float value = 0;
    std::memcpy(&value, scale.data(), sizeof(value));
    part->facets.AddCoded({reinterpret_cast<const int8_t*>(row.data()), row.size()}, value);
  }
}

}  // namespace

std::string PartFileBytes(const Segment& segment, const PassagePart& passages) {
  BinaryWriter out;
  out.Number(passages.passages.size());
  for (const auto& passage : passages.passages) WritePassage(*passage, &out);
  out.Number(passages.dimensions);
  out.Align(kAlignment, kHead);
  for (size_t i = 0; passages.dimensions > 0 && i < passages.passages.size(); ++i) {
    const std::span<const float> row = passages.embedding(i);
    out.Raw({reinterpret_cast<const char*>(row.data()), row.size_bytes()});
  }
  for (size_t i = 0; passages.dimensions > 0 && i < passages.passages.size(); ++i) {
    out.Number(passages.facet_begin[i + 1] - passages.facet_begin[i]);
  }
  for (size_t f = 0; f < passages.facets.size(); ++f) {
    const float scale = passages.facets.scale(f);
    out.Raw({reinterpret_cast<const char*>(&scale), sizeof(scale)});
    const std::span<const int8_t> row = passages.facets.row(f).first(passages.dimensions);
    out.Raw({reinterpret_cast<const char*>(row.data()), row.size()});
  }
  out.Text(segment.bytes());
  return Framed(kPartFile, std::move(out).Take());
}

absl::StatusOr<SavedPart> ReadPartFile(const std::string& path,
                                       std::shared_ptr<const MappedFile> file) {
  absl::StatusOr<std::string_view> body = Unframed(kPartFile, path, file->bytes());
  if (!body.ok()) return body.status();
  BinaryReader in(*body);
  auto part = std::make_shared<PassagePart>();
  for (uint64_t n = in.Count(); n > 0 && in.ok(); --n) part->passages.push_back(ReadPassage(&in));
  const uint64_t dimensions = in.Number();
  in.Align(kAlignment, kHead);
  const size_t passages = part->passages.size();
  if (!in.ok() || dimensions > body->size()) return DamagedFile(path, "its passages");
  const std::string_view floats = in.Raw(passages * dimensions * sizeof(float));
  if (!in.ok()) return DamagedFile(path, "its embeddings");
  part->Map(dimensions, reinterpret_cast<const float*>(floats.data()), file);
  ReadFacets(&in, part.get());
  const std::string_view segment_bytes = in.Text();
  if (!in.ok()) return DamagedFile(path, "its facets");
  absl::StatusOr<std::shared_ptr<const Segment>> segment = Segment::Open(segment_bytes, file);
  if (!segment.ok()) return DamagedFile(path, "its index");
  if ((*segment)->documents() != passages) return DamagedFile(path, "index and passages");
  return SavedPart{*std::move(segment), std::move(part)};
}

}  // namespace frontdesk::retrieval
