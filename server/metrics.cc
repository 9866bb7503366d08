#include "server/metrics.h"

#include <prometheus/text_serializer.h>

namespace frontdesk::server {
namespace {

// Seconds; a flow turn is a few milliseconds, a decoded answer a few seconds.
const prometheus::Histogram::BucketBoundaries kBuckets = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
    0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

}  // namespace

Metrics::Metrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      stage_seconds_(prometheus::BuildHistogram()
                         .Name("frontdesk_turn_stage_seconds")
                         .Help("Time a turn spent in a stage.")
                         .Register(*registry_)),
      turns_(prometheus::BuildCounter()
                 .Name("frontdesk_turns_total")
                 .Help("Turns completed, by outcome.")
                 .Register(*registry_)),
      handoffs_(prometheus::BuildCounter()
                    .Name("frontdesk_handoffs_total")
                    .Help("Handoffs to a human, by reason code.")
                    .Register(*registry_)),
      degraded_(prometheus::BuildCounter()
                    .Name("frontdesk_degraded_total")
                    .Help("Turns that ran in a degraded mode, by mode.")
                    .Register(*registry_)),
      rpcs_(prometheus::BuildCounter()
                .Name("frontdesk_rpcs_total")
                .Help("RPCs finished, by name and status code.")
                .Register(*registry_)),
      refused_(prometheus::BuildCounter()
                   .Name("frontdesk_refused_total")
                   .Help("Calls refused to protect the server, by reason.")
                   .Register(*registry_)),
      open_streams_(prometheus::BuildGauge()
                        .Name("frontdesk_open_streams")
                        .Help("Event streams that are open.")
                        .Register(*registry_)
                        .Add({})),
      queued_turns_(prometheus::BuildGauge()
                        .Name("frontdesk_queued_turns")
                        .Help("Messages received whose turn has not begun.")
                        .Register(*registry_)
                        .Add({})),
      outcomes_(prometheus::BuildGauge()
                    .Name("frontdesk_outcome")
                    .Help("Outcome figures of the last 24 hours (docs/insight.md).")
                    .Register(*registry_)),
      outcome_conversations_(prometheus::BuildGauge()
                                 .Name("frontdesk_outcome_conversations")
                                 .Help("Conversations behind an outcome figure.")
                                 .Register(*registry_)) {}

void Metrics::ObserveStage(std::string_view stage, absl::Duration took) {
  stage_seconds_.Add({{"stage", std::string(stage)}}, kBuckets)
      .Observe(absl::ToDoubleSeconds(took));
}
void Metrics::CountTurn(std::string_view outcome) {
  turns_.Add({{"outcome", std::string(outcome)}}).Increment();
}
void Metrics::CountHandoff(std::string_view reason) {
  handoffs_.Add({{"reason", std::string(reason)}}).Increment();
}
void Metrics::CountDegraded(std::string_view mode) {
  degraded_.Add({{"mode", std::string(mode)}}).Increment();
}
void Metrics::CountRpc(std::string_view rpc, std::string_view code) {
  rpcs_.Add({{"rpc", std::string(rpc)}, {"code", std::string(code)}}).Increment();
}
void Metrics::CountRefused(std::string_view why) {
  refused_.Add({{"reason", std::string(why)}}).Increment();
}
void Metrics::SetOpenStreams(int64_t streams) { open_streams_.Set(static_cast<double>(streams)); }
void Metrics::SetQueuedTurns(int64_t turns) { queued_turns_.Set(static_cast<double>(turns)); }

void Metrics::SetOutcome(const std::string& figure, double value, int64_t conversations) {
  outcomes_.Add({{"figure", figure}}).Set(value);
  outcome_conversations_.Add({{"figure", figure}}).Set(static_cast<double>(conversations));
}
void Metrics::BeforeScrape(std::function<void()> refresh) { refresh_ = std::move(refresh); }

std::string Metrics::Text() const {
  if (refresh_) refresh_();
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace frontdesk::server
