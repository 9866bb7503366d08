// Where tests find the default model: $FRONTDESK_MODELS, by default
// ~/.cache/frontdesk/models. A test that needs it fails when it is missing.

#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <string>

namespace frontdesk::llm {

inline std::string ModelsFolder() {
  if (const char* folder = std::getenv("FRONTDESK_MODELS")) return folder;
  const char* home = std::getenv("HOME");
  return std::string(home ? home : "") + "/.cache/frontdesk/models";
}

inline std::string DefaultModelPath() {
  return ModelsFolder() + "/smollm2-135m-instruct-q4_1.gguf";
}

inline bool FileExists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

}  // namespace frontdesk::llm

#define FD_NEED_MODEL(path)                     \
  ASSERT_TRUE(frontdesk::llm::FileExists(path)) \
      << path << " is missing: run scripts/fetch_models.sh"
