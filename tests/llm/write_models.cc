// Writes the models of peer_models.h, for a peer to compute their logits.
//
//   llm_write_models FOLDER
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/llm/peer_models.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: llm_write_models FOLDER\n");
    return 2;
  }
  std::filesystem::create_directories(argv[1]);
  for (const auto& [name, shape] : frontdesk::llm::PeerModels()) {
    std::ofstream(std::string(argv[1]) + "/" + name + ".gguf", std::ios::binary)
        << frontdesk::llm::SyntheticModel(shape);
  }
  return 0;
}
