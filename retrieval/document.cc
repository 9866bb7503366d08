#include "retrieval/document.h"

#include <array>

#include "absl/strings/ascii.h"

namespace frontdesk::retrieval {
namespace {

struct Ending {
  std::string_view text;
  Document::Format format;
};
constexpr std::array kEndings = {
    Ending{".md", Document::kMarkdown}, Ending{".markdown", Document::kMarkdown},
    Ending{".html", Document::kHtml},   Ending{".htm", Document::kHtml},
    Ending{".txt", Document::kText},    Ending{".csv", Document::kCsvFaq},
    Ending{".pdf", Document::kPdf}};

}  // namespace

std::optional<Document::Format> FormatOfFileName(std::string_view name) {
  const std::string lower = absl::AsciiStrToLower(absl::string_view(name.data(), name.size()));
  for (const Ending& ending : kEndings) {
    if (std::string_view(lower).ends_with(ending.text)) return ending.format;
  }
  return std::nullopt;
}

std::string_view FormatName(Document::Format format) {
  switch (format) {
    case Document::kMarkdown:
      return "markdown";
    case Document::kHtml:
      return "html";
    case Document::kText:
      return "text";
    case Document::kCsvFaq:
      return "csv";
    case Document::kPdf:
      return "pdf";
  }
  return "text";
}

std::optional<Document::Format> FormatFromName(std::string_view name) {
  for (const Document::Format format :
       {Document::kMarkdown, Document::kHtml, Document::kText, Document::kCsvFaq, Document::kPdf}) {
    if (FormatName(format) == name) return format;
  }
  return std::nullopt;
}

}  // namespace frontdesk::retrieval
