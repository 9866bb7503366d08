// What the rules of the policy look at. Private to dialog/policy/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "dialog/bundle/bundle.h"
#include "dialog/commands.h"
#include "dialog/state.h"
#include "dialog/understand/understanding.h"

namespace frontdesk::dialog {

struct Moment {
  const State& state;
  const understand::Understanding& meaning;
  const Bundle& bundle;
  absl::Time now;
  const FlowInstance* front = nullptr;  // the flow in front, if any
  const Flow* flow = nullptr;
  const std::string& text;  // the message, redacted

  bool Cue(std::string_view cue) const { return meaning.Has(cue); }
  const Thresholds& at() const { return bundle.policy.thresholds; }
  // "No", "no thanks", and nothing beyond it: "do not iron" is an answer.
  bool SaysNo() const {
    return Cue(understand::cue::kPlainAnswer) && meaning.affirmation && !*meaning.affirmation;
  }
  // The slot that was asked and waits for its value, or null.
  const SlotSpec* AskedSlot() const;
  bool Asked() const { return front != nullptr && !front->asked.empty(); }
  bool Confirming() const { return front != nullptr && front->confirmation.has_value(); }
  // Whether a part of the message holds nothing but values (an address, a name, a number): whatever
  // intent its words resemble, it wishes for nothing.
  bool OnlyValues(const understand::DetectedIntent& wish) const;
  // The words that made a wish: its clause, or the whole message.
  std::string_view PartOf(const understand::DetectedIntent& wish) const;
  // Whether a wish's words are, for the most part, a value for a slot of the flow in front: "too big"
  // answers that flow, whatever else it resembles.
  bool IsValueOfFront(const understand::DetectedIntent& wish) const;
  // Probability of the best intent of the whole message, 0 without one.
  int64_t BestP() const { return meaning.intents.empty() ? 0 : meaning.intents[0].p; }
};

using Rule = std::optional<Decision> (*)(const Moment&);

// In the order in which decide.cc tries them.
std::optional<Decision> ScreenRuleFor(const Moment& m);      // what the screen found
std::optional<Decision> EmptyRule(const Moment& m);          // nothing was said
std::optional<Decision> HumanRule(const Moment& m);          // asks for, or accepts, a human
std::optional<Decision> EscalationRuleFor(const Moment& m);  // anger, the bundle's rules
std::optional<Decision> ClarificationRule(const Moment& m);  // chooses between the intents offered
std::optional<Decision> SteeringRule(const Moment& m);       // cancel, back, repeat, wait
std::optional<Decision> CorrectionRule(const Moment& m);     // another value for a filled slot
std::optional<Decision> AfterthoughtRule(const Moment& m);   // the same for what has just ended
std::optional<Decision> NothingElseRule(const Moment& m);    // "no" while nothing is going on
std::optional<Decision> ConfirmationRule(const Moment& m);   // yes or no
std::optional<Decision> AskedSlotRule(const Moment& m);      // the value that was asked for
std::optional<Decision> IntentRule(const Moment& m);         // what the customer wants
std::optional<Decision> CourtesyRule(const Moment& m);       // thanks, hello, goodbye, swearing
std::optional<Decision> OpenQuestionRule(const Moment& m);   // asks back, or did not fit
std::optional<Decision> ValueAloneRule(const Moment& m);     // an order or address, and no wish
std::optional<Decision> FallBackRule(const Moment& m);       // nothing fits

// Commands for what an intent does. text: the part of the message that said it.
Decision CommandsFor(const Moment& m, const Intent& intent, std::string_view text, Reason reason);

// Values of the understanding for a flow's slots, as commands carry them. A product of which only a
// general name was said ("the jacket") is a list of its readings until the flow has read what it is
// chosen from.
std::vector<GivenSlot> GivenFor(const Moment& m, const std::string& flow);

// Whether a given value is another one than is held; readings of a general name are when none of
// them is.
bool IsOtherThan(const GivenSlot& given, const nlohmann::json& held);

// A wish for something else than what is going on, as sure as a digression has to be; or null.
const understand::DetectedIntent* Digression(const Moment& m);

// Whether the message is the wish for the flow in front once more.
bool WishesFront(const Moment& m);

// The question which of several intents is meant, with what the message said for each of them.
Clarify ClarifyAbout(const Moment& m, std::vector<std::string> intents, std::string_view about);

// One command with its reason.
Decision Just(Command command, std::string rule, std::string because);

}  // namespace frontdesk::dialog
