// What one customer message means: the values that pass between understanding and the policy.
//
// Plain values, no behaviour; every number that may decide something is an integer, so that an
// Understanding can be written into an event and compared byte for byte on replay.
// Offsets are byte offsets, half-open, in UtteranceInput::text.
//
//   "no, I meant 4417 and where is it"
//     slots    order_id = "4417" [12,16)
//     rejected order_id = "4471"            (what the conversation held before)
//     detected order_status [17,32)
//     cues     correction
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "nlohmann/json.hpp"

namespace frontdesk::understand {

// Probabilities are millionths: 0..kCertain.
inline constexpr int32_t kCertain = 1'000'000;

struct IntentScore {
  std::string intent;
  int32_t p = 0;  // calibrated probability, millionths
  friend bool operator==(const IntentScore&, const IntentScore&) = default;
};

// One wish found in a part of the message.
struct DetectedIntent {
  uint32_t begin = 0, end = 0;  // the clause it was read from
  std::string intent;           // empty: this clause is out of scope
  int32_t p = 0;
  int32_t out_of_scope_p = 0;
  std::vector<IntentScore> alternatives;  // at most 3, best first, without `intent` itself
  friend bool operator==(const DetectedIntent&, const DetectedIntent&) = default;
};

// The types a slot may have, as bundles spell them, and the JSON that SlotValue::value holds:
//   order_number  "48213"                     separators removed, upper case
//   email         "bob@acme.io" | "<EMAIL_1>" lower case, or a vault token
//   phone         "+16502530000" | "<PHONE_1>"
//   date          "2026-03-09"                 ISO 8601
//   amount        {"cents": 5250, "currency": "USD" | null}
//   quantity      3
//   choice        "damaged"                    the canonical name of the choice
//   product       "TNT-TARN2"                  the canonical name of the product
//   boolean       true
//   name, postcode, text   the words as said, trimmed (or a vault token)
// Besides, understanding may report types no slot asks for: phone_ext "14", card_last4 "4242".
namespace slot_type {
inline constexpr std::string_view kOrderNumber = "order_number";
inline constexpr std::string_view kEmail = "email";
inline constexpr std::string_view kPhone = "phone";
inline constexpr std::string_view kDate = "date";
inline constexpr std::string_view kAmount = "amount";
inline constexpr std::string_view kQuantity = "quantity";
inline constexpr std::string_view kChoice = "choice";
inline constexpr std::string_view kProduct = "product";
inline constexpr std::string_view kBoolean = "boolean";
inline constexpr std::string_view kName = "name";
inline constexpr std::string_view kPostcode = "postcode";
inline constexpr std::string_view kText = "text";
inline constexpr std::string_view kPhoneExtension = "phone_ext";
inline constexpr std::string_view kCardLast4 = "card_last4";
}  // namespace slot_type

struct SlotValue {
  std::string slot;      // the declared slot; for a mention that fits none, its type
  std::string type;      // see slot_type
  nlohmann::json value;  // never a floating-point number
  std::string surface;   // the customer's words; equals text.substr(begin, end - begin)
  uint32_t begin = 0, end = 0;
  std::string flow;  // flow whose slot this is; empty: fits no declared slot
  int32_t p = kCertain;
  // Other readings, best first: 03/04 under a locale that leaves day and month open, a product
  // name that fits two products. Not empty means: ask before acting.
  std::vector<nlohmann::json> alternatives;
  friend bool operator==(const SlotValue&, const SlotValue&) = default;
};

// A choice or a product and the words that mean it.
struct Choice {
  std::string canonical;
  std::vector<std::string> synonyms;  // in any of the bundle's languages
};

// A slot as a flow of the bundle declares it.
struct SlotRequest {
  std::string flow;
  std::string name;
  std::string type;             // see slot_type
  std::vector<Choice> choices;  // type choice or product
  std::string pattern;          // RE2 over the canonical value; order_number: the bundle's
  std::optional<int64_t> from_day, to_day;  // date: the days it may lie on, counted from today
};

// How the customer feels. polarity: -1000 furious .. 0 neutral .. 1000 delighted.
struct Sentiment {
  int32_t polarity = 0;
  int32_t intensity = 0;  // 0..1000: how strongly it is said (capitals, "very", "!!!", swearing)
  friend bool operator==(const Sentiment&, const Sentiment&) = default;
};

// Names in Understanding::cues. At most one of each, in this order.
namespace cue {
inline constexpr std::string_view kCancel = "cancel";          // stop what we are doing
inline constexpr std::string_view kRepeat = "repeat";          // say that again
inline constexpr std::string_view kBack = "back";              // one step back
inline constexpr std::string_view kHuman = "human";            // a person, please
inline constexpr std::string_view kThanks = "thanks";
inline constexpr std::string_view kGreeting = "greeting";
inline constexpr std::string_view kBye = "bye";
inline constexpr std::string_view kCorrection = "correction";  // "I meant", "not X but Y"
inline constexpr std::string_view kNegation = "negation";      // the message denies something
inline constexpr std::string_view kSwearing = "swearing";
inline constexpr std::string_view kDontKnow = "dont_know";     // "no idea", "I don't have it"
inline constexpr std::string_view kWait = "wait";              // "one moment"
inline constexpr std::string_view kQuestion = "question";      // the message asks something
inline constexpr std::string_view kPlainAnswer = "plain_answer";  // "yes please", "no", and no more
inline constexpr std::string_view kResume = "resume";          // "back to my return", "go on"
}  // namespace cue

struct Understanding {
  std::string language;                  // ISO 639-1; the conversation's when the text is too short
  std::vector<IntentScore> intents;      // whole message, best first, at most 5
  std::vector<DetectedIntent> detected;  // one per clause with a wish, in text order; at least one
                                         // unless the message is empty
  int32_t out_of_scope_p = 0;            // whole message; kCertain for an empty one
  std::vector<SlotValue> slots;          // for the active flow and the flows of detected intents
  std::vector<SlotValue> mentions;       // every typed value, whether a slot wants it or not
  std::vector<SlotValue> rejected;       // values the customer took back ("not 4471")
  std::optional<bool> affirmation;       // yes / no, when the message says one
  Sentiment sentiment;
  std::vector<std::string> cues;
  bool lexical_only = false;  // degraded: no sentence embedding was given

