#include "llm/tokenizer/chat_template.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::llm {
namespace {

// Collects marks and text runs. Text between two marks is encoded as one run, as the
// model saw it in training.
class PromptWriter {
 public:
  explicit PromptWriter(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  void Mark(std::string_view name) {
    EndRun();
    if (const std::optional<int32_t> id = tokenizer_.ControlToken(name)) {
      prompt_.ids.push_back(*id);
    } else if (missing_.empty()) {
      missing_ = std::string(name);
    }
  }
  void Begin() {
    if (tokenizer_.begin_token()) prompt_.ids.push_back(*tokenizer_.begin_token());
  }
  void Text(std::string_view text) { run_ += text; }
  // What was written so far is the same for every conversation.
  void EndShared() { prompt_.shared_tokens = static_cast<int>(prompt_.ids.size()); }

  absl::StatusOr<RenderedPrompt> Finish() {
    EndRun();
    if (!missing_.empty()) {
      return absl::FailedPreconditionError(
          absl::StrCat("the model's vocabulary lacks \"", missing_,
                       "\", which its chat template uses; take an instruction-tuned model file"));
    }
    return std::move(prompt_);
  }

 private:
  void EndRun() {
    const std::vector<int32_t> ids = tokenizer_.Encode(run_, MarksInText::kPlainText);
    prompt_.ids.insert(prompt_.ids.end(), ids.begin(), ids.end());
    run_.clear();
  }

  const Tokenizer& tokenizer_;
  RenderedPrompt prompt_;
  std::string run_;
  std::string missing_;
};

std::string_view Trim(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return "";
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// ChatML templates write their default system message as a literal right after the mark:
// '<|im_start|>system\nYou are …<|im_end|>'.
std::string DefaultSystem(std::string_view source) {
  constexpr std::string_view kOpen = "<|im_start|>system";
  for (size_t at = source.find(kOpen); at != std::string_view::npos;
       at = source.find(kOpen, at + 1)) {
    std::string_view rest = source.substr(at + kOpen.size());
    if (rest.starts_with("\\n")) {
      rest.remove_prefix(2);
    } else if (rest.starts_with("\n")) {
      rest.remove_prefix(1);
    }
    const size_t end = rest.find("<|im_end|>");
    if (end == std::string_view::npos) return "";
    const std::string_view text = rest.substr(0, end);
    if (!text.empty() && !Contains(text, "'") && !Contains(text, "{") && text.size() < 1000) {
      return std::string(text);
    }
  }
  return "";
}

void WriteChatMl(const std::vector<ChatMessage>& messages, PromptWriter& out) {
  for (const ChatMessage& message : messages) {
    out.Mark("<|im_start|>");
    out.Text(message.role);
    out.Text("\n");
    out.Text(message.content);
    out.Mark("<|im_end|>");
    if (message.role == "system") out.EndShared();
    out.Text("\n");
  }
  out.Mark("<|im_start|>");
  out.Text("assistant\n");
}

void WriteLlama3(const std::vector<ChatMessage>& messages, PromptWriter& out) {
  const auto header = [&](std::string_view role) {
    out.Mark("<|start_header_id|>");
    out.Text(role);
    out.Mark("<|end_header_id|>");
    out.Text("\n\n");
  };
  out.Begin();
  for (const ChatMessage& message : messages) {
    header(message.role);
    out.Text(Trim(message.content));
    out.Mark("<|eot_id|>");
    if (message.role == "system") out.EndShared();
  }
  header("assistant");
}

// Gemma knows no system role: its text goes before the first user message.
void WriteGemma(const std::vector<ChatMessage>& messages, PromptWriter& out) {
  out.Begin();
  std::string system;
  for (const ChatMessage& message : messages) {
    if (message.role == "system") {
      system = message.content + "\n\n";
      continue;
    }
    out.Mark("<start_of_turn>");
    out.Text(message.role == "assistant" ? "model\n" : "user\n");
    if (message.role == "user") {
      out.Text(system);
      system.clear();
    }
    out.Text(Trim(message.content));
    out.Mark("<end_of_turn>");
    out.Text("\n");
  }
  out.Mark("<start_of_turn>");
  out.Text("model\n");
}

void WritePlain(const std::vector<ChatMessage>& messages, PromptWriter& out) {
  out.Begin();
  for (const ChatMessage& message : messages) {
    if (message.role != "system") out.Text(message.role + ": ");
    out.Text(message.content);
    out.Text("\n");
  }
  out.Text("assistant:");
}

}  // namespace

absl::StatusOr<ChatTemplate> ChatTemplate::FromGguf(const GgufFile& file) {
  ChatTemplate chat;
  if (!file.Has("tokenizer.chat_template")) return chat;
  absl::StatusOr<std::string_view> source = file.Text("tokenizer.chat_template");
  if (!source.ok()) return source.status();
  if (Contains(*source, "<|im_start|>")) {
    chat.style_ = Style::kChatMl;
    chat.default_system_ = DefaultSystem(*source);
  } else if (Contains(*source, "<|start_header_id|>")) {
    chat.style_ = Style::kLlama3;
  } else if (Contains(*source, "<start_of_turn>")) {
    chat.style_ = Style::kGemma;
  } else {
    return absl::InvalidArgumentError(absl::StrCat(
        file.name(),
        ": its chat template is not one we know (ChatML, Llama 3, Gemma); use a model of these"));
  }
  return chat;
}

std::string_view ChatTemplate::name() const {
  switch (style_) {
    case Style::kPlain:
      return "plain";
    case Style::kChatMl:
      return "chatml";
    case Style::kLlama3:
      return "llama3";
    case Style::kGemma:
      return "gemma";
  }
  return "plain";
}

absl::StatusOr<RenderedPrompt> ChatTemplate::Render(const std::vector<ChatMessage>& messages,
                                                    const Tokenizer& tokenizer) const {
  std::vector<ChatMessage> all = messages;
  if (!default_system_.empty() && (all.empty() || all[0].role != "system")) {
    all.insert(all.begin(), {"system", default_system_});
  }
  PromptWriter out(tokenizer);
  switch (style_) {
    case Style::kPlain:
      WritePlain(all, out);
      break;
    case Style::kChatMl:
      WriteChatMl(all, out);
      break;
    case Style::kLlama3:
      WriteLlama3(all, out);
      break;
    case Style::kGemma:
      WriteGemma(all, out);
      break;
  }
  return out.Finish();
}

}  // namespace frontdesk::llm
