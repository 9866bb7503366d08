#include "server/turns/conversations.h"

#include <openssl/rand.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr int kSweepBatch = 200;
constexpr size_t kKeptConversations = 2048;  // some ten KiB each

storage::ConversationId NewConversationId() {
  std::array<unsigned char, 16> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    spdlog::critical("random=none effect=\"no conversation can be created\"");
    std::abort();
  }
  return storage::ConversationId(storage::ToHex(bytes));
}

// The store says FAILED_PRECONDITION for a lost epoch; callers of the API know it as ABORTED.
absl::Status OwnerChanged() {
  return absl::AbortedError("another owner has taken the conversation over; read it again");
}

}  // namespace

struct Conversations::Lined {
  storage::ConversationId id;
  MessageInput input;
  absl::Time arrived;
  std::function<void(absl::Status)> done;
};

Conversations::Conversations(TurnWorld world, LaneOptions lanes)
    : world_(world), kept_(kKeptConversations), lanes_(lanes) {}

Conversations::~Conversations() = default;

absl::StatusOr<storage::Conversation> Conversations::Create(const CreateInput& input) {
  storage::NewConversation row;
  row.id = NewConversationId();
  const std::shared_ptr<const Assistant> active =
      world_.version_for ? world_.version_for(row.id, input.customer) : world_.versions.Active();
  if (active == nullptr)
    return absl::UnavailableError("no bundle is active yet; try again in a moment");
  const absl::Time now = absl::Now();
  row.bundle_version = active->version;
  row.knowledge_revision = world_.knowledge.snapshot()->revision();
  row.created_ms = absl::ToUnixMillis(now);
  row.attributes = nlohmann::json({{"channel", input.channel}}).dump();
  if (!input.customer.empty()) row.customer = storage::CustomerId(input.customer);
  if (!input.request_id.empty())
    row.request = storage::RequestKey{storage::RequestId(input.request_id), input.language};
  absl::StatusOr<storage::Conversation> created = world_.store.CreateConversation(row);
  if (!created.ok()) return created.status();
  if (created->last_sequence > 0) return created;  // a resend: it was greeted the first time

  const TurnSetup setup(world_, redactor_, active);
  dialog::LiveEffects effects(created->id, created->epoch, setup.live, {});
  dialog::Conversation conversation{.id = created->id};
  dialog::OpenInput open;
  open.channel = input.channel;
  open.language = input.language;
  open.customer = input.customer;
  open.signed_identity = !input.customer.empty();
  open.bundle_version = active->version.value();
  open.numerics_version = active->manifest.at("numerics");
  if (absl::Status opened = dialog::OpenConversation(conversation, open, setup.turn, effects);
      !opened.ok()) {
    return opened;
  }
  spdlog::info("conversation={} event=opened bundle={} channel={}", created->id.value(),
               active->version.value(), input.channel);
  return world_.store.GetConversation(created->id);
}

absl::StatusOr<Conversations::Taken> Conversations::Send(const storage::ConversationId& id,
                                                         MessageInput input,
                                                         std::function<void(absl::Status)> done) {
  if (!input.standing) {
    const auto found = world_.store.FindRequest(id, storage::RequestId(input.request_id));
    if (!found.ok()) return found.status();
    input.standing = {.seen = found->request.has_value(),
                      .ended = found->conversation.state_tag == "ended"};
  }
  const bool resent = input.standing->seen;
  if (!resent && input.standing->ended) {
    return absl::FailedPreconditionError("the conversation has ended; create a new one");
  }
  Lined message{
      .id = id, .input = std::move(input), .arrived = absl::Now(), .done = std::move(done)};
  const absl::Status lined =
      lanes_.Submit(id, [this, message = std::move(message)] { RunMessage(message); });
  world_.metrics.SetQueuedTurns(static_cast<int64_t>(lanes_.waiting()));
  if (!lined.ok()) {
    world_.metrics.CountRefused("queue");
    return lined;
  }
  return resent ? Taken::kResent : Taken::kQueued;
}

absl::Status Conversations::WithConversation(
    const storage::ConversationId& id, dialog::LiveCall call,
    const std::function<absl::Status(dialog::Conversation&, const dialog::TurnParts&,
                                     dialog::Effects&)>& body) {
  const absl::StatusOr<storage::Conversation> row = world_.store.GetConversation(id);
  if (!row.ok()) return row.status();
  const absl::StatusOr<std::shared_ptr<const Assistant>> assistant =
      world_.versions.For(row->bundle_version);
  if (!assistant.ok()) return assistant.status();
  std::optional<dialog::Conversation> kept;
  if (!row->erased) kept = kept_.Take(id, row->last_sequence);
  absl::StatusOr<dialog::Conversation> conversation =
      kept ? absl::StatusOr<dialog::Conversation>(*std::move(kept))
           : dialog::LoadConversation(world_.store, id);
  if (!conversation.ok()) return conversation.status();
  const TurnSetup setup(world_, redactor_, *assistant);
  dialog::LiveEffects effects(id, row->epoch, setup.live, std::move(call));
  const absl::Status status = body(*conversation, setup.turn, effects);
  const std::optional<int64_t> end = effects.EndAfter(conversation->last_sequence);
  if (status.ok() && end && !conversation->state.ended) {
    conversation->last_sequence = *end;
    kept_.Put(*std::move(conversation));
  }
  return status;
}

