// The one place where our errors become gRPC's.
//
// Handlers are plain functions that return absl::Status; FromAbsl turns it into a
// grpc::Status with google.rpc details (AIP-193). Codes are mapped by an
// exhaustive switch, texts are capped, and what a caller cannot act on (INTERNAL,
// DATA_LOSS, UNKNOWN) is logged here and reaches the caller without its insides.
// Thread-safe.
//
//   if (text.empty()) return InvalidField("text", "is empty; send 1 byte to 64 KiB");
//   ...
//   reactor->Finish(FromAbsl(status, "SendMessage"));
#pragma once

#include <grpcpp/support/status.h>

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace frontdesk::server {

// INVALID_ARGUMENT that names a field of the request (google.rpc.BadRequest).
absl::Status InvalidField(std::string_view field, std::string_view what);

// RESOURCE_EXHAUSTED with a delay after which trying again makes sense
// (google.rpc.RetryInfo). retry_after: more than zero.
absl::Status Overloaded(std::string_view what, absl::Duration retry_after);

// An error with a reason programs can act on (google.rpc.ErrorInfo),
// e.g. ("REQUEST_ID_REUSED"). code: not OK.
absl::Status WithReason(absl::StatusCode code, std::string_view reason, std::string_view what);

// rpc: name for the log line of errors that are ours.
grpc::Status FromAbsl(const absl::Status& status, std::string_view rpc);

}  // namespace frontdesk::server
