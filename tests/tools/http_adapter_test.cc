// The HTTP adapter against a real server on loopback: the whole exchange, and
// every way a server or a network can disappoint.
#include "tools/http/http_adapter.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tools/registry.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;
using Outcome = ToolResult::Outcome;

// A small order service; what it was asked is kept.
class Shop {
 public:
  Shop() {
    server_.Get("/v1/orders/([^/]*)",
                [this](const httplib::Request& request, httplib::Response& response) {
                  Keep(request);
                  Answer(request.matches[1], response);
                });
    server_.Post("/v1/orders/([^/]*)/pay",
                 [this](const httplib::Request& request, httplib::Response& response) {
                   Keep(request);
                   Answer(request.matches[1], response);
                 });
    server_.Get("/v1/done/([^/]*)",
                [](const httplib::Request& request, httplib::Response& response) {
                  if (request.matches[1] == "known")
                    return response.set_content(R"({"state":"paid"})", "application/json");
                  response.status = request.matches[1] == "broken" ? 500 : 404;
                });
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response&) {
      std::lock_guard lock(mutex_);
      target_ = request.target;
      return httplib::Server::HandlerResponse::Unhandled;
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) absl::SleepFor(absl::Milliseconds(1));
  }
  ~Shop() {
    stopping_ = true;
    server_.stop();
    thread_.join();
  }
  int port() const { return port_; }
  int calls() const { return calls_; }
  // The request line's target as it came, before any decoding.
  std::string target() {
    std::lock_guard lock(mutex_);
    return target_;
  }
  httplib::Request last() {
    std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  void Keep(const httplib::Request& request) {
    std::lock_guard lock(mutex_);
    last_ = request;
    ++calls_;
  }
  void Answer(const std::string& order, httplib::Response& response) {
    const auto say = [&](int status, const std::string& body) {
      response.status = status;
      response.set_content(body, "application/json");
    };
    if (order == "48213")
      return say(
          200, R"({"state":"sent","sum":49.90,"owner":"C1","items":[{"n":"Lamp"}],"secret":"x"})");
    if (order == "foreign") return say(200, R"({"state":"sent","owner":"C2"})");
    if (order == "ownerless") return say(200, R"({"state":"sent"})");
    if (order == "empty") return say(204, "");
    if (order == "missing") return say(404, "");
    if (order == "conflict") return say(409, R"({"error":{"code":"ALREADY_SENT"}})");
    if (order == "odd") return say(422, "<html>");
    if (order == "badrequest") return say(400, "{}");
    if (order == "error") return say(500, "{}");
    if (order == "gateway") return say(503, "{}");
    if (order == "busy") return say(429, "{}");
    if (order == "forbidden") return say(403, "{}");
    if (order == "notjson") return say(200, "<html>hello</html>");
    if (order == "cutjson") return say(200, R"({"state":"se)");
    if (order == "deep") return say(200, std::string(100000, '[') + std::string(100000, ']'));
    if (order == "wrongtype") return say(200, R"({"state":{"a":1},"owner":"C1"})");
    if (order == "fraction") return say(200, R"({"sum":"49.999","owner":"C1"})");
    if (order == "notutf8") return say(200, "{\"state\":\"\xff\",\"owner\":\"C1\"}");
    if (order == "huge") return say(200, "{\"state\":\"" + std::string(300000, 'x') + "\"}");
    if (order == "flaky")
      return calls_ % 3 == 0 ? say(200, R"({"state":"sent","owner":"C1"})") : say(500, "");
    if (order == "redirect")
      return response.set_redirect(absl::StrCat("http://127.0.0.1:", port_, "/v1/orders/48213"));
    if (order == "slow") {
      for (int i = 0; i < 300 && !stopping_; ++i) absl::SleepFor(absl::Milliseconds(10));
      return say(200, "{}");
    }
    if (order == "drip") {  // a byte at a time: each soon enough, all of them never
      response.set_content_provider(400, "application/json",
                                    [this](size_t, size_t, httplib::DataSink& sink) {
                                      absl::SleepFor(absl::Milliseconds(20));
                                      return !stopping_ && sink.write(" ", 1);
                                    });
      return;
    }
    if (order == "endless") {
      response.set_chunked_content_provider("application/json",
                                            [](size_t, httplib::DataSink& sink) {
                                              const std::string block(65536, ' ');
                                              return sink.write(block.data(), block.size());
                                            });
      return;
    }
    say(404, "{}");
  }

  httplib::Server server_;
  std::thread thread_;
  int port_ = 0;
  std::atomic<int> calls_ = 0;
  std::mutex mutex_;
  httplib::Request last_;
  std::string target_;
  std::atomic<bool> stopping_ = false;
};

