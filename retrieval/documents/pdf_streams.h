// What a PDF's compressed streams unpack to, before a PDF library is let near them.
//
// A few kilobytes of Flate data can unpack to gigabytes. The streams are inflated one after the
// other into one small buffer, only counted, and no further than the cap. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace frontdesk::retrieval {

// Errors: INVALID_ARGUMENT (streams unpack to more than `cap` bytes together, or one is compressed
// twice over, which hides its size). Streams that are damaged or of other filters count with their
// own bytes. Cost: inflating, at most `cap` bytes.
absl::Status CheckPdfStreams(std::string_view pdf, uint64_t cap);

}  // namespace frontdesk::retrieval
