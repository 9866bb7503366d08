// A subset of JSON Schema as a grammar.
//
// Understood: type (also a list), properties, required, additionalProperties: false, items,
// minItems, maxItems, minLength, maxLength, enum, const, anyOf, oneOf, $ref to
// "#/$defs/NAME" or "#/definitions/NAME", and the notes title, description, default, examples,
// $schema, $id, $comment. Properties are written in the order declared. Anything else is an
// error rather than a promise that is not kept. Source: docs/constrained_decoding.md.
//
//   GrammarOfJsonSchema(R"({"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]})")

#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace frontdesk::llm {

// The grammar as text, for Grammar::Read.
// Errors: INVALID_ARGUMENT naming the place in the schema.
absl::StatusOr<std::string> GrammarOfJsonSchema(std::string_view schema);

}  // namespace frontdesk::llm