std::string SecretFile(const std::string& text) {
  const std::string path = absl::StrCat(testing::TempDir(), "/frontdesk_secret_", getpid());
  std::ofstream(path, std::ios::trunc) << text;
  return path;
}

std::string Yaml(int port, const std::string& host, const std::string& more) {
  return absl::StrCat(R"yaml(
adapters:
  api:
    kind: http
    base_url: http://)yaml",
                      host, ":", port, R"yaml(/v1
    hosts: [)yaml",
                      host, R"yaml(]
    allow_http: true
    auth: {header: X-Key, prefix: "Key ", file: ')yaml",
                      SecretFile("s3cret\n"), R"yaml('}
    headers: {Accept: application/json}
    response_limit: 200000
    backoff: {first: 1ms, limit: 2ms}
    breaker: {failures: 1000}
)yaml",
                      more, R"yaml(
tools:
  orders.get:
    about: a
    effect: read
    roles: [customer]
    verification: identity
    parameters:
      order_id: {type: order_number, max_bytes: 200}
      note: {type: text, required: false}
    result:
      status: text
      total: amount
      count: quantity
      lines: {type: list, fields: {title: text}}
    retries: 0
    http:
      path: /orders/{order_id}
      query: {note: "{note}", day: "{today}"}
      headers: {X-Order: "{order_id}"}
      owner: /owner
      result:
        status: /state
        total: {pointer: /sum, as: cents}
        count: {pointer: /items, as: count}
        lines: {pointer: /items, each: {title: /n}}
  orders.retried:
    about: a
    effect: read
    roles: [customer]
    verification: identity
    parameters: {order_id: order_number}
    result: {status: text}
    retries: 2
    http: {path: "/orders/{order_id}", query: {c: "{customer_id}"}, result: {status: /state}}
  orders.pay:
    about: a
    effect: write
    roles: [customer]
    verification: identity
    confirm: true
    parameters: {order_id: order_number, cents: amount}
    result: {status: text}
    resource: order_id
    idempotent: true
    retries: 0
    http:
      method: POST
      path: /orders/{order_id}/pay
      body: {customer: "{customer_id}", amount: "{cents}", note: "order {order_id}"}
      result: {status: /state}
      reason: /error/code
      reasons: {ALREADY_SENT: already_sent}
      find: /done/{idempotency_key}
)yaml");
}

class HttpAdapterTest : public testing::Test {
 protected:
  std::unique_ptr<Registry> Connect(const std::string& host = "127.0.0.1",
                                    const std::string& more = "    private_addresses: [127.0.0.1]",
                                    int port = 0, absl::Duration timeout = absl::Seconds(20)) {
    auto catalogue =
        Catalogue::FromYaml(Yaml(port == 0 ? shop_.port() : port, host, more), "tools.yaml");
    EXPECT_TRUE(catalogue.ok()) << catalogue.status();
    for (ToolSpec& tool : catalogue->tools) tool.timeout = timeout;
    auto adapter = HttpAdapter::Create(*catalogue, *catalogue->FindAdapter("api"));
    EXPECT_TRUE(adapter.ok()) << adapter.status();
    auto registry = std::make_unique<Registry>(*catalogue);
    EXPECT_TRUE(registry->Bind("api", std::shared_ptr<Adapter>(*std::move(adapter))).ok());
    return registry;
  }
  // Waits for nothing long; the others wait as long as a busy machine needs.
  std::unique_ptr<Registry> ConnectHasty() {
    return Connect("127.0.0.1", "    private_addresses: [127.0.0.1]", 0, absl::Milliseconds(400));
  }
  static ToolCall CallOf(std::string tool, json arguments) {
    return ToolCall{.tool = std::move(tool),
                    .arguments = std::move(arguments),
                    .idempotency_key = "key-1",
                    .principal = {.customer_id = "C1", .verification = Verification::kIdentity},
                    .now = absl::FromUnixSeconds(1795000000),
                    .confirmed = true};
  }
  static ToolResult Get(Registry& registry, const std::string& order) {
    return registry.Call(CallOf("orders.get", {{"order_id", order}}),
                         absl::Now() + absl::Seconds(20));
  }
  static ToolResult Pay(Registry& registry, const std::string& order) {
    return registry.Call(CallOf("orders.pay", {{"order_id", order}, {"cents", 4990}}),
                         absl::Now() + absl::Seconds(20));
  }
  Shop shop_;
};

