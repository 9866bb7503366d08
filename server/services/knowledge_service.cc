#include "absl/strings/numbers.h"
#include "server/services/admin_services.h"
#include "server/services/chat_service.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr size_t kMaxDocumentBytes = 4u << 20;
constexpr int kMaxPage = 1000;

absl::StatusOr<retrieval::Document> FromWire(const v1::Document& wire) {
  if (wire.id().empty() || wire.id().size() > 200)
    return InvalidField("document.id", "has 1 to 200 bytes");
  if (wire.content().empty()) return InvalidField("document.content", "is empty");
  if (wire.content().size() > kMaxDocumentBytes) {
    return InvalidField("document.content", "has at most 4 MiB; split the document");
  }
  retrieval::Document document;
  document.id = wire.id();
  document.title = wire.title();
  document.bytes = wire.content();
  document.url = wire.url();
  document.language = wire.language_code();
  switch (wire.format()) {
    case v1::DOCUMENT_FORMAT_MARKDOWN:
      document.format = retrieval::Document::kMarkdown;
      break;
    case v1::DOCUMENT_FORMAT_HTML:
      document.format = retrieval::Document::kHtml;
      break;
    case v1::DOCUMENT_FORMAT_TEXT:
      document.format = retrieval::Document::kText;
      break;
    case v1::DOCUMENT_FORMAT_CSV_FAQ:
      document.format = retrieval::Document::kCsvFaq;
      break;
    case v1::DOCUMENT_FORMAT_PDF:
      document.format = retrieval::Document::kPdf;
      break;
    default:
      return InvalidField("document.format", "must be one of DocumentFormat");
  }
  return document;
}

v1::DocumentFormat ToWire(std::string_view format) {
  if (format == "markdown") return v1::DOCUMENT_FORMAT_MARKDOWN;
  if (format == "html") return v1::DOCUMENT_FORMAT_HTML;
  if (format == "csv") return v1::DOCUMENT_FORMAT_CSV_FAQ;
  if (format == "pdf") return v1::DOCUMENT_FORMAT_PDF;
  return v1::DOCUMENT_FORMAT_TEXT;
}

}  // namespace

Unary* KnowledgeService::UpsertDocument(Context* context, const v1::UpsertDocumentRequest* request,
                                        v1::UpsertDocumentResponse* response) {
  return Handle(rpc_, context, "KnowledgeService/UpsertDocument",
                [=, this](const Principal&) -> absl::Status {
                  absl::StatusOr<retrieval::Document> document = FromWire(request->document());
                  if (!document.ok()) return document.status();
                  const auto report = documents_.Upsert({*std::move(document)});
                  if (!report.ok()) return report.status();
                  const auto snapshot = documents_.base().snapshot();
                  response->set_knowledge_revision(snapshot->revision().value());
                  const auto entry = snapshot->Documents().find(request->document().id());
                  if (entry != snapshot->Documents().end())
                    response->set_passages(static_cast<int32_t>(entry->second.passages));
                  return absl::OkStatus();
                }, request);
}

Unary* KnowledgeService::DeleteDocument(Context* context, const v1::DeleteDocumentRequest* request,
                                        v1::DeleteDocumentResponse* response) {
  return Handle(
      rpc_, context, "KnowledgeService/DeleteDocument",
      [=, this](const Principal&) -> absl::Status {
        if (absl::Status deleted = documents_.Delete({request->id()}); !deleted.ok())
          return deleted;
        response->set_knowledge_revision(documents_.base().snapshot()->revision().value());
        return absl::OkStatus();
      }, request);
}

Unary* KnowledgeService::ListDocuments(Context* context, const v1::ListDocumentsRequest* request,
                                       v1::ListDocumentsResponse* response) {
  return Handle(rpc_, context, "KnowledgeService/ListDocuments",
                [=, this](const Principal&) -> absl::Status {
                  const int size = request->page_size() == 0 ? 100 : request->page_size();
                  if (size < 1 || size > kMaxPage)
                    return InvalidField("page_size", "is from 1 to 1000");
                  const auto snapshot = documents_.base().snapshot();
                  response->set_knowledge_revision(snapshot->revision().value());
                  // The token is the last id of the page before.
                  for (auto it = snapshot->Documents().upper_bound(request->page_token());
                       it != snapshot->Documents().end(); ++it) {
                    if (response->documents_size() == size) {
                      response->set_next_page_token(response->documents(size - 1).id());
                      break;
                    }
                    v1::Document& wire = *response->add_documents();
                    wire.set_id(it->second.id);
                    wire.set_title(it->second.title);
                    wire.set_url(it->second.url);
                    wire.set_format(ToWire(it->second.format));
                    wire.set_language_code(it->second.language);
                    wire.set_content_hash(storage::ToHex(it->second.content));
                  }
                  return absl::OkStatus();
                });
}

Unary* KnowledgeService::Search(Context* context, const v1::SearchRequest* request,
                                v1::SearchResponse* response) {
  return Handle(rpc_, context, "KnowledgeService/Search",
                [=, this](const Principal&) -> absl::Status {
                  if (absl::Status bad = CheckMessageText(request->query(), "query"); !bad.ok())
                    return bad;
                  const int limit = request->limit() == 0 ? 10 : request->limit();
                  if (limit < 1 || limit > 100) return InvalidField("limit", "is from 1 to 100");
                  const auto snapshot = documents_.base().snapshot();
                  const auto hits = snapshot->Search(request->query(), {.k = limit});
                  if (!hits.ok()) return hits.status();
                  response->set_knowledge_revision(snapshot->revision().value());
                  for (const retrieval::Hit& hit : *hits) {
                    v1::SearchHit& wire = *response->add_hits();
                    wire.set_score_millionths(hit.score_q);
                    CopyPassage(*hit.passage, *wire.mutable_passage());
                  }
                  return absl::OkStatus();
                });
}

}  // namespace frontdesk::server
