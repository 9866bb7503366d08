#include <gumbo.h>

#include <algorithm>
#include <array>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "retrieval/documents/blocks.h"

namespace frontdesk::retrieval {
namespace {

template <size_t N>
bool IsOneOf(GumboTag tag, const std::array<GumboTag, N>& tags) {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

// Not read: code, controls, and what repeats on every page of a site.
bool IsSkipped(GumboTag tag) {
  return IsOneOf(
      tag, std::array{GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE, GUMBO_TAG_TEMPLATE, GUMBO_TAG_NOSCRIPT,
                      GUMBO_TAG_NAV, GUMBO_TAG_FOOTER, GUMBO_TAG_SVG, GUMBO_TAG_SELECT,
                      GUMBO_TAG_BUTTON, GUMBO_TAG_IFRAME, GUMBO_TAG_OBJECT, GUMBO_TAG_TEXTAREA});
}

// Ends the paragraph before it and after it.
bool IsBlock(GumboTag tag) {
  return IsOneOf(
      tag,
      std::array{GUMBO_TAG_P,       GUMBO_TAG_DIV,        GUMBO_TAG_LI,      GUMBO_TAG_UL,
                 GUMBO_TAG_OL,      GUMBO_TAG_SECTION,    GUMBO_TAG_ARTICLE, GUMBO_TAG_HEADER,
                 GUMBO_TAG_ASIDE,   GUMBO_TAG_MAIN,       GUMBO_TAG_BODY,    GUMBO_TAG_TABLE,
                 GUMBO_TAG_TR,      GUMBO_TAG_TBODY,      GUMBO_TAG_THEAD,   GUMBO_TAG_PRE,
                 GUMBO_TAG_FORM,    GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_DL,      GUMBO_TAG_DT,
                 GUMBO_TAG_DD,      GUMBO_TAG_FIGURE,     GUMBO_TAG_HR,      GUMBO_TAG_ADDRESS,
                 GUMBO_TAG_CAPTION, GUMBO_TAG_FIELDSET,   GUMBO_TAG_DETAILS, GUMBO_TAG_SUMMARY});
}

int HeadingLevel(GumboTag tag) {
  return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6 ? static_cast<int>(tag - GUMBO_TAG_H1) + 1 : 0;
}

// Gumbo frees its tree by recursion, so depth is measured before it parses. Elements whose end
// tag may be left out cannot nest in themselves and are not counted.
absl::Status CheckNesting(std::string_view bytes, uint32_t max_depth) {
  constexpr std::array<std::string_view, 26> kUncounted = {
      "area", "base",  "br",     "col",    "embed", "hr",    "img",   "input",   "link",
      "meta", "param", "source", "track",  "wbr",   "p",     "li",    "td",      "th",
      "tr",   "dt",    "dd",     "option", "tbody", "thead", "tfoot", "colgroup"};
  uint32_t depth = 0;
  for (size_t at = bytes.find('<'); at != std::string_view::npos; at = bytes.find('<', at + 1)) {
    const bool closes = at + 1 < bytes.size() && bytes[at + 1] == '/';
    size_t end = at + 1 + (closes ? 1 : 0);
    const size_t name_begin = end;
    while (end < bytes.size() && absl::ascii_isalnum(static_cast<unsigned char>(bytes[end]))) ++end;
    if (end == name_begin) continue;
    const std::string_view raw = bytes.substr(name_begin, end - name_begin);
    const std::string name = absl::AsciiStrToLower(absl::string_view(raw.data(), raw.size()));
    if (std::find(kUncounted.begin(), kUncounted.end(), name) != kUncounted.end()) continue;
    if (closes) {
      depth -= depth > 0;
    } else if (++depth > max_depth) {
      return absl::InvalidArgumentError(
          absl::StrCat("nests more than ", max_depth, " elements at byte ", at, "; flatten it"));
    }
  }
  return absl::OkStatus();
}

class HtmlBlocks {
 public:
  explicit HtmlBlocks(std::string_view bytes) : bytes_(bytes) {}

  void Walk(const GumboNode* root, ParsedDocument* out) {
    // (node, whether its children are done): an explicit stack, whatever the depth.
    std::vector<std::pair<const GumboNode*, bool>> stack = {{root, false}};
    while (!stack.empty()) {
      const auto [node, done] = stack.back();
      stack.pop_back();
      if (done) {
        Leave(node);
        continue;
      }
      if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
          node->type == GUMBO_NODE_CDATA) {
        AddText(node->v.text);
        continue;
      }
      if (node->type != GUMBO_NODE_ELEMENT) continue;
      const GumboTag tag = node->v.element.tag;
      if (tag == GUMBO_TAG_HTML) ReadLanguage(node->v.element, out);
      if (tag == GUMBO_TAG_HEAD) {
        ReadHead(node->v.element, out);
        continue;
      }
      if (IsSkipped(tag)) continue;
      Enter(node);
      stack.emplace_back(node, true);
      const GumboVector& children = node->v.element.children;
      for (unsigned i = children.length; i-- > 0;) {
        stack.emplace_back(static_cast<const GumboNode*>(children.data[i]), false);
      }
    }
    Flush();
  }

  std::vector<Block> Take() { return std::move(blocks_); }

 private:
  uint32_t OffsetOf(const char* at) const { return static_cast<uint32_t>(at - bytes_.data()); }
  bool InSource(const GumboStringPiece& piece) const {
    return piece.data != nullptr && piece.data >= bytes_.data() &&
           piece.data + piece.length <= bytes_.data() + bytes_.size();
  }

  static void ReadLanguage(const GumboElement& html, ParsedDocument* out) {
    const GumboAttribute* lang = gumbo_get_attribute(&html.attributes, "lang");
    if (lang != nullptr) out->language = std::string(lang->value).substr(0, 2);
  }

  static void ReadHead(const GumboElement& head, ParsedDocument* out) {
    for (unsigned i = 0; i < head.children.length; ++i) {
      const auto* child = static_cast<const GumboNode*>(head.children.data[i]);
      if (child->type != GUMBO_NODE_ELEMENT || child->v.element.tag != GUMBO_TAG_TITLE) continue;
      if (child->v.element.children.length == 0) continue;
      const auto* text = static_cast<const GumboNode*>(child->v.element.children.data[0]);
      SourcedText title;
      title.AppendOwn(text->v.text.text);
      out->title = title.Collapsed(false).text();
    }
  }

  void Enter(const GumboNode* node) {
    const GumboTag tag = node->v.element.tag;
    if (tag == GUMBO_TAG_BR) {
      current_.text.AppendOwn("\n");
      return;
    }
    if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) {
      if (table_depth_ == 1) current_ = {};  // the blanks between two cells
      return;
    }
    if (!IsBlock(tag) && HeadingLevel(tag) == 0) return;
    if (tag == GUMBO_TAG_TABLE && ++table_depth_ == 1) headings_.clear();
    // Inside a cell nothing ends a block: the row is the block.
    if (table_depth_ > 0 && tag != GUMBO_TAG_TABLE && tag != GUMBO_TAG_TR) {
      current_.text.AppendOwn(" ");
      return;
    }
    Flush();
    if (HeadingLevel(tag) > 0) current_ = {.kind = Block::kHeading, .level = HeadingLevel(tag)};
    if (tag == GUMBO_TAG_LI) current_.kind = Block::kListItem;
    if (tag == GUMBO_TAG_PRE) current_.kind = Block::kCode;
    if (tag == GUMBO_TAG_TR) {
      cells_.clear();
      row_begin_ = row_end_ = 0;
    }
  }

