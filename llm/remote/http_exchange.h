// One POST whose answer is read while it comes, over libcurl.
//
// Thread-safe: concurrent exchanges take connections of a pool. No redirect is
// followed, no proxy of the environment is used; every wait looks at the cancel every
// few hundredths of a second.
//
//   HttpExchanges http("https://models.example/v1/chat/completions", headers);
//   HttpOutcome outcome = http.Post(body, limits, on_bytes);

#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace frontdesk::llm {

struct HttpLimits {
  absl::Duration connect = absl::Seconds(5);
  absl::Duration silence = absl::Seconds(20);  // between two pieces of the answer
  absl::Time deadline = absl::InfiniteFuture();
  std::function<bool()> cancelled;  // empty: never
};

struct HttpOutcome {
  enum class End {
    kWhole,      // the server closed the answer as HTTP says
    kFailed,     // no connection, or it broke
    kSilent,     // `silence` passed
    kDeadline,   // `deadline` passed
    kCancelled,  // `cancelled` returned true
    kRefused,    // on_bytes returned false
  };
  End end = End::kFailed;
  long status = 0;              // 0: no answer began
  std::string error;            // of kFailed, for people
  absl::Duration retry_after;   // the header in seconds; zero: none
};

class HttpExchanges {
 public:
  // allow_plain: http:// may be used; else https:// only.
  HttpExchanges(std::string url, std::vector<std::string> headers, bool allow_plain);
  ~HttpExchanges();
  HttpExchanges(const HttpExchanges&) = delete;
  HttpExchanges& operator=(const HttpExchanges&) = delete;

  // on_bytes gets the body of a 2xx answer on this thread; false ends the exchange. Bodies
  // of other answers are dropped.
  HttpOutcome Post(const std::string& body, const HttpLimits& limits,
                   const std::function<bool(std::string_view)>& on_bytes);

 private:
  void* TakeConnections();
  void ReturnConnections(void* multi);

  const std::string url_;
  const std::vector<std::string> headers_;
  const bool allow_plain_;
  std::mutex mutex_;
  std::vector<void*> idle_;  // CURLM handles with their open connections; guarded by mutex_
};

}  // namespace frontdesk::llm
