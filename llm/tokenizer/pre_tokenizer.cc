#include "llm/tokenizer/pre_tokenizer.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

namespace frontdesk::llm {
namespace {

enum class Class : uint8_t { kLetter, kNumber, kSpace, kOther };

struct CodePoint {
  UChar32 value;
  Class type;
  uint32_t begin;  // byte offset in the text
};

Class Classify(UChar32 c) {
  if (c < 0) return Class::kOther;
  if (c < 128) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return Class::kLetter;
    if (c >= '0' && c <= '9') return Class::kNumber;
    return c == ' ' || (c >= 9 && c <= 13) ? Class::kSpace : Class::kOther;
  }
  const uint32_t mask = U_GET_GC_MASK(c);
  if (mask & U_GC_L_MASK) return Class::kLetter;
  if (mask & U_GC_N_MASK) return Class::kNumber;
  return u_isUWhiteSpace(c) ? Class::kSpace : Class::kOther;
}

// Decodes text, with one sentinel at the end.
std::vector<CodePoint> Decode(std::string_view text) {
  std::vector<CodePoint> points;
  points.reserve(text.size() + 1);
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const int64_t size = static_cast<int64_t>(text.size());
  for (int64_t i = 0; i < size;) {
    const uint32_t begin = static_cast<uint32_t>(i);
    UChar32 c;
    U8_NEXT(bytes, i, size, c);
    if (c < 0) i = begin + 1;  // a stray byte stands alone
    points.push_back({c, Classify(c), begin});
  }
  points.push_back({-1, Class::kOther, static_cast<uint32_t>(size)});
  return points;
}

// Cuts points [begin, end) by one of the expressions; a cut is the index after a word.
class Cutter {
 public:
  Cutter(const std::vector<CodePoint>& points, size_t begin, size_t end)
      : points_(points), at_(begin), end_(end) {}

  bool done() const { return at_ >= end_; }

  size_t NextGpt2() {
    if (const size_t n = Contraction(false)) return at_ += n;
    const size_t skip = Is(0, ' ') && at_ + 1 < end_ && TypeAt(1) != Class::kSpace ? 1 : 0;
    if (TypeAt(skip) != Class::kSpace) return at_ += skip + Run(skip, TypeAt(skip), end_);
    return NextSpaces();
  }

  // digits: how many numbers may stand together (3 for Llama 3, 1 for Qwen 2).
  size_t NextLlama3(size_t digits) {
    if (const size_t n = Contraction(true)) return at_ += n;
    const bool mark = TypeAt(0) == Class::kOther || (TypeAt(0) == Class::kSpace && !IsLineEnd(0));
    const size_t skip = mark && at_ + 1 < end_ && TypeAt(1) == Class::kLetter ? 1 : 0;
    if (TypeAt(skip) == Class::kLetter) return at_ += skip + Run(skip, Class::kLetter, end_);
    if (TypeAt(0) == Class::kNumber) return at_ += Run(0, Class::kNumber, at_ + digits);
    const size_t blank = Is(0, ' ') && at_ + 1 < end_ && TypeAt(1) == Class::kOther ? 1 : 0;
    if (TypeAt(blank) == Class::kOther) {
      at_ += blank + Run(blank, Class::kOther, end_);
      while (!done() && IsLineEnd(0)) ++at_;
      return at_;
    }
    const size_t spaces = Run(0, Class::kSpace, end_);
    for (size_t i = spaces; i > 0; --i) {
      if (IsLineEnd(i - 1)) return at_ += i;  // \s*[\r\n]+: to the last line end
    }
    return NextSpaces();
  }

 private:
  Class TypeAt(size_t i) const { return points_[at_ + i].type; }
  bool Is(size_t i, UChar32 c) const { return at_ + i < end_ && points_[at_ + i].value == c; }
  bool IsLineEnd(size_t i) const { return Is(i, '\r') || Is(i, '\n'); }

  // How many points of this class follow from at_ + from, before limit.
  size_t Run(size_t from, Class type, size_t limit) const {
    size_t i = at_ + from;
    while (i < end_ && i < limit && points_[i].type == type) ++i;
    return i - at_ - from;
  }

  // 's 't 'm 'd 're 've 'll: their length, or 0.
  size_t Contraction(bool any_case) const {
    if (!Is(0, '\'')) return 0;
    const auto letter = [&](size_t i) -> UChar32 {
      if (at_ + i >= end_) return 0;
      const UChar32 c = points_[at_ + i].value;
      if (!any_case) return c;
      return c == 0x17F ? 's' : (c >= 'A' && c <= 'Z' ? c + 32 : c);  // ſ folds to s
    };
    const UChar32 first = letter(1), second = letter(2);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
    if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
        (first == 'l' && second == 'l')) {
      return 3;
    }
    return 0;
  }

  // \s+(?!\S)|\s+: all spaces, but the last one stays with the word that follows.
  size_t NextSpaces() {
    const size_t spaces = Run(0, Class::kSpace, end_);
    const bool word_follows = at_ + spaces < end_;
    return at_ += (word_follows && spaces > 1) ? spaces - 1 : spaces;
  }

  const std::vector<CodePoint>& points_;
  size_t at_;
  const size_t end_;
};

}  // namespace

std::optional<PreTokenizer> PreTokenizerFromName(std::string_view name) {
  if (name == "gpt-2" || name == "default") return PreTokenizer::kGpt2;
  if (name == "smollm") return PreTokenizer::kSmollm;
  if (name == "llama-bpe" || name == "llama3" || name == "llama-v3") return PreTokenizer::kLlama3;
  if (name == "qwen2") return PreTokenizer::kQwen2;
  return std::nullopt;
}

std::vector<std::string_view> SplitWords(std::string_view text, PreTokenizer style) {
  const std::vector<CodePoint> points = Decode(text);
  const size_t end = points.size() - 1;
  std::vector<std::string_view> words;
  const auto add = [&](size_t from, size_t to) {
    words.push_back(text.substr(points[from].begin, points[to].begin - points[from].begin));
  };
  size_t from = 0;
  while (from < end) {
    size_t to = end;
    if (style == PreTokenizer::kSmollm) {
      if (points[from].type == Class::kNumber) {
        add(from, from + 1);
        ++from;
        continue;
      }
      to = from;
      while (to < end && points[to].type != Class::kNumber) ++to;
    }
    Cutter cutter(points, from, to);
    while (!cutter.done()) {
      size_t next;
      switch (style) {
        case PreTokenizer::kGpt2:
        case PreTokenizer::kSmollm:
          next = cutter.NextGpt2();
          break;
        case PreTokenizer::kLlama3:
          next = cutter.NextLlama3(3);
          break;
        case PreTokenizer::kQwen2:
          next = cutter.NextLlama3(1);
          break;
      }
      add(from, next);
      from = next;
    }
  }
  return words;
}

}  // namespace frontdesk::llm
