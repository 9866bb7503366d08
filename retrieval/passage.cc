#include "retrieval/passage.h"

#include <algorithm>
#include "text/segment.h"

namespace frontdesk::retrieval {

std::string PassageHash::Hex() const { return storage::ToHex(bytes); }

absl::StatusOr<PassageHash> PassageHash::FromHex(std::string_view hex) {
  absl::StatusOr<storage::Digest> digest = storage::DigestFromHex(hex);
  if (!digest.ok()) return digest.status();
  return PassageHash{*digest};
}

PassageHash PassageHash::Of(std::string_view document_id, std::string_view text) {
  storage::Sha256Stream stream;
  stream.Update(document_id);
  stream.Update(std::string_view("\0", 1));
  stream.Update(text);
  return {stream.Finish()};
}

PassageId PassageId::Of(const PassageHash& hash) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = (value << 8) | hash.bytes[i];
  return {value};
}

text::Span SourceSpan(const Passage& passage, text::Span span) {
  const auto source_of = [&](uint32_t at) {
    auto run = std::upper_bound(passage.runs.begin(), passage.runs.end(), at,
                                [](uint32_t a, const SourceRun& r) { return a < r.text; });
    if (run == passage.runs.begin()) return passage.begin + at;
    --run;
    return run->source + (at - run->text);
  };
  if (span.empty()) return {source_of(span.begin), source_of(span.begin)};
  const uint32_t begin = std::clamp(source_of(span.begin), passage.begin, passage.end);
  const uint32_t end = std::clamp(source_of(span.end - 1) + 1, begin, passage.end);
  return {begin, end};
}

// Title and headings in one line.
static std::string TitleLine(const Passage& passage) {
  std::string out = passage.title;
  for (const std::string& heading : passage.headings) {
    if (!out.empty()) out += ". ";
    out += heading;
  }
  return out;
}

std::vector<std::string> FacetTexts(const Passage& passage) {
  std::vector<std::string> out = {TitleLine(passage)};
  for (const text::Span& span : text::Sentences(passage.text, passage.language)) {
    if (out.size() == kMostFacets) break;
    out.emplace_back(text::Slice(passage.text, span));
  }
  return out;
}

std::string EmbeddingText(const Passage& passage) {
  std::string out = TitleLine(passage);
  if (!out.empty()) out += ". ";
  out += passage.text;
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

}  // namespace frontdesk::retrieval
