// Simulated customers: the same seed gives the same conversations on any number of threads.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/insight/outcome_book.h"
#include "server/replay/import.h"
#include "server/replay/stage.h"
#include "server/simulate/place.h"
#include "server/simulate/simulation.h"
#include "server/simulate/typing.h"

namespace frontdesk::server {
namespace {

struct World {
  std::string folder =
      testing::TempDir() + absl::StrCat("frontdesk-simulate-", ::getpid(), "-", Number());
  Models models;  // none: words only, extracts
  absl::StatusOr<SimulationPlace> place = SimulationPlace::Open(
      folder, FRONTDESK_SOURCE_DIR "/demo/bundle", "", FRONTDESK_BINARY_DIR "/simulate-cache",
      models);
  absl::StatusOr<CustomerWorld> customers =
      MakeCustomerWorld(place->versions->Active()->bundle, *place->crm, {});
  ~World() {
    place = absl::UnknownError("closed");
    std::error_code error;
    std::filesystem::remove_all(folder, error);
  }
  static int Number() {
    static int number = 0;
    return ++number;
  }
  absl::StatusOr<SimulationReport> Run(int64_t conversations, uint64_t seed, int threads) {
    Simulation simulation({.store = *place->store,
                           .models = models,
                           .knowledge = place->documents->base(),
                           .crm = *place->crm,
                           .world = *customers,
                           .version_for = [this](const storage::ConversationId&) {
                             return place->versions->Active();
                           }});
    SimulationOptions options;
    options.conversations = conversations;
    options.seed = seed;
    options.threads = threads;
    options.start = absl::FromCivil(absl::CivilHour(2026, 11, 16, 8), absl::UTCTimeZone());
    options.over = absl::Hours(14 * 24);
    return simulation.Run(options);
  }
};

TEST(Simulation, IsDecidedByTheSeedAlone) {
  World one, two;
  ASSERT_TRUE(one.place.ok()) << one.place.status();
  ASSERT_TRUE(two.place.ok()) << two.place.status();
  const auto a = one.Run(60, 7, 1), b = two.Run(60, 7, 3);
  ASSERT_TRUE(a.ok()) << a.status();
  ASSERT_TRUE(b.ok()) << b.status();
  EXPECT_EQ(a->digest, b->digest);
  EXPECT_EQ(a->conversations, 60);
  EXPECT_GT(a->turns, 120);
  EXPECT_GT(a->escalated, 0);
  EXPECT_GT(a->rated, 0);
  const auto other = two.Run(60, 8, 2);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_NE(other->digest, a->digest);
  EXPECT_EQ(one.Run(60, 7, 1).status().code(), absl::StatusCode::kAlreadyExists);

  // The outcomes hold together: a rich log has every kind of end.
  OutcomeBook book(*two.place->store);
  const auto reading = book.Read({});
  ASSERT_TRUE(reading.ok()) << reading.status();
  ASSERT_EQ((*reading)->judged.size(), 120u);
  std::set<Deflection> ends;
  std::set<std::string> intents;
  for (const JudgedConversation& c : (*reading)->judged) {
    ends.insert(c.facts->deflection());
    intents.insert(c.facts->intent);
  }
  EXPECT_EQ(ends.size(), 4u);
  EXPECT_GT(intents.size(), 20u);
  // What was read once is the same when read again.
  const auto again = book.Read({});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(MeasureOutcomes((*again)->judged).size(), MeasureOutcomes((*reading)->judged).size());
}

TEST(Import, TranscriptsAreRedactedReplayableAndInNoFigure) {
  World world;
  ASSERT_TRUE(world.place.ok()) << world.place.status();
  const std::string json = R"({"conversations": [{"id": "zd-1", "language": "en", "messages": [
    {"from": "customer", "time": "2026-03-01T09:00:00Z", "text": "where is my parcel? ada.quill@post.example"},
    {"from": "agent", "time": "2026-03-01T09:02:10Z", "text": "It arrives today."}]}]})";
  const auto report = ImportTranscripts(json, *world.place, world.models);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->messages, 2);
  EXPECT_EQ(ImportTranscripts(json, *world.place, world.models)->known, 1);
  RecordingReader reader(*world.place->store);
  const auto recording = reader.ReadVerified(storage::ConversationId("zd-1"));
  ASSERT_TRUE(recording.ok()) << recording.status();
  for (const dialog::Event& event : recording->events)
    EXPECT_EQ(dialog::EncodeEvent(event).body.find("ada.quill"), std::string::npos);
  StageShelf shelf(world.models, "");
  const auto stage = shelf.ForRecording(*recording);
  ASSERT_TRUE(stage.ok()) << stage.status();
  const dialog::ReplayReport replayed = (*stage)->Replay(*recording, {});
  EXPECT_TRUE(replayed.identical()) << replayed.ToText();
  EXPECT_EQ(replayed.turns, 1);
  OutcomeBook book(*world.place->store);
  EXPECT_TRUE((*book.Read({}))->judged.empty());
  for (const char* wrong :
       {"[]", R"({"conversations": [{"id": "x", "messages": []}]})",
        R"({"conversations": [{"id": "x", "messages": [{"from": "bot", "time": "2026-03-01T09:00:00Z", "text": "a"}]}]})",
        R"({"conversations": [{"id": "x", "messages": [{"from": "agent", "time": "today", "text": "a"}]}]})"}) {
    EXPECT_EQ(ImportTranscripts(wrong, *world.place, world.models).status().code(),
              absl::StatusCode::kInvalidArgument)
        << wrong;
  }
}

TEST(Simulation, TypingKeepsNumbersAndAddresses) {
  tools::Random random(3);
  for (int i = 0; i < 200; ++i) {
    const std::string typed =
        TypedBy("Where is my order 48213, address ada.quill@post.example?", 100, random);
    EXPECT_NE(typed.find("48213"), std::string::npos) << typed;
    EXPECT_NE(typed.find("ada.quill@post.example"), std::string::npos) << typed;
  }
  EXPECT_EQ(TypedBy("Where is my order?", 0, random), "Where is my order?");
}

}  // namespace
}  // namespace frontdesk::server
