#include "server/gateway/web_gateway.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <httplib.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "server/auth/client_address.h"
#include "server/gateway/frames.h"
#include "server/gateway/relayed_call.h"

namespace frontdesk::server {
namespace {

constexpr char kContentType[] = "application/grpc-web+proto";
constexpr size_t kMaxBody = 1 << 20;    // a message has 64 KiB at most
constexpr int kUnaryThreads = 16;       // beside one for each stream
constexpr absl::Duration kGlance = absl::Milliseconds(500);  // how soon a stop is noticed
constexpr absl::Duration kUnaryDeadline = absl::Seconds(60);
// What a browser has business with; uploads and erasures are for native clients.
constexpr const char* kServices[] = {"ChatService", "AgentConsoleService", "InsightService",
                                     "QualityService", "AuditService"};
constexpr char kPolicy[] =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'self'";

// The method's declaration when a browser may call it, or nullptr.
const google::protobuf::MethodDescriptor* FindMethod(const std::string& service,
                                                     const std::string& method) {
  const bool open = std::any_of(std::begin(kServices), std::end(kServices),
                                [&](const char* name) { return service == name; });
  if (!open) return nullptr;
  const auto* found = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      absl::StrCat("frontdesk.v1.", service, ".", method));
  return found == nullptr || found->client_streaming() ? nullptr : found;
}

void Refuse(httplib::Response& response, grpc::StatusCode code, std::string_view why) {
  response.set_content(TrailersFrame(code, why), kContentType);
}

}  // namespace

struct WebGateway::Http {
  WebGatewayOptions options;
  std::unique_ptr<grpc::GenericStub> stub;
  Metrics& metrics;
  std::atomic<int> streams = 0;
  std::atomic<bool> stopping = false;
  int port = 0;
  httplib::Server server;
  std::thread thread;

  Http(WebGatewayOptions o, std::shared_ptr<grpc::Channel> channel, Metrics& m)
      : options(std::move(o)),
        stub(std::make_unique<grpc::GenericStub>(std::move(channel))),
        metrics(m) {}

  bool MayCall(const httplib::Request& request) const;
  std::map<std::string, std::string> Metadata(const httplib::Request& request) const;
  void Call(const httplib::Request& request, httplib::Response& response);
  void Stream(std::shared_ptr<RelayedCall> call, httplib::Response& response);
  bool Relay(RelayedCall& call, httplib::DataSink& sink) const;
  void Route();
};

// Its own pages, and pages of the allowed origins; callers that are no browser send no Origin.
bool WebGateway::Http::MayCall(const httplib::Request& request) const {
  const std::string origin = request.get_header_value("Origin");
  if (origin.empty()) return true;
  const std::string host = request.get_header_value("Host");
  if (origin == absl::StrCat("http://", host) || origin == absl::StrCat("https://", host))
    return true;
  return std::find(options.origins.begin(), options.origins.end(), origin) != options.origins.end();
}

std::map<std::string, std::string> WebGateway::Http::Metadata(
    const httplib::Request& request) const {
  std::map<std::string, std::string> metadata;
  if (request.has_header("authorization"))
    metadata["authorization"] = request.get_header_value("authorization");
  std::string address = request.remote_addr;
  if (options.trust_forwarded && request.has_header("X-Forwarded-For")) {
    // The last hop is what the proxy itself saw; those before it anybody may have written.
    const std::string header = request.get_header_value("X-Forwarded-For");
    const std::vector<std::string> hops = absl::StrSplit(header, ',');
    address = std::string(absl::StripAsciiWhitespace(hops.back()));
  }
  metadata[kRelayedAddress] = absl::StrCat("web:", address.substr(0, 64));
  return metadata;
}

