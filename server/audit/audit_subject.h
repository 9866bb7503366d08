// What an administrator's request is about, in a form that may be kept for good.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "storage/store.h"

namespace frontdesk::server {

// "version=b-3f9a…", "document.id=returns/window.md": the names and ids in a request, nested ones
// too, at most 400 bytes. A customer's id comes out as the person's tag (server/audit/audit_log.h);
// texts that carry content never come out.
std::string SubjectOf(const google::protobuf::Message& request, const storage::Store& store);

}  // namespace frontdesk::server
