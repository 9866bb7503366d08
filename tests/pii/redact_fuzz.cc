// libFuzzer target of redaction.
//
// Invariant: nothing the validators accept survives. What comes out of Redact holds no
// e-mail address, card, IBAN or network address that Find would still take for one, the
// spans lie in order on character borders, and a stream cut anywhere gives the
// redaction of the whole.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "text/utf8.h"
#include "tools/pii/redact.h"
#include "tools/pii/vault_namer.h"

namespace {

using frontdesk::tools::PiiSpan;
using frontdesk::tools::PiiType;

void Fail(const char* what, std::string_view text) {
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

// Types that a validator decides without words around them.
bool IsValidated(PiiType type) {
  return type == PiiType::kEmail || type == PiiType::kCreditCard || type == PiiType::kIban;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace frontdesk;
  if (size < 1 || size > 4096) return 0;
  const std::size_t cut = data[0];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const tools::Redactor redactor;
  tools::RedactOptions options;
  tools::VaultNamer namer;
  const tools::Redaction redaction = redactor.Redact(text, namer, options);
  std::uint32_t last = 0;
  for (const PiiSpan& span : redaction.spans) {
    if (span.begin < last || span.end <= span.begin || span.end > text.size())
      Fail("spans out of order", text);
    last = span.end;
  }
  for (const PiiSpan& span : redactor.Find(redaction.text, options)) {
    if (IsValidated(span.type)) Fail("a value survived", redaction.text);
  }
  if (text::IsValidUtf8(text)) {
    tools::VaultNamer stream_namer;
    tools::StreamRedactor stream(redactor, stream_namer, options);
    const std::size_t border = std::min(cut, text.size());
    std::string out = stream.Push(text.substr(0, border));
    out += stream.Push(text.substr(border));
    out += stream.Finish();
    for (const PiiSpan& span : redactor.Find(out, options)) {
      if (IsValidated(span.type)) Fail("a value survived the stream", out);
    }
  }
  return 0;
}
