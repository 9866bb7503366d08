// gRPC-Web on the wire: what a browser sends and gets for one call.
//
// A body is a row of frames: one byte of flags (0x80: trailers, else a message), four
// bytes of length, big-endian, then that many bytes. Pure. Source: PROTOCOL-WEB.md of gRPC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace frontdesk::server {

// The one message of a request body.
// Errors: INVALID_ARGUMENT (no frame, more than one, cut short, compressed, trailers).
absl::StatusOr<std::string> RequestMessage(std::string_view body);

std::string MessageFrame(std::string_view message);
// code: a google.rpc.Code. message: percent-encoded here, as HTTP headers want it.
std::string TrailersFrame(int code, std::string_view message);

// A grpc-timeout header ("5000m", "30S"); nullopt: none, or not one.
std::optional<absl::Duration> ParseTimeout(std::string_view header);

}  // namespace frontdesk::server
