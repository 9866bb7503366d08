#include "dialog/replay/replay_effects.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "dialog/answer/prompt.h"
#include "storage/digest.h"

namespace frontdesk::dialog {
namespace {

// Reads times, texts and results out of recorded events.
struct Reader {
  std::optional<absl::Time>& now;
  std::deque<RedactedText>& texts;

  void Clock(int64_t ms) {
    if (!now) now = absl::FromUnixMillis(ms);
  }
  void operator()(const ConversationStarted& e) { Clock(e.now_ms); }
  void operator()(const Received& e) {
    Clock(e.now_ms);
    texts.push_back({e.text, e.tokens});
  }
  void operator()(const IdleNoticed& e) { Clock(e.now_ms); }
  void operator()(const AgentClaimed& e) { Clock(e.now_ms); }
  void operator()(const AgentReplied& e) {
    Clock(e.now_ms);
    texts.push_back({e.text, e.tokens});
  }
  void operator()(const AgentWhispered& e) {
    Clock(e.now_ms);
    texts.push_back({e.text, {}});
  }
  void operator()(const ReturnedToAssistant& e) {
    Clock(e.now_ms);
    texts.push_back({e.note, {}});
  }
  void operator()(const ClaimLost& e) { Clock(e.now_ms); }
  void operator()(const Transferred& e) {
    Clock(e.now_ms);
    texts.push_back({e.note, {}});
  }
  void operator()(const Resolved& e) {
    Clock(e.now_ms);
    texts.push_back({e.resolution, {}});
  }
  void operator()(const AgentActed& e) { Clock(e.now_ms); }
  template <class T>
  void operator()(const T&) {}
};

llm::StopReason StopNamed(std::string_view name) {
  for (auto reason :
       {llm::StopReason::kEndOfTurn, llm::StopReason::kMaxTokens, llm::StopReason::kDeadline,
        llm::StopReason::kCancelled, llm::StopReason::kContextFull}) {
    if (llm::StopReasonName(reason) == name) return reason;
  }
  return llm::StopReason::kReplayed;
}

llm::Generation Recorded(const Generated& record) {
  llm::Generation generation;
  generation.token_ids.assign(record.token_ids.begin(), record.token_ids.end());
  generation.text = record.text;
  generation.grounded = record.grounded;
  generation.stop = StopNamed(record.stop);
  generation.prompt_tokens = static_cast<int>(record.prompt_tokens);
  return generation;
}

}  // namespace

ReplayEffects::ReplayEffects(std::span<const Event> recorded, Effects* live) : live_(live) {
  Index(recorded);
}

ReplayEffects::ReplayEffects(std::span<const Event> recorded, const ReplaySources& sources,
                             bool complete)
    : sources_(sources), complete_(complete) {
  Index(recorded);
}

void ReplayEffects::Index(std::span<const Event> recorded) {
  for (const Event& event : recorded) {
    record_.push_back(EncodeEvent(event));
    std::visit(Reader{now_, texts_}, event);
    if (auto* e = std::get_if<ToolReturned>(&event)) tools_.push_back(*e);
    if (auto* e = std::get_if<ToolPrepared>(&event)) prepared_.push_back(*e);
    if (auto* e = std::get_if<VerificationChecked>(&event)) verified_.push_back(*e);
    if (auto* e = std::get_if<HandedOff>(&event)) handed_.push_back(*e);
    if (auto* e = std::get_if<Retrieved>(&event)) {
      if (revision_.empty()) revision_ = e->revision;
      retrieved_.push_back(*e);
    }
    if (auto* e = std::get_if<ConversationStarted>(&event)) revision_ = e->knowledge_revision;
    if (auto* e = std::get_if<Generated>(&event)) {
      generated_.push_back(*e);
      // The window shaped the prompt, so the recorded one does again.
      const auto window = e->budget.find("window_tokens");
      model_ = llm::ModelInfo{"recorded", "recorded", e->model_sha256, e->numerics_version,
                              window == e->budget.end() ? 0 : static_cast<int>(window->second)};
    }
    if (auto* e = std::get_if<Degraded>(&event)) {
      degraded_.push_back(*e);
      if (e->part == "model") {
        model_failure_ = e->detail;
        if (!model_) model_ = llm::ModelInfo{"recorded", "recorded", "", "", 0};
      }
    }
  }
}

bool ReplayEffects::LostPart(std::string_view part) const {
  return std::any_of(degraded_.begin(), degraded_.end(),
                     [&](const Degraded& d) { return d.part == part; });
}

template <class T, class Fits>
std::optional<T> ReplayEffects::Take(std::deque<T>& events, Fits fits) {
  auto found = std::find_if(events.begin(), events.end(), fits);
  if (found == events.end()) return std::nullopt;
  T event = *found;
  events.erase(found);
  return event;
}

absl::Time ReplayEffects::Now() {
  if (now_) return *now_;
  return live_ != nullptr ? live_->Now() : absl::UnixEpoch();
}

RedactedText ReplayEffects::Redact(std::string_view raw, const RedactionContext& context) {
  if (!texts_.empty()) {
    RedactedText text = texts_.front();
    texts_.pop_front();
    return text;
  }
  if (live_ != nullptr) return live_->Redact(raw, context);
  return {std::string(raw), {}};  // what is recorded was redacted before
}

absl::StatusOr<std::vector<std::vector<float>>> ReplayEffects::Embed(
    std::span<const std::string> texts) {
  if (LostPart("embeddings")) return absl::UnavailableError("recorded as unavailable");
  if (live_ != nullptr) return live_->Embed(texts);
  if (sources_.embed) return sources_.embed(texts);
  return absl::UnavailableError("replay without an encoder");
}

absl::StatusOr<std::vector<std::vector<float>>> ReplayEffects::Features(
    std::span<const std::string> texts) {
  if (LostPart("embeddings")) return absl::UnavailableError("recorded as unavailable");
  if (live_ != nullptr) return live_->Features(texts);
  if (sources_.features) return sources_.features(texts);
  return absl::UnavailableError("replay without an encoder");
}

std::string ReplayEffects::NextRevision(std::string_view query) {
  if (retrieved_.empty()) return revision_;
  auto same = std::find_if(retrieved_.begin(), retrieved_.end(),
                           [&](const Retrieved& e) { return e.query == query; });
  if (same == retrieved_.end()) same = retrieved_.begin();  // the candidate asks otherwise
  revision_ = same->revision;
  retrieved_.erase(same);
  return revision_;
}

absl::StatusOr<std::vector<FoundPassage>> ReplayEffects::Search(std::string_view query, int k) {
  if (live_ != nullptr) return live_->Search(query, k);
  if (LostPart("knowledge")) return absl::UnavailableError("recorded as unavailable");
  if (!sources_.knowledge) return absl::UnavailableError("replay without documents");
  const std::string recorded = NextRevision(query);
  const ReplayKnowledge knowledge = sources_.knowledge(recorded);
  if (!knowledge.search) {
    remarks_.push_back(
        absl::StrCat("the documents of revision ", recorded.substr(0, 12), " are not at hand"));
    return absl::UnavailableError("the recorded documents are not at hand");
  }
  searched_ = knowledge.revision;
  return knowledge.search(query, k);
}

std::string ReplayEffects::KnowledgeRevision() {
  if (live_ != nullptr) return live_->KnowledgeRevision();
  if (!searched_.empty()) return searched_;
  if (!sources_.knowledge) return revision_;
  const ReplayKnowledge knowledge = sources_.knowledge(revision_);
  return knowledge.revision.empty() ? revision_ : knowledge.revision;
}

const llm::ModelInfo* ReplayEffects::Model() const {
  if (live_ != nullptr && generated_.empty()) return live_->Model();
  if (model_) return &*model_;
  return nullptr;
}

bool ReplayEffects::Decodes(const llm::GenerateRequest& request, const Generated& record) {
  if (sources_.model == nullptr || sources_.decode == DecodeAgain::kNever) return false;
  const llm::ModelInfo& info = sources_.model->info();
  const bool same_model = !record.numerics_version.empty() &&
                          info.numerics_version == record.numerics_version &&
                          info.sha256 == record.model_sha256;
  if (sources_.decode == DecodeAgain::kWhereSame) return same_model;
  return !same_model || PromptDigest(request.messages) != record.prompt_sha256;
}

absl::StatusOr<llm::Generation> ReplayEffects::Decode(const llm::GenerateRequest& request,
                                                      const Generated& record) {
  llm::GenerateRequest again = request;
  // Where a deadline or a cancel stopped the record, decoding stops at the same token.
  const bool cut = record.stop == "deadline" || record.stop == "cancelled";
  if (cut) again.stop_after_tokens = static_cast<int>(record.token_ids.size());
  const absl::Time begin = absl::Now();
  absl::StatusOr<llm::Generation> generation = sources_.model->Generate(again);
  decode_time_ += absl::Now() - begin;
  ++decoded_;
  if (generation.ok() && cut) generation->stop = StopNamed(record.stop);
  return generation;
}

absl::StatusOr<llm::Generation> ReplayEffects::Generate(const llm::GenerateRequest& request) {
  if (generated_.empty()) {
    if (!model_failure_.empty()) {
      for (auto code : {absl::StatusCode::kUnavailable, absl::StatusCode::kFailedPrecondition,
                        absl::StatusCode::kResourceExhausted, absl::StatusCode::kInvalidArgument,
                        absl::StatusCode::kDataLoss, absl::StatusCode::kDeadlineExceeded}) {
        if (absl::StatusCodeToString(code) == model_failure_)
          return absl::Status(code, "as recorded");
      }
      return absl::UnavailableError("as recorded");
    }
    if (live_ != nullptr) return live_->Generate(request);
    if (sources_.model != nullptr && sources_.decode == DecodeAgain::kWhereChanged &&
        (!sources_.may_decode || sources_.may_decode())) {
      remarks_.push_back("the model was asked where the record has no output");
      return Decode(request, {});
    }
    return absl::UnavailableError("the record has no model output here");
  }
  Generated record = generated_.front();
  generated_.pop_front();
  if (live_ == nullptr && Decodes(request, record)) {
    if (!sources_.may_decode || sources_.may_decode()) {
      model_ = sources_.model->info();
      return Decode(request, record);
    }
    remarks_.push_back("model output taken from the record: enough were decoded again");
  } else if (live_ == nullptr && sources_.decode == DecodeAgain::kWhereSame) {
    remarks_.push_back(
        "model output taken from the record: no model with the same file and numerics");
  }
  return Recorded(record);
}

std::string ReplayEffects::WriteKey(const WriteVisit& visit) {
  std::optional<ToolPrepared> record = Take(prepared_, [&](const ToolPrepared& e) {
    return e.step == visit.step && e.tool == visit.tool && e.visit == visit.visit &&
           e.arguments == visit.arguments;
  });
  if (record) return record->key;
  if (live_ != nullptr) return live_->WriteKey(visit);
  return storage::ToHex(
      storage::Sha256(absl::StrCat("replay ", visit.instance, visit.step, visit.visit, visit.tool,
                                   CanonicalText(visit.arguments))));
}

ToolOutcome ReplayEffects::CallTool(const tools::ToolCall& call) {
  std::optional<ToolReturned> record = Take(tools_, [&](const ToolReturned& e) {
    return e.tool == call.tool && e.arguments == call.arguments;
  });
  ToolOutcome outcome;
  outcome.at = call.now;
  if (record) {
    outcome.blocked = record->outcome == "blocked";
    outcome.result.outcome =
        tools::ParseOutcome(record->outcome).value_or(tools::ToolResult::Outcome::kRejected);
    outcome.result.value = record->value;
    outcome.result.message = record->message;
    outcome.at = absl::FromUnixMillis(record->at_ms);
    return outcome;
  }
  if (live_ != nullptr) return live_->CallTool(call);
  remarks_.push_back(
      absl::StrCat("tool ", call.tool, " was called with arguments that the record does not have"));
  outcome.result =
      tools::ToolResult::Failed(tools::ToolResult::Outcome::kUnavailable, "not in the record");
  return outcome;
}

VerificationOutcome ReplayEffects::VerifyOrder(std::string_view order, std::string_view email) {
  std::optional<VerificationChecked> record = Take(verified_, [&](const VerificationChecked& e) {
    return e.order == order && e.email == email;
  });
  if (record) return {record->outcome, record->customer};
  if (live_ != nullptr) return live_->VerifyOrder(order, email);
  remarks_.push_back("a verification that the record does not have");
  return {"unavailable", ""};
}

int64_t ReplayEffects::AgentsOnDuty(std::string_view team) {
  if (!handed_.empty()) {
    int64_t count = handed_.front().on_duty;
    handed_.pop_front();
    return count;
  }
  return live_ != nullptr ? live_->AgentsOnDuty(team) : 0;
}

absl::Status ReplayEffects::Commit(const CommitRequest& request) {
  if (live_ == nullptr) {
    committed_.insert(committed_.end(), request.events.begin(), request.events.end());
    // The turn lost the conversation here when it was recorded.
    if (!complete_ && committed_.size() >= record_.size()) {
      return absl::FailedPreconditionError("the owner changed here");
    }
    return absl::OkStatus();
  }
  CommitRequest rest = request;
  rest.events.clear();
  for (const EncodedEvent& event : request.events) {
    if (checked_ < record_.size()) {
      if (event != record_[checked_]) {
        diverged_ = true;
        return absl::AbortedError("the committed beginning of this turn would run differently now");
      }
      ++checked_;
    } else {
      rest.events.push_back(event);
    }
  }
  // Commits are atomic: one that is in the log brought its ledger and owner with it.
  if (rest.events.empty() && !request.events.empty()) return absl::OkStatus();
  committed_.insert(committed_.end(), rest.events.begin(), rest.events.end());
  return live_->Commit(rest);
}

}  // namespace frontdesk::dialog
