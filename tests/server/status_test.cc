#include <google/rpc/error_details.pb.h>
#include <gtest/gtest.h>

#include "server/grpc_status.h"

namespace frontdesk::server {
namespace {

google::rpc::Status Rich(const grpc::Status& status) {
  google::rpc::Status rich;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  return rich;
}

TEST(FromAbsl, NamesTheFieldOfABadRequest) {
  const grpc::Status status = FromAbsl(InvalidField("text", "is empty"), "T");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "text is empty");
  google::rpc::BadRequest detail;
  ASSERT_EQ(Rich(status).details_size(), 1);
  ASSERT_TRUE(Rich(status).details(0).UnpackTo(&detail));
  EXPECT_EQ(detail.field_violations(0).field(), "text");
}

TEST(FromAbsl, TellsWhenToTryAgain) {
  const grpc::Status status = FromAbsl(Overloaded("busy", absl::Milliseconds(1500)), "T");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  google::rpc::RetryInfo detail;
  ASSERT_TRUE(Rich(status).details(0).UnpackTo(&detail));
  EXPECT_EQ(detail.retry_delay().seconds(), 1);
  EXPECT_EQ(detail.retry_delay().nanos(), 500'000'000);
}

TEST(FromAbsl, HidesWhatIsOurFault) {
  for (const absl::Status& ours : {absl::InternalError("secret path /x"), absl::DataLossError("secret path /x"),
                                   absl::UnknownError("secret path /x")}) {
    const grpc::Status status = FromAbsl(ours, "T");
    EXPECT_EQ(status.error_message().find("secret"), std::string::npos);
    EXPECT_EQ(static_cast<int>(status.error_code()), static_cast<int>(ours.code()));
  }
}

TEST(FromAbsl, MapsEveryCodeToItsNamesake) {
  for (int code = 0; code <= 16; ++code) {
    const grpc::Status status = FromAbsl(absl::Status(static_cast<absl::StatusCode>(code), "x"), "T");
    EXPECT_EQ(static_cast<int>(status.error_code()), code);
  }
}

TEST(FromAbsl, CapsLongTexts) {
  EXPECT_LE(FromAbsl(absl::NotFoundError(std::string(100'000, 'x')), "T").error_message().size(), 1000u);
}

}  // namespace
}  // namespace frontdesk::server
