#include "llm/remote/remote_model.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "llm/check_request.h"
#include "llm/remote/chat_delta.h"
#include "llm/remote/chat_request.h"
#include "llm/remote/key_file.h"
#include "llm/remote/server_sent_events.h"

namespace frontdesk::llm {
namespace {

constexpr size_t kMostEventBytes = 1 << 20;
constexpr size_t kMostAnswerBytes = 1 << 20;

// Host and port as the URL has them.
absl::string_view AuthorityOf(absl::string_view url) {
  absl::string_view rest = url.substr(url.find("://") + 3);
  return rest.substr(0, rest.find('/'));
}

// The host alone, without brackets.
std::string HostOf(absl::string_view rest) {
  if (absl::StartsWith(rest, "[")) return std::string(rest.substr(1, rest.find(']') - 1));
  return std::string(rest.substr(0, rest.find(':')));
}

absl::Status CheckOptions(const RemoteModelOptions& o) {
  const bool plain = absl::StartsWith(o.url, "http://");
  if (!plain && !absl::StartsWith(o.url, "https://")) {
    return absl::InvalidArgumentError(
        "the URL of the remote model must begin with https:// or http://");
  }
  const absl::string_view authority = AuthorityOf(o.url);
  const std::string host = HostOf(authority);
  if (host.empty() || absl::StrContains(authority, "@") || absl::StrContains(o.url, "?") ||
      absl::StrContains(o.url, "#")) {
    return absl::InvalidArgumentError(
        "the URL of the remote model must be scheme, host and path only; a key belongs into its "
        "own file");
  }
  const bool numeric = host.find_first_not_of("0123456789.") == std::string::npos;
  const bool loopback =
      host == "localhost" || host == "::1" || (numeric && absl::StartsWith(host, "127."));
  if (plain && !o.key_file.empty() && !loopback) {
    return absl::InvalidArgumentError(
        "a key is not sent over plain http beyond loopback; use https for the remote model");
  }
  if (o.model.empty()) {
    return absl::InvalidArgumentError("the remote model needs the name the server knows it by");
  }
  if (o.attempts < 1 || o.attempts > 10) {
    return absl::InvalidArgumentError("the attempts of the remote model must be 1 to 10");
  }
  return absl::OkStatus();
}

// Sleeps in short pieces. False: cancelled, or the deadline comes first.
bool Wait(absl::Duration time, absl::Time deadline, const GenerateRequest& request) {
  const absl::Time until = absl::Now() + time;
  if (until >= deadline) return false;
  while (absl::Now() < until) {
    if (request.cancelled && request.cancelled()) return false;
    absl::SleepFor(std::min(absl::Milliseconds(20), until - absl::Now()));
  }
  return true;
}

}  // namespace

// What was received of one answer.
struct RemoteModel::Answer {
  Generation result;
  std::string finish_reason;
  bool done = false;
  bool ended = false;  // by deadline or cancel: result.stop says which
  absl::Status error;  // of the stream
  absl::Duration retry_after;
};

absl::StatusOr<std::unique_ptr<RemoteModel>> RemoteModel::Create(RemoteModelOptions options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  std::vector<std::string> headers = {"Content-Type: application/json",
                                      "Accept: text/event-stream", "Expect:"};
  if (!options.key_file.empty()) {
    absl::StatusOr<std::string> key = ReadKeyFile(options.key_file);
    if (!key.ok()) return key.status();
    headers.push_back(absl::StrCat("Authorization: Bearer ", *key));
  }
  const bool plain = absl::StartsWith(options.url, "http://");
  std::string url = absl::StrCat(absl::StripSuffix(options.url, "/"), "/chat/completions");
  return std::unique_ptr<RemoteModel>(
      new RemoteModel(std::move(options), std::move(url), std::move(headers), plain));
}

RemoteModel::RemoteModel(RemoteModelOptions options, std::string url,
                         std::vector<std::string> headers, bool allow_plain)
    : options_(std::move(options)),
      info_{.name = options_.model, .family = "remote", .context_tokens = options_.context_tokens},
      http_(std::move(url), std::move(headers), allow_plain) {}

absl::StatusOr<Generation> RemoteModel::Generate(const GenerateRequest& request) {
  if (absl::Status status = CheckRequest(request); !status.ok()) return status;
  if (request.stop_after_tokens) {
    return absl::FailedPreconditionError(
        "a remote model's answer cannot be decoded again; take it from the record");
  }
  const absl::Time deadline = std::min(request.deadline, absl::Now() + options_.timeout);
  const std::string body = ChatRequestBody(request, options_.model);
  absl::Duration backoff = options_.backoff;
  for (int attempt = 1;; ++attempt) {
    std::optional<int64_t> pass;
    if (options_.admit && !(pass = options_.admit(absl::Now()))) {
      return absl::UnavailableError(
          "the remote model failed several times in a row; it is not asked for a while");
    }
    Answer answer;
    bool retry = false;
    const absl::Status status = Attempt(body, request, deadline, answer, retry);
    if (pass && options_.report) {
      // A request that the server understood and refused says nothing against the server; nor
      // does a caller who had no time left or went away.
      const bool answered = status.ok() || absl::IsInvalidArgument(status);
      options_.report(*pass, answered, absl::Now());
    }
    if (status.ok()) return std::move(answer.result);
    if (!retry || attempt >= options_.attempts) return status;
    const absl::Duration wait = std::max(backoff, answer.retry_after);
    if (wait > options_.longest_wait || !Wait(wait, deadline, request)) return status;
    backoff *= 2;
  }
}

absl::Status RemoteModel::Attempt(const std::string& body, const GenerateRequest& request,
                                  absl::Time deadline, Answer& answer, bool& retry) {
  ServerSentEvents events(kMostEventBytes);
  const auto on_event = [&](std::string_view data) {
    if (!answer.error.ok() || answer.done) return;
    absl::StatusOr<ChatDelta> delta = ReadChatDelta(data);
    if (!delta.ok()) {
      answer.error = delta.status();
      return;
    }
    answer.done |= delta->done;
    if (delta->prompt_tokens) answer.result.prompt_tokens = *delta->prompt_tokens;
    if (!delta->finish_reason.empty()) answer.finish_reason = std::move(delta->finish_reason);
    if (delta->text.empty()) return;
    if (answer.result.text.size() + delta->text.size() > kMostAnswerBytes) {
      answer.error = absl::UnavailableError("the remote model's answer is longer than 1 MiB");
      return;
    }
    answer.result.text += delta->text;
    if (request.on_text) request.on_text(delta->text);
  };
  const HttpLimits limits{.connect = options_.connect,
                          .silence = options_.silence,
                          .deadline = deadline,
                          .cancelled = request.cancelled};
  const HttpOutcome outcome = http_.Post(body, limits, [&](std::string_view bytes) {
    if (!events.Push(bytes, on_event)) {
      answer.error = absl::UnavailableError("an event of the remote model is larger than 1 MiB");
    }
    return answer.error.ok();
  });
  answer.retry_after = outcome.retry_after;
  const absl::Status status = Judge(outcome, request.deadline, answer, retry);
  // What a caller has seen cannot be unsaid by another attempt.
  if (request.on_text && !answer.result.text.empty()) retry = false;
  return status;
}

absl::Status RemoteModel::Judge(const HttpOutcome& outcome, absl::Time deadline, Answer& answer,
                                bool& retry) {
  using End = HttpOutcome::End;
  if (outcome.end == End::kCancelled) {
    answer.result.stop = StopReason::kCancelled;
    return absl::OkStatus();
  }
  if (outcome.end == End::kDeadline) {
    // The caller's own deadline yields what there is; ours says that the server is too slow.
    if (absl::Now() >= deadline) {
      answer.result.stop = StopReason::kDeadline;
      return absl::OkStatus();
    }
    return absl::UnavailableError(absl::StrCat("the remote model did not answer within ",
                                               absl::FormatDuration(options_.timeout)));
  }
  retry = true;
  if (!answer.error.ok()) return answer.error;
  if (outcome.end == End::kSilent) {
    return absl::UnavailableError(absl::StrCat("the remote model was silent for ",
                                               absl::FormatDuration(options_.silence)));
  }
  const long status = outcome.status;
  if (status == 429) return absl::ResourceExhaustedError("the remote model is busy (429)");
  if (status >= 500) {
    return absl::UnavailableError(absl::StrCat("the remote model failed with status ", status));
  }
  if (status != 0 && (status < 200 || status > 299)) {
    retry = false;
    if (status == 400 || status == 413 || status == 422) {
      return absl::InvalidArgumentError(
          absl::StrCat("the remote model refused the request with status ", status));
    }
    return absl::FailedPreconditionError(
        absl::StrCat("the remote model answered with status ", status,
                     "; check its URL, name and key file"));
  }
  if (outcome.end == End::kFailed && !answer.done) {
    return absl::UnavailableError(absl::StrCat("the remote model: ", outcome.error));
  }
  if (answer.finish_reason.empty()) {
    return absl::UnavailableError("the remote model's stream ended before its answer did");
  }
  if (answer.finish_reason == "stop") {
    answer.result.stop = StopReason::kEndOfTurn;
  } else if (answer.finish_reason == "length") {
    answer.result.stop = StopReason::kMaxTokens;
  } else {
    retry = false;
    return absl::FailedPreconditionError(
        "the remote model's answer was ended by the server for a reason of its own");
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::llm
