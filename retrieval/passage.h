// A retrievable piece of a document, and what names it.
//
// A passage is a value and never changes: an edit of its document gives passages with other
// hashes. Its hash is the SHA-256 of document id, a zero byte, and text; a citation is that hash
// and a span of bytes of `text`. Thread-safe while const.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/digest.h"
#include "text/span.h"

namespace frontdesk::retrieval {

struct PassageHash {
  storage::Digest bytes{};

  std::string Hex() const;  // 64 lower-case digits
  // Errors: INVALID_ARGUMENT (not 64 hexadecimal digits).
  static absl::StatusOr<PassageHash> FromHex(std::string_view hex);
  static PassageHash Of(std::string_view document_id, std::string_view text);

  friend bool operator==(const PassageHash&, const PassageHash&) = default;
  friend auto operator<=>(const PassageHash&, const PassageHash&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const PassageHash& hash) {
    return H::combine(std::move(state), hash.bytes);
  }
};

// The first eight bytes of the hash, big-endian: orders passages of equal score, the same in
// every rebuild of a knowledge revision.
struct PassageId {
  uint64_t value = 0;

  static PassageId Of(const PassageHash& hash);
  friend bool operator==(const PassageId&, const PassageId&) = default;
  friend auto operator<=>(const PassageId&, const PassageId&) = default;
};

// From text byte `text` on, the passage's text stands in the document at byte `source` on, byte
// for byte, until the next run begins. (Mark-up lies between runs.)
struct SourceRun {
  uint32_t text = 0;
  uint32_t source = 0;
  friend bool operator==(const SourceRun&, const SourceRun&) = default;
};

struct Passage {
  PassageHash hash;
  std::string document_id;
  std::string title;                  // of the document
  std::vector<std::string> headings;  // outermost first, without the title
  std::string text;                   // plain text, UTF-8, no mark-up
  uint32_t begin = 0;                 // byte range in the document's bytes (for PDF: in its
  uint32_t end = 0;                   // extracted text)
  std::string url;
  std::string language;
  std::vector<SourceRun> runs;  // rising; empty: text is the document's bytes [begin, end)
};

// Where text[span) of a passage stands in its document's bytes.
// Precondition: span lies in passage.text. Cost: O(log runs).
text::Span SourceSpan(const Passage& passage, text::Span span);

// The other way round: what of the passage's text stands in the document's bytes [source).
// Mark-up belongs to no text; empty when nothing of the passage stands there.
text::Span TextSpan(const Passage& passage, text::Span source);

// What is embedded for a passage: title, headings and text in one line each.
std::string EmbeddingText(const Passage& passage);

// What is embedded of a passage beside its whole: title and headings in one line, then its
// sentences, of which the first kMostFacets − 1. Never empty.
inline constexpr size_t kMostFacets = 25;
std::vector<std::string> FacetTexts(const Passage& passage);

}  // namespace frontdesk::retrieval
