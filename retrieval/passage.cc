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

text::Span TextSpan(const Passage& passage, text::Span source) {
  const auto size = static_cast<uint32_t>(passage.text.size());
  uint32_t begin = size, end = 0;
  const auto overlap = [&](uint32_t from, uint32_t to, uint32_t at) {  // text [from, to) is at `at`
    const uint64_t first = std::max<uint64_t>(source.begin, at);
    const uint64_t last = std::min<uint64_t>(source.end, uint64_t{at} + (to - from));
    if (first >= last) return;
    begin = std::min(begin, static_cast<uint32_t>(from + (first - at)));
    end = std::max(end, static_cast<uint32_t>(from + (last - at)));
  };
  if (passage.runs.empty()) overlap(0, size, passage.begin);
  for (size_t i = 0; i < passage.runs.size(); ++i) {
    const uint32_t to = i + 1 < passage.runs.size() ? passage.runs[i + 1].text : size;
    overlap(passage.runs[i].text, to, passage.runs[i].source);
  }
  return begin < end ? text::Span{begin, end} : text::Span{0, 0};
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
