#include "server/insight/publish_outcomes.h"

#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "absl/time/clock.h"

namespace frontdesk::server {
namespace {

constexpr absl::Duration kEvery = absl::Seconds(10);
constexpr absl::Duration kPeriod = absl::Hours(24);

struct LastTime {
  std::mutex mutex;
  absl::Time measured = absl::InfinitePast();
  std::set<std::string> figures;
};

}  // namespace

std::function<void()> PublishOutcomes(OutcomeBook& book, Metrics& metrics) {
  return [&book, &metrics, last = std::make_shared<LastTime>()] {
    std::lock_guard lock(last->mutex);
    const absl::Time now = absl::Now();
    if (now - last->measured < kEvery) return;
    last->measured = now;
    OutcomeScope scope;
    scope.from_ms = absl::ToUnixMillis(now - kPeriod);
    const auto reading = book.Read(scope);
    if (!reading.ok()) {
      spdlog::warn("outcomes=not_measured error=\"{}\"", std::string(reading.status().message()));
      return;
    }
    std::set<std::string> gone = std::move(last->figures);
    last->figures.clear();
    for (const Outcome& outcome : MeasureOutcomes((*reading)->judged)) {
      metrics.SetOutcome(outcome.name, outcome.value, outcome.count);
      gone.erase(outcome.name);
      last->figures.insert(outcome.name);
    }
    for (const std::string& figure : gone) metrics.SetOutcome(figure, 0, 0);
  };
}

}  // namespace frontdesk::server
