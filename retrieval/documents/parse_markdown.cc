#include <cmark.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "retrieval/documents/blocks.h"

namespace frontdesk::retrieval {
namespace {

struct NodeFree {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct IteratorFree {
  void operator()(cmark_iter* iterator) const { cmark_iter_free(iterator); }
};

std::string_view Trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r'))
    s.remove_suffix(1);
  return s;
}

// Reads the "key: value" block at the top; returns where the text begins.
size_t ReadMetadata(std::string_view bytes, ParsedDocument* out) {
  if (!bytes.starts_with("---\n") && !bytes.starts_with("---\r\n")) return 0;
  size_t at = bytes.find('\n') + 1;
  while (at < bytes.size()) {
    const size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::string_view line = Trimmed(bytes.substr(at, end - at));
    at = std::min(end + 1, bytes.size());
    if (line == "---" || line == "...") return at;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = Trimmed(line.substr(0, colon));
    std::string_view value = Trimmed(line.substr(colon + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
        value.back() == value.front()) {
      value = value.substr(1, value.size() - 2);
    }
    if (key == "title") out->title = value;
    if (key == "language" || key == "lang") out->language = value;
    if (key == "url") out->url = value;
  }
  return 0;  // never closed: no metadata
}

// cmark's parser takes time that grows with depth times length: refuse what no person writes.
absl::Status CheckNesting(std::string_view bytes, uint32_t max_depth) {
  uint32_t depth = 0;
  size_t line = 1;
  bool at_start = true;
  for (const char c : bytes) {
    if (c == '\n') {
      depth = 0;
      ++line;
      at_start = true;
      continue;
    }
    if (!at_start) continue;
    if (c == '>' || c == '-' || c == '*' || c == '+') {
      // "-----" is a rule and "***" too; they stay far below the cap as well.
      if (++depth > max_depth) {
        return absl::InvalidArgumentError(absl::StrCat("line ", line, " nests more than ",
                                                       max_depth, " levels deep; flatten it"));
      }
    } else if (c != ' ' && c != '\t') {
      at_start = false;
    }
  }
  return absl::OkStatus();
}

class MarkdownBlocks {
 public:
  MarkdownBlocks(std::string_view bytes, size_t offset) : bytes_(bytes) {
    line_begin_.push_back(0);  // lines are counted from 1
    line_begin_.push_back(static_cast<uint32_t>(offset));
    for (size_t at = offset; at < bytes.size(); ++at) {
      if (bytes[at] == '\n') line_begin_.push_back(static_cast<uint32_t>(at + 1));
    }
  }

  void Enter(cmark_node* node) {
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_HEADING:
        Begin(node, Block::kHeading, cmark_node_get_heading_level(node));
        break;
      case CMARK_NODE_PARAGRAPH:
        Begin(node, InsideItem(node) ? Block::kListItem : Block::kParagraph, 0);
        break;
      case CMARK_NODE_CODE_BLOCK:
        Begin(node, Block::kCode, 0);
        AddLines(cmark_node_get_literal(node));
        End();
        break;
      case CMARK_NODE_TEXT:
      case CMARK_NODE_CODE:
        AddLiteral(cmark_node_get_literal(node));
        break;
      case CMARK_NODE_SOFTBREAK:
      case CMARK_NODE_LINEBREAK:
        current_.text.AppendOwn("\n");
        break;
      default:
        break;  // raw HTML, rules and images add nothing; links and emphasis add their text
    }
  }
  void Exit(cmark_node* node) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HEADING || type == CMARK_NODE_PARAGRAPH) End();
  }

  std::vector<Block> Take() { return std::move(blocks_); }

 private:
  static bool InsideItem(cmark_node* node) {
    cmark_node* parent = cmark_node_parent(node);
    return parent != nullptr && cmark_node_get_type(parent) == CMARK_NODE_ITEM;
  }

  uint32_t OffsetOf(int line, int column) const {
    const size_t l =
        std::clamp<size_t>(static_cast<size_t>(std::max(line, 1)), 1, line_begin_.size() - 1);
    return std::min<uint32_t>(line_begin_[l] + static_cast<uint32_t>(std::max(column, 1) - 1),
                              static_cast<uint32_t>(bytes_.size()));
  }

  void Begin(cmark_node* node, Block::Kind kind, int level) {
    current_ = Block{.kind = kind, .level = level};
    current_.begin = OffsetOf(cmark_node_get_start_line(node), cmark_node_get_start_column(node));
    current_.end = std::max(current_.begin, OffsetOf(cmark_node_get_end_line(node),
                                                     cmark_node_get_end_column(node) + 1));
    cursor_ = current_.begin;
  }

