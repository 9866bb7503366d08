#include "tools/pii/names/name_tokens.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "tools/pii/names/word_lists.h"

namespace frontdesk::tools {
namespace {

enum class Class { kBlank, kBreak, kLetter, kDigit, kOther };

struct Character {
  UChar32 code;
  std::uint32_t begin, end;
  Class type;
};

Class ClassOf(UChar32 c) {
  if (c < 128) {
    if (c == '\n' || c == '\r') return Class::kBreak;
    if (c == ' ' || c == '\t') return Class::kBlank;
    if (c >= '0' && c <= '9') return Class::kDigit;
    return (c | 32) >= 'a' && (c | 32) <= 'z' ? Class::kLetter : Class::kOther;
  }
  if (u_isalpha(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0) return Class::kLetter;
  if (u_isdigit(c)) return Class::kDigit;
  return u_isUWhiteSpace(c) ? Class::kBlank : Class::kOther;
}

std::vector<Character> Characters(std::string_view text) {
  std::vector<Character> characters;
  characters.reserve(text.size());
  const auto length = static_cast<std::int64_t>(text.size());
  for (std::int64_t i = 0; i < length;) {
    const auto begin = static_cast<std::uint32_t>(i);
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(text.data(), i, length, c);
    characters.push_back({c, begin, static_cast<std::uint32_t>(i), ClassOf(c)});
  }
  return characters;
}

void AppendUtf8(UChar32 c, std::string& out) {
  char buffer[U8_MAX_LENGTH];
  int length = 0;
  U8_APPEND_UNSAFE(buffer, length, c);
  out.append(buffer, static_cast<std::size_t>(length));
}

bool IsApostrophe(UChar32 c) { return c == '\'' || c == 0x2019; }

// Letters' case runs up to two long, digits one by one up to six.
void AppendShape(const Character& c, std::string& shape) {
  char mark = '.';
  std::size_t most = 1;
  if (c.type == Class::kLetter) {
    mark = u_isupper(c.code) ? 'X' : 'x';
    most = 2;
  } else if (c.type == Class::kDigit) {
    mark = 'd';
    most = 6;
  } else if (c.code < 128) {
    mark = static_cast<char>(c.code);
  }
  if (shape.size() >= most && shape.find_last_not_of(mark) + most < shape.size() + 1 &&
      shape.substr(shape.size() - most) == std::string(most, mark)) {
    return;
  }
  if (shape.size() < 10) shape += mark;
}

NameToken MakeToken(const std::vector<Character>& characters, std::size_t first, std::size_t last) {
  NameToken token;
  token.begin = characters[first].begin;
  token.end = characters[last - 1].end;
  for (std::size_t i = first; i < last; ++i) {
    const Character& c = characters[i];
    if (c.code < 128) {
      token.lower += static_cast<char>(c.code >= 'A' && c.code <= 'Z' ? c.code + 32 : c.code);
    } else {
      AppendUtf8(IsApostrophe(c.code) ? '\'' : u_tolower(c.code), token.lower);
    }
    AppendShape(c, token.shape);
    if (c.type == Class::kDigit) token.kinds |= kHasDigit;
  }
  if (u_isupper(characters[first].code)) token.kinds |= kCapital;
  if (characters[first].type != Class::kLetter) return token;
  std::uint32_t kinds = KindsOf(token.lower);
  if (kinds == 0) {
    const std::size_t hyphen = token.lower.find('-');
    if (hyphen != std::string::npos) kinds = KindsOf(token.lower.substr(0, hyphen));
  }
  token.kinds |= kinds;
  if (HasStreetEnding(token.lower)) token.kinds |= kStreetEnding;
  return token;
}

}  // namespace

std::vector<NameToken> NameTokens(std::string_view text) {
  const std::vector<Character> characters = Characters(text);
  std::vector<NameToken> tokens;
  const auto is = [&](std::size_t i, Class type) {
    return i < characters.size() && characters[i].type == type;
  };
  for (std::size_t i = 0; i < characters.size();) {
    const std::size_t first = i;
    switch (characters[i].type) {
      case Class::kBlank:
        ++i;
        continue;
      case Class::kBreak: {
        while (is(i, Class::kBreak) || is(i, Class::kBlank)) ++i;
        NameToken token;
        token.begin = characters[first].begin;
        token.end = characters[i - 1].end;
        token.lower = token.shape = "\n";
        token.kinds = kLineBreak;
        tokens.push_back(std::move(token));
        continue;
      }
      case Class::kOther:
        ++i;
        break;
      case Class::kLetter:
      case Class::kDigit: {
        for (;;) {
          while (is(i, Class::kLetter) || is(i, Class::kDigit)) ++i;
          if (!is(i, Class::kOther) || !is(i + 1, Class::kLetter) || !is(i - 1, Class::kLetter))
            break;
          const UChar32 joint = characters[i].code;
          const bool possessive = IsApostrophe(joint) && (characters[i + 1].code | 32) == 's' &&
                                  !is(i + 2, Class::kLetter);
          if ((!IsApostrophe(joint) && joint != '-') || possessive) break;
          ++i;
        }
        break;
      }
    }
    tokens.push_back(MakeToken(characters, first, i));
  }
  return tokens;
}

}  // namespace frontdesk::tools
