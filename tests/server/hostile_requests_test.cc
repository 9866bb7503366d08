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
#include "tests/server/rpc_list.h"

namespace frontdesk::server {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 11) {}
  uint64_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ >> 11;
  }
  int Roll(int sides) { return static_cast<int>(Next() % static_cast<uint64_t>(sides)); }

 private:
  uint64_t state_;
};

std::string HostileText(Dice& dice, const std::string& own_conversation) {
  switch (dice.Roll(12)) {
    case 0:
      return "";
    case 1:
      return own_conversation;
    case 2:
      return "conversations/system.audit";
    case 3:
      return "conversations/../../etc/passwd";
    case 4:
      return std::string(1 << 20, 'x');
    case 5:
      return "'; DROP TABLE events; --";
    case 6:
      return std::string("nul\0inside", 10);
    case 7:
      return "<EMAIL_1> \u202e\u200b\ufeff";
    case 8:
      return std::string(70, 'r');
    case 9:
      return "{\"a\":[[[[[[[[{}]]]]]]]]}";
    case 10:
      return "99999999999999999999";
    default:
      return absl::StrCat("r-", dice.Next());
  }
}

void Fill(Message& message, Dice& dice, const std::string& own, int depth) {
  const auto* reflection = message.GetReflection();
  const auto* descriptor = message.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (dice.Roll(5) == 0 || field->is_map()) continue;
    const int64_t number = dice.Roll(2) == 0 ? static_cast<int64_t>(dice.Next()) - (1 << 20) : dice.Roll(100) - 10;
    const int times = field->is_repeated() ? dice.Roll(4) : 1;
    for (int t = 0; t < times; ++t) {
      const bool many = field->is_repeated();
      switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING: {
          std::string text = HostileText(dice, own);
          many ? reflection->AddString(&message, field, text) : reflection->SetString(&message, field, text);
          break;
        }
        case FieldDescriptor::CPPTYPE_INT32:
          many ? reflection->AddInt32(&message, field, static_cast<int32_t>(number))
               : reflection->SetInt32(&message, field, static_cast<int32_t>(number));
          break;
        case FieldDescriptor::CPPTYPE_INT64:
          many ? reflection->AddInt64(&message, field, number) : reflection->SetInt64(&message, field, number);
          break;
        case FieldDescriptor::CPPTYPE_BOOL:
          if (!many) reflection->SetBool(&message, field, dice.Roll(2) == 0);
          break;
        case FieldDescriptor::CPPTYPE_ENUM:
          if (!many) reflection->SetEnumValue(&message, field, dice.Roll(40) - 3);
          break;
        case FieldDescriptor::CPPTYPE_DOUBLE:
          if (!many) reflection->SetDouble(&message, field, static_cast<double>(number) * 1e300);
          break;
        case FieldDescriptor::CPPTYPE_MESSAGE:
          if (depth < 4) {
            Fill(many ? *reflection->AddMessage(&message, field) : *reflection->MutableMessage(&message, field),
                 dice, own, depth + 1);
          }
          break;
        default:
          break;
      }
    }
  }
}

// One bad request of a method's type, as bytes.
std::string BadRequest(const Message& prototype, Dice& dice, const std::string& own, int kind) {
  if (kind == 0) return "";
  if (kind == 1) {
    std::string bytes(static_cast<size_t>(dice.Roll(200)), '\0');
    for (char& c : bytes) c = static_cast<char>(dice.Next());
    return bytes;
  }
  const std::unique_ptr<Message> message(prototype.New());
  Fill(*message, dice, own, 0);
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
