#include "dialog/effects/live_effects.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dialog/consents.h"
#include "absl/time/clock.h"
#include "spdlog/spdlog.h"
#include "storage/digest.h"

namespace frontdesk::dialog {
namespace {

// A tool may take its own timeout times its retries; a turn never waits longer than this.
constexpr absl::Duration kLongestTool = absl::Seconds(20);

const tools::Field* FieldNamed(const std::vector<tools::Field>& fields, std::string_view name) {
  const auto it = std::find_if(fields.begin(), fields.end(),
                               [name](const tools::Field& f) { return f.name == name; });
  return it == fields.end() ? nullptr : &*it;
}

// Reports how long its scope took.
class Timed {
 public:
  Timed(const LiveParts& parts, std::string_view stage)
      : parts_(parts), stage_(stage), begin_(absl::Now()) {}
  ~Timed() {
    if (parts_.observe) parts_.observe(stage_, absl::Now() - begin_);
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  const LiveParts& parts_;
  const std::string_view stage_;
  const absl::Time begin_;
};

FoundPassage Found(const retrieval::Hit& hit) {
  const retrieval::Passage& passage = *hit.passage;
  FoundPassage found;
  found.hash = passage.hash.Hex();
  found.document = passage.document_id;
  found.title = passage.title;
  found.url = passage.url;
  found.language = passage.language;
  found.headings = passage.headings;
  found.text = passage.text;
  found.begin = passage.begin;
  for (const retrieval::SourceRun& run : passage.runs)
    found.runs.emplace_back(run.text, run.source);
  found.score_q = hit.score_q;
  found.cosine_q = static_cast<int64_t>(hit.cosine * 1'000'000);
  return found;
}

}  // namespace

absl::StatusOr<std::vector<FoundPassage>> SearchPassages(
    const retrieval::KnowledgeSnapshot& snapshot, std::string_view query, int k) {
  absl::StatusOr<std::vector<retrieval::Hit>> hits = snapshot.Search(query, {.k = k});
  if (!hits.ok()) return hits.status();
  std::vector<FoundPassage> found;
  for (const retrieval::Hit& hit : *hits) found.push_back(Found(hit));
  return found;
}

LiveEffects::LiveEffects(storage::ConversationId conversation, int64_t epoch,
                         const LiveParts& parts, LiveCall call)
    : conversation_(std::move(conversation)),
      epoch_(epoch),
      parts_(parts),
      call_(std::move(call)),
      knowledge_(parts.knowledge.snapshot()) {}

LiveEffects::~LiveEffects() = default;

absl::Time LiveEffects::Now() { return parts_.clock ? parts_.clock() : absl::Now(); }

bool LiveEffects::Cancelled() const { return call_.cancelled && call_.cancelled(); }

// ---- Personal data -----------------------------------------------------------------------------

tools::VaultNamer& LiveEffects::Namer() {
  if (namer_) return *namer_;
  namer_ = std::make_unique<tools::VaultNamer>();
  const absl::StatusOr<std::vector<storage::VaultEntry>> entries =
      parts_.store.ListVault(conversation_);
  if (!entries.ok()) {
    spdlog::error("conversation={} vault=unreadable error=\"{}\"", conversation_.value(),
                  std::string(entries.status().message()));
    return *namer_;
  }
  for (const storage::VaultEntry& entry : *entries) {
    const std::optional<tools::PiiType> type = tools::PiiTypeFromName(entry.type);
    if (!type ||
        !namer_->Restore({.token = entry.token, .type = *type, .value = entry.value}).ok()) {
      spdlog::error("conversation={} vault=bad_entry type={}", conversation_.value(), entry.type);
    }
  }
  return *namer_;
}

RedactedText LiveEffects::Redact(std::string_view raw, const RedactionContext& context) {
  const Timed timed(parts_, "redact");
  tools::RedactOptions options;
  options.expected_slot_pattern = context.expected_pattern;
  options.country = parts_.country;
  options.name_was_asked = context.name_asked;
  options.address_was_asked = context.address_asked;
  const tools::Redaction redaction = parts_.redactor.Redact(raw, Namer(), options);
  RedactedText redacted{.text = redaction.text};
  for (const tools::PiiSpan& span : redaction.spans) {
    redacted.tokens.push_back(
        {.token = span.token, .type = std::string(tools::PiiTypeName(span.type))});
  }
  return redacted;
}

std::string LiveEffects::HideText(const std::string& text) {
  tools::RedactOptions options;
  options.country = parts_.country;
  options.names_and_addresses =
      false;  // product names look like people; declared fields cover the rest
  return parts_.redactor.Redact(text, Namer(), options).text;
}

nlohmann::json LiveEffects::HideFields(const nlohmann::json& value,
                                       const std::vector<tools::Field>& fields) {
  if (value.is_array()) {
    nlohmann::json hidden = nlohmann::json::array();
    for (const nlohmann::json& element : value) hidden.push_back(HideFields(element, fields));
    return hidden;
  }
  if (!value.is_object())
    return value.is_string() ? nlohmann::json(HideText(value.get<std::string>())) : value;
  nlohmann::json hidden = nlohmann::json::object();
  for (const auto& [name, member] : value.items()) {
    const tools::Field* field = FieldNamed(fields, name);
    if (field == nullptr || member.is_structured()) {
      hidden[name] =
          HideFields(member, field == nullptr ? std::vector<tools::Field>{} : field->fields);
    } else if (!member.is_string() || member.get_ref<const std::string&>().empty()) {
      hidden[name] = member;
    } else if (const auto type = tools::PiiTypeFromName(field->personal)) {
      hidden[name] = Namer().TokenFor(*type, member.get<std::string>());
    } else {
      hidden[name] = field->type == tools::ValueType::kText ? HideText(member.get<std::string>())
                                                            : member.get<std::string>();
    }
  }
  return hidden;
}

nlohmann::json LiveEffects::Resolve(const tools::ToolSpec& spec, const nlohmann::json& arguments) {
  nlohmann::json resolved = arguments;
  for (auto& [name, value] : resolved.items()) {
    const tools::Parameter* parameter = spec.FindParameter(name);
    if (parameter == nullptr || !parameter->reveal || !value.is_string()) continue;
    std::string text = value.get<std::string>();
    const std::vector<tools::TokenSpan> tokens = tools::FindTokens(text);
    for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) {
      const auto plain =
          Namer().ValueOf(std::string_view(text).substr(token->begin, token->end - token->begin));
      if (plain) text.replace(token->begin, token->end - token->begin, *plain);
    }
    value = text;
  }
  return resolved;
}

// ---- Understanding and answering
// -----------------------------------------------------------------

absl::StatusOr<std::vector<std::vector<float>>> LiveEffects::Embed(
    std::span<const std::string> texts) {
  const Timed timed(parts_, "embed");
  if (!parts_.embed) return absl::UnavailableError("no encoder is loaded");
  return parts_.embed(texts);
}

absl::StatusOr<std::vector<std::vector<float>>> LiveEffects::Features(
    std::span<const std::string> texts) {
  const Timed timed(parts_, "embed");
  if (!parts_.features) return absl::UnavailableError("no encoder is loaded");
  return parts_.features(texts);
}

absl::StatusOr<std::vector<FoundPassage>> LiveEffects::Search(std::string_view query, int k) {
  const Timed timed(parts_, "retrieve");
  return SearchPassages(*knowledge_, query, k);
}

std::string LiveEffects::KnowledgeRevision() { return knowledge_->revision().value(); }

absl::StatusOr<llm::Generation> LiveEffects::Generate(const llm::GenerateRequest& request) {
  const Timed timed(parts_, "decode");
  if (parts_.model == nullptr) return absl::UnavailableError("no model is loaded");
  llm::GenerateRequest bounded = request;
  bounded.deadline = std::min(bounded.deadline, call_.deadline);
  bounded.cancelled = call_.cancelled;
  return parts_.model->Generate(bounded);
}

const llm::ModelInfo* LiveEffects::Model() const {
  return parts_.model == nullptr ? nullptr : &parts_.model->info();
}

// ---- Tools
// ---------------------------------------------------------------------------------------

std::string LiveEffects::WriteKey(const WriteVisit& visit) {
  const nlohmann::json what = {{"instance", visit.instance},
                               {"step", visit.step},
                               {"visit", visit.visit},
                               {"tool", visit.tool},
                               {"arguments", visit.arguments}};
  const absl::StatusOr<storage::Digest> key =
      parts_.store.Fingerprint(conversation_, CanonicalText(what));
  return key.ok() ? storage::ToHex(*key) : std::string();
}

std::optional<tools::ToolResult> LiveEffects::AskByKey(const tools::ToolCall& call,
                                                       absl::Time deadline) {
  const absl::StatusOr<std::optional<storage::LedgerEntry>> entry =
      parts_.store.GetLedger(call.idempotency_key);
  if (entry.ok() && entry->has_value() && (*entry)->state == storage::LedgerState::kDone) {
    const nlohmann::json recorded =
        nlohmann::json::parse((*entry)->result, nullptr, /*allow_exceptions=*/false);
    const absl::StatusOr<tools::ToolResult> result = tools::ResultFromJson(recorded);
    if (result.ok()) return *result;
  }
  const absl::StatusOr<std::optional<tools::ToolResult>> found =
      parts_.registry.FindByKey(call.tool, call.idempotency_key, deadline);
  if (found.ok()) return *found;
  return tools::ToolResult::Failed(tools::ToolResult::Outcome::kUnknown,
                                   "the outcome could not be looked up after an interruption");
}

// Consent belongs to the person, not to the conversation: what was said last anywhere counts, at
// the moment of the call. The ledger that cannot be read grants nothing.
bool LiveEffects::StillConsented(const tools::ToolSpec& spec) const {
  if (spec.consent.empty()) return true;
  const auto row = parts_.store.GetConversation(conversation_);
  if (!row.ok()) return false;
  const auto granted = Consented(parts_.store, *row, spec.consent);
  return granted.ok() && *granted;
}

ToolOutcome LiveEffects::CallTool(const tools::ToolCall& call) {
  const Timed timed(parts_, "tool");
  ToolOutcome outcome;
  const tools::ToolSpec* spec = parts_.registry.Find(call.tool);
  const absl::Time deadline = std::min(call_.deadline, absl::Now() + kLongestTool);
  if (blocked_.count(call.idempotency_key) > 0) {
    outcome.blocked = true;
    outcome.result =
        tools::ToolResult::Rejected("blocked", "an earlier write to the same resource is in doubt");
  } else {
    std::optional<tools::ToolResult> known;
    const bool write = spec != nullptr && spec->effect == tools::Effect::kWrite;
    if (write && prepared_.count(call.idempotency_key) == 0) known = AskByKey(call, deadline);
    if (!known && spec != nullptr && !StillConsented(*spec)) {
      known = tools::ToolResult::Rejected("no_consent", "the person withdrew consent elsewhere");
    }
    if (known) {
      outcome.result = *std::move(known);
    } else {
      tools::ToolCall resolved = call;
      if (spec != nullptr) resolved.arguments = Resolve(*spec, call.arguments);
      outcome.result = parts_.registry.Call(resolved, deadline);
    }
  }
  outcome.result.value = HideFields(CanonicalJson(outcome.result.value),
                                    spec == nullptr ? std::vector<tools::Field>{} : spec->result);
  outcome.at = Now();
  return outcome;
}

VerificationOutcome LiveEffects::VerifyOrder(std::string_view order, std::string_view email) {
  const Timed timed(parts_, "verify");
  tools::OrderClaim claim;
  claim.order_number = std::string(order);
  claim.email = Namer().ValueOf(email).value_or(std::string(email));
  claim.principal = conversation_.value();
  claim.address = call_.address;
  const absl::StatusOr<std::optional<std::string>> customer = parts_.verifier.Verify(claim, Now());
  if (!customer.ok()) return {.outcome = "unavailable"};
  if (!customer->has_value()) return {.outcome = "failed"};
  return {.outcome = "verified", .customer = **customer};
}

int64_t LiveEffects::AgentsOnDuty(std::string_view team) {
  return parts_.agents_on_duty ? parts_.agents_on_duty(team) : 0;
}

// ---- Commit
// --------------------------------------------------------------------------------------

absl::Status LiveEffects::Commit(const CommitRequest& request) {
  const Timed timed(parts_, "commit");
  storage::AppendRequest append;
  append.conversation = conversation_;
  append.expected_epoch = epoch_;
  append.now_ms = request.now_ms;
  append.queue = request.queue;
  append.state_tag = request.state_tag;
  append.idle_deadline_ms = request.idle_deadline_ms;
  for (const EncodedEvent& event : request.events)
    append.events.push_back({event.kind, event.body});
  if (request.new_owner) append.owner = storage::OwnerChange{epoch_, *request.new_owner};
  if (request.bind_customer) append.bind_customer = storage::CustomerId(*request.bind_customer);
  if (!call_.request_id.empty() && !request_recorded_) {
    append.request = storage::RequestKey{storage::RequestId(call_.request_id), call_.request_body};
  }
  for (const storage::LedgerUpdate& update : request.ledger) {
    if (update.state == storage::LedgerState::kPrepared && !update.resource.empty()) {
      const auto blocking = parts_.store.BlockedResource(update.resource);
      if (blocking.ok() && blocking->has_value() && (*blocking)->key != update.key) {
        blocked_.insert(update.key);
        continue;
      }
    }
    if (blocked_.count(update.key) > 0) continue;  // never prepared, so there is nothing to close
    append.ledger.push_back(update);
  }
  const size_t vault_end = namer_ ? namer_->added().size() : 0;
  for (size_t i = vault_committed_; i < vault_end; ++i) {
    const tools::VaultName& name = namer_->added()[i];
    append.vault.push_back({name.token, std::string(tools::PiiTypeName(name.type)), name.value});
  }

  const absl::StatusOr<storage::AppendResult> result = parts_.store.Append(std::move(append));
  if (!result.ok()) return result.status();
  epoch_ = result->epoch;
  if (!first_sequence_) first_sequence_ = result->first_sequence;
  gapless_ = gapless_ && (last_sequence_ == 0 || result->first_sequence == last_sequence_ + 1);
  last_sequence_ = result->last_sequence;
  request_recorded_ = true;
  vault_committed_ = vault_end;
  for (const storage::LedgerUpdate& update : request.ledger) {
    if (update.state == storage::LedgerState::kPrepared) prepared_.insert(update.key);
  }
  return absl::OkStatus();
}

std::optional<int64_t> LiveEffects::EndAfter(int64_t sequence) const {
  if (!first_sequence_) return sequence;
  if (!gapless_ || *first_sequence_ != sequence + 1) return std::nullopt;
  return last_sequence_;
}

}  // namespace frontdesk::dialog
