// What a remote model's server may send: the same events however the bytes are cut, and text
// that is always UTF-8.
#include <cstdlib>
#include <string>
#include <vector>

#include "llm/remote/chat_delta.h"
#include "llm/remote/server_sent_events.h"
#include "llm/tokenizer/utf8_stream.h"

namespace {

std::vector<std::string> Events(std::string_view bytes, size_t piece) {
  frontdesk::llm::ServerSentEvents stream(1024);
  std::vector<std::string> events;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    if (!stream.Push(bytes.substr(at, piece),
                     [&](std::string_view data) { events.emplace_back(data); }))
      break;
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> whole = Events(bytes, size + 1);
  if (Events(bytes, 1) != whole || Events(bytes, 7) != whole) std::abort();
  for (const std::string& event : whole) {
    const auto delta = frontdesk::llm::ReadChatDelta(event);
    if (delta.ok() && !frontdesk::llm::IsWholeUtf8(delta->text)) std::abort();
  }
  return 0;
}
