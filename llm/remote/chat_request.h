// A chat as the JSON body of POST /chat/completions. Pure, thread-safe.

#pragma once

#include <string>

#include "llm/model.h"

namespace frontdesk::llm {

// model: the server's name of it. The seed is a hash of the request's key, so that servers
// that honour it repeat themselves.
std::string ChatRequestBody(const GenerateRequest& request, const std::string& model);

}  // namespace frontdesk::llm
