// A flow of the bundle as typed values: its slots and its steps.
//
// Built only by the loader, which proves that a flow can run (docs/bundle.md lists
// the proofs); the flow machine relies on that. Immutable; thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "dialog/bundle/expression.h"
#include "dialog/bundle/template.h"

namespace frontdesk::dialog {

// Wordings in one language, by attempt or by variant.
using Wordings = std::vector<Template>;
// Language code → wordings; the bundle's first language is always there.
using Texts = std::map<std::string, Wordings>;

// What something is called where customers read it.
struct Label {
  std::string text;  // in the bundle's first language
  std::map<std::string, std::string> translated;  // language code → text, without the first language

  // In `language` ("de", "de-AT"), else in the bundle's first language.
  const std::string& In(std::string_view language) const;
};

struct SlotChoice {
  std::string canonical;
  Label label;  // default: canonical with _ as blanks
  std::vector<std::string> synonyms;
};

// The slot that holds the address which verifies an order; every flow has it without
// declaring it.
inline constexpr const char* kEmailSlot = "email";

enum class SlotType {
  kOrderNumber,
  kEmail,
  kPhone,
  kDate,
  kAmount,
  kProduct,
  kQuantity,
  kText,
  kChoice,
  kName,
  kPostcode,
  kBoolean
};

struct SlotSpec {
  std::string name;
  SlotType type = SlotType::kText;
  Texts ask;  // attempt 1, 2, …
  std::vector<SlotChoice> choices;
  std::string choices_from;  // "order.lines": items of a saved result (with choice_value/_label)
  std::string choice_value;  // member of an item that is the slot's value, e.g. "line_id"
  std::string choice_label;  // member that is shown and matched, e.g. "title"
  std::string pattern;       // RE2 over the canonical value
  std::optional<int64_t> min, max;  // amount (cents), quantity, text length; dates: days from today
  std::vector<std::string> depends_on;  // slots or results whose change makes this value void
  bool confirm = false;                 // say the value back and ask before it is used
  bool carry = true;      // take the value of a flow that just finished, if it has the slot
  bool optional = false;  // "skip" or "I don't know" leaves it empty and goes on
  bool only_asked = false;  // a value counts only as the answer to its own question
  int line = 0;
};

struct CollectStep {
  std::string slot;
};
struct VerifyStep {
  enum Level { kOrder, kIdentity } level = kOrder;
  std::string slot;    // the order_number slot (kOrder)
  std::string failed;  // step to go to when it fails for good; empty: hand off
};
struct CallStep {
  std::string tool;
  std::map<std::string, Template> with;  // a template that is one bare hole passes the value's type
  std::string save;
  std::map<std::string, std::string> on;  // outcome or rejection reason → step
};
struct SayStep {
  Texts text;
};
struct ConfirmStep {
  Texts text;
  std::string yes, no;
};
struct BranchStep {
  struct Arm {
    std::optional<Expression> when;  // none: else
    std::string go;
    int line = 0;
  };
  std::vector<Arm> arms;
};
// Says the next best offer of a tool when there is one and consent is given.
struct OfferStep {
  std::string tool;  // read tool, "offers.next_best"
  std::map<std::string, Template> with;
  std::string save;
  Texts text;        // over the saved value; empty: its `text` member
  std::string none;  // step when there is no offer; empty: goes on
};
struct HandoffStep {
  std::string reason;
  std::string team;
  int64_t priority = 0;
  Texts text;  // said first; empty: the core reply
};
struct SetStep {
  std::map<std::string, Template> values;
};
// Answers a question from the documents and goes on.
struct AnswerStep {
  Template question;
};
// Records consent for a purpose.
struct ConsentStep {
  std::string purpose;
  bool granted = true;
};
struct EndStep {};

using StepAction = std::variant<CollectStep, VerifyStep, CallStep, SayStep, ConfirmStep, BranchStep,
                                OfferStep, HandoffStep, SetStep, AnswerStep, ConsentStep, EndStep>;

struct Step {
  std::string id;
  StepAction action;
  std::string next;     // resolved: the step after this one; empty: the flow ends here
  std::string end;      // outcome when it ends here: "completed", "cancelled", "failed"
  int64_t at_most = 0;  // visits before `then`; 0: no bound
  std::string then;
  int line = 0;
};

struct Flow {
  std::string name;
  std::string description;
  Label label;  // "your return"; default: the name with blanks
  std::vector<SlotSpec> slots;
  std::vector<Step> steps;  // steps.front() is where it starts
  std::string file;
  int line = 0;

  const Step* FindStep(std::string_view id) const;
  const SlotSpec* FindSlot(std::string_view name) const;
  // Position of a step in file order, or -1.
  int PositionOf(std::string_view id) const;
};

std::string_view NameOf(SlotType type);

}  // namespace frontdesk::dialog
