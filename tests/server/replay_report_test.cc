// Replay over many recordings: several knowledge revisions in one conversation, planted
// regressions found and attributed, limits, reports, and a version in the shadow.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "dialog/conversation.h"
#include "dialog/effects/live_effects.h"
#include "dialog/transcript/from_recording.h"
#include "dialog/transcript/transcript.h"
#include "llm/model.h"
#include "server/assistant/documents.h"
#include "server/replay/gates.h"
#include "server/replay/render.h"
#include "server/shadow/shadow.h"
#include "server/simulate/place.h"
#include "server/simulate/simulation.h"

namespace frontdesk::server {
namespace {

constexpr int64_t kAlways = std::numeric_limits<int64_t>::max();

class ReplayWorld {
 public:
  explicit ReplayWorld(std::unique_ptr<llm::Model> decoder = nullptr) {
    models.decoder = std::move(decoder);
    folder = testing::TempDir() + absl::StrCat("frontdesk-replay-", ::getpid(), "-", ++number);
    place = SimulationPlace::Open(folder, FRONTDESK_SOURCE_DIR "/demo/bundle", "",
                                  FRONTDESK_BINARY_DIR "/simulate-cache", models);
    EXPECT_TRUE(place.ok()) << place.status();
  }
  ~ReplayWorld() {
    place = absl::UnknownError("closed");
    std::error_code error;
    std::filesystem::remove_all(folder, error);
  }
  void Simulate(int64_t conversations) {
    const auto customers = MakeCustomerWorld(place->versions->Active()->bundle, *place->crm, {});
    ASSERT_TRUE(customers.ok());
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
    options.seed = 7;
    options.decoded_percent = models.decoder == nullptr ? 0 : 50;
    options.start = absl::FromCivil(absl::CivilHour(2026, 11, 16, 8), absl::UTCTimeZone());
    options.over = absl::Hours(14 * 24);
    const auto report = simulation.Run(options);
    ASSERT_TRUE(report.ok()) << report.status();
  }
  std::vector<ArchiveEntry> Entries(RecordingReader& reader) {
    return *EntriesOf(*place->store, reader, std::numeric_limits<int64_t>::min(), kAlways, true);
  }

