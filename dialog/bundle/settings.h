// The parts of a bundle beside flows, as typed values: assistant.yaml, intents,
// policies. Built only by the loader. Immutable; thread-safe. docs/bundle.md.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "dialog/bundle/client_settings.h"
#include "dialog/bundle/flow.h"

namespace re2 {
class RE2;
}

namespace frontdesk::dialog {

// Minutes since midnight, [open, close); none: closed.
struct DayHours {
  int open = 0, close = 0;
};

enum class ModelMode { kOff, kVerified, kGrounded };

// Mode grounded: the model chooses and orders the passages' sentences (llm/constraint/grounded.h).
struct GroundedWords {
  std::vector<std::string> connecting;  // "Also,": may stand before a sentence; no digits
  std::string decline;                  // may be the whole answer; empty: it must answer
  bool runs = false;                    // sentences may be cut to runs of their words
  std::vector<std::string> kept;        // words that a cut never leaves out
};

// How long conversations are kept after their last event, in days; 0: until the person asks.
struct Retention {
  int64_t known_days = 0;    // of customers who were verified
  int64_t unknown_days = 0;  // of people who never were
};

struct Assistant {
  std::string name, business;
  std::string greeting;  // reply id; empty: none
  std::string locale = "en";
  std::vector<std::string> languages{"en"};  // first: the default
  absl::TimeZone timezone = absl::UTCTimeZone();
  std::string timezone_name = "UTC";
  std::string currency = "EUR";
  std::string order_pattern, order_example;
  std::array<std::optional<DayHours>, 7> hours;  // 0: Monday
  bool always_open = false;                      // no `hours` in the file
  std::set<std::string> holidays;                // "YYYY-MM-DD"
  absl::Duration remind_after = absl::Minutes(10), end_after = absl::Minutes(30);
  int64_t model_max_tokens = 120;
  double temperature = 0;
  ModelMode model_mode = ModelMode::kVerified;
  GroundedWords grounded;
  std::string adapter;  // LoRA file of the bundle for the decoder; empty: none
  std::vector<SlotChoice> products;  // choices of every slot of type product
  ClientSettings clients;
  std::vector<std::string> origins;  // web pages that may call ("https://shop.example"); empty: local
  Retention retention;
};

struct DoesFlow {
  std::string flow;
};
struct DoesAnswer {};
struct DoesSay {
  std::string reply;
};
struct DoesHandoff {
  std::string reason;
};
// Words that steer: "cancel", "repeat", "back", "restart" (drop everything), "rephrase".
struct DoesSteer {
  std::string word;
};
using Does = std::variant<DoesFlow, DoesAnswer, DoesSay, DoesHandoff, DoesSteer>;

struct Intent {
  std::string name;
  Does does = DoesAnswer{};
  std::string description;
  Label label;  // in clarifications: "ask about an invoice"
  bool high_risk = false;
  std::vector<std::string> examples;
  std::string file;
  int line = 0;
};

// Probabilities in millionths, so that no comparison is inexact.
struct Thresholds {
  int64_t answer = 500'000;        // act on an intent from here on
  int64_t clarify = 250'000;       // from here to `answer`: ask which is meant
  int64_t close = 120'000;         // two intents closer than this: ask which is meant
  int64_t out_of_scope = 600'000;  // beyond: not for us
  int64_t digression = 600'000;    // an intent this sure leaves an open question
  int64_t slot = 500'000;          // a slot value below is asked to be confirmed
};

struct EscalationRule {
  std::string id;
  Expression when;
  std::string reason, team;
  int64_t priority = 0;
  int line = 0;
};

struct Limits {
  int64_t steps_per_turn = 40;
  int64_t attempts_per_slot = 3;
  int64_t stack = 4;
  int64_t intents_per_message = 3;
  int64_t message_chars = 4000;
  absl::Duration confirmation = absl::Minutes(10);
};

struct Grounding {
  int64_t support = 600'000;     // least support of a shown sentence, millionths
  int64_t answerable = 450'000;  // least relevance of a passage to the question
  int64_t passages = 5;          // that are retrieved
  int64_t sentences = 3;         // shown at most
};

struct Policy {
  Thresholds thresholds;
  // Whether policy.yaml set them; else training proposes (ApplyProposal).
  bool answer_set = false, clarify_set = false, out_of_scope_set = false;
  Limits limits;
  Grounding grounding;
  int64_t misunderstood_limit = 3;   // messages in a row
  int64_t negative_polarity = -500;  // -1000..0: as angry as this counts
  int64_t negative_limit = 2;        // messages in a row
  std::string team = "support";      // default
  std::vector<std::string> competitors;  // names that the assistant does not speak of
  std::vector<EscalationRule> rules;
};

struct ReplyText {
  Texts text;
  int line = 0;
};

// One rule of policies/screen.yaml.
struct ScreenRule {
  std::string id;
  std::string screen_class;  // "injection", "abuse", "self_harm", "threat", "legal", "medical", …
  enum Action { kRefuse, kWarn, kHandoff } action = kRefuse;
  std::string reply;
  std::string reason, team;
  int64_t priority = 0;
  int64_t warnings = 1;                               // kWarn: this many, then hand off
  std::vector<std::shared_ptr<const re2::RE2>> any;   // over folded text
  std::vector<std::shared_ptr<const re2::RE2>> none;  // but not when one of these is there
  // Also matches when the attack model gives at least this probability, millionths; 0: never.
  int64_t score = 0;
  int line = 0;
};

}  // namespace frontdesk::dialog
