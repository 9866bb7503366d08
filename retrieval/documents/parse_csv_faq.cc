#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "retrieval/documents/blocks.h"

namespace frontdesk::retrieval {
namespace {

struct Row {
  std::vector<SourcedText> fields;
  uint32_t begin = 0;
  uint32_t end = 0;
  size_t line = 1;
};

// RFC 4180, with commas or semicolons as the first line has it; quotes are doubled inside quotes.
class CsvReader {
 public:
  explicit CsvReader(std::string_view bytes) : bytes_(bytes) {
    if (bytes_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    const std::string_view first = bytes_.substr(at_, bytes_.find('\n', at_) - at_);
    separator_ =
        std::count(first.begin(), first.end(), ';') > std::count(first.begin(), first.end(), ',')
            ? ';'
            : ',';
  }

  // The next row, nothing at the end. Errors: INVALID_ARGUMENT naming the line of an open quote.
  absl::StatusOr<std::optional<Row>> Next() {
    if (at_ >= bytes_.size()) return std::optional<Row>();
    Row row{.begin = static_cast<uint32_t>(at_), .line = line_};
    for (bool more = true; more;) {
      SourcedText field;
      if (at_ < bytes_.size() && bytes_[at_] == '"') {
        if (absl::Status status = ReadQuoted(row.line, &field); !status.ok()) return status;
      }
      const size_t end =
          std::min(bytes_.find_first_of(separator_ == ',' ? ",\n" : ";\n", at_), bytes_.size());
      field.Append(bytes_.substr(at_, end - at_), static_cast<uint32_t>(at_));
      row.fields.push_back(field.Collapsed(true));
      row.end = static_cast<uint32_t>(end);
      more = end < bytes_.size() && bytes_[end] == separator_;
      line_ += end < bytes_.size() && !more;
      at_ = end + 1;
    }
    return std::optional<Row>(std::move(row));
  }

 private:
  absl::Status ReadQuoted(size_t row_line, SourcedText* field) {
    ++at_;
    while (true) {
      const size_t quote = bytes_.find('"', at_);
      if (quote == std::string_view::npos) {
        return absl::InvalidArgumentError(
            absl::StrCat("line ", row_line,
                         " opens a quote that is never closed; double the quotes inside text"));
      }
      const std::string_view piece = bytes_.substr(at_, quote - at_);
      line_ += static_cast<size_t>(std::count(piece.begin(), piece.end(), '\n'));
      field->Append(piece, static_cast<uint32_t>(at_));
      at_ = quote + 1;
      if (at_ >= bytes_.size() || bytes_[at_] != '"') return absl::OkStatus();
      field->Append("\"", static_cast<uint32_t>(at_));
      ++at_;
    }
  }

  std::string_view bytes_;
  char separator_ = ',';
  size_t at_ = 0;
  size_t line_ = 1;
};

struct Columns {
  size_t question = 0;
  size_t answer = 1;
  std::optional<size_t> category;
};

// The columns that a heading row names, or nothing when the row is no heading.
std::optional<Columns> ReadHeading(const Row& row) {
  std::optional<size_t> question, answer, category;
  for (size_t i = 0; i < row.fields.size(); ++i) {
    const std::string name = absl::AsciiStrToLower(row.fields[i].text());
    if (name == "question" || name == "q" || name == "title" || name == "frage") question = i;
    if (name == "answer" || name == "a" || name == "text" || name == "antwort") answer = i;
    if (name == "category" || name == "topic" || name == "section") category = i;
  }
  if (!question || !answer) return std::nullopt;
  return Columns{*question, *answer, category};
}

Block MakeBlock(Block::Kind kind, int level, const SourcedText& text, const Row& row) {
  return {.kind = kind, .level = level, .text = text, .begin = row.begin, .end = row.end};
}

}  // namespace

absl::StatusOr<ParsedDocument> ParseCsvFaq(std::string_view bytes, const PassageOptions&) {
  ParsedDocument out;
  CsvReader reader(bytes);
  Columns columns;
  bool first = true;
  std::string category;
  while (true) {
    absl::StatusOr<std::optional<Row>> next = reader.Next();
    if (!next.ok()) return next.status();
    if (!next->has_value()) break;
    const Row& row = **next;
    const bool is_first = std::exchange(first, false);
    if (row.fields.size() == 1 && row.fields[0].empty()) continue;
    if (is_first) {
      if (const auto heading = ReadHeading(row)) {
        columns = *heading;
        continue;
      }
    }
    if (row.fields.size() <= std::max(columns.question, columns.answer)) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", row.line, " has ", row.fields.size(), " field(s), a question and ",
                       "an answer are needed; quote fields that hold the separator"));
    }
    const SourcedText& question = row.fields[columns.question];
    const SourcedText& answer = row.fields[columns.answer];
    if (answer.empty()) continue;
    if (columns.category && *columns.category < row.fields.size() &&
        row.fields[*columns.category].text() != category) {
      category = row.fields[*columns.category].text();
      out.blocks.push_back(MakeBlock(Block::kHeading, 1, row.fields[*columns.category], row));
    }
    out.blocks.push_back(MakeBlock(Block::kHeading, 2, question.Collapsed(false), row));
    out.blocks.push_back(MakeBlock(Block::kParagraph, 0, answer, row));
  }
  return out;
}

}  // namespace frontdesk::retrieval
