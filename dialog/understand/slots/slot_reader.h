// Finds typed values in a message and gives them to the slots that want them.
//
// Immutable once created; thread-safe. Language words come from words/; what a slot means comes
// from the bundle.
//
//   auto reader = SlotReader::Create(slots);
//   Extraction e = reader->Read(ReadMessage(input.text), input, {"order_status"});
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/understand/slots/message.h"
#include "dialog/understand/understanding.h"

namespace frontdesk::understand {

struct Extraction {
  std::vector<SlotValue> slots;     // by slot, in text order
  std::vector<SlotValue> mentions;  // in text order
  std::vector<SlotValue> rejected;
};

class SlotReader {
 public:
  // Errors: INVALID_ARGUMENT naming flow and slot (unknown type, bad pattern, choice without
  // choices).
  static absl::StatusOr<SlotReader> Create(std::vector<SlotRequest> slots);

  // flows: besides input.flow, whose slots are filled too.
  Extraction Read(const Message& message, const UtteranceInput& input,
                  std::span<const std::string> flows) const;

  // True when the whole message is an answer to the asked slot that its pattern or choices decide:
  // then no classifier is needed.
  bool AnswersAsked(const Message& message, const UtteranceInput& input) const;

  const std::vector<SlotRequest>& slots() const;

  SlotReader(SlotReader&&) noexcept;
  SlotReader& operator=(SlotReader&&) noexcept;
  ~SlotReader();

 private:
  struct Parts;
  explicit SlotReader(std::unique_ptr<const Parts> parts);
  std::unique_ptr<const Parts> parts_;
};

}  // namespace frontdesk::understand
