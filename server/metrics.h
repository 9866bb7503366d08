// Every figure the server publishes, declared once (docs/metrics.md).
//
// Thread-safe. No label ever carries a customer's words or ids: labels come from
// closed sets (stages, outcomes, rpc names).
//
//   Metrics metrics;
//   metrics.ObserveStage("understand", absl::Milliseconds(3));
//   std::string text = metrics.Text();      // Prometheus text format 0.0.4
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace frontdesk::server {

class Metrics {
 public:
  Metrics();

  // One stage of a turn: "queue", "redact", "screen", "understand", "decide", "act", "check",
  // "commit", "turn".
  void ObserveStage(std::string_view stage, absl::Duration took);
  void CountTurn(std::string_view outcome);    // TurnCompleted.outcome
  void CountHandoff(std::string_view reason);  // reason code of the bundle
  void CountDegraded(std::string_view mode);   // "no_model", "no_encoder", "tool_down", …
  void CountRpc(std::string_view rpc, std::string_view code);
  void CountRefused(std::string_view why);  // "rate", "queue", "streams"
  void SetOpenStreams(int64_t streams);
  void SetQueuedTurns(int64_t turns);

  // A figure of server/insight/outcomes.h over the last 24 hours.
  void SetOutcome(const std::string& figure, double value, int64_t conversations);
  // Called at the beginning of every Text(); set before the page is served.
  void BeforeScrape(std::function<void()> refresh);

  std::string Text() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Histogram>& stage_seconds_;
  prometheus::Family<prometheus::Counter>& turns_;
  prometheus::Family<prometheus::Counter>& handoffs_;
  prometheus::Family<prometheus::Counter>& degraded_;
  prometheus::Family<prometheus::Counter>& rpcs_;
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Gauge& open_streams_;
  prometheus::Gauge& queued_turns_;
  prometheus::Family<prometheus::Gauge>& outcomes_;
  prometheus::Family<prometheus::Gauge>& outcome_conversations_;
  std::function<void()> refresh_;
};

}  // namespace frontdesk::server
