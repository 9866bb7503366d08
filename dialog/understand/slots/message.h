// A message as tokens: the one reading of the text that slots, cues and clauses share.
//
// The text is folded (NFKC, case, digits of all scripts) and cut into words, digit runs, vault
// tokens and punctuation; every token knows where it stands in the original. Values; not
// thread-safe while being built.
//
//   Message m = ReadMessage("Order #48213, <EMAIL_1>");
//   // order | # | 48213 | , | <EMAIL_1>
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace frontdesk::understand {

struct MessageToken {
  enum Kind { kWord, kNumber, kMark, kVault };
  Kind kind = kWord;
  std::string key;      // WordKey of a word, the digits, the mark, or the vault token as written
  uint32_t begin = 0, end = 0;  // bytes of the original text
  uint32_t folded_begin = 0, folded_end = 0;  // bytes of Message::folded
  bool joined = false;  // nothing between the previous token and this one
};

struct Message {
  std::string text;    // the original, repaired to UTF-8
  std::string folded;  // what the tokens were cut from
  std::vector<MessageToken> tokens;

  size_t size() const { return tokens.size(); }
  const std::string& key(size_t i) const { return tokens[i].key; }
  bool IsNumber(size_t i) const {
    return i < tokens.size() && tokens[i].kind == MessageToken::kNumber;
  }
  bool IsMark(size_t i, char mark) const {
    return i < tokens.size() && tokens[i].kind == MessageToken::kMark && tokens[i].key[0] == mark;
  }
  // The original words of tokens [first, last).
  std::string_view Surface(size_t first, size_t last) const;
};

// At most `limit` bytes are read (cut at a character).
Message ReadMessage(std::string_view text, size_t limit = 8192);

// The form in which words are compared: folded, apostrophes dropped, ä ö ü as ae oe ue, other
// accents stripped. "Doesn't" → "doesnt", "Größe" → "groesse".
std::string WordKey(std::string_view word);

}  // namespace frontdesk::understand