  static inline int number = 0;
  Models models;
  std::string folder;
  absl::StatusOr<SimulationPlace> place = absl::UnknownError("not open");
};

const char* const kQuestions[] = {"how many days do I have to return something?",
                                  "how much is shipping to Germany?",
                                  "do you repair tents?"};

TEST(Replay, AConversationThatSpansSeveralRevisionsIsReplayedOnEachOfThem) {
  ReplayWorld world;
  const auto assistant = world.place->versions->Active();
  const storage::ConversationId id("spans");
  storage::NewConversation row{.id = id, .bundle_version = assistant->version};
  row.knowledge_revision = world.place->documents->base().snapshot()->revision();
  ASSERT_TRUE(world.place->store->CreateConversation(row).ok());
  const tools::Redactor redactor;
  const tools::OrderVerifier verifier(
      [](const std::vector<tools::AttemptName>& names, auto, auto) {
        return absl::StatusOr<std::vector<int64_t>>(std::vector<int64_t>(names.size(), 1));
      },
      [](auto, auto) { return absl::StatusOr<std::optional<tools::OrderOwner>>(std::nullopt); },
      "secret of a test");
  const dialog::LiveParts live{.store = *world.place->store,
                               .registry = assistant->registry,
                               .redactor = redactor,
                               .verifier = verifier,
                               .knowledge = world.place->documents->base()};
  const dialog::TurnParts parts{.bundle = assistant->bundle,
                                .understander = assistant->understander};
  dialog::Conversation conversation{.id = id};
  {
    dialog::LiveEffects effects(id, 1, live, {});
    dialog::OpenInput open{.bundle_version = assistant->version.value()};
    open.numerics_version = assistant->manifest.at("numerics");
    ASSERT_TRUE(dialog::OpenConversation(conversation, open, parts, effects).ok());
  }
  int turn = 0;
  for (const char* question : kQuestions) {
    const std::string request = absl::StrCat("r-", ++turn);
    dialog::LiveEffects effects(id, 1, live, {.request_id = request, .request_body = question});
    ASSERT_TRUE(dialog::RunTurn(conversation, {.text = question, .request_id = request}, parts,
                                effects)
                    .ok());
    // The documents change between the turns; the last answer stands in a new one.
    ASSERT_TRUE(world.place->documents
                    ->Upsert({{.id = absl::StrCat("new/", turn, ".md"),
                               .format = retrieval::Document::kMarkdown,
                               .bytes = absl::StrCat("# Repairs\n\nWe repair tents, number ", turn,
                                                     " of our services, in Galway.\n")}})
                    .ok());
  }
  RecordingReader reader(*world.place->store);
  const auto recording = reader.ReadVerified(id);
  ASSERT_TRUE(recording.ok()) << recording.status();
  ASSERT_GE(recording->revisions.size(), 3u);
  StageShelf shelf(world.models, "");
  const auto stage = shelf.ForRecording(*recording);
  ASSERT_TRUE(stage.ok()) << stage.status();
  const dialog::ReplayReport report = (*stage)->Replay(*recording, {});
  EXPECT_TRUE(report.identical()) << report.ToText();
  EXPECT_TRUE(report.changed_files.empty());

  // The same from exported files, which bring documents and bundle along.
  const std::string file = world.folder + "/spans.jsonl";
  ASSERT_TRUE(WriteRecordingFile(*recording, file).ok());
  const auto read = ReadRecordingFile(file);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->revisions, recording->revisions);
  StageShelf other(world.models, "");
  const auto from_file = other.ForRecording(*read);
  ASSERT_TRUE(from_file.ok()) << from_file.status();
  EXPECT_TRUE((*from_file)->Replay(*read, {}).identical());
}

// A regression planted in a copy of the bundle.
constexpr char kThreshold[] = "answer: 0.60", kRaised[] = "answer: 0.97";

// Answers with the end of what it was asked, so that other prompts get other answers; as exact
// as a real model, and cheap.
class EchoModel : public llm::Model {
 public:
  absl::StatusOr<llm::Generation> Generate(const llm::GenerateRequest& request) override {
    llm::Generation generation;
    const std::string& asked = request.messages.back().content;
    generation.text = asked.substr(asked.size() - std::min<size_t>(asked.size(), 40));
    generation.token_ids = {1, 2, 3};
    generation.prompt_tokens = static_cast<int>(asked.size());
    return generation;
  }
  const llm::ModelInfo& info() const override { return info_; }

