#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>

#include "text/segment.h"

namespace frontdesk::text {
namespace {

enum class Class : uint8_t {
  kOther,
  kLetter,
  kDigit,
  kUnderscore,
  kMidLetter,
  kMidNumber,
  kMidBoth
};

// Word_Break classes of the ASCII characters (UAX #29, table 3).
constexpr std::array<Class, 128> kClass = [] {
  std::array<Class, 128> out{};
  for (int c = 'a'; c <= 'z'; ++c) out[c] = out[c - 32] = Class::kLetter;
  for (int c = '0'; c <= '9'; ++c) out[c] = Class::kDigit;
  out['_'] = Class::kUnderscore;
  out[','] = out[';'] = Class::kMidNumber;
  out['.'] = out['\''] = Class::kMidBoth;
  return out;
}();

// ICU 72 and later join "a@b" into one word, earlier versions do not: we never do.
bool Separates(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '@'; }

// UAX #29 for a run of ASCII without white space or @.
void AsciiWords(std::string_view run, uint32_t base, std::vector<Span>* out) {
  const auto class_of = [&](size_t i) { return kClass[static_cast<unsigned char>(run[i])]; };
  size_t at = 0;
  while (at < run.size()) {
    Class last = class_of(at);
    if (last != Class::kLetter && last != Class::kDigit && last != Class::kUnderscore) {
      ++at;
      continue;
    }
    const size_t begin = at;
    bool counts = last != Class::kUnderscore;
    for (++at; at < run.size(); ++at) {
      const Class next = class_of(at);
      if (next == Class::kLetter || next == Class::kDigit || next == Class::kUnderscore) {
        last = next;
        counts |= next != Class::kUnderscore;
        continue;
      }
      if (at + 1 == run.size()) break;
      const Class after = class_of(at + 1);
      const bool joins_letters = (next == Class::kMidLetter || next == Class::kMidBoth) &&
                                 last == Class::kLetter && after == Class::kLetter;
      const bool joins_digits = (next == Class::kMidNumber || next == Class::kMidBoth) &&
                                last == Class::kDigit && after == Class::kDigit;
      if (!joins_letters && !joins_digits) break;
      last = after;
      ++at;
    }
    if (counts) {
      out->push_back({base + static_cast<uint32_t>(begin), base + static_cast<uint32_t>(at)});
    }
  }
}

struct IteratorCloser {
  void operator()(UBreakIterator* iterator) const { ubrk_close(iterator); }
};

UBreakIterator* WordIterator(std::string_view language) {
  thread_local std::map<std::string, std::unique_ptr<UBreakIterator, IteratorCloser>, std::less<>>
      iterators;
  auto found = iterators.find(language);
  if (found == iterators.end()) {
    UErrorCode error = U_ZERO_ERROR;
    const std::string locale(language);
    std::unique_ptr<UBreakIterator, IteratorCloser> opened(
        ubrk_open(UBRK_WORD, locale.c_str(), nullptr, 0, &error));
    found = iterators.emplace(locale, U_SUCCESS(error) ? std::move(opened) : nullptr).first;
  }
  return found->second.get();
}

// ICU's word iterator over a run that holds more than ASCII.
void IcuWords(std::string_view run, uint32_t base, std::string_view language,
              std::vector<Span>* out) {
  UBreakIterator* iterator = WordIterator(language);
  UErrorCode error = U_ZERO_ERROR;
  UText utext = UTEXT_INITIALIZER;
  utext_openUTF8(&utext, run.data(), static_cast<int64_t>(run.size()), &error);
  if (iterator == nullptr || U_FAILURE(error)) {
    out->push_back({base, base + static_cast<uint32_t>(run.size())});
    return;
  }
  ubrk_setUText(iterator, &utext, &error);
  // ICU calls some runs of underscores words; ours hold a letter, digit or ideograph.
  const auto counts = [&](int32_t from, int32_t to) {
    return std::any_of(run.begin() + from, run.begin() + to, [](unsigned char c) {
      return c >= 0x80 || kClass[c] == Class::kLetter || kClass[c] == Class::kDigit;
    });
  };
  int32_t begin = ubrk_first(iterator);
  for (int32_t end = ubrk_next(iterator); end != UBRK_DONE; end = ubrk_next(iterator)) {
    if (ubrk_getRuleStatus(iterator) >= UBRK_WORD_NONE_LIMIT && counts(begin, end)) {
      out->push_back({base + static_cast<uint32_t>(begin), base + static_cast<uint32_t>(end)});
    }
    begin = end;
  }
  utext_close(&utext);
}

}  // namespace

std::vector<Span> Words(std::string_view text, std::string_view language) {
  std::vector<Span> out;
  out.reserve(text.size() / 6 + 1);
  for (size_t at = 0; at < text.size();) {
    if (Separates(text[at])) {
      ++at;
      continue;
    }
    const size_t begin = at;
    bool ascii = true;
    for (; at < text.size() && !Separates(text[at]); ++at) {
      ascii &= static_cast<unsigned char>(text[at]) < 0x80;
    }
    const std::string_view run = text.substr(begin, at - begin);
    if (ascii) {
      AsciiWords(run, static_cast<uint32_t>(begin), &out);
    } else {
      IcuWords(run, static_cast<uint32_t>(begin), language, &out);
    }
  }
  return out;
}

}  // namespace frontdesk::text
