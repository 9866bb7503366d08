#include "server/audit/audit_subject.h"

#include <google/protobuf/descriptor.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "server/audit/audit_log.h"

namespace frontdesk::server {
namespace {

using google::protobuf::FieldDescriptor;

constexpr size_t kMostBytes = 400, kLongestValue = 200;
constexpr std::array<std::string_view, 8> kNames = {
    "id", "name", "version", "bundle_version", "document_id", "conversation", "reason", "percent"};

bool Names(const std::string& field) {
  for (const std::string_view name : kNames) {
    if (field == name) return true;
  }
  return false;
}

void Append(const google::protobuf::Message& message, const std::string& before,
            const storage::Store& store, std::string& subject) {
  const auto* reflection = message.GetReflection();
  const auto* descriptor = message.GetDescriptor();
  const auto add = [&](const std::string& name, const std::string& value) {
    if (value.empty() || value.size() > kLongestValue || subject.size() + value.size() > kMostBytes) return;
    absl::StrAppend(&subject, subject.empty() ? "" : " ", before, name, "=", value);
  };
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (field->is_repeated()) continue;
    const std::string name(field->name());
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (reflection->HasField(message, field)) {
        Append(reflection->GetMessage(message, field), absl::StrCat(before, name, "."), store, subject);
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
               field->type() == FieldDescriptor::TYPE_STRING) {
      const std::string value = reflection->GetString(message, field);
      if (name == "customer_id" && !value.empty()) add(name, AuditLog::PersonTag(store, value));
      if (Names(name)) add(name, value);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32 && Names(name)) {
      add(name, std::to_string(reflection->GetInt32(message, field)));
    }
  }
}

}  // namespace

std::string SubjectOf(const google::protobuf::Message& request, const storage::Store& store) {
  std::string subject;
  Append(request, "", store, subject);
  return subject;
}

}  // namespace frontdesk::server
