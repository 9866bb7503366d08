#include "tests/server/hostile_message.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_cat.h"

namespace frontdesk::server {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string HostileText(Dice& dice, const std::string& own_conversation, size_t longest) {
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
      return std::string(longest, 'x');
    case 5:
      return "'; DROP TABLE events; --";
    case 6:
      return std::string("nul\0inside", 10);
    case 7:
      return "<EMAIL_1> \u202e\u200b\ufeff";
    case 8:
      return std::string(70, 'r');
    case 9:
      return "{\"a\":[[[[[[[[{}]]]]]]]]]}";
    case 10:
      return "99999999999999999999";
    default:
      return absl::StrCat("r-", dice.Next());
  }
}

void SetHostileValue(Message& message, const FieldDescriptor* field, Dice& dice, const std::string& own,
                     size_t longest, int depth) {
  const auto* reflection = message.GetReflection();
  const int64_t number = dice.Roll(2) == 0 ? static_cast<int64_t>(dice.Next()) - (1 << 20) : dice.Roll(100) - 10;
  const bool many = field->is_repeated();
  const int times = many ? dice.Roll(4) : 1;
  for (int t = 0; t < times; ++t) {
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string text = HostileText(dice, own, longest);
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
          FillWithHostileValues(
              many ? *reflection->AddMessage(&message, field) : *reflection->MutableMessage(&message, field), dice,
              own, longest, depth + 1);
        }
        break;
      default:
        break;
    }
  }
}

void FillWithHostileValues(Message& message, Dice& dice, const std::string& own, size_t longest, int depth) {
  const auto* descriptor = message.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    if (dice.Roll(5) == 0) continue;
    SetHostileValue(message, descriptor->field(i), dice, own, longest, depth);
  }
}

}  // namespace frontdesk::server
