// A model on another machine: any server that speaks OpenAI's chat completions.
//
// Thread-safe. Nothing it says can be computed again, so its numerics version is empty and
// replay takes its text from the record; its sentences are verified like any other's. It
// is tried again, a bounded number of times, while no piece of the answer was handed on; a
// breaker that the caller binds keeps a failing server from being asked at all.
// Source: docs/remote_model.md.
//
//   RemoteModelOptions options{.url = "http://127.0.0.1:8000/v1", .model = "qwen2.5-7b"};
//   auto model = RemoteModel::Create(options);

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "llm/model.h"
#include "llm/remote/http_exchange.h"

namespace frontdesk::llm {

struct RemoteModelOptions {
  std::string url;       // base: "/chat/completions" is added. Plain http needs loopback or no key
  std::string model;     // the server's name of it
  std::string key_file;  // mode 0600; empty: no key is sent
  int context_tokens = 0;                      // for people; 0: not known
  absl::Duration timeout = absl::Seconds(60);  // of a whole answer, all attempts together
  absl::Duration connect = absl::Seconds(5);
  absl::Duration silence = absl::Seconds(20);
  int attempts = 3;                                     // 1..10
  absl::Duration backoff = absl::Milliseconds(200);     // doubled each time
  absl::Duration longest_wait = absl::Seconds(5);       // a Retry-After beyond is not waited for
  // The breaker: a pass for one call at `now`, or nullopt while it is open; and how that
  // call went (true: the server answered). Both empty: no breaker.
  std::function<std::optional<int64_t>(absl::Time now)> admit;
  std::function<void(int64_t pass, bool answered, absl::Time now)> report;
};

class RemoteModel : public Model {
 public:
  // Errors: INVALID_ARGUMENT naming the option; those of ReadKeyFile. No connection is made.
  static absl::StatusOr<std::unique_ptr<RemoteModel>> Create(RemoteModelOptions options);

  // Errors besides those of CheckRequest: UNAVAILABLE (no connection, 5xx, a stream that
  // is cut or not the protocol's, the breaker is open), RESOURCE_EXHAUSTED (429 to the last
  // attempt), FAILED_PRECONDITION (the server refuses key or model: 401, 403, 404; a filter
  // of the server; stop_after_tokens: tokens are not ours to count), INVALID_ARGUMENT
  // (400, 413, 422). A deadline or a cancel is no error: text is what came so far.
  absl::StatusOr<Generation> Generate(const GenerateRequest& request) override;

  const ModelInfo& info() const override { return info_; }

 private:
  struct Answer;
  RemoteModel(RemoteModelOptions options, std::string url, std::vector<std::string> headers,
              bool allow_plain);
  // One exchange. retry: whether another attempt may help.
  absl::Status Attempt(const std::string& body, const GenerateRequest& request,
                       absl::Time deadline, Answer& answer, bool& retry);
  absl::Status Judge(const HttpOutcome& outcome, absl::Time deadline, Answer& answer, bool& retry);

  const RemoteModelOptions options_;
  ModelInfo info_;
  HttpExchanges http_;
};

}  // namespace frontdesk::llm