  // True when cues holds `name` (a constant of namespace cue).
  bool Has(std::string_view name) const;
  friend bool operator==(const Understanding&, const Understanding&) = default;
};

// Something the assistant showed and the customer may point at: "the first one", "the tent".
struct OfferedItem {
  nlohmann::json value;  // what pointing at it means, e.g. "W7001"
  std::string label;     // the words shown; may be empty
};

struct FilledSlot {
  std::string name;
  nlohmann::json value;
};

// One message and what it is said in answer to.
struct UtteranceInput {
  std::string text;      // after redaction: personal data are vault tokens. Any bytes are accepted
  std::string language;  // of the conversation so far; empty: unknown
  std::string locale = "en-IE";  // BCP 47: decides day/month order and the meaning of "$"
  std::string currency;          // assumed when an amount names none; empty: leave it null
  absl::CivilDay today;          // the reference clock, already in the business's time zone

  std::string flow;   // active flow; empty: none
  std::string asked;  // slot asked for last; "confirm": a yes/no question; empty: nothing
  std::vector<FilledSlot> filled;       // what the conversation holds
  std::vector<OfferedItem> offered;     // in the order shown
  nlohmann::json last_order = nullptr;  // what "that order" points at; null: nothing
  std::vector<SlotRequest> extra_slots;  // slots whose choices are known only now (order lines)

  // Features (FeatureFn) of Understander::TextsToEmbed(*this), in that order; empty: lexical only.
  std::vector<std::vector<float>> features;
};

}  // namespace frontdesk::understand