void WebGateway::Http::Call(const httplib::Request& request, httplib::Response& response) {
  if (!MayCall(request)) {
    response.status = 403;
    response.set_content("this origin may not call; allow it with --web-origin\n", "text/plain");
    return;
  }
  const std::string service = request.matches[1], method = request.matches[2];
  const auto* declared = FindMethod(service, method);
  if (declared == nullptr) {
    return Refuse(response, grpc::StatusCode::UNIMPLEMENTED,
                  absl::StrCat(service, "/", method, " is not served to browsers"));
  }
  const absl::StatusOr<std::string> message = RequestMessage(request.body);
  if (!message.ok()) {
    return Refuse(response, grpc::StatusCode::INVALID_ARGUMENT,
                  std::string(message.status().message()));
  }
  const auto timeout = ParseTimeout(request.get_header_value("grpc-timeout"));
  const std::string path = absl::StrCat("/frontdesk.v1.", service, "/", method);
  if (declared->server_streaming()) {
    if (streams.fetch_add(1) >= options.max_streams) {
      streams.fetch_sub(1);
      metrics.CountRefused("streams");
      return Refuse(response, grpc::StatusCode::RESOURCE_EXHAUSTED,
                    "too many open streams at this gateway; try again in a moment");
    }
    const absl::Time deadline = timeout ? absl::Now() + *timeout : absl::InfiniteFuture();
    return Stream(
        std::make_shared<RelayedCall>(*stub, path, *message, Metadata(request), deadline),
        response);
  }
  RelayedCall call(*stub, path, *message, Metadata(request),
                   absl::Now() + std::min(timeout.value_or(kUnaryDeadline), kUnaryDeadline));
  std::string answer, body;
  while (call.Wait(kUnaryDeadline, answer) == RelayedCall::Came::kMessage) {
    absl::StrAppend(&body, MessageFrame(answer));
  }
  absl::StrAppend(&body, TrailersFrame(call.status().error_code(), call.status().error_message()));
  response.set_content(body, kContentType);
}

void WebGateway::Http::Stream(std::shared_ptr<RelayedCall> call, httplib::Response& response) {
  response.set_header("Cache-Control", "no-store");
  response.set_header("X-Accel-Buffering", "no");
  response.set_chunked_content_provider(
      kContentType,
      [this, call](size_t, httplib::DataSink& sink) { return Relay(*call, sink); },
      [this](bool) { streams.fetch_sub(1); });
}

// Writes what comes until the call is over or the client is gone. False: the client is gone.
bool WebGateway::Http::Relay(RelayedCall& call, httplib::DataSink& sink) const {
  const auto write = [&sink](const std::string& frame) {
    return sink.write(frame.data(), frame.size());
  };
  std::string message;
  absl::Time last = absl::Now();
  for (;;) {
    switch (call.Wait(kGlance, message)) {
      case RelayedCall::Came::kMessage:
        if (!write(MessageFrame(message))) return false;
        last = absl::Now();
        break;
      case RelayedCall::Came::kNothing:
        if (stopping) {
          (void)write(TrailersFrame(grpc::StatusCode::UNAVAILABLE, "the server is stopping"));
          sink.done();
          return true;
        }
        if (!sink.is_writable()) return false;
        if (absl::Now() - last < options.heartbeat) break;
        if (!write(MessageFrame(""))) return false;  // an empty message: a sign of life
        last = absl::Now();
        break;
      case RelayedCall::Came::kEnd:
        (void)write(TrailersFrame(call.status().error_code(), call.status().error_message()));
        sink.done();
        return true;
    }
  }
}

