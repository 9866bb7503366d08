#include "llm/runtime/draft.h"

#include <algorithm>
#include <string>

namespace frontdesk::llm {
namespace {

// Places tried, latest first, when a constraint refuses what followed there.
constexpr int kMostPlaces = 4;

}  // namespace

std::vector<int32_t> LookUpDraft(std::span<const int32_t> tokens, int most, TokenFilter* ahead) {
  const int size = static_cast<int>(tokens.size());
  int places = 0;
  for (int gram = 3; gram >= 2; --gram) {
    const auto last = tokens.last(static_cast<size_t>(std::min(gram, size)));
    for (int at = size - gram - 1; at >= 0; --at) {
      if (!std::equal(last.begin(), last.end(), tokens.begin() + at)) continue;
      const int from = at + gram;
      auto found = tokens.subspan(static_cast<size_t>(from),
                                  static_cast<size_t>(std::min(size - from, most)));
      if (ahead) found = found.first(ahead->CountAllowed(found));
      if (!found.empty()) return {found.begin(), found.end()};
      if (++places == kMostPlaces) return {};
    }
  }
  return {};
}

std::vector<int32_t> ForcedDraft(int most, TokenFilter& ahead, const Tokenizer& tokenizer) {
  constexpr size_t kTokenBytes = 8;  // more than most tokens have
  const TokenFilter::Forced forced = ahead.ForcedText(static_cast<size_t>(most) * kTokenBytes);
  if (forced.bytes.empty()) return {};
  const std::span<const int32_t> before = ahead.word();
  std::string text;
  for (int32_t token : before) text += tokenizer.Piece(token);
  text += forced.bytes;
  std::vector<int32_t> ids = tokenizer.Encode(text, MarksInText::kPlainText);
  if (ids.size() > before.size() && std::equal(before.begin(), before.end(), ids.begin())) {
    ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(before.size()));
  } else {
    ids = tokenizer.Encode(forced.bytes, MarksInText::kPlainText);
  }
  // Where more bytes follow, the last token may be the beginning of a longer one.
  if (!forced.to_an_end && !ids.empty()) ids.pop_back();
  ids.resize(std::min(ids.size(), static_cast<size_t>(most)));
  return ids;
}

}  // namespace frontdesk::llm
