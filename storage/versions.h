// Bundle versions and the pointers that say which one speaks: "active", "shadow", "canary".
//
// Values. Versions are never changed or removed; a pointer moves and its history is kept.
#pragma once

#include <cstdint>
#include <string>

#include "storage/ids.h"

namespace frontdesk::storage {

struct VersionRecord {
  BundleVersion version;
  std::string manifest;  // JSON: file → SHA-256 of its bytes, and what the bundle says of itself
  int64_t created_ms = 0;
};

// version empty: the pointer points nowhere.
struct PointerRecord {
  std::string name;
  BundleVersion version;
  std::string settings;  // JSON, e.g. the canary's share; may be empty
  std::string reason;    // why it moved, and who moved it
  int64_t changed_ms = 0;
};

}  // namespace frontdesk::storage
