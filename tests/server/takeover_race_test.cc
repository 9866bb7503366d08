// Assistant and human can never both speak: the assistant's answer races with a takeover,
// 500 times, and two agents race for one claim.
//
// Half of the rounds stop the assistant at a chosen point of its turn (after a stage:
// redact, retrieve, verify, commit, …) and let the human take over there, so that every
// order of the two is forced; the other half run free with small random delays. What was
// said is read from the log: after a claim nothing of the assistant may stand there.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/assistant/documents.h"
#include "server/turns/conversations.h"
#include "tools/crm/demo_crm.h"
#include "tools/crm/generate/generate.h"

namespace frontdesk::server {
namespace {

dialog::Claim ClaimBy(const std::string& agent) {
  return {.agent = agent, .lease_until_ms = absl::ToUnixMillis(absl::Now() + absl::Minutes(1))};
}

constexpr int kRounds = 500;
constexpr char kQuestion[] = "how many days do I have to return something?";

// The server's parts without the network and without models: turns take milliseconds.
struct World {
  std::string data = testing::TempDir() + absl::StrCat("takeover-race-", ::getpid());
  std::unique_ptr<storage::Store> store;
  Models models;
  Presence presence;
  Metrics metrics;
  std::unique_ptr<Versions> versions;
  std::unique_ptr<Documents> documents;
  std::unique_ptr<Conversations> conversations;
  std::unique_ptr<TurnWorld> turns;
  const tools::Redactor redactor{};

  World() {
    std::filesystem::create_directories(data);
    ModelOptions none;
    none.decoder = none.encoder = "";
    models = *Models::Load(none);
    storage::StoreOptions options;
    options.path = data + "/frontdesk.db";
    store = *storage::Store::Open(options);
    auto crm = tools::DemoCrm::OpenInMemory();
    AssistantOptions assistant;
    assistant.cache_folder = FRONTDESK_BINARY_DIR "/server-test-cache";
    std::filesystem::create_directories(assistant.cache_folder);
    assistant.demo_crm = std::shared_ptr<tools::Adapter>(*std::move(crm));
    versions = std::make_unique<Versions>(*store, models, assistant);
    const auto active =
        versions->Activate(*ReadBundleFiles(FRONTDESK_SOURCE_DIR "/demo/bundle"), "test");
    EXPECT_TRUE(active.ok()) << active.status();
    documents = *Documents::Open(*store, {}, data + "/knowledge.idx");
    EXPECT_TRUE(documents->SeedFrom(FRONTDESK_SOURCE_DIR "/demo/bundle/knowledge").ok());
    turns = std::make_unique<TurnWorld>(
        TurnWorld{*store, *versions, models, documents->base(), presence, metrics});
    conversations = std::make_unique<Conversations>(*turns, LaneOptions{});
    presence.Set("noor", true, "Noor", absl::Now());
  }
  ~World() {
    conversations = nullptr;
    documents = nullptr;
    versions = nullptr;
    store = nullptr;
    std::filesystem::remove_all(data);
  }

  // Runs one turn of the assistant on this thread; `at_stage` is told after each stage.
  absl::Status Answer(const storage::ConversationId& id, const std::string& request_id,
                      const std::function<void()>& at_stage) {
    const auto row = store->GetConversation(id);
    const auto assistant = versions->For(row->bundle_version);
    const TurnSetup setup(*turns, redactor, *assistant);
    dialog::LiveParts live = setup.live;
    live.observe = [&](std::string_view, absl::Duration) { at_stage(); };
    dialog::LiveCall call;
    call.request_id = request_id;
    call.request_body = kQuestion;
    dialog::LiveEffects effects(id, row->epoch, live, std::move(call));
    auto conversation = dialog::LoadConversation(*store, id);
    return dialog::RunTurn(
        *conversation, {.text = kQuestion, .request_id = request_id, .arrived = absl::Now()},
        setup.turn, effects);
  }

