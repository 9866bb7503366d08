// The period that requests for figures name: start_time and end_time, either of which may be left out.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>

#include "server/insight/outcome_book.h"

namespace frontdesk::server {

inline int64_t MillisecondsOf(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

template <class Request>
OutcomeScope PeriodOf(const Request& request) {
  OutcomeScope scope;
  if (request.has_start_time()) scope.from_ms = MillisecondsOf(request.start_time());
  if (request.has_end_time()) scope.until_ms = MillisecondsOf(request.end_time());
  return scope;
}

}  // namespace frontdesk::server
