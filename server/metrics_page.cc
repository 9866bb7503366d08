#include "server/metrics_page.h"

#include <httplib.h>

#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::server {

struct MetricsPage::Http {
  httplib::Server server;
  std::thread thread;
};

absl::StatusOr<std::unique_ptr<MetricsPage>> MetricsPage::Start(const std::string& listen,
                                                                const Metrics& metrics) {
  const size_t colon = listen.rfind(':');
  int port = -1;
  if (colon == std::string::npos || !absl::SimpleAtoi(listen.substr(colon + 1), &port) ||
      port < 0 || port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("--metrics-listen ", listen, " is not host:port, and not none"));
  }
  const std::string host = listen.substr(0, colon);
  auto http = std::make_unique<Http>();
  http->server.new_task_queue = [] { return new httplib::ThreadPool(1); };
  http->server.Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
    response.set_content(metrics.Text(), "text/plain; version=0.0.4");
  });
  const bool bound = port == 0 ? http->server.bind_to_any_port(host.c_str()) > 0
                               : http->server.bind_to_port(host.c_str(), port);
  if (!bound) {
    return absl::UnavailableError(
        absl::StrCat(listen, " is taken; give --metrics-listen another port, or none"));
  }
  http->thread = std::thread([server = &http->server] { server->listen_after_bind(); });
  return std::unique_ptr<MetricsPage>(new MetricsPage(std::move(http)));
}

MetricsPage::MetricsPage(std::unique_ptr<Http> http) : http_(std::move(http)) {}

MetricsPage::~MetricsPage() {
  http_->server.stop();
  http_->thread.join();
}

}  // namespace frontdesk::server
