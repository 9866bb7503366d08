#include "dialog/answer/question_parts.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "text/analyse.h"

namespace frontdesk::dialog {
namespace {

constexpr size_t kMostParts = 3;

bool SaysSomething(std::string_view part) {
  return text::Analyse(part, "en", {.drop_stop_words = true}).size() >= 2;
}

}  // namespace

std::vector<std::string> QuestionParts(std::string_view question) {
  static const RE2 kBorder(
      "(?i)([?;]\\s+|,?\\s+(?:and|und|also)\\s+)(?:what|how|when|where|which|who|why|is|are|do|does|"
      "can|could|may|will|until|from how|by when|was|wie|wann|wo|welche\\w*|wer|kann|ist|sind|gibt)\\b");
  std::vector<std::string> parts;
  size_t begin = 0, from = 0;
  while (parts.size() + 1 < kMostParts) {
    re2::StringPiece border;
    if (!kBorder.Match(question, from, question.size(), RE2::UNANCHORED, &border, 1)) break;
    re2::StringPiece mark;
    RE2::PartialMatch(re2::StringPiece(border), kBorder, &mark);
    const size_t at = static_cast<size_t>(border.data() - question.data());
    const size_t next = at + mark.size();
    from = next;
    if (!SaysSomething(question.substr(begin, at - begin)) ||
        !SaysSomething(question.substr(next))) {
      continue;
    }
    parts.emplace_back(question.substr(begin, at - begin));
    begin = next;
  }
  parts.emplace_back(question.substr(begin));
  return parts;
}

std::vector<std::string> PartQueries(const std::vector<std::string>& parts) {
  static const RE2 kPointsBack(
      "(?i)\\b(?:it|its|they|them|there|that|those|this|these|one|er|sie|es|davon|dort|dorthin)\\b");
  std::vector<std::string> queries;
  for (size_t i = 0; i < parts.size(); ++i) {
    queries.push_back(i > 0 && RE2::PartialMatch(parts[i], kPointsBack)
                          ? absl::StrCat(parts[i - 1], " ", parts[i])
                          : parts[i]);
  }
  return queries;
}

}  // namespace frontdesk::dialog
