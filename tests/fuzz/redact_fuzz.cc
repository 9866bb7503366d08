// Redaction of any text, whole and in chunks.
//
// Input: one byte of options, three bytes that say where the stream is cut, then the text.
//
// Invariants: nothing the validators accept survives. What comes out, whole or in chunks, holds no
// plain e-mail address, IBAN or payment card (looked for by the few lines below, which know nothing
// of recognisers), and no address or IBAN that Find would still take for one. The spans lie in order
// on character borders. Every token in what comes out was given out for a value.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "text/utf8.h"
#include "tools/pii/recognise/check_digits.h"
#include "tools/pii/redact.h"
#include "tools/pii/vault_namer.h"

namespace {

using namespace frontdesk;
using tools::PiiSpan;
using tools::PiiType;

void Fail(const char* what, std::string_view text) {
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlnum(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return Lower(c); });
  return lower;
}

// "ann.b@shop.ie" around an '@'.
bool HasPlainEmail(std::string_view text) {
  for (size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1)) {
    if (at == 0 || !IsAlnum(text[at - 1])) continue;
    size_t end = at + 1;
    while (end < text.size() && IsAlnum(text[end])) ++end;
    if (end == at + 1 || end - at > 60 || end >= text.size() || text[end] != '.') continue;
    const size_t top = end + 1;
    end = top;
    while (end < text.size() && IsAlnum(text[end])) ++end;
    const bool alone = end == text.size() || text[end] == ' ' || text[end] == '\n';
    const std::string ending = Lower(text.substr(top, end - top));
    if (alone && (ending == "com" || ending == "org" || ending == "de" || ending == "ie")) return true;
  }
  return false;
}

// Calls found(run) for every stretch of letters and digits that stands between blanks.
template <class Found>
bool AnyRun(std::string_view text, Found found) {
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    while (end < text.size() && IsAlnum(text[end])) ++end;
    const bool alone = (begin == 0 || text[begin - 1] == ' ' || text[begin - 1] == '\n') &&
                       (end == text.size() || text[end] == ' ' || text[end] == '\n');
    if (end > begin && alone && found(text.substr(begin, end - begin))) return true;
    begin = std::max(end, begin + 1);
  }
  return false;
}

bool HasPlainIban(std::string_view text) {
  return AnyRun(text, [](std::string_view run) { return tools::IsIban(Lower(run)); });
}

// Sixteen digits of the large issuers. Words for parcels and parts make such a number a thing's,
// so a text with one of them is not judged.
bool HasPlainCard(std::string_view text) {
  const std::string lower = Lower(text);
  for (const char* word : {"track", "parcel", "ship", "awb", "waybill", "fedex", "ups", "usps", "dhl", "imei",
                           "serial", "ean", "gtin", "upc", "barcode", "sscc"}) {
    if (lower.find(word) != lower.npos) return false;
  }
  return AnyRun(text, [](std::string_view run) {
    return run.size() == 16 && std::all_of(run.begin(), run.end(), IsDigit) &&
           (run[0] == '4' || (run[0] == '5' && run[1] >= '1' && run[1] <= '5')) &&
           tools::IsPaymentCard(run);
  });
}

void CheckOutput(const char* how, const tools::Redactor& redactor, const tools::RedactOptions& options,
                 const tools::VaultNamer& namer, std::string_view out) {
  if (HasPlainEmail(out)) Fail((std::string(how) + ": an e-mail address survived").c_str(), out);
  if (HasPlainIban(out)) Fail((std::string(how) + ": an IBAN survived").c_str(), out);
  if (HasPlainCard(out)) Fail((std::string(how) + ": a card survived").c_str(), out);
  for (const PiiSpan& span : redactor.Find(out, options)) {
    if (span.type == PiiType::kEmail || span.type == PiiType::kIban) {
      Fail((std::string(how) + ": a value is found in what came out").c_str(), out);
    }
  }
  for (const tools::TokenSpan& token : tools::FindTokens(out)) {
    if (!namer.ValueOf(out.substr(token.begin, token.end - token.begin))) {
      Fail((std::string(how) + ": a typed token came through").c_str(), out);
    }
  }
}

tools::RedactOptions OptionsOf(std::uint8_t bits) {
  constexpr const char* kPatterns[] = {"", "[0-9]{4,6}", "[A-Z]{2}-[0-9]{5}", "(["};
  constexpr const char* kCountries[] = {"IE", "DE", "US", "XX"};
  tools::RedactOptions options;
  options.expected_slot_pattern = kPatterns[bits & 3];
  options.country = kCountries[bits >> 2 & 3];
  options.name_was_asked = bits & 16;
  options.address_was_asked = bits & 32;
  options.whole_addresses = !(bits & 64);
  options.names_and_addresses = !(bits & 128);
  return options;
}

void CheckWhole(const tools::Redactor& redactor, const tools::RedactOptions& options, std::string_view text,
                bool valid) {
  tools::VaultNamer namer;
  const tools::Redaction redaction = redactor.Redact(text, namer, options);
  std::uint32_t last = 0;
  for (const PiiSpan& span : redaction.spans) {
    if (span.begin < last || span.end <= span.begin || span.end > text.size()) Fail("spans out of order", text);
    const auto inside = [&](std::uint32_t at) { return at < text.size() && (text[at] & 0xC0) == 0x80; };
    if (valid && (inside(span.begin) || inside(span.end))) Fail("a span cuts a character", text);
    if (namer.ValueOf(span.token) != span.value) Fail("a token stands for another value", text);
    last = span.end;
  }
  CheckOutput("whole", redactor, options, namer, redaction.text);
}

void CheckStream(const tools::Redactor& redactor, const tools::RedactOptions& options, std::string_view text,
                 std::vector<size_t> cuts) {
  std::sort(cuts.begin(), cuts.end());
  tools::VaultNamer namer;
  tools::StreamRedactor stream(redactor, namer, options);
  std::string out;
  size_t done = 0;
  for (const size_t cut : cuts) {
    const size_t until = std::min(cut, text.size());
    out += stream.Push(text.substr(done, until - done));
    done = until;
  }
  out += stream.Push(text.substr(done));
  out += stream.Finish();
  CheckOutput("stream", redactor, options, namer, out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4 || size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 4, size - 4);
  const bool valid = text::IsValidUtf8(text);
  const tools::Redactor redactor;
  const tools::RedactOptions options = OptionsOf(data[0]);
  CheckWhole(redactor, options, text, valid);
  if (valid) {
    const size_t step = 1 + text.size() / 256;
    CheckStream(redactor, options, text, {data[1] * step, data[2] * step, data[3] * step});
  }
  return 0;
}
