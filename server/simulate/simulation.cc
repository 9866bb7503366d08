#include "server/simulate/simulation.h"

#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "dialog/effects/live_effects.h"
#include "dialog/run_turn.h"
#include "dialog/transcript/faulty_adapter.h"
#include "server/simulate/customer.h"
#include "storage/digest.h"
#include "tools/pii/redact.h"

namespace frontdesk::server {
namespace {

constexpr int64_t kShard = 20;  // conversations in a row that share a CRM
constexpr char kAgent[] = "sim-agent";
constexpr int kMostTurns = 40;

uint64_t Mixed(uint64_t seed, uint64_t number) {
  tools::Random random(seed * 0x9e3779b97f4a7c15ULL + number);
  return random.Next();
}

// Live effects that also keep what was committed, for the digest.
class WatchedEffects : public dialog::LiveEffects {
 public:
  WatchedEffects(const storage::ConversationId& id, int64_t epoch, const dialog::LiveParts& parts,
                 dialog::LiveCall call, std::vector<dialog::EncodedEvent>& committed)
      : LiveEffects(id, epoch, parts, std::move(call)), committed_(committed) {}
  absl::Status Commit(const dialog::CommitRequest& request) override {
    const absl::Status status = LiveEffects::Commit(request);
    if (status.ok())
      committed_.insert(committed_.end(), request.events.begin(), request.events.end());
    return status;
  }

 private:
  std::vector<dialog::EncodedEvent>& committed_;
};

struct Told {
  int64_t turns = 0, events = 0;
  bool escalated = false, rated = false;
  storage::Digest digest{};
};

// The business around twenty conversations: a CRM, its tools, a clock.
class Shard {
 public:
  Shard(const SimulationParts& parts, const SimulationOptions& options)
      : parts_(parts),
        options_(options),
        verifier_(
            [this](const std::vector<tools::AttemptName>& names, absl::Duration, absl::Time) {
              std::vector<int64_t> counts;
              for (const tools::AttemptName& name : names)
                counts.push_back(++tries_[absl::StrCat(name.scope, "\n", name.key)]);
              return absl::StatusOr<std::vector<int64_t>>(std::move(counts));
            },
            [this](std::string_view order, absl::Time now) { return FindOwner(order, now); },
            "secret of a simulation") {}

  absl::StatusOr<Told> Converse(int64_t number);

 private:
  absl::Status Open(std::shared_ptr<const Assistant> assistant);
  absl::StatusOr<std::optional<tools::OrderOwner>> FindOwner(std::string_view order,
                                                             absl::Time now);
  template <class Body>
  absl::Status Act(dialog::LiveCall call, Body body);
  absl::Status Talk(SimulatedCustomer& customer);
  absl::Status HumanPart(tools::Random& random);
  absl::Status Close(SimulatedCustomer& customer, tools::Random& random, Told& told);

  const SimulationParts& parts_;
  const SimulationOptions& options_;
  const tools::Redactor redactor_{};
  std::map<std::string, int64_t> tries_;
  tools::OrderVerifier verifier_;
  std::shared_ptr<const Assistant> assistant_;
  std::shared_ptr<dialog::FaultyAdapter> adapter_;
  std::unique_ptr<tools::Registry> registry_;
  absl::Time now_;