void Conversations::RunMessage(const Lined& message) {
  const absl::Time begin = absl::Now();
  world_.metrics.ObserveStage("queue", begin - message.arrived);
  dialog::LiveCall call;
  call.request_id = message.input.request_id;
  call.request_body = message.input.text;
  call.address = message.input.address;
  call.deadline = message.input.deadline;
  call.cancelled = [this, caller = message.input.cancelled] {
    return cancel_all_ || (caller && caller());
  };
  int64_t turn = 0;
  const absl::Duration mark = meter_.Begin();
  absl::Status status = WithConversation(
      message.id, std::move(call),
      [&](dialog::Conversation& conversation, const dialog::TurnParts& parts,
          dialog::Effects& effects) {
        const dialog::TurnInput input{.text = message.input.text,
                                      .request_id = message.input.request_id,
                                      .arrived = message.arrived};
        const absl::Status ran = dialog::RunTurn(conversation, input, parts, effects);
        turn = conversation.state.turns;
        return ran;
      });
  const absl::Duration cpu = meter_.End(mark);
  if (absl::IsAlreadyExists(status)) {
    Continue(message.id);  // resent: the first answer is in the log, whole or cut by a crash
  } else {
    world_.metrics.ObserveStage("turn", absl::Now() - begin);
    world_.metrics.CountTurn(status.ok() ? "ok" : absl::StatusCodeToString(status.code()));
    if (status.ok() && world_.charge) world_.charge(message.id, turn, cpu);
    if (status.ok() && world_.after_turn) world_.after_turn(message.id, turn);
  }
  spdlog::info("conversation={} turn={} event=turn_over ms={:.1f} status={}", message.id.value(),
               turn, absl::ToDoubleMilliseconds(absl::Now() - begin),
               absl::StatusCodeToString(status.code()));
  if (message.done) message.done(status);
}

void Conversations::Continue(const storage::ConversationId& id) {
  dialog::LiveCall call;
  call.cancelled = [this] { return cancel_all_.load(); };
  const absl::Status status = WithConversation(
      id, std::move(call),
      [&](dialog::Conversation& conversation, const dialog::TurnParts& parts,
          dialog::Effects& effects) {
        if (!conversation.state.turn) return absl::OkStatus();
        const absl::StatusOr<std::vector<dialog::Event>> log = dialog::ReadEvents(world_.store, id);
        if (!log.ok()) return log.status();
        return dialog::ResumeTurn(conversation, *log, parts, effects);
      });
  if (!status.ok()) {
    spdlog::warn("conversation={} event=resume_failed status={}", id.value(),
                 std::string(status.message()));
  }
}

int Conversations::ResumeOpenTurns() {
  int resumed = 0;
  storage::ConversationFilter filter;
  filter.limit = 1000;
  for (;;) {
    const auto page = world_.store.ListConversations(filter);
    if (!page.ok() || page->empty()) break;
    for (const storage::Conversation& row : *page) {
      if (row.state_tag == "ended" || row.erased || row.last_sequence == 0) continue;
      const auto last = world_.store.Read(row.id, row.last_sequence - 1, 1);
      const bool quiet = !last.ok() || last->empty() ||
                         last->front().kind == dialog::TurnCompleted::kKind ||
                         last->front().kind == dialog::ConversationStarted::kKind;
      if (quiet) continue;
      const absl::StatusOr<dialog::Conversation> conversation =
          dialog::LoadConversation(world_.store, row.id);
      if (!conversation.ok() || !conversation->state.turn) continue;
      if (lanes_.Submit(row.id, [this, id = row.id] { Continue(id); }).ok()) ++resumed;
    }
    filter.after_position = page->back().position;
  }
  return resumed;
}

absl::StatusOr<storage::Conversation> Conversations::Act(const storage::ConversationId& id,
                                                         const dialog::HumanAction& action,
                                                         std::optional<int64_t> expected_epoch,
                                                         const std::string& request_id) {
  const absl::StatusOr<storage::Conversation> row = world_.store.GetConversation(id);
  if (!row.ok()) return row.status();
  if (expected_epoch && *expected_epoch != row->epoch) return OwnerChanged();
  dialog::LiveCall call;
  call.request_id = request_id;
  call.request_body = absl::StrCat("action ", action.index());
  const absl::Status status =
      WithConversation(id, std::move(call),
                       [&](dialog::Conversation& conversation, const dialog::TurnParts& parts,
                           dialog::Effects& effects) {
                         return dialog::RunHumanAction(conversation, action, parts, effects);
                       });
  if (!status.ok() && !absl::IsAlreadyExists(status)) {
    const absl::StatusOr<storage::Conversation> now = world_.store.GetConversation(id);
    if (now.ok() && now->epoch != row->epoch) return OwnerChanged();
    return status;
  }
  return world_.store.GetConversation(id);
}