 private:
  const llm::ModelInfo info_{"echo", "scripted", std::string(64, 'e'), "echo-1", 4096};
};

// The flow, of those that read an order first, whose reading was recorded most often.
std::string MostUsedFlow(const std::vector<ArchiveEntry>& entries) {
  std::map<std::string, int> uses;
  for (const ArchiveEntry& entry : entries) {
    std::map<int64_t, std::string> flows;
    const Recording recording = *entry.read();
    for (const dialog::Event& event : recording.events) {
      if (const auto* started = std::get_if<dialog::FlowStarted>(&event))
        flows[started->instance] = started->flow;
      if (const auto* returned = std::get_if<dialog::ToolReturned>(&event);
          returned != nullptr && returned->tool == "orders.get" && returned->step == "load")
        ++uses[flows[returned->instance]];
    }
  }
  uses.erase("order_status");
  return std::max_element(uses.begin(), uses.end(), [](const auto& a, const auto& b) {
           return a.second < b.second;
         })->first;
}

// The document that answers cited most often.
std::string MostCited(const std::vector<ArchiveEntry>& entries) {
  std::map<std::string, int> cited;
  for (const ArchiveEntry& entry : entries) {
    const Recording recording = *entry.read();
    for (const dialog::Event& event : recording.events) {
      if (const auto* said = std::get_if<dialog::Said>(&event)) {
        for (const dialog::Citation& citation : said->citations) ++cited[citation.document];
      }
    }
  }
  return std::max_element(cited.begin(), cited.end(), [](const auto& a, const auto& b) {
           return a.second < b.second;
         })->first;
}

TEST(Replay, VerifiesASimulatedStoreAndFindsFivePlantedRegressions) {
  ReplayWorld world(std::make_unique<EchoModel>());
  world.Simulate(std::getenv("FRONTDESK_FULL") != nullptr ? 1000 : 240);
  RecordingReader reader(*world.place->store);
  const auto entries = world.Entries(reader);
  StageShelf shelf(world.models, FRONTDESK_BINARY_DIR "/simulate-cache");
  const StageFor own = [&](const Recording& recording) { return shelf.ForRecording(recording); };
  for (int threads : {1, 2}) {
    const ReplayResult verified = RunReplay(entries, own, {.threads = threads});
    EXPECT_EQ(verified.identical, static_cast<int64_t>(entries.size()))
        << ToTerminal(verified, RowsOf(FormsOf(verified), verified.turns));
    EXPECT_GT(verified.decoded, 0);
    std::printf("%d threads: %lld conversations, %lld events identical, %lld outputs decoded again\n",
                threads, static_cast<long long>(verified.identical),
                static_cast<long long>(verified.events), static_cast<long long>(verified.decoded));
  }

  Candidate candidate;
  candidate.files = *ReadBundleFiles(FRONTDESK_SOURCE_DIR "/demo/bundle");
  candidate.documents = *ReadKnowledgeFolder(FRONTDESK_SOURCE_DIR "/demo/bundle/knowledge");
  std::vector<std::string> planted;
  const auto plant = [&](const std::string& file, const std::string& from, const std::string& to) {
    EXPECT_EQ(absl::StrReplaceAll({{from, to}}, &candidate.files[file]), 1) << file << ": " << from;
    planted.push_back(file);
  };
  plant("policies/policy.yaml", kThreshold, kRaised);                          // a threshold
  plant("flows/order_status.yaml", "parcel.status == \\\"delivered\\\"",
        "parcel.status == \\\"never\\\"");                                     // a flow branch
  plant("prompts/answer.txt", "in one to three short sentences:", "briefly:");  // a prompt
  plant(absl::StrCat("flows/", MostUsedFlow(entries), ".yaml"),
        "call: orders.get, with: {order_id: \"{order_id}\"}",
        "call: orders.get, with: {order_id: \"48213\"}");                       // a tool's mapping
  const std::string removed = MostCited(entries);                              // a document
  std::erase_if(candidate.documents,
                [&](const retrieval::Document& d) { return d.id == removed; });
  planted.push_back("knowledge/" + removed);

  const auto stage = shelf.ForFiles(candidate.files, candidate.documents);
  ASSERT_TRUE(stage.ok()) << stage.status();
  const ReplayResult compared = RunReplay(
      entries,
      [&](const Recording&) {
        return absl::StatusOr<std::shared_ptr<const ReplayStage>>(*stage);
      },
      {.mode = dialog::ReplayMode::kCompare});
  std::vector<DiffForm> forms = FormsOf(compared);
  FindCauses(forms, entries, candidate, shelf);
  const std::vector<DiffRow> rows = RowsOf(forms, compared.turns);
  std::printf("%s", ToTerminal(compared, rows).c_str());
  std::set<std::string> causes;
  for (size_t i = 0; i < rows.size() && i < 10; ++i) causes.insert(rows[i].cause);
  for (const std::string& cause : planted) EXPECT_TRUE(causes.count(cause)) << cause;
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(),
                             [](const DiffRow& a, const DiffRow& b) { return a.risk > b.risk; }));

  ReplayGates gates;
  gates.turn = 0.0;
  EXPECT_EQ(Exceeded(gates, compared).size(), 1u);
  gates.turn = 1.0;
  EXPECT_TRUE(Exceeded(gates, compared).empty());

  // A sample is drawn by its seed; filters read outcomes.
  EXPECT_EQ(Filtered(entries, {.sample = 10, .seed = 1}, 2).size(), 10u);
  EXPECT_EQ(Filtered(entries, {.sample = 10, .seed = 1}, 1)[3].name,
            Filtered(entries, {.sample = 10, .seed = 1}, 2)[3].name);
  const size_t escalated = Filtered(entries, {.outcome = "escalated"}, 2).size();
  const size_t contained = Filtered(entries, {.outcome = "contained"}, 2).size();
  EXPECT_GT(escalated, 0u);
  EXPECT_EQ(escalated + contained, entries.size());

  // Reports say the same, and a page holds nothing that runs.
  const std::string html = ToHtml(compared, rows, {.record = "<script>x</script>"});
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("policies/policy.yaml"), std::string::npos);
  const std::string junit = ToJUnit(compared);
  EXPECT_NE(junit.find(absl::StrCat("failures=\"", compared.differ(), "\"")), std::string::npos);
  EXPECT_EQ(ToJson(compared, rows)["rows"].size(), rows.size());
}

