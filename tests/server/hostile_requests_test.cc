// Bad input to every RPC by a role that may call it: empty and random bytes, truncated messages,
// fields full of hostile values, text that is not UTF-8, a megabyte. None is answered INTERNAL or
// UNKNOWN (bytes that are no message at all gRPC refuses itself, as UNIMPLEMENTED), the server lives,
// and the store is whole.
//
// Seeded. 6 requests a method by default, 60 when FRONTDESK_FULL is set.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"
#include "server/audit/verify_store.h"
#include "server/auth/permissions.h"
#include "server/auth/user_token.h"
#include "tests/server/demo_server.h"
#include "tests/server/hostile_message.h"
#include "tests/server/rpc_list.h"

namespace frontdesk::server {
namespace {

using google::protobuf::Message;

// One bad request of a method's type, as bytes.
std::string BadRequest(const Message& prototype, Dice& dice, const std::string& own, int kind) {
  if (kind == 0) return "";
  if (kind == 1) {
    std::string bytes(static_cast<size_t>(dice.Roll(200)), '\0');
    for (char& c : bytes) c = static_cast<char>(dice.Next());
    return bytes;
  }
  const std::unique_ptr<Message> message(prototype.New());
  FillWithHostileValues(*message, dice, own);
  std::string bytes = message->SerializeAsString();
  if (kind == 2 && !bytes.empty()) bytes.resize(static_cast<size_t>(dice.Roll(static_cast<int>(bytes.size()))));
  if (kind == 3 && !bytes.empty()) {
    for (int i = 0; i < 3; ++i) bytes[static_cast<size_t>(dice.Roll(static_cast<int>(bytes.size())))] ^= static_cast<char>(1 << dice.Roll(8));
  }
  return bytes;
}

TEST(HostileRequests, NoneIsAnInternalErrorAndNothingIsLost) {
  DemoServer demo("hostile-requests");
  const auto channel = demo.Channel();
  const auto chat = demo.Chat();
  ASSERT_TRUE(chat->Send("hello", [](const v1::ConversationEvent&) {}).ok());
  const int each = std::getenv("FRONTDESK_FULL") != nullptr ? 60 : 6;
  Dice dice(2026);
  std::map<grpc::StatusCode, int> codes;
  int calls = 0;
  for (const RpcName& rpc : EveryRpc()) {
    const std::string full = absl::StrCat("frontdesk.v1.", rpc.row.substr(0, rpc.row.find('/')));
    const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full)->FindMethodByName(
        rpc.row.substr(rpc.row.find('/') + 1));
    const Message& prototype = *google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->input_type());
    std::string token;
    for (const CallerRole role : {CallerRole::kCustomer, CallerRole::kAgent, CallerRole::kAdmin, CallerRole::kAuditor}) {
      if (!MayCall({.role = role}, rpc.row).ok()) continue;
      token = role == CallerRole::kCustomer ? chat->token() : demo.Token("someone", role);
      break;
    }
    for (int i = 0; i < each; ++i) {
      const std::string request = BadRequest(prototype, dice, chat->conversation().name(), i % 6);
      const auto status = CallRaw(channel, rpc.path, request, token, std::chrono::milliseconds(150));
      const std::unique_ptr<Message> parsed(prototype.New());
      const bool is_message = parsed->ParseFromString(request);
      const grpc::StatusCode code = status.error_code();
      ++calls;
      ++codes[code];
      // UNIMPLEMENTED also comes from a client that gets two answers where it asked for one.
      if (!is_message) continue;
      EXPECT_NE(code, grpc::StatusCode::UNKNOWN) << rpc.row << ": " << status.error_message();
      EXPECT_NE(code, grpc::StatusCode::DATA_LOSS) << rpc.row << ": " << status.error_message();
      if (code == grpc::StatusCode::INTERNAL) {
        EXPECT_TRUE(method->server_streaming()) << rpc.row << ": " << status.error_message() << "\n" << parsed->ShortDebugString().substr(0, 500);
      }
    }
  }
  std::string counts;
  for (const auto& [code, count] : codes) absl::StrAppend(&counts, " ", static_cast<int>(code), ":", count);
  std::printf("%d bad requests; by status code%s\n", calls, counts.c_str());
  const auto after = demo.Chat();
  EXPECT_TRUE(after->Send("hello", [](const v1::ConversationEvent&) {}).ok()) << "the server took no harm";
  demo.Stop();
  auto store = storage::Store::Open({.path = demo.data() + "/frontdesk.db", .read_only = true});
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_TRUE((*store)->CheckIntegrity(/*deep=*/true)->healthy());
  EXPECT_TRUE(VerifyStore(**store)->breaks.empty());
}

}  // namespace
}  // namespace frontdesk::server
