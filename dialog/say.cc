#include "dialog/say.h"

#include "absl/strings/str_cat.h"
#include "spdlog/spdlog.h"

namespace frontdesk::dialog {

Style StyleOf(const Turn& turn) {
  return {turn.state().language.empty() ? turn.bundle.assistant.languages.front()
                                        : turn.state().language,
          turn.bundle.assistant.currency};
}

void SayText(Turn& turn, std::string text, std::string_view path, std::string source,
             int64_t variant, std::vector<Citation> citations) {
  turn.Emit(
      Said{std::move(text), std::string(path), std::move(source), variant, std::move(citations)});
  turn.asked_last = false;
}

void Speak(Turn& turn, std::string_view id, const nlohmann::json& holes, std::string_view path) {
  auto found = turn.state().said.find(std::string(id));
  const int64_t variant = found == turn.state().said.end() ? 0 : found->second;
  nlohmann::json scope = holes.is_object() ? holes : nlohmann::json::object();
  // Core replies write {assistant}, flows {assistant.name}: both are served.
  scope["assistant"] = turn.bundle.assistant.name;
  scope["business"] = turn.bundle.assistant.business;
  const Style style = StyleOf(turn);
  const Template& wording = turn.bundle.Reply(id, style.language, variant);
  absl::StatusOr<std::string> text = Render(wording, scope, style);
  if (!text.ok()) {
    // A reply with a hole that this place does not fill: say what can be said.
    spdlog::warn("reply={} problem=\"{}\"", std::string(id), std::string(text.status().message()));
    std::string plain;
    for (const TemplatePart& part : wording.parts) {
      plain += part.literal;
      if (scope.contains(part.path) && scope[part.path].is_string()) {
        plain += scope[part.path].get<std::string>();
      }
    }
    text = plain;
  }
  SayText(turn, *std::move(text), path, std::string(id), variant);
}

std::string Either(const std::vector<std::string>& options, std::string_view language) {
  std::string text;
  for (size_t i = 0; i < options.size(); ++i) {
    if (i > 0 && i + 1 == options.size())
      text += language.substr(0, 2) == "de" ? " oder " : " or ";
    else if (i > 0)
      text += ", ";
    text += options[i];
  }
  return text;
}

}  // namespace frontdesk::dialog
