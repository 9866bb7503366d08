#include "dialog/answer/asked_question.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "text/lines.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

absl::StatusOr<AskedQuestion> ReadAsked(std::string_view line, int number) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  const absl::Status bad = absl::InvalidArgumentError(absl::StrCat(
      "line ", number,
      R"(: needs {"question", "kind": answerable, two_documents, false_premise or unanswerable, )"
      R"("documents": [id], "facts": [[spelling]]})"));
  if (!json.is_object()) return bad;
  try {
    AskedQuestion asked{json.at("question").get<std::string>(), json.at("kind").get<std::string>(),
                        json.at("documents").get<std::vector<std::string>>(),
                        json.at("facts").get<std::vector<std::vector<std::string>>>()};
    const std::vector<std::string> kinds = {"answerable", "two_documents", "false_premise",
                                            "unanswerable"};
    if (std::find(kinds.begin(), kinds.end(), asked.kind) == kinds.end()) return bad;
    return asked;
  } catch (const nlohmann::json::exception&) {
    return bad;
  }
}

}  // namespace

bool AskedQuestion::IsSource(std::string_view document) const {
  return std::find(documents.begin(), documents.end(), document) != documents.end();
}

bool HoldsFact(std::string_view folded, const std::vector<std::string>& spellings) {
  return std::any_of(spellings.begin(), spellings.end(), [&](const std::string& spelling) {
    return folded.find(text::FoldText(spelling)) != std::string_view::npos;
  });
}

absl::StatusOr<std::vector<AskedQuestion>> ReadAskedQuestions(std::string_view jsonl) {
  std::vector<AskedQuestion> questions;
  for (const auto& [number, line] : text::NonEmptyLines(jsonl)) {
    absl::StatusOr<AskedQuestion> asked = ReadAsked(line, number);
    if (!asked.ok()) return asked.status();
    questions.push_back(*std::move(asked));
  }
  if (questions.empty()) return absl::InvalidArgumentError("holds no questions");
  return questions;
}

}  // namespace frontdesk::dialog