  void Leave(const GumboNode* node) {
    const GumboTag tag = node->v.element.tag;
    if ((tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) && table_depth_ == 1) {
      EndCell();
      heading_row_ = tag == GUMBO_TAG_TH && (cells_.size() <= 1 || heading_row_);
      return;
    }
    if (tag == GUMBO_TAG_TR && table_depth_ == 1) {
      EndRow();
      return;
    }
    if (tag == GUMBO_TAG_TABLE) {
      --table_depth_;
      if (table_depth_ == 0) current_ = {};
      return;
    }
    if (table_depth_ > 0) return;
    if (IsBlock(tag) || HeadingLevel(tag) > 0) Flush();
  }

  // Text with its place; an entity stands in the source under another spelling.
  void AddText(const GumboText& node) {
    const std::string_view text = node.text == nullptr ? "" : node.text;
    if (!InSource(node.original_text)) {
      current_.text.AppendOwn(text);
      return;
    }
    const std::string_view source(node.original_text.data, node.original_text.length);
    const uint32_t base = OffsetOf(node.original_text.data);
    if (current_.begin == 0 && current_.end == 0) current_.begin = base;
    current_.end = base + static_cast<uint32_t>(source.size());
    size_t s = 0;
    for (size_t t = 0; t < text.size();) {
      size_t same = 0;
      while (t + same < text.size() && s + same < source.size() &&
             text[t + same] == source[s + same] && source[s + same] != '&') {
        ++same;
      }
      current_.text.Append(text.substr(t, same), base + static_cast<uint32_t>(s));
      t += same;
      s += same;
      if (t >= text.size()) break;
      // An entity, or a line ending that was normalised: one character of the text.
      size_t length = 1;
      while (t + length < text.size() &&
             (static_cast<unsigned char>(text[t + length]) & 0xC0) == 0x80) {
        ++length;
      }
      current_.text.AppendOwn(text.substr(t, length));
      t += length;
      if (s < source.size() && source[s] == '&') {
        size_t end = s + 1;
        while (
            end < source.size() && end - s < 34 &&
            (absl::ascii_isalnum(static_cast<unsigned char>(source[end])) || source[end] == '#')) {
          ++end;
        }
        s = end < source.size() && source[end] == ';' ? end + 1 : end;
      } else {
        while (s < source.size() && t < text.size() && source[s] != text[t] && source[s] != '&')
          ++s;
      }
    }
  }

