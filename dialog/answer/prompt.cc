#include "dialog/answer/prompt.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "storage/digest.h"

namespace frontdesk::dialog {
namespace {

constexpr absl::string_view kMark = "### ";

// A line of data that looks like a section mark of the prompt, or a role mark of a chat
// template, is broken up so that it stays data.
std::string Disarm(std::string_view data) {
  return absl::StrReplaceAll(absl::string_view(data.data(), data.size()),
                             {{"###", "# # #"}, {"<|", "< |"}, {"|>", "| >"}});
}

std::string Passages(const PromptParts& parts) {
  std::string text;
  int number = 0;
  for (const FoundPassage& passage : parts.passages) {
    const std::string one = absl::StrCat("[", number + 1, "] ", Disarm(passage.title), ": ",
                                         Disarm(passage.text), "\n");
    if (text.size() + one.size() > parts.passage_bytes && number > 0) break;
    text += one;
    ++number;
  }
  return text;
}

absl::StatusOr<std::string> Fill(absl::string_view section, const PromptParts& parts) {
  std::string filled;
  for (size_t at = 0; at < section.size();) {
    const size_t open = section.find('{', at);
    if (open == absl::string_view::npos) {
      absl::StrAppend(&filled, section.substr(at));
      break;
    }
    const size_t close = section.find('}', open);
    if (close == absl::string_view::npos)
      return absl::InvalidArgumentError("a prompt has a '{' without a '}'");
    absl::StrAppend(&filled, section.substr(at, open - at));
    const absl::string_view hole = section.substr(open + 1, close - open - 1);
    if (hole == "assistant")
      absl::StrAppend(&filled, parts.assistant);
    else if (hole == "business")
      absl::StrAppend(&filled, parts.business);
    else if (hole == "language")
      absl::StrAppend(&filled, parts.language == "de" ? "German" : "English");
    else if (hole == "question")
      absl::StrAppend(&filled, Disarm(parts.question));
    else if (hole == "passages")
      absl::StrAppend(&filled, Passages(parts));
    else
      return absl::InvalidArgumentError(absl::StrCat("a prompt has no value for {", hole, "}"));
    at = close + 1;
  }
  return filled;
}

}  // namespace

absl::StatusOr<std::vector<llm::ChatMessage>> AnswerPrompt(std::string_view prompt,
                                                           const PromptParts& parts) {
  std::vector<llm::ChatMessage> messages;
  std::string role, section;
  const auto finish = [&]() -> absl::Status {
    if (role.empty()) return absl::OkStatus();
    absl::StatusOr<std::string> text = Fill(absl::StripAsciiWhitespace(section), parts);
    if (!text.ok()) return text.status();
    messages.push_back({role, *std::move(text)});
    section.clear();
    return absl::OkStatus();
  };
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(prompt.data(), prompt.size()), '\n')) {
    if (line.substr(0, kMark.size()) == kMark) {
      if (absl::Status done = finish(); !done.ok()) return done;
      role = std::string(absl::StripAsciiWhitespace(line.substr(kMark.size())));
    } else {
      absl::StrAppend(&section, line, "\n");
    }
  }
  if (absl::Status done = finish(); !done.ok()) return done;
  if (messages.empty() || messages.back().role != "user") {
    return absl::InvalidArgumentError("a prompt ends with a section \"### user\"");
  }
  return messages;
}

std::string PromptDigest(const std::vector<llm::ChatMessage>& messages) {
  std::string whole;
  for (const llm::ChatMessage& message : messages) {
    absl::StrAppend(&whole, message.role.size(), ":", message.role, message.content.size(), ":",
                    message.content);
  }
  return storage::ToHex(storage::Sha256(whole));
}

}  // namespace frontdesk::dialog
