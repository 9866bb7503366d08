// The sentence-embedding function that retrieval is given; server/main.cc binds an encoder to it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace frontdesk::retrieval {

// One vector of the same size, of length 1, for each text, in order; a text's vector must not
// depend on its companions. Must be thread-safe. An empty function means that there is no encoder:
// retrieval then ranks by words alone.
using EmbedFn =
    std::function<absl::StatusOr<std::vector<std::vector<float>>>(std::span<const std::string>)>;

}  // namespace frontdesk::retrieval