  // An empty cell counts too: what stands behind it belongs to the next heading.
  void EndCell() {
    if (current_.end > 0) {
      row_begin_ = row_end_ == 0 ? current_.begin : std::min(row_begin_, current_.begin);
      row_end_ = current_.end;
    }
    cells_.push_back(current_.text.Collapsed(false));
    current_ = {};
  }

  void EndRow() {
    while (!cells_.empty() && cells_.back().empty()) cells_.pop_back();
    if (cells_.empty()) return;
    if (heading_row_ && headings_.empty()) {
      headings_ = std::move(cells_);
    } else {
      Block row{.kind = Block::kTableRow, .text = TableRow(headings_, cells_)};
      row.begin = row_begin_;
      row.end = std::max(row_begin_, row_end_);
      if (!row.text.empty()) blocks_.push_back(std::move(row));
    }
    cells_.clear();
    heading_row_ = false;
  }

  void Flush() {
    current_.text = current_.text.Collapsed(current_.kind == Block::kCode);
    if (!current_.text.empty()) blocks_.push_back(std::move(current_));
    current_ = {};
  }

  std::string_view bytes_;
  Block current_;
  std::vector<Block> blocks_;
  int table_depth_ = 0;
  bool heading_row_ = false;
  std::vector<SourcedText> headings_, cells_;
  uint32_t row_begin_ = 0, row_end_ = 0;
};

struct OutputFree {
  void operator()(GumboOutput* output) const {
    gumbo_destroy_output(&kGumboDefaultOptions, output);
  }
};

}  // namespace

absl::StatusOr<ParsedDocument> ParseHtml(std::string_view bytes, const PassageOptions& options) {
  if (absl::Status status = CheckNesting(bytes, options.max_depth); !status.ok()) return status;
  const std::unique_ptr<GumboOutput, OutputFree> output(
      gumbo_parse_with_options(&kGumboDefaultOptions, bytes.data(), bytes.size()));
  ParsedDocument out;
  HtmlBlocks blocks(bytes);
  blocks.Walk(output->root, &out);
  out.blocks = blocks.Take();
  return out;
}

}  // namespace frontdesk::retrieval
