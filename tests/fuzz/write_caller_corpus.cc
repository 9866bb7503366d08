// Writes the inputs that fuzzing of redaction and of callers' proofs starts from.
//
//   fuzz_caller_corpus FOLDER        (in the source folder: it reads tests/pii/cases)
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/pii/cases.h"

namespace {

void Write(const std::filesystem::path& folder, const std::string& name, const std::string& bytes) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / name, std::ios::binary) << bytes;
}

void WriteRedact(const std::filesystem::path& folder) {
  const std::string cuts = {'\0', '\x05', '\x11', '\x1d'};  // no option; the stream is cut at three places
  for (const char* file : {"personal.tsv", "look_alikes.tsv"}) {
    for (const auto& one : frontdesk::tools::ReadPiiCases(file)) Write(folder, one.name, cuts + one.text);
  }
}

void WriteJwt(const std::filesystem::path& folder) {
  const std::string header = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}\n";
  Write(folder, "user", header + R"({"iss":"frontdesk","aud":"frontdesk","sub":"ann","role":"agent","exp":1800003000,"iat":1799999999})");
  Write(folder, "customer", header + R"({"aud":"frontdesk","sub":"C00001","nonce":"0123456789abcdef","exp":1800003000})");
  Write(folder, "none", "{\"alg\":\"none\"}\n{\"aud\":[\"frontdesk\"],\"exp\":1800003000,\"nbf\":1}\n");
  Write(folder, "raw", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA");
  Write(folder, "conversation", "fd1.AAAAAGtJ0gBjb252ZXJzYXRpb24.AAAA");
  Write(folder, "jwks", R"({"keys":[{"kty":"EC","use":"sig","kid":"a","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
  Write(folder, "disabled", "1700000000 ann\n1800000000 bob\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_caller_corpus FOLDER\n");
    return 2;
  }
  const std::filesystem::path root = argv[1];
  WriteRedact(root / "redact");
  WriteJwt(root / "jwt");
  return 0;
}
