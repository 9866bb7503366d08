// One unary call of a signed-in user: what the console's and the reviewer's clients share.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "clients/cpp/chat_client.h"

namespace frontdesk::client {

// Calls a method of a generated stub with the token set and 30 seconds to answer. Blocking.
template <class Stub, class Request, class Response>
absl::StatusOr<Response> CallAsUser(
    Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
    const Request& request, const std::string& token) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token);
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return ToAbsl(status);
  return response;
}

}  // namespace frontdesk::client
