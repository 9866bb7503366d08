#include "dialog/understand/slots/message.h"

#include <algorithm>

#include "text/normalise.h"
#include "text/utf8.h"

namespace frontdesk::understand {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

// Marks and spaces above ASCII that are no part of a word: general punctuation, currency signs,
// no-break space. Returns the length of the character when it is one, else 0.
size_t WideMark(std::string_view text, size_t at) {
  if (static_cast<unsigned char>(text[at]) < 0x80) return 0;
  size_t next = at;
  const char32_t c = text::NextCodePoint(text, &next);
  const bool mark = (c >= 0x80 && c <= 0xBF && c != 0xAA && c != 0xB5 && c != 0xBA) ||
                    (c >= 0x2000 && c <= 0x206F) || (c >= 0x20A0 && c <= 0x20CF) ||
                    (c >= 0x3000 && c <= 0x303F) || c == 0x060C || c == 0x061F || c == 0xFFFD;
  return mark ? next - at : 0;
}

// Emoji and dingbats: each is a word of its own.
size_t Pictograph(std::string_view text, size_t at) {
  if (static_cast<unsigned char>(text[at]) < 0xE2) return 0;
  size_t next = at;
  const char32_t c = text::NextCodePoint(text, &next);
  const bool emoji = (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x2600 && c <= 0x27BF);
  return emoji ? next - at : 0;
}

// "<EMAIL_1>" at text[at]: its length, else 0.
size_t VaultToken(std::string_view text, size_t at) {
  size_t i = at + 1, letters = 0;
  while (i < text.size() && ((text[i] >= 'A' && text[i] <= 'Z') || text[i] == '_')) ++i, ++letters;
  const size_t digits = i;
  while (i < text.size() && IsDigit(text[i])) ++i;
  const bool token = letters >= 3 && i > digits && text[digits - 1] == '_' && i < text.size() &&
                     text[i] == '>';
  return token ? i + 1 - at : 0;
}

class Reader {
 public:
  explicit Reader(Message* message) : message_(*message) {
    const text::Normalised folded = text::Fold(message_.text);
    message_.folded = folded.text;
    source_ = &folded.source;
    Read();
  }

 private:
  void Read() {
    const std::string& f = message_.folded;
    size_t at = 0;
    while (at < f.size()) {
      const size_t begin = at;
      if (f[at] == ' ' || f[at] == '\t' || f[at] == '\n' || f[at] == '\r') {
        ++at;
      } else if (const size_t vault = VaultAt(at); vault > 0) {
        at += vault;
        Add(MessageToken::kVault, begin, at, "");
      } else if (IsDigit(f[at])) {
        while (at < f.size() && IsDigit(f[at])) ++at;
        Add(MessageToken::kNumber, begin, at, f.substr(begin, at - begin));
      } else if (const size_t wide = WideMark(f, at); wide > 0) {
        at += wide;
        if (f.compare(begin, 3, "\xE2\x80\x8B") != 0 && f.compare(begin, 2, "\xC2\xA0") != 0) {
          Add(MessageToken::kMark, begin, at, f.substr(begin, wide));
        }
      } else if (const size_t picture = Pictograph(f, at); picture > 0) {
        at += picture;
        Add(MessageToken::kWord, begin, at, f.substr(begin, picture));
      } else if (IsLetter(f[at])) {
        ReadWord(&at);
      } else {
        ++at;
        Add(MessageToken::kMark, begin, at, f.substr(begin, 1));
      }
    }
  }

  void ReadWord(size_t* at) {
    const std::string& f = message_.folded;
    const size_t begin = *at;
    while (*at < f.size()) {
      if (IsLetter(f[*at]) && WideMark(f, *at) == 0 && Pictograph(f, *at) == 0) {
        ++*at;
        while (*at < f.size() && (static_cast<unsigned char>(f[*at]) & 0xC0) == 0x80) ++*at;
      } else if (f[*at] == '\'' && *at + 1 < f.size() && IsLetter(f[*at + 1])) {
        ++*at;
      } else {
        break;
      }
    }
    Add(MessageToken::kWord, begin, *at, WordKey(std::string_view(f).substr(begin, *at - begin)));
  }

  // Vault tokens are looked for in the original: typed look-alikes were escaped before.
  size_t VaultAt(size_t at) const {
    if (message_.folded[at] != '<') return 0;
    const size_t length = VaultToken(message_.text, (*source_)[at]);
    return length > 0 && at + length <= message_.folded.size() ? length : 0;
  }

  void Add(MessageToken::Kind kind, size_t begin, size_t end, std::string key) {
    MessageToken token;
    token.kind = kind;
    token.begin = (*source_)[begin];
    token.end = (*source_)[end];
    token.folded_begin = static_cast<uint32_t>(begin);
    token.folded_end = static_cast<uint32_t>(end);
    token.joined = !message_.tokens.empty() && message_.tokens.back().folded_end == begin;
    token.key = kind == MessageToken::kVault
                    ? message_.text.substr(token.begin, token.end - token.begin)
                    : std::move(key);
    message_.tokens.push_back(std::move(token));
  }

  Message& message_;
  const std::vector<uint32_t>* source_ = nullptr;
};

}  // namespace

std::string_view Message::Surface(size_t first, size_t last) const {
  if (first >= last) return {};
  return std::string_view(text).substr(tokens[first].begin,
                                       tokens[last - 1].end - tokens[first].begin);
}

Message ReadMessage(std::string_view text, size_t limit) {
  if (text.size() > limit) {
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
    text = text.substr(0, limit);
  }
  Message message;
  message.text = text::RepairUtf8(text);
  Reader{&message};
  return message;
}

std::string WordKey(std::string_view word) {
  std::string folded = text::FoldText(word);
  std::string key;
  bool accents = false;
  for (size_t i = 0; i < folded.size(); ++i) {
    const std::string_view two = std::string_view(folded).substr(i, 2);
    if (folded[i] == '\'') continue;
    if (two == "ä" || two == "ö" || two == "ü") {
      key += two == "ä" ? "ae" : two == "ö" ? "oe" : "ue";
      ++i;
      continue;
    }
    accents |= static_cast<unsigned char>(folded[i]) >= 0x80;
    key += folded[i];
  }
  return accents ? text::StripAccents(key) : key;
}

}  // namespace frontdesk::understand
