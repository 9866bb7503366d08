// Redaction: finds personal data in a text and puts vault tokens in its place.
//
// The text is folded first (NFKC, digits of all scripts, zero-width characters,
// HTML entities, "at/dot" spellings), each with a map back to the original bytes;
// recognisers with validators and context words then propose spans, the best
// non-overlapping ones win. docs/redaction.md describes every type.
//
// Pure: the same text, options and namer give the same redaction. Thread-safe:
// a Redactor is immutable, the namer belongs to the caller's conversation.
//
//   Redactor redactor;
//   VaultNamer namer;
//   redactor.Redact("mail me at ann@shop.ie", namer, {}).text;   // "mail me at <EMAIL_1>"
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/pii/pii_type.h"
#include "tools/pii/vault_namer.h"

namespace frontdesk::tools {

// One piece of personal data in the original text.
struct PiiSpan {
  std::uint32_t begin = 0;  // byte offsets in the original text, half-open,
  std::uint32_t end = 0;    // on code point borders
  PiiType type = PiiType::kEmail;
  std::string value;      // canonical: lower-case email, E.164 phone, digits of a card …
  double confidence = 0;  // 0..1, comparable within a type
  std::string token;      // "<EMAIL_1>"; empty from Find
};

struct Redaction {
  std::string text;            // with tokens in place of spans, typed tokens escaped
  std::vector<PiiSpan> spans;  // ascending, disjoint; offsets of the original text
};

using PiiTypes = std::bitset<kPiiTypeCount>;

// What the caller knows about the text. All of it is optional.
struct RedactOptions {
  // What the business expects to read and is nobody's: the pattern of the number that was
  // just asked (order_number of the bundle, RE2 syntax) and what it calls its own things.
  // A stretch that matches it whole outranks card, phone, national id and person.
  std::string expected_slot_pattern;
  std::string country = "IE";      // ISO 3166 alpha-2: how phone numbers without + are read
  bool name_was_asked = false;     // a lone "Müller" is then a person
  bool address_was_asked = false;  // a lone "Hauptstr. 5" or postcode is then an address
  std::optional<PiiTypes> types;   // only these; default: all
  // An address is one span; false: street number, unit and postcode apart, as some data
  // sets label them.
  bool whole_addresses = true;
  bool names_and_addresses = true;  // false: structured types only (faster)
};

class Redactor {
 public:
  // Redacts a text. text: UTF-8 (bytes that are not are kept as they are).
  // Cost: about 50 ns per byte for structured types, 1 µs with names.
  Redaction Redact(std::string_view text, VaultNamer& namer,
                   const RedactOptions& options = {}) const;

  // The spans alone, without tokens.
  std::vector<PiiSpan> Find(std::string_view text, const RedactOptions& options = {}) const;
};

// Redacts text that arrives in chunks. No part of a span gets out because the span
// crossed a chunk's border: text is handed out up to the end of a plain sentence, or
// when enough has followed it that nothing later can reach into it. What is handed out
// never changes later.
//
//   StreamRedactor stream(redactor, namer, {});
//   std::string shown = stream.Push("Found it. My card is 4111 1111 ");  // ""
//   shown += stream.Push("1111 1111, thanks.\n");
//   shown += stream.Finish();                     // "Found it. My card is <CREDIT_CARD_1>, …"
class StreamRedactor {
 public:
  // All three are borrowed and must outlive the stream, which is not thread-safe.
  StreamRedactor(const Redactor& redactor, VaultNamer& namer, RedactOptions options);

  // Takes a chunk (may end inside a character), gives what is safe to show.
  std::string Push(std::string_view chunk);

  // The rest. Push may not be called afterwards.
  std::string Finish();

 private:
  std::size_t SafeLength() const;
  std::string Release(std::size_t until);

  const Redactor& redactor_;
  VaultNamer& namer_;
  RedactOptions options_;
  std::string held_;  // shown_ bytes of context, then what is held back
  std::size_t shown_ = 0;
};

}  // namespace frontdesk::tools
