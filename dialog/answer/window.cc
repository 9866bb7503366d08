#include "dialog/answer/window.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace frontdesk::dialog {
namespace {

constexpr int64_t kBytesPerToken = 3;
constexpr int64_t kFixedTokens = 300;       // rules, question, marks of the chat
constexpr int64_t kPassagesBytes = 2400;    // more passages did not make better answers
constexpr int64_t kSummaryBytes = 480;
constexpr int64_t kLeastPassages = 300;

// The latest parts that fit, in order: "a, b, c".
std::string Latest(const std::vector<std::string>& parts, size_t most) {
  size_t from = parts.size(), length = 0;
  while (from > 0 && length + parts[from - 1].size() + 2 <= most) length += parts[--from].size() + 2;
  return absl::StrJoin(parts.begin() + static_cast<int64_t>(from), parts.end(), ", ");
}

void AddSlots(const std::map<std::string, SlotState>& slots,
              std::map<std::string, std::string>* known) {
  for (const auto& [name, slot] : slots) {
    if (slot.value.is_null()) continue;
    (*known)[name] = slot.value.is_string() ? slot.value.get<std::string>() : slot.value.dump();
  }
}

}  // namespace

std::map<std::string, int64_t> PromptBudget::ToMap() const {
  return {{"window_tokens", window_tokens},   {"answer_tokens", answer_tokens},
          {"passages_bytes", passages_bytes}, {"passages_used", passages_used},
          {"summary_bytes", summary_bytes},   {"summary_used", summary_used}};
}

PromptBudget ShareWindow(int context_tokens, int answer_tokens) {
  PromptBudget budget;
  budget.window_tokens = context_tokens;
  budget.answer_tokens = answer_tokens;
  budget.passages_bytes = kPassagesBytes;
  budget.summary_bytes = kSummaryBytes;
  if (context_tokens <= 0) return budget;
  const int64_t room =
      std::max<int64_t>(0, context_tokens - answer_tokens - kFixedTokens) * kBytesPerToken;
  // Passages first: without them there is nothing to answer from.
  budget.passages_bytes = std::clamp(room, kLeastPassages, kPassagesBytes);
  budget.summary_bytes = std::clamp<int64_t>(room - budget.passages_bytes, 0, kSummaryBytes);
  return budget;
}

std::string SummaryOf(const State& state, size_t most) {
  std::map<std::string, std::string> known;
  std::vector<std::string> done, open;
  for (const FinishedFlow& flow : state.finished) {
    AddSlots(flow.slots, &known);
    done.push_back(absl::StrCat(flow.flow, " ", flow.outcome));
  }
  for (const FlowInstance& instance : state.stack) {
    AddSlots(instance.slots, &known);
    for (const WriteDone& write : instance.writes)
      done.push_back(absl::StrCat(write.tool, " ", write.outcome));
    const std::string waits_for = instance.confirmation ? "a yes"
                                  : !instance.asked.empty() ? instance.asked
                                                            : instance.step;
    open.push_back(absl::StrCat(instance.flow, " waits for ", waits_for));
  }
  if (state.clarification) {
    open.push_back(absl::StrCat("to choose: ", absl::StrJoin(state.clarification->intents, " or ")));
  }
  if (!state.ticket.empty()) open.push_back("ticket " + state.ticket);
  std::vector<std::string> values;
  for (const auto& [name, value] : known) {
    values.push_back(absl::StrCat(name, " ", CutAtCharacter(value, 60)));
  }
  std::string summary;
  const auto add = [&](std::string_view head, const std::vector<std::string>& parts) {
    const size_t used = summary.size() + head.size() + 2;
    if (used >= most) return;
    const std::string line = Latest(parts, most - used);
    if (line.empty()) return;
    absl::StrAppend(&summary, summary.empty() ? "" : "; ", std::string(head), line);
  };
  add("open: ", open);
  add("done: ", done);
  add("known: ", values);
  return summary;
}

std::string CutAtCharacter(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return std::string(text.substr(0, most));
}

}  // namespace frontdesk::dialog
