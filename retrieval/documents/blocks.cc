#include "retrieval/documents/blocks.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "text/utf8.h"

namespace frontdesk::retrieval {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

absl::Status Named(const Document& document, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat("document '", document.id, "': ", status.message()));
}

absl::Status CheckBytes(const Document& document, const PassageOptions& options) {
  if (document.bytes.size() > options.max_document_bytes) {
    return absl::InvalidArgumentError(absl::StrCat("has ", document.bytes.size(),
                                                   " bytes, at most ", options.max_document_bytes,
                                                   " are taken; split it"));
  }
  if (document.format == Document::kPdf) return absl::OkStatus();
  const std::string_view bytes = document.bytes;
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return absl::InvalidArgumentError("is UTF-16; save it as UTF-8 and send it again");
  }
  if (absl::Status status = text::CheckUtf8(bytes, "its text"); !status.ok()) return status;
  if (bytes.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat("holds a zero byte at offset ", bytes.find('\0'),
                                                   ", so it is no text; check its format"));
  }
  return absl::OkStatus();
}

// "Norway and Switzerland" says what a row is about; "M", "42" and "from 5" need their heading: "Size M".
bool SpeaksForItself(std::string_view cell) {
  constexpr size_t kShortestName = 4;
  size_t letters = 0;
  while (letters < cell.size() && (absl::ascii_isalpha(static_cast<unsigned char>(cell[letters])) ||
                                   static_cast<unsigned char>(cell[letters]) >= 0x80)) {
    ++letters;
  }
  return letters >= kShortestName && !absl::ascii_islower(static_cast<unsigned char>(cell[0]));
}

}  // namespace

void SourcedText::Append(std::string_view text, uint32_t source) {
  if (text.empty()) return;
  const auto at = static_cast<uint32_t>(text_.size());
  if (runs_.empty() || runs_.back().source + (at - runs_.back().text) != source) {
    runs_.push_back({at, source});
  }
  text_.append(text);
}

void SourcedText::AppendOwn(std::string_view text) {
  if (text.empty()) return;
  // A run of its own, so that what follows does not seem to continue what stood before. It points
  // behind the text before it.
  const auto at = static_cast<uint32_t>(text_.size());
  const uint32_t source = runs_.empty() ? 0 : runs_.back().source + (at - runs_.back().text);
  text_.append(text);
  if (!runs_.empty()) runs_.push_back({at, source});
}

void SourcedText::AppendSlice(const SourcedText& other, text::Span span) {
  auto run = std::upper_bound(other.runs_.begin(), other.runs_.end(), span.begin,
                              [](uint32_t at, const SourceRun& r) { return at < r.text; });
  if (run != other.runs_.begin()) --run;
  uint32_t at = span.begin;
  while (at < span.end) {
    if (run == other.runs_.end()) {
      AppendOwn(std::string_view(other.text_).substr(at, span.end - at));
      return;
    }
    const auto next = run + 1;
    const uint32_t stop = next == other.runs_.end() ? span.end : std::min(span.end, next->text);
    if (at < run->text) {
      AppendOwn(std::string_view(other.text_).substr(at, run->text - at));
      at = run->text;
      continue;
    }
    Append(std::string_view(other.text_).substr(at, stop - at), run->source + (at - run->text));
    at = stop;
    run = next;
  }
}

SourcedText SourcedText::Collapsed(bool keep_lines) const {
  SourcedText out;
  const auto size = static_cast<uint32_t>(text_.size());
  for (uint32_t at = 0; at < size;) {
    if (IsSpace(text_[at])) {
      bool line = false;
      for (; at < size && IsSpace(text_[at]); ++at) line |= text_[at] == '\n';
      if (!out.empty() && at < size) out.AppendOwn(line && keep_lines ? "\n" : " ");
      continue;
    }
    const uint32_t begin = at;
    while (at < size && !IsSpace(text_[at])) ++at;
    // A single space between two words stays part of the run.
    while (at + 1 < size && text_[at] == ' ' && !IsSpace(text_[at + 1])) {
      ++at;
      while (at < size && !IsSpace(text_[at])) ++at;
    }
    out.AppendSlice(*this, {begin, at});
  }
  return out;
}

SourcedText TableRow(const std::vector<SourcedText>& headings,
                     const std::vector<SourcedText>& cells) {
  SourcedText out;
  const auto append_heading = [&](size_t i, std::string_view mark) {
    if (i >= headings.size() || headings[i].empty()) return;
    out.AppendOwn(headings[i].text());
    out.AppendOwn(mark);
  };
  std::string_view between;  // what stands before the next cell
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string& text = cells[i].text();
    if (text.empty()) continue;
    out.AppendOwn(between);
    // The first column says what the row is about; the others say something about it.
    const bool subject = i == 0 && !headings.empty() && cells.size() > 1;
    if (!subject || !SpeaksForItself(text)) append_heading(i, subject ? " " : ": ");
    out.AppendSlice(cells[i], {0, static_cast<uint32_t>(text.size())});
    between = subject ? " – " : "; ";
  }
  return out;
}

absl::StatusOr<ParsedDocument> ParseDocument(const Document& document,
                                             const PassageOptions& options) {
  if (absl::Status status = CheckBytes(document, options); !status.ok()) {
    return Named(document, status);
  }
  absl::StatusOr<ParsedDocument> parsed = absl::InternalError("unreachable");
  switch (document.format) {
    case Document::kMarkdown:
      parsed = ParseMarkdown(document.bytes, options);
      break;
    case Document::kHtml:
      parsed = ParseHtml(document.bytes, options);
      break;
    case Document::kText:
      parsed = ParseText(document.bytes, options);
      break;
    case Document::kCsvFaq:
      parsed = ParseCsvFaq(document.bytes, options);
      break;
    case Document::kPdf:
      parsed = ParsePdf(document.bytes, options);
      break;
  }
  if (!parsed.ok()) return Named(document, parsed.status());
  return parsed;
}

}  // namespace frontdesk::retrieval
