// What a parser makes of a document: a title and a list of blocks in reading order.
//
// Parsers are pure and thread-safe. Each knows one format; how blocks become passages is
// chunk.h's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "retrieval/document.h"
#include "retrieval/passage.h"
#include "retrieval/passage_options.h"
#include "text/span.h"

namespace frontdesk::retrieval {

// Plain text that remembers which bytes of the source it came from.
class SourcedText {
 public:
  // Appends text that stands in the source at `source`, byte for byte.
  void Append(std::string_view text, uint32_t source);
  // Appends text that stands nowhere in the source (a space for a line break, a label).
  void AppendOwn(std::string_view text);
  // Appends part of another text.
  void AppendSlice(const SourcedText& other, text::Span span);

  // Removes white space at both ends and joins runs of it to one space (a line break stays one
  // when `keep_lines`).
  SourcedText Collapsed(bool keep_lines) const;

  const std::string& text() const { return text_; }
  const std::vector<SourceRun>& runs() const { return runs_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
  std::vector<SourceRun> runs_;
};

struct Block {
  enum Kind { kHeading, kParagraph, kListItem, kTableRow, kCode };
  Kind kind = kParagraph;
  int level = 0;  // kHeading: 1..6
  SourcedText text;
  uint32_t begin = 0;  // bytes of the source, mark-up included
  uint32_t end = 0;
};

struct ParsedDocument {
  std::string title;     // empty when the document names none
  std::string language;  // as the document declares it, or empty
  std::string url;
  std::string extracted;  // PDF: the text that offsets count in; else empty
  std::vector<Block> blocks;
};

// Chooses the parser, after checking size and encoding.
// Errors: INVALID_ARGUMENT naming the document, the place where known, and the remedy.
absl::StatusOr<ParsedDocument> ParseDocument(const Document& document,
                                             const PassageOptions& options);

// The parsers. Precondition: bytes are UTF-8 (not so for PDF) and within the size cap.
absl::StatusOr<ParsedDocument> ParseMarkdown(std::string_view bytes, const PassageOptions& options);
absl::StatusOr<ParsedDocument> ParseHtml(std::string_view bytes, const PassageOptions& options);
absl::StatusOr<ParsedDocument> ParseText(std::string_view bytes, const PassageOptions& options);
absl::StatusOr<ParsedDocument> ParseCsvFaq(std::string_view bytes, const PassageOptions& options);
absl::StatusOr<ParsedDocument> ParsePdf(std::string_view bytes, const PassageOptions& options);

// A table row as a person would say it: "Norway – Standard: €14.95; Express: not available", "Size M – Chest: 96 cm" with
// headings, "M; 96 cm" without. What is taken from the cells keeps its bytes of the source.
SourcedText TableRow(const std::vector<SourcedText>& headings,
                     const std::vector<SourcedText>& cells);

}  // namespace frontdesk::retrieval
