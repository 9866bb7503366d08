// A small HTTP server on loopback that speaks /v1/chat/completions as its test tells it to.
//
//   FakeModelServer server({{.pieces = {ChatEvent("Hi.", "stop"), kChatDone}}});
//   RemoteModelOptions options{.url = server.url(), .model = "m"};

#pragma once

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace frontdesk::llm {

inline std::string ChatEvent(const std::string& content, const char* finish = nullptr) {
  nlohmann::json choice = {{"index", 0}, {"delta", {{"content", content}}}};
  choice["finish_reason"] = finish == nullptr ? nlohmann::json() : nlohmann::json(finish);
  return absl::StrCat("data: ", nlohmann::json({{"choices", {choice}}}).dump(), "\n\n");
}
inline const std::string kChatUsage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":21}}\n\n";
inline const std::string kChatDone = "data: [DONE]\n\n";

// A model server whose behaviour the test writes, one entry per call; the last repeats.
class FakeModelServer {
 public:
  struct Answer {
    int status = 200;
    std::vector<std::string> pieces;        // sent one by one
    absl::Duration between;                 // pause before each
    bool cut = false;                       // the connection breaks after the pieces
    std::string retry_after;
  };
  explicit FakeModelServer(std::vector<Answer> answers) : answers_(std::move(answers)) {
    server_.Post("/v1/chat/completions",
                 [this](const httplib::Request& request, httplib::Response& response) {
                   Serve(request, response);
                 });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) absl::SleepFor(absl::Milliseconds(1));
  }
  ~FakeModelServer() {
    stopping_ = true;
    server_.stop();
    thread_.join();
  }
  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_, "/v1"); }
  int calls() const { return calls_; }
  httplib::Request last() {
    std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  void Serve(const httplib::Request& request, httplib::Response& response) {
    const size_t call = static_cast<size_t>(calls_++);
    {
      std::lock_guard lock(mutex_);
      last_ = request;
    }
    const Answer& answer = answers_[std::min(call, answers_.size() - 1)];
    response.status = answer.status;
    if (!answer.retry_after.empty()) response.set_header("Retry-After", answer.retry_after);
    if (answer.status != 200) return response.set_content("{\"error\":{}}", "application/json");
    auto next = std::make_shared<size_t>(0);
    response.set_chunked_content_provider(
        "text/event-stream", [this, &answer, next](size_t, httplib::DataSink& sink) {
          if (*next == answer.pieces.size()) {
            if (answer.cut) return false;
            sink.done();
            return true;
          }
          for (absl::Time until = absl::Now() + answer.between; absl::Now() < until;) {
            if (stopping_) return false;
            absl::SleepFor(absl::Milliseconds(2));
          }
          const std::string& piece = answer.pieces[(*next)++];
          return sink.write(piece.data(), piece.size());
        });
  }

  const std::vector<Answer> answers_;
  httplib::Server server_;
  std::thread thread_;
  std::atomic<int> calls_{0};
  std::atomic<bool> stopping_{false};
  int port_ = 0;
  std::mutex mutex_;
  httplib::Request last_;
};

}  // namespace frontdesk::llm
