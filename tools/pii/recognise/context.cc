#include "tools/pii/recognise/context.h"

#include <algorithm>

namespace frontdesk::tools {
namespace {

// Where the last whole occurrence of word in window ends; npos when there is none.
std::size_t LastWholeEnd(std::string_view window, std::string_view word) {
  const bool open = word.back() == '*';
  if (open) word.remove_suffix(1);
  if (word.size() > window.size()) return std::string_view::npos;
  for (std::size_t at = window.size() - word.size() + 1; at-- > 0;) {
    // Most places fall at the first byte: no call for them.
    if (window[at] != word.front()) continue;
    if (at > 0 && IsWordByte(window[at - 1]) && IsWordByte(word.front())) continue;
    const std::size_t end = at + word.size();
    const bool ends =
        open || end == window.size() || !IsLetter(window[end]) || !IsLetter(word.back());
    if (ends && window.substr(at, word.size()) == word) return end;
  }
  return std::string_view::npos;
}

std::string_view WindowBefore(const View& view, std::size_t begin, std::size_t reach) {
  const std::string_view text = view.text();
  const std::size_t from = begin > reach ? begin - reach : 0;
  return text.substr(from, begin - from);
}

}  // namespace

std::size_t DistanceBefore(const View& view, std::size_t begin, WordList words, std::size_t reach) {
  const std::string_view window = WindowBefore(view, begin, reach);
  std::size_t best = std::string_view::npos;
  for (const std::string_view word : words) {
    const std::size_t end = LastWholeEnd(window, word);
    if (end != std::string_view::npos) best = std::min(best, window.size() - end);
  }
  return best;
}

bool WordBefore(const View& view, std::size_t begin, WordList words, std::size_t reach) {
  const std::string_view window = WindowBefore(view, begin, reach);
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return LastWholeEnd(window, word) != std::string_view::npos;
  });
}

bool WordAfter(const View& view, std::size_t end, WordList words, std::size_t reach) {
  std::string_view window = std::string_view(view.text()).substr(end, reach);
  window = window.substr(0, window.find('\n'));
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return LastWholeEnd(window, word) != std::string_view::npos;
  });
}

}  // namespace frontdesk::tools
