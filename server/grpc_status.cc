#include "server/grpc_status.h"

#include <google/rpc/error_details.pb.h>
#include <spdlog/spdlog.h>

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::server {
namespace {

constexpr size_t kMaxTextBytes = 1000;
// Keys of absl::Status payloads; the values are serialised google.rpc messages.
constexpr char kBadRequest[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";
constexpr char kErrorInfo[] = "type.googleapis.com/google.rpc.ErrorInfo";

grpc::StatusCode MapCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return grpc::StatusCode::OK;
    case absl::StatusCode::kCancelled:
      return grpc::StatusCode::CANCELLED;
    case absl::StatusCode::kUnknown:
      return grpc::StatusCode::UNKNOWN;
    case absl::StatusCode::kInvalidArgument:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case absl::StatusCode::kDeadlineExceeded:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
    case absl::StatusCode::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case absl::StatusCode::kAlreadyExists:
      return grpc::StatusCode::ALREADY_EXISTS;
    case absl::StatusCode::kPermissionDenied:
      return grpc::StatusCode::PERMISSION_DENIED;
    case absl::StatusCode::kResourceExhausted:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case absl::StatusCode::kFailedPrecondition:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case absl::StatusCode::kAborted:
      return grpc::StatusCode::ABORTED;
    case absl::StatusCode::kOutOfRange:
      return grpc::StatusCode::OUT_OF_RANGE;
    case absl::StatusCode::kUnimplemented:
      return grpc::StatusCode::UNIMPLEMENTED;
    case absl::StatusCode::kInternal:
      return grpc::StatusCode::INTERNAL;
    case absl::StatusCode::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case absl::StatusCode::kDataLoss:
      return grpc::StatusCode::DATA_LOSS;
    case absl::StatusCode::kUnauthenticated:
      return grpc::StatusCode::UNAUTHENTICATED;
    case absl::StatusCode::kDoNotUseReservedForFutureExpansionUseDefaultInSwitchInstead_:
      break;
  }
  return grpc::StatusCode::UNKNOWN;
}

bool IsOurs(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kDataLoss ||
         code == absl::StatusCode::kUnknown;
}

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

absl::Status InvalidField(std::string_view field, std::string_view what) {
  google::rpc::BadRequest detail;
  auto* violation = detail.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(what));
  absl::Status status = absl::InvalidArgumentError(absl::StrCat(View(field), " ", View(what)));
  status.SetPayload(kBadRequest, absl::Cord(detail.SerializeAsString()));
  return status;
}

absl::Status Overloaded(std::string_view what, absl::Duration retry_after) {
  google::rpc::RetryInfo detail;
  const int64_t nanos = absl::ToInt64Nanoseconds(retry_after);
  detail.mutable_retry_delay()->set_seconds(nanos / 1'000'000'000);
  detail.mutable_retry_delay()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  absl::Status status = absl::ResourceExhaustedError(View(what));
  status.SetPayload(kRetryInfo, absl::Cord(detail.SerializeAsString()));
  return status;
}

absl::Status WithReason(absl::StatusCode code, std::string_view reason, std::string_view what) {
  google::rpc::ErrorInfo detail;
  detail.set_reason(std::string(reason));
  detail.set_domain("frontdesk");
  absl::Status status(code, View(what));
  status.SetPayload(kErrorInfo, absl::Cord(detail.SerializeAsString()));
  return status;
}

grpc::Status FromAbsl(const absl::Status& status, std::string_view rpc) {
  if (status.ok()) return grpc::Status::OK;
  const grpc::StatusCode code = MapCode(status.code());
  if (IsOurs(status.code())) {
    spdlog::error("rpc={} code={} error=\"{}\"", rpc, static_cast<int>(code),
                  std::string(status.message()));
    return grpc::Status(code, "the server could not do this; its log says why");
  }
  std::string text(status.message().substr(0, kMaxTextBytes));
  google::rpc::Status rich;
  rich.set_code(code);
  rich.set_message(text);
  status.ForEachPayload([&rich](absl::string_view url, const absl::Cord& value) {
    auto* detail = rich.add_details();
    detail->set_type_url(std::string(url));
    detail->set_value(std::string(value));
  });
  if (rich.details_size() == 0) return grpc::Status(code, text);
  return grpc::Status(code, text, rich.SerializeAsString());
}

}  // namespace frontdesk::server