void WebGateway::Http::Route() {
  server.new_task_queue = [threads = options.max_streams + kUnaryThreads] {
    return new httplib::ThreadPool(static_cast<size_t>(threads));
  };
  server.set_payload_max_length(kMaxBody);
  server.set_tcp_nodelay(true);
  server.set_keep_alive_timeout(2);
  server.set_keep_alive_max_count(1000);
  server.set_write_timeout(10);
  server.set_read_timeout(10);
  server.set_post_routing_handler([this](const httplib::Request& request,
                                         httplib::Response& response) {
    response.set_header("X-Content-Type-Options", "nosniff");
    response.set_header("Referrer-Policy", "no-referrer");
    if (absl::StartsWith(response.get_header_value("Content-Type"), "text/html"))
      response.set_header("Content-Security-Policy", kPolicy);
    const std::string origin = request.get_header_value("Origin");
    if (origin.empty() || !MayCall(request)) return;
    response.set_header("Access-Control-Allow-Origin", origin);
    response.set_header("Vary", "Origin");
    response.set_header("Access-Control-Expose-Headers", "grpc-status, grpc-message");
  });
  server.Options(R"(/frontdesk\.v1\.[A-Za-z]+/[A-Za-z]+)", [this](const httplib::Request& request,
                                                                  httplib::Response& response) {
    response.status = MayCall(request) ? 204 : 403;
    response.set_header("Access-Control-Allow-Methods", "POST");
    response.set_header("Access-Control-Allow-Headers",
                        "authorization, content-type, grpc-timeout, x-grpc-web, x-user-agent");
    response.set_header("Access-Control-Max-Age", "3600");
  });
  server.Post(R"(/frontdesk\.v1\.([A-Za-z]+)/([A-Za-z]+))",
              [this](const httplib::Request& request, httplib::Response& response) {
                Call(request, response);
              });
  if (!options.root.empty()) {
    server.set_file_extension_and_mimetype_mapping("js", "text/javascript; charset=utf-8");
    server.set_file_extension_and_mimetype_mapping("html", "text/html; charset=utf-8");
    server.set_file_extension_and_mimetype_mapping("css", "text/css; charset=utf-8");
    server.set_mount_point("/", options.root, {{"Cache-Control", "no-cache"}});
  }
}

absl::StatusOr<std::unique_ptr<WebGateway>> WebGateway::Start(
    const WebGatewayOptions& options, std::shared_ptr<grpc::Channel> channel, Metrics& metrics) {
  const size_t colon = options.listen.rfind(':');
  int port = -1;
  if (colon == std::string::npos || !absl::SimpleAtoi(options.listen.substr(colon + 1), &port) ||
      port < 0 || port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("--web-listen ", options.listen, " is not host:port, and not none"));
  }
  const std::string host = options.listen.substr(0, colon);
  if (!absl::StartsWith(host, "127.") && host != "localhost" && host != "[::1]") {
    return absl::InvalidArgumentError(
        absl::StrCat("--web-listen ", options.listen,
                     " is beyond this machine: the gateway speaks plain HTTP; put a TLS proxy, or "
                     "Envoy (clients/web/envoy), in front of 127.0.0.1"));
  }
  std::error_code error;
  if (!options.root.empty() && !std::filesystem::is_directory(options.root, error)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--web-root ", options.root, " is no folder; scripts/build_web.sh makes build/web"));
  }
  auto http = std::make_unique<Http>(options, std::move(channel), metrics);
  http->Route();
  if (port == 0) {
    http->port = http->server.bind_to_any_port(host.c_str());
  } else {
    http->port = http->server.bind_to_port(host.c_str(), port) ? port : 0;
  }
  if (http->port <= 0) {
    return absl::UnavailableError(
        absl::StrCat(options.listen, " is taken; give --web-listen another port, or none"));
  }
  http->thread = std::thread([server = &http->server] { server->listen_after_bind(); });
  spdlog::info("event=gateway_open listen={} port={} root=\"{}\" streams={}", options.listen,
               http->port, options.root, options.max_streams);
  return std::unique_ptr<WebGateway>(new WebGateway(std::move(http)));
}

WebGateway::WebGateway(std::unique_ptr<Http> http) : http_(std::move(http)) {}

WebGateway::~WebGateway() {
  http_->stopping = true;
  http_->server.stop();
  http_->thread.join();
}

int WebGateway::port() const { return http_->port; }

}  // namespace frontdesk::server
