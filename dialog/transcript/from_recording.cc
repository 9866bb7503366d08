#include "dialog/transcript/from_recording.h"

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "re2/re2.h"

namespace frontdesk::dialog {
namespace {

std::string OneLine(const std::string& text) { return absl::StrReplaceAll(text, {{"\n", "\\n"}}); }

std::string ArgumentsText(const nlohmann::json& arguments) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : arguments.items()) {
    parts.push_back(absl::StrCat(
        name, "=", value.is_string() ? OneLine(value.get<std::string>()) : value.dump()));
  }
  return absl::StrJoin(parts, " ");
}

// Writes inputs before what followed from them.
class Writer {
 public:
  Writer(std::span<const Event> events, const FillToken& fill) : events_(events), fill_(fill) {
    for (const Event& event : events) {
      if (const auto* checked = std::get_if<VerificationChecked>(&event))
        orders_[checked->email] = checked->outcome == "verified" ? checked->order : "";
    }
  }

  std::string Write() {
    for (size_t i = 0; i < events_.size(); ++i) {
      at_ = i;
      std::visit([this](const auto& e) { Input(e); }, events_[i]);
      for (const std::string& line : TranscriptLines(events_[i]))
        absl::StrAppend(&text_, line, "\n");
    }
    return std::move(text_);
  }

 private:
  void Line(std::string_view verb, std::string_view rest) {
    absl::StrAppend(&text_, std::string(verb), rest.empty() ? "" : " ", std::string(rest), "\n");
  }
  void Clock(int64_t ms) {
    if (ms == now_ms_) return;
    now_ms_ = ms;
    Line("clock", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(ms),
                                   absl::UTCTimeZone()));
  }
  std::string Filled(const std::string& text) {
    static const RE2& token = *new RE2("(<[A-Z_]+_[0-9]+>)");
    std::string filled;
    re2::StringPiece rest(text), found;
    while (RE2::FindAndConsume(&rest, token, &found)) {
      const size_t begin = static_cast<size_t>(found.data() - text.data());
      absl::StrAppend(&filled, text.substr(done_, begin - done_),
                      fill_(std::string_view(found.data(), found.size()),
                            orders_[std::string(found)]));
      done_ = begin + found.size();
    }
    absl::StrAppend(&filled, text.substr(done_));
    done_ = 0;
    return OneLine(filled);
  }
  // Settings that this act needs: agents on duty, tools that fail, what the model says.
  void Settings() {
    std::set<std::string> failing;
    for (size_t i = at_ + 1; i < events_.size(); ++i) {
      if (std::holds_alternative<Received>(events_[i])) break;
      if (const auto* handed = std::get_if<HandedOff>(&events_[i]);
          handed != nullptr && handed->on_duty != agents_) {
        agents_ = handed->on_duty;
        Line("agents", absl::StrCat(agents_));
      }
      if (const auto* returned = std::get_if<ToolReturned>(&events_[i]);
          returned != nullptr &&
          (returned->outcome == "unavailable" || returned->outcome == "timeout" ||
           returned->outcome == "unknown")) {
        if (failing.insert(returned->tool).second)
          Line("tool", absl::StrCat(returned->tool, " fails ", returned->outcome));
      }
      if (const auto* generated = std::get_if<Generated>(&events_[i]))
        Line("model", OneLine(generated->text));
    }
    for (const std::string& tool : failing_) {
      if (failing.count(tool) == 0) Line("tool", absl::StrCat(tool, " fails ok"));
    }
    failing_ = std::move(failing);
  }

  void Input(const ConversationStarted& e) {
    Clock(e.now_ms);
    if (!e.language.empty()) Line("language", e.language);
    if (e.signed_identity) Line("customer", e.customer);
  }
  void Input(const Received& e) {
    Clock(e.now_ms);
    Settings();
    Line("user", Filled(e.text));
  }
  void Input(const ConsentChanged& e) {
    if (e.source != "chat" && e.granted) Line("consent", e.purpose);
  }
  void Input(const IdleNoticed& e) {
    Clock(e.now_ms);
    Line("idle", "");
  }
  void Agent(int64_t now_ms, std::string_view what) {
    Clock(now_ms);
    Line("agent", what);
  }
  void Input(const AgentClaimed& e) { Agent(e.now_ms, "claim"); }
  void Input(const AgentReplied& e) { Agent(e.now_ms, absl::StrCat("reply ", Filled(e.text))); }
  void Input(const AgentWhispered& e) { Agent(e.now_ms, absl::StrCat("note ", Filled(e.text))); }
  void Input(const ReturnedToAssistant& e) {
    Agent(e.now_ms, absl::StrCat("return ", Filled(e.note)));
  }
  void Input(const ClaimLost& e) { Agent(e.now_ms, "vanish"); }
  void Input(const Resolved& e) { Agent(e.now_ms, absl::StrCat("resolve ", Filled(e.resolution))); }
  template <class T>
  void Input(const T&) {}

  const std::span<const Event> events_;
  const FillToken& fill_;
  std::map<std::string, std::string> orders_;  // token → order that it verified
  std::string text_;
  size_t at_ = 0, done_ = 0;
  int64_t now_ms_ = -1, agents_ = 1;
  std::set<std::string> failing_;
};

}  // namespace

std::vector<std::string> TranscriptLines(const Event& event) {
  return std::visit(
      [](const auto& e) -> std::vector<std::string> {
        using E = std::decay_t<decltype(e)>;
        if constexpr (std::is_same_v<E, Said>) {
          std::vector<std::string> lines = {"say " + OneLine(e.text)};
          for (const Citation& citation : e.citations) {
            const std::string line = "cite " + citation.document;
            if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
          }
          return lines;
        } else if constexpr (std::is_same_v<E, ToolReturned>) {
          const std::string arguments = ArgumentsText(e.arguments);
          return {absl::StrCat("tool ", e.tool, arguments.empty() ? "" : " ", arguments, " -> ",
                               e.outcome)};
        } else if constexpr (std::is_same_v<E, VerificationChecked>) {
          return {absl::StrCat("verify ", e.order, " -> ", e.outcome)};
        } else if constexpr (std::is_same_v<E, FlowStarted>) {
          return {"flow " + e.flow};
        } else if constexpr (std::is_same_v<E, HandedOff>) {
          return {absl::StrCat("human ", e.reason, " by ", e.mode)};
        } else if constexpr (std::is_same_v<E, ConversationEnded>) {
          return {"end " + e.why};
        } else {
          return {};
        }
      },
      event);
}

std::string TranscriptOf(std::string_view why, std::span<const Event> events,
                         const FillToken& fill) {
  return absl::StrCat("# why: ", std::string(why), "\n", Writer(events, fill).Write());
}

}  // namespace frontdesk::dialog
