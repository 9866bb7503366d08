// How an answer's prompt shares the model's window, and what a long conversation comes down to in
// it. Pure: the same log gives the same prompt.
//
//   PromptBudget budget = ShareWindow(info.context_tokens, max_tokens);
//   std::string summary = SummaryOf(state, budget.summary_bytes);
//   // open: return_item waits for item; done: order_status completed; known: order_id 48213
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "dialog/state.h"

namespace frontdesk::dialog {

// Bytes stand for tokens at three to one, which holds for the languages the demo speaks; the model
// itself refuses a prompt that does not fit.
struct PromptBudget {
  int64_t window_tokens = 0;   // the model's; 0: unknown, the usual share is taken
  int64_t answer_tokens = 0;   // kept free for the answer
  int64_t passages_bytes = 0, passages_used = 0;
  int64_t summary_bytes = 0, summary_used = 0;

  std::map<std::string, int64_t> ToMap() const;
};

PromptBudget ShareWindow(int context_tokens, int answer_tokens);

// What the conversation holds besides its words: known values (as vault tokens), decisions (flows
// that ended, writes), open points. One line, empty when there is nothing yet, of at most `most`
// bytes: open points go first, then the latest decisions, then values.
std::string SummaryOf(const State& state, size_t most);

// The longest prefix of whole characters of at most `most` bytes.
std::string CutAtCharacter(std::string_view text, size_t most);

}  // namespace frontdesk::dialog