  std::vector<dialog::Event> Log(const storage::ConversationId& id) const {
    std::vector<dialog::Event> events;
    const auto stored = store->Read(id, 0, 1000);
    EXPECT_TRUE(stored.ok()) << stored.status();
    if (!stored.ok()) return events;
    for (const storage::StoredEvent& one : *stored)
      events.push_back(*dialog::DecodeEvent(one.kind, one.body));
    return events;
  }
};

// What a log says about who spoke when.
struct Spoken {
  int before = 0;        // sentences of the assistant before the claim, greeting not counted
  int both = 0;          // sentences of the assistant while a human owned the conversation
  int human = 0;         // sentences of the human
  int human_unowned = 0;  // sentences of the human while the assistant owned it
  bool claimed = false;
};

Spoken Read(const std::vector<dialog::Event>& log) {
  Spoken spoken;
  bool asked = false, human_owns = false;
  for (const dialog::Event& event : log) {
    asked = asked || std::holds_alternative<dialog::Received>(event);
    if (std::holds_alternative<dialog::AgentClaimed>(event)) human_owns = spoken.claimed = true;
    if (std::holds_alternative<dialog::ReturnedToAssistant>(event)) human_owns = false;
    const auto* said = std::get_if<dialog::Said>(&event);
    if (said == nullptr) continue;
    if (said->path == "human") {
      ++spoken.human;
      spoken.human_unowned += human_owns ? 0 : 1;
    } else if (asked) {
      (human_owns ? spoken.both : spoken.before) += 1;
    }
  }
  return spoken;
}

TEST(Takeover, AssistantAndHumanNeverBothSpeak) {
  World world;
  // How many stages and sentences an undisturbed turn has.
  const storage::ConversationId plain = world.conversations->Create({})->id;
  int stages = 0;
  ASSERT_TRUE(world.Answer(plain, "plain", [&] { ++stages; }).ok());
  const int sentences = Read(world.Log(plain)).before;
  ASSERT_GE(sentences, 2) << "the answer has several sentences to take over between";
  ASSERT_GE(stages, 5);

  std::mt19937 random(7);
  int human_first = 0, between = 0, assistant_first = 0, refused_turns = 0, refused_claims = 0;
  for (int round = 0; round < kRounds; ++round) {
    const storage::ConversationId id = world.conversations->Create({})->id;
    const bool forced = round % 2 == 0;
    // Forced: 0 is before the first stage, beyond the last is after the turn.
    const int stop_at = static_cast<int>(random() % static_cast<unsigned>(stages + 2));
    const auto delay = absl::Microseconds(random() % 12'000);
    std::mutex mutex;
    std::condition_variable changed;
    bool reached = false, taken = false;
    const auto meet = [&] {  // the assistant stands here until the human has taken over
      std::unique_lock lock(mutex);
      reached = true;
      changed.notify_all();
      changed.wait(lock, [&] { return taken; });
    };
    absl::Status answered;
    std::thread assistant([&] {
      int stage = 0;
      if (forced && stop_at == 0) meet();
      answered = world.Answer(id, "r", [&] {
        if (forced && ++stage == stop_at) meet();
      });
      std::lock_guard lock(mutex);
      reached = true;
      changed.notify_all();
    });
    if (forced) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return reached; });
    } else {
      absl::SleepFor(delay);
    }
    // In a free round the assistant's commit may come between the claim's reading and its own
    // commit: the claim is then refused, and the agent claims again.
    absl::StatusOr<storage::Conversation> claim = absl::UnknownError("not tried");
    for (int tries = 0; tries < 100 && !claim.ok(); ++tries) {
      claim = world.conversations->Act(id, ClaimBy("noor"), std::nullopt);
      refused_claims += claim.ok() ? 0 : 1;
    }
    ASSERT_TRUE(claim.ok()) << claim.status();
    {
      std::lock_guard lock(mutex);
      taken = true;
      changed.notify_all();
    }
    const auto reply = world.conversations->Act(
        id, dialog::Reply{.agent = "noor", .text = "Hello, this is Noor."}, claim->epoch);
    assistant.join();
    ASSERT_TRUE(reply.ok()) << reply.status();
    refused_turns += answered.ok() ? 0 : 1;

