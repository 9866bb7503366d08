#include <poppler-document.h>
#include <poppler-page.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "retrieval/documents/blocks.h"
#include "retrieval/documents/pdf_streams.h"
#include "retrieval/stopwatch.h"
#include "text/utf8.h"

namespace frontdesk::retrieval {
namespace {

// Poppler writes its complaints to stderr; what matters comes back as an error of ours.
void Ignore(const std::string&, void*) {}

absl::StatusOr<std::string> ExtractText(std::string_view bytes, const PassageOptions& options) {
  if (absl::Status status = CheckPdfStreams(bytes, options.max_pdf_unpacked_bytes); !status.ok()) {
    return status;
  }
  const Stopwatch watch;
  poppler::set_debug_error_function(Ignore, nullptr);
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size())));
  if (document == nullptr) {
    return absl::InvalidArgumentError("is not a PDF that can be read; export it again");
  }
  if (document->is_locked()) {
    return absl::InvalidArgumentError("is locked by a password; export it without one");
  }
  if (static_cast<uint32_t>(std::max(document->pages(), 0)) > options.max_pdf_pages) {
    return absl::InvalidArgumentError(absl::StrCat("has ", document->pages(), " pages, at most ",
                                                   options.max_pdf_pages, " are taken; split it"));
  }
  std::string out;
  for (int i = 0; i < document->pages(); ++i) {
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    if (page == nullptr) continue;
    const poppler::byte_array utf8 = page->text().to_utf8();
    out.append(utf8.begin(), utf8.end());
    out += "\n\n";
    if (watch.Microseconds() > options.max_pdf_seconds * 1e6) {
      return absl::InvalidArgumentError(absl::StrCat("takes more than ", options.max_pdf_seconds,
                                                     " s to read by page ", i + 1, "; split it"));
    }
    if (out.size() > options.max_document_bytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("unpacks to more than ", options.max_document_bytes,
                       " bytes of text by page ", i + 1, "; split it"));
    }
  }
  return text::RepairUtf8(out);
}

}  // namespace

absl::StatusOr<ParsedDocument> ParsePdf(std::string_view bytes, const PassageOptions& options) {
  try {
    absl::StatusOr<std::string> extracted = ExtractText(bytes, options);
    if (!extracted.ok()) return extracted.status();
    std::replace(extracted->begin(), extracted->end(), '\0', ' ');
    absl::StatusOr<ParsedDocument> parsed = ParseText(*extracted, options);
    if (!parsed.ok()) return parsed.status();
    if (parsed->blocks.empty()) {
      return absl::InvalidArgumentError(
          "holds no text, only pictures perhaps; send a PDF with a text layer");
    }
    parsed->extracted = *std::move(extracted);
    return parsed;
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("is a damaged PDF (", error.what(), ")"));
  }
}

}  // namespace frontdesk::retrieval
