// Every RPC with every role over the wire: the handlers ask the gate, and for the row that
// is theirs.
#include <gtest/gtest.h>

#include "server/auth/permissions.h"
#include "server/auth/user_token.h"
#include "tests/server/demo_server.h"
#include "tests/server/rpc_list.h"

namespace frontdesk::server {
namespace {

TEST(EveryRpc, IsRefusedToEveryRoleThatMayNotAndToNoOther) {
  const DemoServer demo("every-rpc");
  const auto channel = demo.Channel();
  const auto chat = demo.Chat();
  std::vector<std::pair<CallerRole, std::string>> callers = {
      {CallerRole::kNobody, ""}, {CallerRole::kCustomer, chat->token()}};
  for (const CallerRole role : {CallerRole::kAgent, CallerRole::kSupervisor, CallerRole::kAdmin,
                                CallerRole::kAuditor, CallerRole::kService}) {
    callers.emplace_back(role, demo.Token("someone", role));
  }
  int calls = 0, refused = 0;
  for (const RpcName& rpc : EveryRpc()) {
    for (const auto& [role, token] : callers) {
      // An empty request: what gets past the gate fails on its fields, or waits as a stream.
      const grpc::Status status =
          CallRaw(channel, rpc.path, "", token, std::chrono::milliseconds(300));
      const grpc::StatusCode code = status.error_code();
      const bool denied = code == grpc::StatusCode::PERMISSION_DENIED ||
                          code == grpc::StatusCode::UNAUTHENTICATED;
      const absl::Status may = MayCall({.role = role}, rpc.row);
      EXPECT_EQ(denied, !may.ok())
          << rpc.row << " by " << Name(role) << ": " << status.error_message();
      if (!may.ok()) {
        EXPECT_EQ(static_cast<int>(code), static_cast<int>(may.code())) << rpc.row;
      }
      EXPECT_NE(code, grpc::StatusCode::INTERNAL) << rpc.row << ": " << status.error_message();
      ++calls;
      refused += denied ? 1 : 0;
    }
  }
  std::printf("%d calls, %d of them refused by the gate\n", calls, refused);
}

TEST(EveryRpc, AnInventedMethodIsNotThere) {
  const DemoServer demo("invented-rpc");
  EXPECT_EQ(CallRaw(demo.Channel(), "/frontdesk.v1.ChatService/Everything", "",
                    demo.Token("root", CallerRole::kAdmin), std::chrono::milliseconds(2000))
                .error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace frontdesk::server
