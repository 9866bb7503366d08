// A document of the business as it is uploaded: bytes with a format and a name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace frontdesk::retrieval {

// A value; thread-safe while const.
//
//   Document d{.id = "returns.md", .format = Document::kMarkdown, .bytes = file};
struct Document {
  enum Format {
    kMarkdown,  // CommonMark; a "key: value" block between --- lines at the top is metadata
    kHtml,
    kText,    // paragraphs between blank lines
    kCsvFaq,  // RFC 4180; a question and an answer a row, headings as docs/passages.md says
    kPdf
  };

  std::string id;     // unique in a knowledge base, 1..512 bytes of UTF-8
  std::string title;  // empty: the first heading, HTML <title> or the id
  Format format = kText;
  std::string bytes;     // UTF-8, but for kPdf
  std::string url;       // where people read it; may be empty
  std::string language;  // ISO 639-1; empty: identified from the text
};

// The format a file name's ending stands for (.md .markdown .html .htm .txt .csv .pdf),
// or nothing.
std::optional<Document::Format> FormatOfFileName(std::string_view name);

// "markdown", "html", "text", "csv", "pdf", as in manifests and the API.
std::string_view FormatName(Document::Format format);
std::optional<Document::Format> FormatFromName(std::string_view name);

}  // namespace frontdesk::retrieval