TEST_F(HttpAdapterTest, SendsWhatIsDeclaredAndReadsWhatIsMapped) {
  const auto registry = Connect();
  const ToolResult result =
      registry->Call(CallOf("orders.get", {{"order_id", "48213"}, {"note", "a&b=c"}}),
                     absl::Now() + absl::Seconds(20));
  ASSERT_TRUE(result.ok()) << result.message;
  EXPECT_EQ(
      result.value,
      json({{"status", "sent"}, {"total", 4990}, {"count", 1}, {"lines", {{{"title", "Lamp"}}}}}));
  const httplib::Request request = shop_.last();
  EXPECT_EQ(request.get_header_value("X-Key"), "Key s3cret");
  EXPECT_EQ(request.get_header_value("X-Order"), "48213");
  EXPECT_EQ(request.get_header_value("Accept"), "application/json");
  EXPECT_EQ(request.get_param_value("note"), "a&b=c");
  EXPECT_EQ(request.get_param_value("day"), "2026-11-18");
  EXPECT_FALSE(request.has_header("Idempotency-Key")) << "a read has none";
}

TEST_F(HttpAdapterTest, SendsAWriteWithBodyAndKey) {
  const auto registry = Connect();
  ASSERT_TRUE(Pay(*registry, "48213").ok());
  const httplib::Request request = shop_.last();
  EXPECT_EQ(json::parse(request.body),
            json({{"customer", "C1"}, {"amount", 4990}, {"note", "order 48213"}}));
  EXPECT_EQ(request.get_header_value("Idempotency-Key"), "key-1");
  EXPECT_EQ(request.get_header_value("Content-Type"), "application/json");
}

TEST_F(HttpAdapterTest, EveryAnswerHasItsOutcome) {
  const struct {
    const char* order;
    Outcome read, write;
  } cases[] = {
      {"empty", Outcome::kNotFound, Outcome::kOk},  // a read must name its owner
      {"missing", Outcome::kNotFound, Outcome::kNotFound},
      {"foreign", Outcome::kNotFound, Outcome::kOk},
      {"ownerless", Outcome::kNotFound, Outcome::kOk},
      {"conflict", Outcome::kRejected, Outcome::kRejected},
      {"odd", Outcome::kRejected, Outcome::kRejected},
      {"badrequest", Outcome::kRejected, Outcome::kRejected},
      {"forbidden", Outcome::kUnavailable, Outcome::kUnavailable},
      {"busy", Outcome::kUnavailable, Outcome::kUnavailable},
      {"error", Outcome::kUnavailable, Outcome::kUnknown},
      {"gateway", Outcome::kUnavailable, Outcome::kUnknown},
      {"redirect", Outcome::kUnavailable, Outcome::kUnknown},
      {"notjson", Outcome::kUnavailable, Outcome::kUnknown},
      {"cutjson", Outcome::kUnavailable, Outcome::kUnknown},
      {"deep", Outcome::kUnavailable, Outcome::kUnknown},
      {"notutf8", Outcome::kUnavailable, Outcome::kUnknown},
      {"wrongtype", Outcome::kUnavailable, Outcome::kUnknown},
      {"huge", Outcome::kUnavailable, Outcome::kUnknown},
      {"endless", Outcome::kUnavailable, Outcome::kUnknown},
      {"slow", Outcome::kUnavailable, Outcome::kUnknown},
      {"drip", Outcome::kUnavailable, Outcome::kUnknown},
  };
  const auto registry = Connect();
  const auto hasty = ConnectHasty();
  for (const auto& test : cases) {
    const bool late =
        std::string_view(test.order) == "slow" || std::string_view(test.order) == "drip";
    const ToolResult read = Get(late ? *hasty : *registry, test.order);
    EXPECT_EQ(Name(read.outcome), Name(late ? Outcome::kTimeout : test.read))
        << test.order << read.message;
    const ToolResult write = Pay(late ? *hasty : *registry, test.order);
    EXPECT_EQ(Name(write.outcome), Name(test.write)) << test.order << write.message;
  }
  EXPECT_EQ(Get(*registry, "fraction").outcome, Outcome::kUnavailable);
  EXPECT_EQ(Pay(*registry, "conflict").value["reason"], "already_sent");
  EXPECT_EQ(Pay(*registry, "odd").value["reason"], "rejected");
}

TEST_F(HttpAdapterTest, ARedirectIsNotFollowed) {
  const auto registry = Connect();
  const int before = shop_.calls();
  (void)Get(*registry, "redirect");
  EXPECT_EQ(shop_.calls(), before + 1);
}

TEST_F(HttpAdapterTest, TimeoutsAreKept) {
  const auto registry = ConnectHasty();
  for (const char* order : {"slow", "drip"}) {
    const absl::Time begun = absl::Now();
    (void)Get(*registry, order);
    EXPECT_LT(absl::Now() - begun, absl::Seconds(2)) << order;
  }
  const auto patient = Connect();
  const absl::Time begun = absl::Now();
  const ToolResult result =
      patient->Call(CallOf("orders.get", {{"order_id", "slow"}}), begun + absl::Milliseconds(100));
  EXPECT_EQ(result.outcome, Outcome::kTimeout);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(2))
      << "the turn's deadline is shorter than the tool's";
}

