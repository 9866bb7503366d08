#include "llm/model.h"

namespace frontdesk::llm {

std::string_view StopReasonName(StopReason reason) {
  switch (reason) {
    case StopReason::kEndOfTurn:
      return "end_of_turn";
    case StopReason::kMaxTokens:
      return "max_tokens";
    case StopReason::kDeadline:
      return "deadline";
    case StopReason::kCancelled:
      return "cancelled";
    case StopReason::kContextFull:
      return "context_full";
    case StopReason::kReplayed:
      return "replayed";
  }
  return "unknown";
}

}  // namespace frontdesk::llm
