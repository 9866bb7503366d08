// Cuts a stream of server-sent events into the data of each event.
//
// Takes bytes in pieces of any size: an event may be cut anywhere. Lines end in LF, CRLF
// or CR; fields other than "data" and comments are skipped; several data lines of one
// event are joined by LF. An event is bounded, so a stream that never ends a line costs
// at most that. Not thread-safe. Source: WHATWG HTML, "Server-sent events".
//
//   ServerSentEvents events(1 << 20);
//   events.Push("data: {\"a\":1}\n\n", [](std::string_view data) { … });

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace frontdesk::llm {

class ServerSentEvents {
 public:
  explicit ServerSentEvents(size_t most_event_bytes) : most_(most_event_bytes) {}

  // Hands each event that is whole by now to on_event. Returns false when an event is
  // larger than allowed; the stream is useless from then on.
  bool Push(std::string_view bytes, const std::function<void(std::string_view data)>& on_event);

 private:
  void EndLine(const std::function<void(std::string_view)>& on_event);

  const size_t most_;
  std::string line_;
  std::string data_;
  bool has_data_ = false;
  bool after_return_ = false;  // a CR ended the last line: an LF right after belongs to it
  bool broken_ = false;
};

}  // namespace frontdesk::llm
