// A JSON schema of any text: refused, or a grammar that is read or refused in its turn.
#include <string>

#include "llm/constraint/grammar.h"
#include "llm/constraint/json_schema.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace frontdesk::llm;
  const auto text = GrammarOfJsonSchema({reinterpret_cast<const char*>(data), size});
  if (text.ok()) (void)Grammar::Read(*text);
  return 0;
}
