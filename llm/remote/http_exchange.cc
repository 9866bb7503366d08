#include "llm/remote/http_exchange.h"

#include <curl/curl.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"

namespace frontdesk::llm {
namespace {

constexpr size_t kMostIdle = 8;
constexpr size_t kMostHeaderBytes = 64 << 10;
constexpr int kPollMs = 25;
constexpr absl::Duration kLongestRetryAfter = absl::Hours(1);

// What curl's callbacks of one exchange share.
struct Transfer {
  CURL* curl;
  const std::function<bool(std::string_view)>& on_bytes;
  absl::Time last_byte;
  size_t header_bytes = 0;
  absl::Duration retry_after;
  bool refused = false;
};

size_t OnBody(char* bytes, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.last_byte = absl::Now();
  long status = 0;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200 || status > 299) return size * count;
  if (transfer.on_bytes({bytes, size * count})) return size * count;
  transfer.refused = true;
  return 0;  // ends the transfer
}

size_t OnHeader(char* bytes, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.last_byte = absl::Now();
  transfer.header_bytes += size * count;
  if (transfer.header_bytes > kMostHeaderBytes) return 0;
  absl::string_view line(bytes, size * count);
  int seconds = 0;
  if (absl::StartsWithIgnoreCase(line, "retry-after:") &&
      absl::SimpleAtoi(line.substr(12), &seconds) && seconds > 0) {
    transfer.retry_after = std::min(absl::Seconds(seconds), kLongestRetryAfter);
  }
  return size * count;
}

}  // namespace

HttpExchanges::HttpExchanges(std::string url, std::vector<std::string> headers, bool allow_plain)
    : url_(std::move(url)), headers_(std::move(headers)), allow_plain_(allow_plain) {
  static const CURLcode kInitialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)kInitialised;
}

HttpExchanges::~HttpExchanges() {
  for (void* multi : idle_) curl_multi_cleanup(multi);
}

void* HttpExchanges::TakeConnections() {
  std::lock_guard lock(mutex_);
  if (idle_.empty()) return curl_multi_init();
  void* multi = idle_.back();
  idle_.pop_back();
  return multi;
}

void HttpExchanges::ReturnConnections(void* multi) {
  {
    std::lock_guard lock(mutex_);
    if (idle_.size() < kMostIdle) return idle_.push_back(multi);
  }
  curl_multi_cleanup(multi);
}

HttpOutcome HttpExchanges::Post(const std::string& body, const HttpLimits& limits,
                                const std::function<bool(std::string_view)>& on_bytes) {
  HttpOutcome outcome;
  CURL* curl = curl_easy_init();
  CURLM* multi = curl == nullptr ? nullptr : TakeConnections();
  if (multi == nullptr) {
    if (curl != nullptr) curl_easy_cleanup(curl);
    outcome.error = "no memory for a connection";
    return outcome;
  }
  Transfer transfer{.curl = curl, .on_bytes = on_bytes, .last_byte = absl::Now()};
  curl_slist* headers = nullptr;
  for (const std::string& header : headers_) headers = curl_slist_append(headers, header.c_str());
  char error[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, allow_plain_ ? "https,http" : "https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(limits.connect)));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "frontdesk");
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_multi_add_handle(multi, curl);

  bool decided = false;
  const auto decide = [&](HttpOutcome::End end) {
    outcome.end = end;
    decided = true;
  };
  while (!decided) {
    int running = 0;
    if (curl_multi_perform(multi, &running) != CURLM_OK) break;
    if (running == 0) {
      int left = 0;
      const CURLMsg* message = curl_multi_info_read(multi, &left);
      const CURLcode code = message == nullptr ? CURLE_FAILED_INIT : message->data.result;
      if (code != CURLE_OK) outcome.error = error[0] != '\0' ? error : curl_easy_strerror(code);
      decide(transfer.refused     ? HttpOutcome::End::kRefused
             : code == CURLE_OK   ? HttpOutcome::End::kWhole
                                  : HttpOutcome::End::kFailed);
      break;
    }
    const absl::Time now = absl::Now();
    if (limits.cancelled && limits.cancelled()) {
      decide(HttpOutcome::End::kCancelled);
    } else if (now >= limits.deadline) {
      decide(HttpOutcome::End::kDeadline);
    } else if (now - transfer.last_byte > limits.silence) {
      decide(HttpOutcome::End::kSilent);
    } else {
      curl_multi_poll(multi, nullptr, 0, kPollMs, nullptr);
    }
  }
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &outcome.status);
  outcome.retry_after = transfer.retry_after;
  curl_multi_remove_handle(multi, curl);
  curl_easy_cleanup(curl);
  curl_slist_free_all(headers);
  ReturnConnections(multi);
  return outcome;
}

}  // namespace frontdesk::llm