    const Spoken spoken = Read(world.Log(id));
    ASSERT_TRUE(spoken.claimed);
    ASSERT_EQ(spoken.both, 0) << "round " << round << ", stop at " << stop_at;
    ASSERT_EQ(spoken.human_unowned, 0) << "round " << round;
    ASSERT_EQ(spoken.human, 1);
    ASSERT_LE(spoken.before, sentences);
    human_first += spoken.before == 0 ? 1 : 0;
    between += spoken.before > 0 && spoken.before < sentences ? 1 : 0;
    assistant_first += spoken.before == sentences ? 1 : 0;

    // The other direction: the human gives back, and a reply with the old epoch is refused.
    ASSERT_TRUE(world.conversations->Act(id, dialog::Return{.agent = "noor"}, claim->epoch).ok());
    const auto late = world.conversations->Act(
        id, dialog::Reply{.agent = "noor", .text = "One more thing."}, claim->epoch);
    ASSERT_EQ(late.status().code(), absl::StatusCode::kAborted);
  }
  std::printf("%d takeovers: human first %d, between sentences %d, assistant first %d; "
              "turns cut %d, claims tried again %d; both spoke 0\n",
              kRounds, human_first, between, assistant_first, refused_turns, refused_claims);
  EXPECT_GT(human_first, 20);
  EXPECT_GT(between, 20);
  EXPECT_GT(assistant_first, 20);
}

TEST(Takeover, TwoAgentsRaceForOneClaim) {
  World world;
  int first[2] = {0, 0};
  for (int round = 0; round < 100; ++round) {
    const storage::ConversationId id = world.conversations->Create({})->id;
    ASSERT_TRUE(world.Answer(id, "r", [] {}).ok());
    std::array<absl::StatusOr<storage::Conversation>, 2> claims = {absl::UnknownError("not tried"),
                                                                   absl::UnknownError("not tried")};
    std::atomic<int> ready = 0;
    std::array<std::thread, 2> agents;
    for (size_t a = 0; a < 2; ++a) {
      agents[a] = std::thread([&, a] {
        ++ready;
        while (ready < 2) std::this_thread::yield();
        claims[a] = world.conversations->Act(
            id, ClaimBy(a == 0 ? "noor" : "maya"), std::nullopt);
      });
    }
    for (std::thread& agent : agents) agent.join();
    ASSERT_NE(claims[0].ok(), claims[1].ok()) << claims[0].status() << " " << claims[1].status();
    const size_t winner = claims[0].ok() ? 0 : 1;
    ++first[winner];
    EXPECT_EQ(world.store->GetConversation(id)->owner, winner == 0 ? "noor" : "maya");
    int claimed = 0;
    for (const dialog::Event& event : world.Log(id))
      claimed += std::holds_alternative<dialog::AgentClaimed>(event) ? 1 : 0;
    EXPECT_EQ(claimed, 1);
  }
  std::printf("100 races for a claim: noor %d, maya %d, never both\n", first[0], first[1]);
}

TEST(Takeover, ATransferWaitsForTheOtherTeam) {
  World world;
  const storage::ConversationId id = world.conversations->Create({})->id;
  const auto claim = world.conversations->Act(id, ClaimBy("noor"), std::nullopt);
  ASSERT_TRUE(claim.ok()) << claim.status();
  const auto moved = world.conversations->Act(
      id, dialog::Transfer{.agent = "noor", .team = "returns", .note = "wants an exchange"},
      claim->epoch);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->owner, "queue");
  EXPECT_EQ(moved->epoch, claim->epoch + 1);
  const auto queue = world.store->ListQueue({});
  ASSERT_EQ(queue->size(), 1u);
  EXPECT_EQ((*queue)[0].team, "returns");
  EXPECT_FALSE((*queue)[0].claimed_by.has_value());
  EXPECT_EQ(world.conversations
                ->Act(id, dialog::Reply{.agent = "noor", .text = "still me"}, claim->epoch)
                .status()
                .code(),
            absl::StatusCode::kAborted);
  EXPECT_TRUE(world.conversations->Act(id, ClaimBy("maya"), std::nullopt).ok());
}

}  // namespace
}  // namespace frontdesk::server
