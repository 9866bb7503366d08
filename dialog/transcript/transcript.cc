#include "dialog/transcript/transcript.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace frontdesk::dialog {
namespace {

constexpr std::array kInputs =
    std::to_array<std::string_view>({"clock", "crm", "agents", "language", "customer", "consent",
                                     "model", "user", "agent", "idle"});
constexpr std::array kExpectations =
    std::to_array<std::string_view>({"say", "cite", "tool", "verify", "flow", "human", "end"});

template <size_t N>
bool In(const std::array<std::string_view, N>& verbs, std::string_view verb) {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

// "tool NAME fails OUTCOME" happens to the assistant; "tool NAME args -> OUTCOME" is what it did.
bool IsFault(std::string_view rest) { return rest.find(" fails ") != std::string_view::npos; }

}  // namespace

absl::StatusOr<Transcript> ParseTranscript(std::string_view text, std::string_view file) {
  Transcript transcript{.file = std::string(file)};
  int number = 0;
  absl::string_view whole(text.data(), text.size());
  whole = absl::StripSuffix(whole, "\n");
  for (const absl::string_view raw : absl::StrSplit(whole, '\n')) {
    ++number;
    TranscriptLine line{.number = number};
    if (raw.empty() || raw.front() == '#') {
      line.rest = std::string(raw);
      transcript.lines.push_back(std::move(line));
      continue;
    }
    const size_t space = raw.find(' ');
    line.verb = std::string(raw.substr(0, space));
    if (space != absl::string_view::npos) line.rest = std::string(raw.substr(space + 1));
    line.input = In(kInputs, line.verb) || (line.verb == "tool" && IsFault(line.rest));
    if (!line.input && !In(kExpectations, line.verb)) {
      return absl::InvalidArgumentError(
          absl::StrCat(transcript.file, ":", number, ": \"", line.verb,
                       "\" is no verb of a transcript; use clock, crm, agents, ",
                       "language, customer, consent, model, user, agent, idle, say, cite, tool, "
                       "verify, flow, human or end"));
    }
    transcript.lines.push_back(std::move(line));
  }
  return transcript;
}

std::string ToText(const TranscriptLine& line) {
  if (line.verb.empty()) return line.rest;
  return line.rest.empty() ? line.verb : absl::StrCat(line.verb, " ", line.rest);
}

}  // namespace frontdesk::dialog
