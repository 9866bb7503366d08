#include "dialog/answer/prompt.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"
#include "storage/digest.h"

namespace frontdesk::dialog {
namespace {

// Text between "### name" and the next section.
std::string SectionOf(const std::string& prompt, std::string_view name) {
  const std::string mark = absl::StrCat("### ", std::string(name), "\n");
  size_t begin = prompt.find(mark);
  if (begin == std::string::npos) return "";
  begin += mark.size();
  size_t end = prompt.find("\n### ", begin);
  return prompt.substr(begin, end == std::string::npos ? std::string::npos : end - begin);
}

// A line with a hole that stays empty says nothing: it is left out.
std::string WithoutLineOf(std::string text, std::string_view hole) {
  const size_t at = text.find(hole);
  if (at == std::string::npos) return text;
  const size_t before = text.rfind('\n', at), after = text.find('\n', at);
  const size_t begin = before == std::string::npos ? 0 : before + 1;
  return text.erase(begin, after == std::string::npos ? after : after + 1 - begin);
}

const char* LanguageName(std::string_view code) {
  return code.substr(0, 2) == "de" ? "German" : "English";
}

// Text that can neither close the fence nor speak as another role.
std::string AsData(std::string_view text) {
  static const RE2 kMarks("(?i)</?passages?>|<\\|[^|>]{0,40}\\|>|\\[/?INST\\]|</?(start|end)_of_turn>");
  std::string data(text);
  RE2::GlobalReplace(&data, kMarks, " ");
  return data;
}

}  // namespace

std::vector<llm::ChatMessage> AnswerPrompt(const Bundle& bundle, std::string_view question,
                                           const std::vector<FoundPassage>& passages,
                                           const std::string& summary, std::string_view language,
                                           PromptBudget& budget) {
  const size_t most = static_cast<size_t>(budget.passages_bytes);
  std::string data;
  for (size_t i = 0; i < passages.size(); ++i) {
    std::string one =
        absl::StrCat("[", i + 1, "] ", AsData(passages[i].title), ": ", AsData(passages[i].text), "\n");
    if (data.size() + one.size() > most && i > 0) break;
    data += CutAtCharacter(one, most);
  }
  budget.passages_used = static_cast<int64_t>(data.size());
  budget.summary_used = static_cast<int64_t>(summary.size());
  data = absl::StrCat("<passages>\n", data, "</passages>");
  const std::string& prompt = bundle.prompts.at("answer");
  auto fill = [&](std::string text) {
    if (summary.empty()) text = WithoutLineOf(std::move(text), "{conversation}");
    return absl::StrReplaceAll(text, {{"{business}", bundle.assistant.business},
                                      {"{assistant}", bundle.assistant.name},
                                      {"{language}", LanguageName(language)},
                                      {"{passages}", data},
                                      {"{conversation}", AsData(summary)},
                                      {"{question}", AsData(question)}});
  };
  std::vector<llm::ChatMessage> messages;
  if (std::string system = SectionOf(prompt, "system"); !system.empty())
    messages.push_back({"system", fill(system)});
  std::string user = SectionOf(prompt, "user");
  messages.push_back({"user", fill(user.empty() ? prompt : user)});
  return messages;
}

std::string PromptDigest(const std::vector<llm::ChatMessage>& messages) {
  storage::Sha256Stream prompt;
  for (const llm::ChatMessage& message : messages)
    prompt.Update(absl::StrCat(message.role, "\n", message.content, "\n"));
  return storage::ToHex(prompt.Finish());
}

}  // namespace frontdesk::dialog
