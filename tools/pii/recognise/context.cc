#include "tools/pii/recognise/context.h"

namespace frontdesk::tools {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Where the whole word at window[at] ends; kNone when it is not there. Precondition: window[at] == word[0].
std::size_t WholeEnd(std::string_view window, std::size_t at, std::string_view word) {
  const bool open = word.back() == '*';
  if (open) word.remove_suffix(1);
  const std::size_t end = at + word.size();
  if (end > window.size()) return kNone;
  if (!open && end < window.size() && IsLetter(window[end]) && IsLetter(word.back())) return kNone;
  for (std::size_t i = 1; i < word.size(); ++i) {  // the first byte is known to be the same
    if (window[at + i] != word[i]) return kNone;
  }
  return end;
}

// Where the last whole occurrence of any word ends; kNone when there is none.
std::size_t LastWholeEnd(std::string_view window, WordList list) {
  if (list.words.empty()) return kNone;
  std::size_t last = kNone;
  for (std::size_t at = 0; at < window.size(); ++at) {
    const auto byte = static_cast<unsigned char>(window[at]);
    if (list.first[byte] == 0) continue;
    if (at > 0 && IsWordByte(window[at]) && IsWordByte(window[at - 1])) continue;
    for (std::size_t i = list.first[byte] - 1u; i < list.words.size() && list.words[i][0] == window[at]; ++i) {
      const std::size_t end = WholeEnd(window, at, list.words[i]);
      if (end != kNone && (last == kNone || end > last)) last = end;
    }
  }
  return last;
}

std::string_view WindowBefore(const View& view, std::size_t begin, std::size_t reach) {
  const std::size_t from = begin > reach ? begin - reach : 0;
  return view.text().substr(from, begin - from);
}

}  // namespace

std::size_t DistanceBefore(const View& view, std::size_t begin, WordList words, std::size_t reach) {
  const std::string_view window = WindowBefore(view, begin, reach);
  const std::size_t end = LastWholeEnd(window, words);
  return end == kNone ? kNone : window.size() - end;
}

bool WordBefore(const View& view, std::size_t begin, WordList words, std::size_t reach) {
  return LastWholeEnd(WindowBefore(view, begin, reach), words) != kNone;
}

bool WordAfter(const View& view, std::size_t end, WordList words, std::size_t reach) {
  std::string_view window = view.text().substr(end, reach);
  window = window.substr(0, window.find('\n'));
  return LastWholeEnd(window, words) != kNone;
}

}  // namespace frontdesk::tools