  // Finds inline text in the block's source, from the last find on. What was written as an entity
  // or an escape is not found and stays without a place.
  void AddLiteral(const char* literal) {
    const std::string_view text = literal == nullptr ? "" : literal;
    constexpr size_t kLook = 4096;
    const std::string_view window = bytes_.substr(
        cursor_,
        std::min<size_t>(current_.end - std::min(cursor_, current_.end), kLook + text.size()));
    const size_t found = text.empty() ? std::string_view::npos : window.find(text);
    if (found == std::string_view::npos) {
      current_.text.AppendOwn(text);
      return;
    }
    const auto at = static_cast<uint32_t>(cursor_ + found);
    current_.text.Append(text, at);
    cursor_ = at + static_cast<uint32_t>(text.size());
  }

  void AddLines(const char* literal) {
    std::string_view rest = literal == nullptr ? "" : literal;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      AddLiteral(std::string(rest.substr(0, end)).c_str());
      current_.text.AppendOwn("\n");
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  void End() {
    if (current_.kind == Block::kParagraph && AddTable()) return;
    const bool keep_lines = current_.kind == Block::kCode;
    current_.text = current_.text.Collapsed(keep_lines);
    if (!current_.text.empty()) blocks_.push_back(std::move(current_));
    current_ = Block{};
  }

  // Splits the line [begin, end) of the block's text at its bars.
  std::vector<SourcedText> Cells(uint32_t begin, uint32_t end) const {
    const std::string& text = current_.text.text();
    std::vector<SourcedText> cells;
    uint32_t from = begin;
    for (uint32_t at = begin; at <= end; ++at) {
      if (at < end && text[at] != '|') continue;
      SourcedText cell;
      cell.AppendSlice(current_.text, {from, at});
      cells.push_back(cell.Collapsed(false));
      from = at + 1;
    }
    if (!cells.empty() && cells.front().empty()) cells.erase(cells.begin());
    if (!cells.empty() && cells.back().empty()) cells.pop_back();
    return cells;
  }

  // A paragraph whose second line is "|---|---|" is a table, which plain CommonMark does not know.
  bool AddTable() {
    const std::string& text = current_.text.text();
    std::vector<text::Span> lines;
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      lines.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(end)});
      at = end + 1;
    }
    if (lines.size() < 3) return false;
    const std::string_view rule = text::Slice(text, lines[1]);
    if (rule.find('-') == std::string_view::npos || rule.find('|') == std::string_view::npos ||
        rule.find_first_not_of("|-: \t") != std::string_view::npos) {
      return false;
    }
    const std::vector<SourcedText> headings = Cells(lines[0].begin, lines[0].end);
    for (size_t i = 2; i < lines.size(); ++i) {
      Block row{.kind = Block::kTableRow};
      row.text = TableRow(headings, Cells(lines[i].begin, lines[i].end));
      if (row.text.empty()) continue;
      row.begin = current_.begin;
      row.end = current_.end;
      blocks_.push_back(std::move(row));
    }
    current_ = Block{};
    return true;
  }

  std::string_view bytes_;
  std::vector<uint32_t> line_begin_;  // by line number
  Block current_;
  uint32_t cursor_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace

absl::StatusOr<ParsedDocument> ParseMarkdown(std::string_view bytes,
                                             const PassageOptions& options) {
  ParsedDocument out;
  const size_t offset = ReadMetadata(bytes, &out);
  if (absl::Status status = CheckNesting(bytes.substr(offset), options.max_depth); !status.ok()) {
    return status;
  }
  const std::unique_ptr<cmark_node, NodeFree> root(
      cmark_parse_document(bytes.data() + offset, bytes.size() - offset, CMARK_OPT_DEFAULT));
  const std::unique_ptr<cmark_iter, IteratorFree> iterator(cmark_iter_new(root.get()));
  MarkdownBlocks blocks(bytes, offset);
  for (cmark_event_type event = cmark_iter_next(iterator.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(iterator.get())) {
    cmark_node* node = cmark_iter_get_node(iterator.get());
    if (event == CMARK_EVENT_ENTER) blocks.Enter(node);
    if (event == CMARK_EVENT_EXIT) blocks.Exit(node);
  }
  out.blocks = blocks.Take();
  return out;
}

}  // namespace frontdesk::retrieval
