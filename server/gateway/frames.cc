#include "server/gateway/frames.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace frontdesk::server {
namespace {

constexpr size_t kHeader = 5;
constexpr unsigned char kTrailers = 0x80, kCompressed = 0x01;

std::string Frame(unsigned char flags, std::string_view bytes) {
  const auto length = static_cast<uint32_t>(bytes.size());
  std::string frame;
  frame.reserve(kHeader + bytes.size());
  frame.push_back(static_cast<char>(flags));
  for (int shift = 24; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(length >> shift));
  return frame.append(bytes);
}

}  // namespace

absl::StatusOr<std::string> RequestMessage(std::string_view body) {
  if (body.size() < kHeader)
    return absl::InvalidArgumentError("the body is no gRPC-Web frame: it has fewer than 5 bytes");
  const auto at = [body](size_t i) { return static_cast<unsigned char>(body[i]); };
  if ((at(0) & kCompressed) != 0)
    return absl::InvalidArgumentError("compressed gRPC-Web frames are not taken; send them plain");
  if (at(0) != 0) return absl::InvalidArgumentError("the first gRPC-Web frame is not a message");
  const uint32_t length = uint32_t{at(1)} << 24 | uint32_t{at(2)} << 16 | uint32_t{at(3)} << 8 | at(4);
  if (length != body.size() - kHeader) {
    return absl::InvalidArgumentError(absl::StrCat("the gRPC-Web frame says ", length, " bytes and ",
                                                   body.size() - kHeader, " follow"));
  }
  return std::string(body.substr(kHeader));
}

std::string MessageFrame(std::string_view message) { return Frame(0, message); }

std::string TrailersFrame(int code, std::string_view message) {
  std::string trailers = absl::StrCat("grpc-status: ", code, "\r\n");
  if (!message.empty()) {
    absl::StrAppend(&trailers, "grpc-message: ");
    for (const char c : message) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20 && byte < 0x7f && c != '%') {
        trailers.push_back(c);
      } else {
        absl::StrAppendFormat(&trailers, "%%%02X", byte);
      }
    }
    absl::StrAppend(&trailers, "\r\n");
  }
  return Frame(kTrailers, trailers);
}

std::optional<absl::Duration> ParseTimeout(std::string_view header) {
  int64_t number = 0;
  if (header.size() < 2 || header.size() > 9) return std::nullopt;
  if (!absl::SimpleAtoi(absl::string_view(header.data(), header.size() - 1), &number) || number < 0)
    return std::nullopt;
  switch (header.back()) {
    case 'H':
      return absl::Hours(number);
    case 'M':
      return absl::Minutes(number);
    case 'S':
      return absl::Seconds(number);
    case 'm':
      return absl::Milliseconds(number);
    case 'u':
      return absl::Microseconds(number);
    case 'n':
      return absl::Nanoseconds(number);
    default:
      return std::nullopt;
  }
}

}  // namespace frontdesk::server
