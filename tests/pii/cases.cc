#include "tests/pii/cases.h"

#include <gtest/gtest.h>

#include <fstream>

namespace frontdesk::tools {
namespace {

// \n, \t and \uXXXX.
std::string Unescape(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out += text[i];
    } else if (text[i + 1] == 'n' || text[i + 1] == 't') {
      out += text[++i] == 'n' ? '\n' : '\t';
    } else if (text[i + 1] == 'u' && i + 5 < text.size()) {
      const unsigned code = std::stoul(text.substr(i + 2, 4), nullptr, 16);
      if (code < 0x800) {
        out += static_cast<char>(0xC0 | code >> 6);
      } else {
        out += static_cast<char>(0xE0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
      }
      out += static_cast<char>(0x80 | (code & 0x3F));
      i += 5;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::vector<PiiCase> ReadPiiCases(const std::string& file) {
  std::ifstream in(std::string(FRONTDESK_SOURCE_DIR) + "/tests/pii/cases/" + file);
  EXPECT_TRUE(in) << file;
  const std::string open = "⟦", close = "⟧";
  std::vector<PiiCase> cases;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t tab = line.find('\t');
    EXPECT_NE(tab, std::string::npos) << line;
    PiiCase one;
    one.name = line.substr(0, tab);
    const std::string marked = Unescape(line.substr(tab + 1));
    for (std::size_t at = 0; at < marked.size();) {
      const std::size_t begin = marked.find(open, at);
      one.text += marked.substr(at, begin - at);
      if (begin == std::string::npos) break;
      const std::size_t colon = marked.find(':', begin), end = marked.find(close, begin);
      EXPECT_TRUE(colon < end && end != std::string::npos) << one.name;
      const auto type =
          PiiTypeFromName(marked.substr(begin + open.size(), colon - begin - open.size()));
      EXPECT_TRUE(type.has_value()) << one.name;
      PiiSpan span;
      span.begin = static_cast<std::uint32_t>(one.text.size());
      one.text += marked.substr(colon + 1, end - colon - 1);
      span.end = static_cast<std::uint32_t>(one.text.size());
      span.type = type.value_or(PiiType::kEmail);
      one.spans.push_back(span);
      at = end + close.size();
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace frontdesk::tools
