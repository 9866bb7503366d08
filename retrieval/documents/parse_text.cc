#include <algorithm>
#include <cctype>

#include "retrieval/documents/blocks.h"

namespace frontdesk::retrieval {
namespace {

std::string_view TrimmedRight(std::string_view s) {
  while (!s.empty() && static_cast<unsigned char>(s.back()) <= ' ') s.remove_suffix(1);
  return s;
}

bool IsRule(std::string_view line) {
  return line.size() >= 3 && (line.find_first_not_of('=') == std::string_view::npos ||
                              line.find_first_not_of('-') == std::string_view::npos);
}

// A short line in capitals, as headings are in plain text.
bool IsShouted(std::string_view line) {
  size_t capitals = 0;
  for (const char c : line) {
    if (std::islower(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80) {
      return false;
    }
    capitals += std::isupper(static_cast<unsigned char>(c)) != 0;
  }
  return line.size() <= 60 && capitals >= 4 && line.back() != '.' && line.back() != '!';
}

struct Line {
  std::string_view text;
  uint32_t begin;
};

void AddParagraph(const std::vector<Line>& lines, std::vector<Block>* blocks) {
  if (lines.empty()) return;
  Block block{.kind = Block::kParagraph};
  size_t first = 0;
  if (lines.size() >= 2 && IsRule(lines[1].text)) {
    Block heading{.kind = Block::kHeading, .level = lines[1].text[0] == '=' ? 1 : 2};
    heading.text.Append(lines[0].text, lines[0].begin);
    heading.begin = lines[0].begin;
    heading.end = lines[1].begin + static_cast<uint32_t>(lines[1].text.size());
    blocks->push_back(std::move(heading));
    first = 2;
  } else if (IsShouted(lines[0].text)) {
    Block heading{.kind = Block::kHeading, .level = 2};
    heading.text.Append(lines[0].text, lines[0].begin);
    heading.begin = lines[0].begin;
    heading.end = lines[0].begin + static_cast<uint32_t>(lines[0].text.size());
    blocks->push_back(std::move(heading));
    first = 1;
  }
  for (size_t i = first; i < lines.size(); ++i) {
    if (IsRule(lines[i].text)) continue;
    if (!block.text.empty()) block.text.AppendOwn("\n");
    block.text.Append(lines[i].text, lines[i].begin);
  }
  if (block.text.empty()) return;
  block.text = block.text.Collapsed(true);
  block.begin = lines[std::min(first, lines.size() - 1)].begin;
  block.end = lines.back().begin + static_cast<uint32_t>(lines.back().text.size());
  blocks->push_back(std::move(block));
}

}  // namespace

absl::StatusOr<ParsedDocument> ParseText(std::string_view bytes, const PassageOptions&) {
  ParsedDocument out;
  std::vector<Line> paragraph;
  size_t at = bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (at < bytes.size()) {
    const size_t end = std::min(bytes.find_first_of("\n\f", at), bytes.size());
    std::string_view line = TrimmedRight(bytes.substr(at, end - at));
    size_t begin = at;
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) {
      line.remove_prefix(1);
      ++begin;
    }
    if (line.empty()) {
      AddParagraph(paragraph, &out.blocks);
      paragraph.clear();
    } else {
      paragraph.push_back({line, static_cast<uint32_t>(begin)});
    }
    at = end + 1;
  }
  AddParagraph(paragraph, &out.blocks);
  return out;
}

}  // namespace frontdesk::retrieval
