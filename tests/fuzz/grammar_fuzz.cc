// A grammar of any text: refused, or its automaton makes progress with each byte, stays within
// bounds, and whatever it lets through is UTF-8 where it may end.
#include <cstdlib>
#include <string>
#include <vector>

#include "llm/constraint/grammar.h"
#include "llm/tokenizer/utf8_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace frontdesk::llm;
  const auto grammar = Grammar::Read({reinterpret_cast<const char*>(data), size});
  if (!grammar.ok()) return 0;
  const auto automaton = (*grammar)->Begin();
  std::vector<uint32_t> states;
  automaton->Start(states);
  std::string text;
  uint32_t random = 12345;
  for (int step = 0; step < 60 && !states.empty() && states.size() < 2000; ++step) {
    for (uint32_t state : states) {
      if (automaton->Ends(state) && !IsWholeUtf8(text)) std::abort();
    }
    // The first byte that leads on, from a random one upwards.
    std::vector<uint32_t> next;
    random = random * 1664525 + 1013904223;
    for (int i = 0; i < 256 && next.empty(); ++i) {
      const auto byte = static_cast<uint8_t>((random >> 24) + i);
      for (uint32_t state : states) automaton->Step(state, byte, next);
      if (!next.empty()) text.push_back(static_cast<char>(byte));
    }
    states = next;
    if (automaton->size() > 50000) automaton->Compact(states);
  }
  return 0;
}
