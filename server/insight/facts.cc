#include "server/insight/facts.h"

#include <algorithm>
#include <optional>

namespace frontdesk::server {
namespace {

constexpr int64_t kContent = 4;  // of 5: a rating from here on confirms

// Reads one log from front to back.
class Reader {
 public:
  explicit Reader(ConversationFacts& facts) : facts_(facts) {}

  void operator()(const dialog::ConversationStarted& e) {
    facts_.began_ms = e.now_ms;
    facts_.language = e.language;
    if (!e.customer.empty()) facts_.customer = e.customer;
  }
  void operator()(const dialog::CustomerBound& e) { facts_.customer = e.customer; }
  void operator()(const dialog::Received& e) {
    ++facts_.turns;
    now_ms_ = e.now_ms;
    facts_.last_outcome.clear();
  }
  void operator()(const dialog::Understood& e) {
    const auto cues = e.understanding.find("cues");
    if (cues == e.understanding.end() || !cues->is_array()) return;
    for (const auto& cue : *cues) facts_.thanked |= cue == "thanks";
  }
  void operator()(const dialog::Decided& e) {
    if (!facts_.intent.empty() || !e.command.is_object()) return;
    const auto intent = e.command.find("intent");
    if (intent != e.command.end() && intent->is_string())
      facts_.intent = intent->get<std::string>();
  }
  void operator()(const dialog::FlowStarted& e) {
    facts_.flows.insert(e.flow);
    open_.insert(e.instance);
  }
  void operator()(const dialog::FlowEnded& e) {
    open_.erase(e.instance);
    facts_.flow_completed |= e.outcome == "completed";
  }
  void operator()(const dialog::TurnCompleted& e) { facts_.last_outcome = e.outcome; }
  void operator()(const dialog::Generated& e) {
    facts_.prompt_tokens += e.prompt_tokens;
    facts_.output_tokens += static_cast<int64_t>(e.token_ids.size());
  }
  void operator()(const dialog::HandedOff& e) {
    facts_.escalations.push_back(e.reason);
    asked_ms_ = now_ms_;
  }
  void operator()(const dialog::AgentClaimed& e) {
    if (facts_.escalations.empty()) facts_.escalations.push_back("takeover");
    claimed_ms_ = e.now_ms;
  }
  void operator()(const dialog::AgentReplied& e) {
    if (asked_ms_) facts_.first_replies.push_back(std::max<int64_t>(e.now_ms - *asked_ms_, 0));
    asked_ms_.reset();
  }
  void operator()(const dialog::ReturnedToAssistant& e) { EndStint(e.now_ms); }
  void operator()(const dialog::ClaimLost& e) { EndStint(e.now_ms); }
  void operator()(const dialog::Resolved& e) {
    EndStint(e.now_ms);
    facts_.resolved_by_human = true;
  }
  void operator()(const dialog::FeedbackGiven& e) { facts_.score = e.score; }
  void operator()(const dialog::AgentActed& e) {
    std::optional<dialog::Review> review = dialog::ReviewOf(e);
    if (!review) return;
    std::erase_if(facts_.reviews, [&](const dialog::Review& before) {
      return before.reviewer == review->reviewer && before.card == review->card;
    });
    facts_.reviews.push_back(*std::move(review));
  }
  void operator()(const dialog::ConversationEnded&) { facts_.ended = true; }
  template <class T>
  void operator()(const T&) {}

  void Finish() { facts_.flow_open = !open_.empty(); }

 private:
  void EndStint(int64_t now_ms) {
    if (claimed_ms_) facts_.handle_times.push_back(std::max<int64_t>(now_ms - *claimed_ms_, 0));
    claimed_ms_.reset();
  }

  ConversationFacts& facts_;
  std::set<int64_t> open_;
  int64_t now_ms_ = 0;
  std::optional<int64_t> asked_ms_, claimed_ms_;
};

}  // namespace

Deflection ConversationFacts::deflection() const {
  if (!contained()) return Deflection::kNone;
  if (score >= kContent || thanked || (flow_completed && !flow_open && score == 0))
    return Deflection::kConfirmed;
  const bool open = flow_open || last_outcome == "asked" || last_outcome == "refused" ||
                    last_outcome == "failed" || last_outcome.empty();
  return open || score > 0 ? Deflection::kAbandoned : Deflection::kAssumed;
}

bool ConversationFacts::resolved() const {
  const Deflection how = deflection();
  return resolved_by_human || how == Deflection::kConfirmed || how == Deflection::kAssumed;
}

ConversationFacts FactsOf(const storage::Conversation& row, std::span<const dialog::Event> events) {
  ConversationFacts facts;
  facts.id = row.id.value();
  facts.position = row.position;
  facts.began_ms = row.created_ms;
  facts.bundle_version = row.bundle_version.value();
  if (row.customer) facts.customer = row.customer->value();
  Reader reader(facts);
  facts.last_ms = row.created_ms;
  for (const dialog::Event& event : events) {
    std::visit(reader, event);
    if (dialog::IsReview(event)) continue;  // the conversation was over
    std::visit(
        [&](const auto& e) {
          if constexpr (requires { e.now_ms; })
            facts.last_ms = std::max(facts.last_ms, static_cast<int64_t>(e.now_ms));
        },
        event);
  }
  reader.Finish();
  return facts;
}

}  // namespace frontdesk::server
