#include "server/delivery/event_feed.h"

#include <cctype>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "dialog/reviews.h"

namespace frontdesk::server {
namespace {

constexpr int kFeedBatch = 64;
constexpr int kTurnSearchBatch = 1000;

v1::UtteranceSource SourceOf(std::string_view path) {
  if (path == "model") return v1::UTTERANCE_SOURCE_MODEL;
  if (path == "extractive") return v1::UTTERANCE_SOURCE_EXTRACTIVE;
  if (path == "human") return v1::UTTERANCE_SOURCE_HUMAN;
  return v1::UTTERANCE_SOURCE_TEMPLATE;
}

void CopyCitation(const dialog::Citation& from, v1::Citation& to) {
  to.set_passage_hash(from.passage);
  to.set_document_id(from.document);
  to.set_title(from.title);
  to.set_begin(from.begin);
  to.set_end(from.end);
  to.set_url(from.url);
  for (const std::string& heading : from.headings) to.add_headings(heading);
}

// The parts of an order that a card shows; the tool's other results have no card.
constexpr std::string_view kOrderTool = "orders.get";

void CopyOrder(const nlohmann::json& from, v1::OrderShown& to) {
  const auto text = [&from](const char* name) {
    const auto it = from.find(name);
    return it != from.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  to.set_order_id(text("order_id"));
  to.set_status(text("status"));
  to.set_items(text("items"));
  to.set_currency(text("currency"));
  to.set_placed_on(text("placed_on"));
  to.set_promised_on(text("promised_on"));
  to.set_delivered_on(text("delivered_on"));
  const auto total = from.find("total");
  if (total != from.end() && total->is_number_integer()) to.set_total_cents(total->get<int64_t>());
}

// "<EMAIL_1>: to call back", "orders.cancel: ok", "vip".
std::string DetailOf(const dialog::AgentActed& acted) {
  const auto text = [&acted](const char* name) {
    const auto it = acted.detail.find(name);
    return it != acted.detail.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  if (acted.action == "reveal") return absl::StrCat(text("token"), ": ", text("purpose"));
  if (acted.action == "tag") return text("tag");
  if (acted.action != "tool") return "";
  const auto result = acted.detail.find("result");
  const bool done = result != acted.detail.end() && result->is_object();
  return absl::StrCat(text("tool"), ": ", done ? result->value("outcome", "?") : text("state"));
}

}  // namespace

v1::HandoffPacket ToWire(const dialog::SummaryPacket& from) {
  v1::HandoffPacket to;
  std::string summary = from.wants;
  if (!from.flow.empty()) absl::StrAppend(&summary, "\nIn ", from.flow, " at ", from.step, ".");
  if (!from.last_words.empty()) absl::StrAppend(&summary, "\nLast words: ", from.last_words);
  to.set_summary(summary);
  for (const auto& [slot, value] : from.slots.items()) {
    auto* filled = to.add_slots();
    filled->set_slot(slot);
    filled->set_value(value.is_string() ? value.get<std::string>() : value.dump());
  }
  for (const std::string& line : from.tried) to.add_tried(line);
  for (const dialog::Citation& citation : from.citations)
    CopyCitation(citation, *to.add_citations());
  to.set_last_failed_rule(from.last_rule);
  return to;
}

namespace {

// The next "<TYPE_N>" at or after `from`; npos when there is none.
std::pair<size_t, size_t> FindToken(const std::string& text, size_t from) {
  for (size_t begin = text.find('<', from); begin != std::string::npos;
       begin = text.find('<', begin + 1)) {
    size_t at = begin + 1;
    while (at < text.size() &&
           (std::isupper(static_cast<unsigned char>(text[at])) || text[at] == '_' ||
            std::isdigit(static_cast<unsigned char>(text[at])))) {
      ++at;
    }
    if (at < text.size() && text[at] == '>' && at > begin + 1) return {begin, at + 1};
  }
  return {std::string::npos, std::string::npos};
}

template <class E>
concept TellsTime = requires(E e) { e.now_ms; };

// The time an event carries, in ms; 0 when its kind carries none.
int64_t TimeOf(const dialog::Event& event) {
  return std::visit(
      []<class E>(const E& e) -> int64_t {
        if constexpr (TellsTime<E>) return e.now_ms;
        return 0;
      },
      event);
}

// Kinds that only prove how a turn was decided: no client is shown them and no later event is shown
// differently for them, so they are passed over without being decoded. They are a turn's largest.
template <class... E>
bool IsOneOf(std::string_view kind) {
  static_assert((... && !TellsTime<E>), "what follows is shown with its time");
  return (... || (kind == E::kKind));
}
constexpr auto kOnlyProof =
    IsOneOf<dialog::Understood, dialog::Decided, dialog::StepEntered, dialog::SlotSet,
            dialog::VerificationChecked, dialog::ToolPrepared, dialog::Retrieved, dialog::Generated,
            dialog::SentenceChecked>;

template <class E>
constexpr bool ChangesOwner =
    std::is_same_v<E, dialog::AgentClaimed> || std::is_same_v<E, dialog::ReturnedToAssistant> ||
    std::is_same_v<E, dialog::ClaimLost> || std::is_same_v<E, dialog::Transferred>;

}  // namespace

EventFeed::EventFeed(const storage::Store& store, storage::ConversationId conversation,
                     int64_t after_sequence, Audience audience, AgentNames names, History history,
                     AssistantOf assistants)
    : store_(store),
      conversation_(std::move(conversation)),
      audience_(audience),
      names_(std::move(names)),
      start_(after_sequence),
      cursor_(after_sequence),
      found_turn_(history == History::kSkip),
      forms_(std::move(assistants)) {}

absl::StatusOr<std::vector<v1::ConversationEvent>> EventFeed::Next(int limit) {
  if (!found_turn_) {
    if (absl::Status found = FindTurn(); !found.ok()) return found;
    found_turn_ = true;
  }
  std::vector<v1::ConversationEvent> shown;
  const int batch = std::min(kFeedBatch, limit);
  bool more = true;  // a batch that is not full ends where the log ended when it was read
  while (more && static_cast<int>(shown.size()) < limit) {
    absl::StatusOr<std::vector<storage::StoredEvent>> stored =
        store_.Read(conversation_, cursor_, batch);
    if (!stored.ok()) return stored.status();
    for (const storage::StoredEvent& one : *stored) {
      cursor_ = one.sequence;
      if (absl::Status added = Add(one, shown); !added.ok()) return added;
    }
    more = stored->size() == static_cast<size_t>(batch);
  }
  return shown;
}

absl::StatusOr<std::vector<v1::ConversationEvent>> EventFeed::Take(const CommittedEvents& events) {
  std::vector<v1::ConversationEvent> shown;
  for (const storage::StoredEvent& one : events.shown) {
    if (absl::Status added = Add(one, shown); !added.ok()) return added;
  }
  cursor_ = events.last;
  return shown;
}

bool EventFeed::Passes(std::string_view kind) { return kOnlyProof(kind); }

absl::Status EventFeed::Add(const storage::StoredEvent& stored,
                            std::vector<v1::ConversationEvent>& shown) {
  if (stored.erased || kOnlyProof(stored.kind)) return absl::OkStatus();
  const absl::StatusOr<dialog::Event> event = dialog::DecodeEvent(stored.kind, stored.body);
  if (!event.ok()) {
    return absl::DataLossError(absl::StrCat("conversation ", conversation_.value(), " event ",
                                            stored.sequence, ": ", event.status().message()));
  }
  if (auto visible = Show(stored.sequence, *event)) shown.push_back(*std::move(visible));
  return absl::OkStatus();
}

// A client that resumes in the middle needs the number of the turn it is in.
absl::Status EventFeed::FindTurn() {
  for (int64_t at = 0; at < start_;) {
    const auto wanted = static_cast<int>(std::min<int64_t>(kTurnSearchBatch, start_ - at));
    absl::StatusOr<std::vector<storage::StoredEvent>> stored =
        store_.Read(conversation_, at, wanted);
    if (!stored.ok()) return stored.status();
    if (stored->empty()) return absl::OkStatus();
    for (const storage::StoredEvent& one : *stored) {
      at = one.sequence;
      if (one.erased || kOnlyProof(one.kind)) continue;
      absl::StatusOr<dialog::Event> event = dialog::DecodeEvent(one.kind, one.body);
      if (event.ok()) (void)Show(one.sequence, *event);
    }
  }
  return absl::OkStatus();
}

std::string EventFeed::Render(const std::string& text) const {
  if (audience_ != Audience::kCustomer) return text;
  std::string rendered;
  size_t from = 0;
  for (;;) {
    const auto [begin, end] = FindToken(text, from);
    if (begin == std::string::npos) break;
    const std::string token = text.substr(begin, end - begin);
    const absl::StatusOr<std::string> value = store_.RevealVault(conversation_, token);
    rendered.append(text, from, begin - from).append(value.ok() ? *value : token);
    from = end;
  }
  return rendered.append(text, from, std::string::npos);
}

std::optional<v1::ConversationEvent> EventFeed::Show(int64_t sequence, const dialog::Event& event) {
  if (const int64_t time = TimeOf(event); time != 0) now_ms_ = time;
  forms_.See(event);
  v1::ConversationEvent shown;
  const auto owner_changed = [&](v1::Owner owner, std::string name) {
    auto* changed = shown.mutable_owner_changed();
    changed->set_owner(owner);
    changed->set_owner_epoch(epoch_);
    changed->set_agent_display_name(std::move(name));
  };
  const bool visible = std::visit(
      [&](const auto& e) {
        using E = std::decay_t<decltype(e)>;
        if constexpr (ChangesOwner<E>) ++epoch_;
        if constexpr (std::is_same_v<E, dialog::Received>) {
          turn_ = e.turn;
          shown.mutable_customer_message()->set_text(Render(e.text));
          shown.mutable_customer_message()->set_request_id(e.request_id);
          return true;
        } else if constexpr (std::is_same_v<E, dialog::Screened>) {
          shown.mutable_turn_started();
          return true;
        } else if constexpr (std::is_same_v<E, dialog::Said>) {
          auto* said = shown.mutable_utterance();
          said->set_text(Render(e.text));
          said->set_source(SourceOf(e.path));
          if (e.path == "human") said->set_agent_display_name(names_(e.source));
          for (const dialog::Citation& citation : e.citations)
            CopyCitation(citation, *said->add_citations());
          return true;
        } else if constexpr (std::is_same_v<E, dialog::ClarificationAsked>) {
          for (const std::string& label : e.labels)
            shown.mutable_choices_offered()->add_replies(label);
          return !e.labels.empty();
        } else if constexpr (std::is_same_v<E, dialog::ConfirmationAsked>) {
          shown.mutable_choices_offered()->set_confirmation(true);
          shown.mutable_choices_offered()->add_replies("yes");
          shown.mutable_choices_offered()->add_replies("no");
          return true;
        } else if constexpr (std::is_same_v<E, dialog::SlotAsked>) {
          const std::optional<v1::SlotAsked> form = forms_.Describe(e);
          if (form) *shown.mutable_slot_asked() = *form;
          return form.has_value();
        } else if constexpr (std::is_same_v<E, dialog::ToolReturned>) {
          if (e.tool != kOrderTool || e.outcome != "ok") return false;
          CopyOrder(e.value, *shown.mutable_order_shown());
          return true;
        } else if constexpr (std::is_same_v<E, dialog::ConsentChanged>) {
          shown.mutable_consent_updated()->set_purpose(e.purpose);
          shown.mutable_consent_updated()->set_granted(e.granted);
          return true;
        } else if constexpr (std::is_same_v<E, dialog::TurnCompleted>) {
          turn_ = e.turn;
          shown.mutable_turn_completed()->set_outcome(e.outcome);
          return true;
        } else if constexpr (std::is_same_v<E, dialog::HandedOff>) {
          if (e.mode == "queue") ++epoch_;
          auto* handoff = shown.mutable_handoff_requested();
          handoff->set_reason(e.reason);
          handoff->set_deferred(e.mode == "ticket");
          handoff->set_ticket_id(e.ticket);
          if (audience_ == Audience::kAgent) *handoff->mutable_packet() = ToWire(e.packet);
          return true;
        } else if constexpr (std::is_same_v<E, dialog::AgentClaimed>) {
          owner_changed(v1::OWNER_AGENT, names_(e.agent));
          return true;
        } else if constexpr (std::is_same_v<E, dialog::ReturnedToAssistant>) {
          owner_changed(v1::OWNER_ASSISTANT, "");
          return true;
        } else if constexpr (std::is_same_v<E, dialog::AgentWhispered>) {
          shown.mutable_agent_note()->set_text(e.text);
          shown.mutable_agent_note()->set_agent_display_name(names_(e.agent));
          return audience_ == Audience::kAgent;
        } else if constexpr (std::is_same_v<E, dialog::Transferred>) {
          shown.mutable_handoff_requested()->set_reason("transferred");
          if (audience_ == Audience::kAgent && !e.note.empty()) {
            shown.mutable_handoff_requested()->mutable_packet()->set_summary(e.note);
          }
          return true;
        } else if constexpr (std::is_same_v<E, dialog::AgentActed>) {
          shown.mutable_agent_action()->set_agent_display_name(names_(e.agent));
          shown.mutable_agent_action()->set_action(e.action);
          shown.mutable_agent_action()->set_detail(DetailOf(e));
          // Who scores a conversation judges alone: reviews are not in its transcript.
          return audience_ == Audience::kAgent && !dialog::IsReview(event);
        } else if constexpr (std::is_same_v<E, dialog::ConversationEnded>) {
          shown.mutable_conversation_ended()->set_reason(e.why);
          return true;
        } else {
          return false;
        }
      },
      event);
  if (!visible) return std::nullopt;
  shown.set_sequence(sequence);
  shown.set_turn(turn_);
  shown.mutable_time()->set_seconds(now_ms_ / 1000);
  shown.mutable_time()->set_nanos(static_cast<int32_t>(now_ms_ % 1000) * 1'000'000);
  return shown;
}

}  // namespace frontdesk::server