  // Of the conversation at hand.
  dialog::Conversation conversation_;
  int64_t epoch_ = 1, on_duty_ = 1;
  llm::Model* model_ = nullptr;
  std::string address_;
  std::vector<dialog::EncodedEvent> committed_;
};

absl::Status Shard::Open(std::shared_ptr<const Assistant> assistant) {
  if (adapter_ == nullptr) {
    auto crm = parts_.crm.Copy();
    if (!crm.ok()) return crm.status();
    adapter_ = std::make_shared<dialog::FaultyAdapter>(*std::move(crm));
  }
  if (assistant_ == assistant && registry_ != nullptr) return absl::OkStatus();
  assistant_ = std::move(assistant);
  registry_ = std::make_unique<tools::Registry>(
      assistant_->bundle.tools,
      tools::Clock{.now = [] { return absl::Now(); }, .sleep = [](absl::Duration) {}});
  for (const tools::AdapterSpec& spec : registry_->catalogue().adapters) {
    if (absl::Status bound = registry_->Bind(spec.name, adapter_); !bound.ok()) return bound;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<tools::OrderOwner>> Shard::FindOwner(std::string_view order,
                                                                  absl::Time now) {
  tools::ToolCall call;
  call.tool = "customers.find_by_order";
  call.arguments = {{"order_id", std::string(order)}};
  call.principal.role = tools::Role::kSystem;
  call.now = now;
  const tools::ToolResult result = registry_->Call(call, absl::InfiniteFuture());
  if (!result.ok()) return std::optional<tools::OrderOwner>();
  return std::optional(
      tools::OrderOwner{result.value.value("customer_id", ""), result.value.value("email", "")});
}

template <class Body>
absl::Status Shard::Act(dialog::LiveCall call, Body body) {
  call.address = address_;
  const dialog::LiveParts live{.store = parts_.store,
                               .registry = *registry_,
                               .redactor = redactor_,
                               .verifier = verifier_,
                               .knowledge = parts_.knowledge,
                               .embed = parts_.models.embed,
                               .features = parts_.models.features,
                               .model = model_,
                               .agents_on_duty = [this](std::string_view) { return on_duty_; },
                               .clock = [this] { return now_; }};
  WatchedEffects effects(conversation_.id, epoch_, live, std::move(call), committed_);
  const dialog::TurnParts turn{.bundle = assistant_->bundle,
                               .understander = assistant_->understander};
  const absl::Status status = body(conversation_, turn, effects);
  epoch_ = effects.epoch();
  return status;
}

absl::Status Shard::Talk(SimulatedCustomer& customer) {
  for (int turn = 0; turn < kMostTurns && !conversation_.state.ended; ++turn) {
    const std::optional<std::string> message = customer.Next(conversation_.state);
    if (!message) return absl::OkStatus();
    now_ += customer.Pause();
    const std::string request = absl::StrCat("r-", conversation_.state.turns + 1);
    const absl::Status ran = Act(
        {.request_id = request, .request_body = *message},
        [&](dialog::Conversation& c, const dialog::TurnParts& parts, dialog::Effects& effects) {
          return dialog::RunTurn(c, {.text = *message, .request_id = request, .arrived = now_},
                                 parts, effects);
        });
    if (!ran.ok()) return ran;
  }
  return absl::OkStatus();
}

absl::Status Shard::HumanPart(tools::Random& random) {
  const auto act = [&](const dialog::HumanAction& action) {
    return Act({}, [&](dialog::Conversation& c, const dialog::TurnParts& parts,
                       dialog::Effects& effects) {
      return dialog::RunHumanAction(c, action, parts, effects);
    });
  };
  now_ += absl::Seconds(random.Between(30, 600));
  if (absl::Status s = act(dialog::Claim{
          .agent = kAgent, .lease_until_ms = absl::ToUnixMillis(now_ + absl::Minutes(15))});
      !s.ok())
    return s;
  now_ += absl::Seconds(random.Between(20, 180));
  if (absl::Status s =
          act(dialog::Reply{.agent = kAgent, .text = "Hello, I have read what you wrote. I look into it."});
      !s.ok())
    return s;
  now_ += absl::Seconds(random.Between(60, 900));
  if (random.Chance(20)) return act(dialog::Return{.agent = kAgent, .note = "done, go on"});
  return act(dialog::Resolve{.agent = kAgent, .resolution = "solved"});
}

absl::Status Shard::Close(SimulatedCustomer& customer, tools::Random& random, Told& told) {
  bool completed = false;
  for (const dialog::EncodedEvent& event : committed_) {
    told.escalated |= event.kind == dialog::HandedOff::kKind;
    completed |= event.kind == dialog::FlowEnded::kKind &&
                 event.body.find("\"outcome\":\"completed\"") != std::string::npos;
    completed |= event.kind == dialog::TurnCompleted::kKind &&
                 event.body.find("\"outcome\":\"answered\"") != std::string::npos;
  }
  const auto record = [&](const dialog::Event& event, bool ends) {
    return Act({}, [&](dialog::Conversation& c, const dialog::TurnParts&, dialog::Effects& effects) {
      dialog::CommitRequest request{.events = {dialog::EncodeEvent(event)},
                                    .now_ms = absl::ToUnixMillis(now_)};
      if (ends) {
        request.state_tag = "ended";
        request.idle_deadline_ms = 0;
      }
      const absl::Status committed = effects.Commit(request);
      if (committed.ok()) dialog::Apply(event, c.state);
      return committed;
    });
  };
  now_ += absl::Seconds(20);
  if (const std::optional<int> rating = customer.Rating(completed, told.escalated)) {
    told.rated = true;
    if (absl::Status s = record(dialog::FeedbackGiven{.score = *rating,
                                                      .now_ms = absl::ToUnixMillis(now_)},
                                false);
        !s.ok())
      return s;
  }
  if (conversation_.state.ended || !conversation_.state.assistant_owns()) return absl::OkStatus();
  if (random.Chance(30))
    return record(dialog::ConversationEnded{"customer", absl::ToUnixMillis(now_)}, true);
  // The others just go: the assistant reminds, then ends.
  for (int step = 0; step < 2 && !conversation_.state.ended; ++step) {
    now_ += step == 0 ? assistant_->bundle.assistant.remind_after
                      : assistant_->bundle.assistant.end_after;
    if (absl::Status s = Act({}, [](dialog::Conversation& c, const dialog::TurnParts& parts,
                                    dialog::Effects& effects) {
          return dialog::RunIdle(c, parts, effects);
        });
        !s.ok())
      return s;
  }
  return absl::OkStatus();
}

absl::StatusOr<Told> Shard::Converse(int64_t number) {
  const storage::ConversationId id = SimulatedId(options_.seed, number);
  tools::Random random(Mixed(options_.seed, static_cast<uint64_t>(number)));
  if (absl::Status open = Open(parts_.version_for(id)); !open.ok()) return open;
  conversation_ = {.id = id};
  epoch_ = 1;
  committed_.clear();
  address_ = absl::StrCat("10.", number / 65536, ".", number / 256 % 256, ".", number % 256);
  on_duty_ = random.Chance(85) ? random.Between(1, 4) : 0;
  model_ = random.Chance(options_.decoded_percent) ? assistant_->Decoder(parts_.models) : nullptr;
  now_ = options_.start +
         options_.over * (number - options_.first) / std::max<int64_t>(options_.conversations, 1);
  // One tool is down in a few conversations.
  const auto& catalogue = registry_->catalogue().tools;
  std::string broken;
  if (random.Chance(3) && !catalogue.empty()) {
    broken = std::next(catalogue.begin(),
                       random.Between(0, static_cast<int64_t>(catalogue.size()) - 1))
                 ->name;
    adapter_->Fail(broken, tools::ToolResult::Outcome::kUnavailable);
  }
  storage::NewConversation row;
  row.id = id;
  row.bundle_version = assistant_->version;
  row.knowledge_revision = parts_.knowledge.snapshot()->revision();
  row.created_ms = absl::ToUnixMillis(now_);
  row.attributes = R"({"channel":"simulated"})";
  if (auto created = parts_.store.CreateConversation(row); !created.ok()) return created.status();

  SimulatedCustomer customer(parts_.world, assistant_->bundle, random.Next());
  absl::Status status = Act(
      {}, [&](dialog::Conversation& c, const dialog::TurnParts& parts, dialog::Effects& effects) {
        dialog::OpenInput open{.channel = "simulated"};
        open.bundle_version = assistant_->version.value();
        open.numerics_version = assistant_->manifest.at("numerics");
        return dialog::OpenConversation(c, open, parts, effects);
      });
  if (status.ok()) status = Talk(customer);
  if (status.ok() && conversation_.state.owner == "queue") {
    status = HumanPart(random);
    if (status.ok() && conversation_.state.assistant_owns() && !conversation_.state.ended)
      status = Talk(customer);
  }
  Told told;
  if (status.ok()) status = Close(customer, random, told);
  if (!broken.empty()) {
    adapter_->Fail(broken, tools::ToolResult::Outcome::kOk);
    registry_ = nullptr;  // its breaker waits by the real clock: the next conversation has a new one
  }
  if (!status.ok()) return status;

  told.turns = conversation_.state.turns;
  told.events = static_cast<int64_t>(committed_.size());
  storage::Sha256Stream stream;
  for (const dialog::EncodedEvent& event : committed_) {
    std::string body = event.body;
    if (event.kind == dialog::ToolPrepared::kKind) {
      nlohmann::json json = nlohmann::json::parse(body, nullptr, false);
      json.erase("key");
      body = dialog::CanonicalText(json);
    }
    stream.Update(absl::StrCat(event.kind, " ", body, "\n"));
  }
  told.digest = stream.Finish();
  return told;
}

}  // namespace

storage::ConversationId SimulatedId(uint64_t seed, int64_t number) {
  return storage::ConversationId(absl::StrFormat("sim-%d-%06d", seed, number));
}

absl::StatusOr<SimulationReport> Simulation::Run(const SimulationOptions& options) {
  std::vector<Told> told(static_cast<size_t>(options.conversations));
  std::mutex mutex;
  absl::Status failed;
  std::atomic<int64_t> next = 0, done = 0;
  const int64_t shards = (options.conversations + kShard - 1) / kShard;
  const auto work = [&] {
    for (int64_t s = next++; s < shards; s = next++) {
      Shard shard(parts_, options);
      for (int64_t i = s * kShard; i < std::min((s + 1) * kShard, options.conversations); ++i) {
        absl::StatusOr<Told> one = shard.Converse(options.first + i);
        if (!one.ok()) {
          std::lock_guard lock(mutex);
          if (failed.ok()) failed = one.status();
          return;
        }
        told[static_cast<size_t>(i)] = *one;
        if (const int64_t now_done = ++done; options.progress) options.progress(now_done);
      }
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < options.threads; ++t) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  if (!failed.ok()) return failed;
  SimulationReport report;
  storage::Sha256Stream all;
  for (const Told& one : told) {
    ++report.conversations;
    report.turns += one.turns;
    report.events += one.events;
    report.escalated += one.escalated ? 1 : 0;
    report.rated += one.rated ? 1 : 0;
    all.Update(storage::AsBytes(one.digest));
  }
  report.digest = storage::ToHex(all.Finish());
  return report;
}

}  // namespace frontdesk::server