absl::Status Conversations::Record(const storage::ConversationId& id, const std::string& request_id,
                                   const dialog::Event& event, bool ends) {
  storage::AppendRequest append;
  append.conversation = id;
  const dialog::EncodedEvent encoded = dialog::EncodeEvent(event);
  append.events.push_back({encoded.kind, encoded.body});
  append.request =
      storage::RequestKey{storage::RequestId(request_id), std::string(dialog::KindOf(event))};
  append.now_ms = absl::ToUnixMillis(absl::Now());
  if (ends) {
    append.state_tag = "ended";
    append.idle_deadline_ms = 0;
    append.queue = storage::QueueUpdate{.action = storage::QueueUpdate::Action::kRemove};
  }
  const absl::Status status = world_.store.Append(std::move(append)).status();
  return absl::IsAlreadyExists(status) ? absl::OkStatus()
                                       : status;  // a resend: done the first time
}

absl::Status Conversations::Feedback(const storage::ConversationId& id,
                                     const std::string& request_id, int rating,
                                     const std::string& comment) {
  const absl::StatusOr<storage::Conversation> row = world_.store.GetConversation(id);
  if (!row.ok()) return row.status();
  const auto assistant = world_.versions.For(row->bundle_version);
  if (!assistant.ok()) return assistant.status();
  const TurnSetup setup(world_, redactor_, *assistant);
  dialog::LiveCall call;
  call.request_id = request_id;
  call.request_body = absl::StrCat(rating, " ", comment);
  dialog::LiveEffects effects(id, row->epoch, setup.live, std::move(call));
  const int64_t now_ms = absl::ToUnixMillis(effects.Now());
  const dialog::FeedbackGiven feedback{
      .score = rating, .comment = effects.Redact(comment, {}).text, .now_ms = now_ms};
  const absl::Status status =
      effects.Commit({.events = {dialog::EncodeEvent(feedback)}, .now_ms = now_ms});
  return absl::IsAlreadyExists(status) ? absl::OkStatus() : status;
}

absl::Status Conversations::Review(const storage::ConversationId& id,
                                   const std::string& request_id, dialog::Review review) {
  const absl::StatusOr<storage::Conversation> row = world_.store.GetConversation(id);
  if (!row.ok()) return row.status();
  if (row->state_tag != "ended")
    return absl::FailedPreconditionError("the conversation still goes on; score it once it has ended");
  const auto assistant = world_.versions.For(row->bundle_version);
  if (!assistant.ok()) return assistant.status();
  const TurnSetup setup(world_, redactor_, *assistant);
  dialog::LiveCall call;
  call.request_id = request_id;
  call.request_body = dialog::CanonicalText(dialog::ReviewEvent(review, 0).detail);
  dialog::LiveEffects effects(id, row->epoch, setup.live, std::move(call));
  review.comment = effects.Redact(review.comment, {}).text;
  const dialog::Event event = dialog::ReviewEvent(review, absl::ToUnixMillis(effects.Now()));
  // Without a time of its own: a review does not make the conversation younger for retention.
  const absl::Status status = effects.Commit({.events = {dialog::EncodeEvent(event)}});
  return absl::IsAlreadyExists(status) ? absl::OkStatus() : status;
}

void Conversations::Sweep(absl::Time now) {
  const int64_t now_ms = absl::ToUnixMillis(now);
  if (const auto idle = world_.store.ListIdle(now_ms, kSweepBatch); idle.ok()) {
    for (const storage::Conversation& row : *idle) {
      (void)lanes_.Submit(row.id, [this, id = row.id] {
        const absl::Status status = WithConversation(
            id, {},
            [](dialog::Conversation& conversation, const dialog::TurnParts& parts,
               dialog::Effects& effects) { return dialog::RunIdle(conversation, parts, effects); });
        if (!status.ok()) {
          spdlog::warn("conversation={} event=idle_failed error=\"{}\"", id.value(),
                       std::string(status.message()));
        }
      });
    }
  }
  storage::QueueFilter lapsed;
  lapsed.expired_at_ms = now_ms;
  if (const auto entries = world_.store.ListQueue(lapsed); entries.ok()) {
    for (const storage::QueueEntry& entry : *entries) {
      if (!entry.claimed_by) continue;
      const auto lost =
          Act(entry.conversation, dialog::Lose{.agent = entry.claimed_by->value()}, std::nullopt);
      spdlog::info("conversation={} event=claim_lapsed status={}", entry.conversation.value(),
                   absl::StatusCodeToString(lost.status().code()));
    }
  }
}

void Conversations::Drain(absl::Time deadline) {
  if (lanes_.Drain(deadline)) return;
  cancel_all_ =
      true;  // decoders and tools stop at their next safe point; the turns resume at the next start
  (void)lanes_.Drain(absl::Now() + absl::Seconds(5));
}

}  // namespace frontdesk::server