TEST_F(HttpAdapterTest, ARetriedReadRecovers) {
  const auto registry = Connect();
  CallRecord record;
  const ToolResult result = registry->Call(CallOf("orders.retried", {{"order_id", "flaky"}}),
                                           absl::Now() + absl::Seconds(20), &record);
  EXPECT_TRUE(result.ok()) << result.message;
  EXPECT_EQ(record.attempts.size(), 3u);
}

TEST_F(HttpAdapterTest, AValueCannotLeaveItsPlaceInTheRequest) {
  const auto registry = Connect();
  (void)Get(*registry, "../../admin?x=1#y");
  EXPECT_EQ(shop_.target(), "/v1/orders/..%2F..%2Fadmin%3Fx%3D1%23y?day=2026-11-18")
      << "one percent-encoded segment";
  const int before = shop_.calls();
  EXPECT_EQ(Get(*registry, "..").value["reason"], "bad_arguments");
  EXPECT_EQ(Get(*registry, "x\r\nEvil: 1").value["reason"], "bad_arguments");
  EXPECT_EQ(shop_.calls(), before);
}

TEST_F(HttpAdapterTest, PrivateAddressesAreRefusedUnlessListed) {
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto registry = Connect(host, "    private_addresses: [10.0.0.0/8]");
    const ToolResult read = Get(*registry, "48213");
    EXPECT_EQ(read.outcome, Outcome::kUnavailable) << host;
    EXPECT_NE(read.message.find("private_addresses"), std::string::npos) << read.message;
    EXPECT_EQ(Pay(*registry, "48213").outcome, Outcome::kUnavailable)
        << "a refused write surely did not happen";
  }
  EXPECT_EQ(shop_.calls(), 0);
  const auto by_name = Connect("localhost", "    private_addresses: [127.0.0.0/8, \"::1\"]");
  EXPECT_TRUE(Get(*by_name, "48213").ok()) << "a listed one is reached by name too";
}

TEST_F(HttpAdapterTest, AProxyOfTheEnvironmentIsIgnored) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  EXPECT_TRUE(Get(*Connect(), "48213").ok());
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
}

TEST_F(HttpAdapterTest, NobodyThereMeansNothingHappened) {
  const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(socket_fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  getsockname(socket_fd, reinterpret_cast<sockaddr*>(&address), &size);
  const auto closed =
      Connect("127.0.0.1", "    private_addresses: [127.0.0.1]", ntohs(address.sin_port));
  EXPECT_EQ(Pay(*closed, "48213").outcome, Outcome::kUnavailable);
  // A server that takes the request and hangs up: the write may have happened.
  ASSERT_EQ(listen(socket_fd, 4), 0);
  std::thread rude([&] {
    for (int i = 0; i < 2; ++i) {
      const int connection = accept(socket_fd, nullptr, nullptr);
      char bytes[4096];
      (void)!read(connection, bytes, sizeof bytes);
      close(connection);
    }
  });
  EXPECT_EQ(Pay(*closed, "48213").outcome, Outcome::kUnknown);
  EXPECT_EQ(Get(*closed, "48213").outcome, Outcome::kUnavailable);
  rude.join();
  close(socket_fd);
}

TEST_F(HttpAdapterTest, AsksByKeyAfterACrash) {
  const auto registry = Connect();
  const auto ask = [&](const char* tool, const char* key) {
    return registry->FindByKey(tool, key, absl::Now() + absl::Seconds(20));
  };
  EXPECT_EQ((*ask("orders.pay", "known"))->value, json({{"status", "paid"}}));
  EXPECT_FALSE((*ask("orders.pay", "never")).has_value());
  EXPECT_EQ(ask("orders.pay", "broken").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ask("orders.get", "known").status().code(), absl::StatusCode::kUnimplemented);
}

TEST_F(HttpAdapterTest, ManyCallsAtOnce) {
  const auto registry = Connect();
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) good += Get(*registry, "48213").ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 80);
}

TEST_F(HttpAdapterTest, ASecretFileMustHoldOneLine) {
  const auto create = [&](const std::string& secret) {
    auto catalogue = Catalogue::FromYaml(Yaml(shop_.port(), "127.0.0.1", ""), "tools.yaml");
    const std::string path = catalogue->FindAdapter("api")->http.auth_file;
    if (secret == "none") {
      std::filesystem::remove(path);
    } else {
      std::ofstream(path, std::ios::trunc) << secret;
    }
    return HttpAdapter::Create(*catalogue, *catalogue->FindAdapter("api")).status();
  };
  EXPECT_TRUE(create("good\n").ok());
  EXPECT_EQ(create("none").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(create("").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(create("two\nlines").code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace frontdesk::tools
