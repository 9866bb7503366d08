#include "llm/remote/server_sent_events.h"

namespace frontdesk::llm {

bool ServerSentEvents::Push(std::string_view bytes,
                            const std::function<void(std::string_view data)>& on_event) {
  for (size_t at = 0; at < bytes.size() && !broken_; ++at) {
    const char c = bytes[at];
    const bool second_half = c == '\n' && after_return_;
    after_return_ = c == '\r';
    if (second_half) continue;
    if (c == '\n' || c == '\r') {
      EndLine(on_event);
    } else if (line_.size() + data_.size() >= most_) {
      broken_ = true;
    } else {
      line_.push_back(c);
    }
  }
  return !broken_;
}

void ServerSentEvents::EndLine(const std::function<void(std::string_view)>& on_event) {
  constexpr std::string_view kField = "data";
  if (line_.empty()) {
    if (has_data_) on_event(data_);
    data_.clear();
    has_data_ = false;
    return;
  }
  const std::string_view line = line_;
  const size_t colon = line.find(':');
  if (line.substr(0, colon) == kField) {
    std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (has_data_) data_.push_back('\n');
    data_.append(value);
    has_data_ = true;
  }
  line_.clear();
}

}  // namespace frontdesk::llm
