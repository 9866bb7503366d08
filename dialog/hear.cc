#include "dialog/hear.h"

#include <re2/re2.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialog/flows/scope.h"
#include "dialog/understand/understander.h"
#include "spdlog/spdlog.h"
#include "text/normalise.h"
#include "text/utf8.h"

namespace frontdesk::dialog {
namespace {

// Bytes of the first `characters` code points.
size_t BytesOf(std::string_view text, int64_t characters) {
  size_t at = 0;
  for (; at < text.size() && characters > 0; --characters) text::NextCodePoint(text, &at);
  return at;
}

// Adds to a pattern what a choice is called, as redaction folds it.
void AddNames(const SlotChoice& choice, std::string* pattern) {
  const auto add = [&](std::string name) {
    if (name.empty()) return;
    std::replace(name.begin(), name.end(), '_', ' ');
    if (!pattern->empty()) *pattern += '|';
    *pattern += RE2::QuoteMeta(text::FoldText(name));
  };
  add(choice.canonical);
  for (const std::string& synonym : choice.synonyms) add(synonym);
}

// What the business calls its products and the choices of the open flow, as one pattern: "Petrel" and "black" are
// nobody's names here.
std::string OwnNames(const Turn& turn, const Flow* flow) {
  std::string pattern;
  for (const SlotChoice& product : turn.bundle.assistant.products) AddNames(product, &pattern);
  if (flow == nullptr) return pattern;
  for (const SlotSpec& slot : flow->slots) {
    for (const SlotChoice& choice : slot.choices) AddNames(choice, &pattern);
  }
  return pattern;
}

RedactionContext ContextOf(const Turn& turn) {
  RedactionContext context;
  const FlowInstance* front = turn.state().front();
  const Flow* flow = front != nullptr ? turn.bundle.FindFlow(front->flow) : nullptr;
  const SlotSpec* asked = flow != nullptr ? flow->FindSlot(front->asked) : nullptr;
  // Whoever is asked for a name may share it with a product.
  if (asked == nullptr || asked->type != SlotType::kName) context.expected_pattern = OwnNames(turn, flow);
  if (asked == nullptr) return context;
  if (asked->type == SlotType::kOrderNumber && !asked->pattern.empty()) {
    context.expected_pattern = absl::StrCat(context.expected_pattern, context.expected_pattern.empty() ? "" : "|",
                                            "(?:", asked->pattern, ")");
  }
  context.name_asked = asked->type == SlotType::kName;
  context.address_asked = asked->type == SlotType::kPostcode ||
                          asked->name.find("address") != std::string::npos ||
                          asked->name.find("street") != std::string::npos;
  return context;
}

// An item of a list that is one of the bundle's products is also called by its other names.
void AddProductNames(const Assistant& assistant, understand::Choice* choice) {
  for (const SlotChoice& product : assistant.products) {
    if (product.canonical != choice->canonical) continue;
    choice->synonyms.insert(choice->synonyms.end(), product.synonyms.begin(),
                            product.synonyms.end());
  }
}

void FillAsked(const Turn& turn, understand::UtteranceInput& input) {
  const FlowInstance* front = turn.state().front();
  const Flow* flow = front != nullptr ? turn.bundle.FindFlow(front->flow) : nullptr;
  if (const FinishedFlow* done = turn.state().JustFinished(); done != nullptr) {
    // "Sorry, I meant the 12th": values are still read for the flow that has just ended.
    input.flow = done->flow;
    for (const auto& [name, slot] : done->slots) input.filled.push_back({name, slot.value});
    return;
  }
  if (flow == nullptr) return;
  input.flow = front->flow;
  input.asked = front->confirmation ? "confirm" : front->asked;
  for (const auto& [name, slot] : front->slots) input.filled.push_back({name, slot.value});
  const auto named = [&](const nlohmann::json& value) {
    return front->options.empty() || std::find(front->options.begin(), front->options.end(),
                                               value) != front->options.end();
  };
  for (const SlotSpec& slot : flow->slots) {
    if (slot.choices_from.empty()) continue;
    understand::SlotRequest request{
        front->flow, slot.name, std::string(NameOf(slot.type)), {}, "", {}, {}};
    for (const SlotChoice& choice : ChoicesOf(slot, *front)) {
      request.choices.push_back({choice.canonical, choice.synonyms});
      AddProductNames(turn.bundle.assistant, &request.choices.back());
      if (slot.name == front->asked && named(choice.canonical)) {
        input.offered.push_back({choice.canonical, choice.label.In(turn.state().language)});
      }
    }
    if (!request.choices.empty()) input.extra_slots.push_back(std::move(request));
  }
  if (const SlotSpec* asked = flow->FindSlot(front->asked);
      asked != nullptr && asked->choices_from.empty()) {
    for (const SlotChoice& choice : asked->choices) {
      if (named(choice.canonical)) input.offered.push_back({choice.canonical, choice.label.In(turn.state().language)});
    }
    // Two readings of a date or an order number: "the first one" points at them too.
    if (asked->choices.empty()) {
      for (const nlohmann::json& value : front->options) input.offered.push_back({value, ""});
    }
  }
  // The address that verifies an order is asked for without a slot of the flow.
  if (front->asked == "email" && flow->FindSlot("email") == nullptr) {
    input.extra_slots.push_back({front->flow, "email", "email", {}, "", {}, {}});
  }
}

}  // namespace

Received Hear(Turn& turn, const TurnInput& input) {
  Received received;
  received.turn = turn.state().turns + 1;
  received.request_id = input.request_id;
  received.owner = turn.state().owner;
  std::string_view text = input.text;
  const size_t most = BytesOf(text, turn.bundle.policy.limits.message_chars);
  received.truncated = most < text.size();
  RedactedText redacted = turn.effects.Redact(text.substr(0, most), ContextOf(turn));
  received.text = text::RepairUtf8(redacted.text);
  received.tokens = std::move(redacted.tokens);
  received.arrived_ms = absl::ToUnixMillis(input.arrived);
  received.now_ms = turn.now_ms();
  return received;
}

understand::Understanding Understand(Turn& turn) {
  const State& state = turn.state();
  understand::UtteranceInput input;
  input.text = state.turn->received.text;
  input.language = state.language;
  input.locale = turn.bundle.assistant.locale;
  input.currency = turn.bundle.assistant.currency;
  input.today = absl::ToCivilDay(turn.now, turn.bundle.assistant.timezone);
  if (!state.last_order.empty()) input.last_order = state.last_order;
  FillAsked(turn, input);
  if (std::vector<std::string> texts = turn.understander.TextsToEmbed(input); !texts.empty()) {
    absl::StatusOr<std::vector<std::vector<float>>> features = turn.effects.Features(texts);
    if (features.ok()) {
      input.features = *std::move(features);
    } else {
      turn.Emit(Degraded{"embeddings",
                         std::string(absl::StatusCodeToString(features.status().code()))});
    }
  }
  absl::StatusOr<understand::Understanding> meaning = turn.understander.Understand(input);
  if (!meaning.ok() && !input.features.empty()) {
    // Embeddings of another encoder than the one trained with: words alone still work.
    turn.Emit(Degraded{"embeddings", "mismatch"});
    input.features.clear();
    meaning = turn.understander.Understand(input);
  }
  if (!meaning.ok()) {
    spdlog::error("understanding failed: {}", std::string(meaning.status().message()));
    turn.Emit(
        Degraded{"understanding", std::string(absl::StatusCodeToString(meaning.status().code()))});
    return understand::Understanding{.language = state.language};
  }
  const auto& languages = turn.bundle.assistant.languages;
  if (std::find(languages.begin(), languages.end(), meaning->language) == languages.end()) {
    meaning->language = state.language;
  }
  return *std::move(meaning);
}

bool IsAngry(const Turn& turn, const understand::Understanding& understanding) {
  return understanding.sentiment.polarity <= turn.bundle.policy.negative_polarity;
}

int64_t IdleDeadlineMs(const Turn& turn) {
  const State& state = turn.state();
  if (state.ended || !state.assistant_owns()) return 0;
  const absl::Duration wait =
      state.reminded ? turn.bundle.assistant.end_after - turn.bundle.assistant.remind_after
                     : turn.bundle.assistant.remind_after;
  return turn.now_ms() + absl::ToInt64Milliseconds(std::max(wait, absl::Seconds(1)));
}

}  // namespace frontdesk::dialog
