// http://HOST:PORT/metrics in Prometheus text format, on its own small HTTP server.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/metrics.h"

namespace frontdesk::server {

class MetricsPage {
 public:
  // Errors: INVALID_ARGUMENT (not host:port), UNAVAILABLE (the port is taken). metrics: borrowed.
  static absl::StatusOr<std::unique_ptr<MetricsPage>> Start(const std::string& listen,
                                                            const Metrics& metrics);
  ~MetricsPage();

 private:
  struct Http;
  explicit MetricsPage(std::unique_ptr<Http> http);
  std::unique_ptr<Http> http_;
};

}  // namespace frontdesk::server