TEST(Replay, SharesAreReadAsPercentOrFraction) {
  EXPECT_DOUBLE_EQ(*ReadShare("1%"), 0.01);
  EXPECT_DOUBLE_EQ(*ReadShare("0.5 %"), 0.005);
  EXPECT_DOUBLE_EQ(*ReadShare("0.25"), 0.25);
  for (const char* wrong : {"", "x", "-1%", "101%", "2"}) EXPECT_FALSE(ReadShare(wrong).ok());
}

TEST(Shadow, SeesTurnsAndSaysWhatItWouldHaveDone) {
  ReplayWorld world;
  world.Simulate(20);
  BundleFiles files = *ReadBundleFiles(FRONTDESK_SOURCE_DIR "/demo/bundle");
  ASSERT_EQ(absl::StrReplaceAll({{kThreshold, kRaised}},
                                &files["policies/policy.yaml"]),
            1);
  const auto added = world.place->versions->Add(files);
  ASSERT_TRUE(added.ok()) << added.status();
  Shadow shadow(*world.place->store, *world.place->versions, world.place->documents->base(),
                world.models);
  EXPECT_EQ(shadow.Start(world.place->versions->Active()->version, "test").code(),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(shadow.Start((*added)->version, "test").ok());
  RecordingReader reader(*world.place->store);
  int64_t turns = 0, events = 0;
  for (const ArchiveEntry& entry : world.Entries(reader)) {
    const auto recording = entry.read();
    ASSERT_TRUE(recording.ok());
    events += static_cast<int64_t>(recording->events.size());
    for (const dialog::Event& event : recording->events) {
      const auto* received = std::get_if<dialog::Received>(&event);
      if (received == nullptr) continue;
      ++turns;
      shadow.Saw(storage::ConversationId(entry.name), received->turn);
    }
  }
  shadow.Settle();
  const ShadowReport report = shadow.report();
  EXPECT_EQ(report.turns + report.skipped, turns);
  EXPECT_GT(report.changed, 0);
  ASSERT_FALSE(report.rows.empty());
  EXPECT_EQ(report.rows.front().cause, "policies/policy.yaml");
  // It wrote nothing: the logs are as long as before.
  int64_t after = 0;
  for (const ArchiveEntry& entry : world.Entries(reader))
    after += static_cast<int64_t>(entry.read()->events.size());
  EXPECT_EQ(after, events);
  ASSERT_TRUE(shadow.Stop("test").ok());
  EXPECT_TRUE(shadow.report().version.empty());
}

TEST(Replay, ARecordingBecomesATranscript) {
  ReplayWorld world;
  world.Simulate(20);
  RecordingReader reader(*world.place->store);
  for (const ArchiveEntry& entry : world.Entries(reader)) {
    const std::string text = dialog::TranscriptOf(
        "test", entry.read()->events,
        [](std::string_view, std::string_view) { return "made@up.example"; });
    EXPECT_EQ(text.find("user <"), std::string::npos) << text;
    const auto parsed = dialog::ParseTranscript(text, entry.name + ".chat");
    EXPECT_TRUE(parsed.ok()) << parsed.status();
  }
}

}  // namespace
}  // namespace frontdesk::server
