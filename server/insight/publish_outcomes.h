// Outcome figures on the metrics page: those of the last 24 hours.
#pragma once

#include <functional>

#include "server/insight/outcome_book.h"
#include "server/metrics.h"

namespace frontdesk::server {

// A function for Metrics::BeforeScrape that measures at most every ten seconds; a failed
// reading leaves the figures as they were, with a warning. Thread-safe; borrows both.
std::function<void()> PublishOutcomes(OutcomeBook& book, Metrics& metrics);

}  // namespace frontdesk::server
