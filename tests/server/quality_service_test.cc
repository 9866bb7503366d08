// Quality assurance over the wire: two supervisors score what a customer went through, an admin
// exports what may be exported, and the conversation still replays byte for byte.
#include <frontdesk/v1/insight.grpc.pb.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/review_command.h"
#include "clients/cpp/quality_client.h"
#include "server/insight/outcome_book.h"
#include "server/replay/run.h"
#include "tests/server/demo_server.h"

namespace frontdesk::server {
namespace {

class QualityOverTheWire : public testing::Test {
 protected:
  QualityOverTheWire() : stub_(v1::QualityService::NewStub(demo_.Channel())) {}

  std::unique_ptr<client::QualityClient> Supervisor(const std::string& name) {
    return *client::QualityClient::Connect(demo_.address(), demo_.Token(name, CallerRole::kSupervisor));
  }
  // Transcripts for training, as the admin gets them; left_out: those without consent.
  std::vector<std::string> Exported(int64_t& left_out) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + demo_.Token("root", CallerRole::kAdmin));
    v1::ExportTranscriptsResponse response;
    const grpc::Status status = stub_->ExportTranscripts(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    left_out = response.without_consent();
    return {response.transcripts().begin(), response.transcripts().end()};
  }
  // A chat that was rated badly, so that the card's rule chooses it, and has ended.
  std::unique_ptr<client::ChatClient> BadlyRated(bool consents) {
    auto chat = demo_.Chat();
    if (consents) {
      EXPECT_TRUE(chat->Consent("training", true, "2026-01").ok());
    }
    const auto ignore = [](const v1::ConversationEvent&) {};
    EXPECT_TRUE(chat->Send("where is my order 48213? my email is ada.quill@post.example", ignore).ok());
    EXPECT_TRUE(chat->Rate(1, "too slow").ok());
    EXPECT_TRUE(chat->End().ok());
    return chat;
  }

  DemoServer demo_{"quality"};
  std::unique_ptr<v1::QualityService::Stub> stub_;
};

TEST_F(QualityOverTheWire, ReviewsAreScoredComparedAndReplayed) {
  const auto chat = BadlyRated(false);
  const std::string name = chat->conversation().name();
  const auto ines = Supervisor("ines"), omar = Supervisor("omar");
  const auto sample = ines->Sample(true);
  ASSERT_TRUE(sample.ok()) << sample.status();
  const auto chosen = std::find_if(sample->begin(), sample->end(),
                                   [&](const auto& one) { return one.conversation() == name; });
  ASSERT_NE(chosen, sample->end());
  EXPECT_EQ(chosen->chosen_by(0), "negative_feedback");
  EXPECT_FALSE(chosen->scored());

  EXPECT_EQ(ines->Submit(name, {}, "").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ines->Submit(name, {{"charming", 1}}, "").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ines->Submit(name, {{"right", 3}}, "").code(), absl::StatusCode::kInvalidArgument);
  const auto going_on = demo_.Chat();
  EXPECT_EQ(ines->Submit(going_on->conversation().name(), {{"right", 1}}, "").code(),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(ines->Submit(name, {{"right", 0}}, "").ok());
  ASSERT_TRUE(ines->Submit(name, {{"right", 2}, {"manner", 2}}, "wrote to ada.quill@post.example").ok());
  ASSERT_TRUE(omar->Submit(name, {{"right", 1}, {"manner", 2}}, "").ok());

  const auto quality = ines->Quality();
  ASSERT_TRUE(quality.ok()) << quality.status();
  EXPECT_EQ(quality->reviewed(), 1);
  for (const v1::QuestionQuality& question : quality->questions()) {
    if (question.name() == "right") {
      EXPECT_DOUBLE_EQ(question.mean(), 0.75) << "the later review of ines stands in place of the earlier";
      EXPECT_EQ(question.scored_twice(), 1);
      EXPECT_TRUE(question.has_agreement());
    }
    if (question.name() == "manner") {
      EXPECT_FALSE(question.has_agreement()) << "all the same";
    }
  }
  EXPECT_EQ(quality->disputed(0), name);
  EXPECT_TRUE(ines->Sample(true)->empty()) << "ines has scored it";
  EXPECT_EQ(ines->Sample(false)->front().reviews(), 2);

  // Nobody reads another's review in the transcript, and the customer's stream has none.
  const auto transcript = demo_.Console("noor")->Transcript(name);
  ASSERT_TRUE(transcript.ok()) << transcript.status();
  for (const v1::ConversationEvent& event : transcript->events())
    EXPECT_FALSE(event.has_agent_action()) << event.ShortDebugString();

  demo_.Stop();
  storage::StoreOptions at{.path = demo_.data() + "/frontdesk.db"};
  at.read_only = true;
  const auto store = storage::Store::Open(at);
  ASSERT_TRUE(store.ok()) << store.status();
  RecordingReader reader(**store);
  const Models none;
  StageShelf shelf(none, demo_.options().cache);
  const auto entries = EntriesOf(**store, reader, std::numeric_limits<int64_t>::min(),
                                 std::numeric_limits<int64_t>::max(), /*verified=*/true);
  ASSERT_TRUE(entries.ok());
  const ReplayResult replayed =
      RunReplay(*entries, [&](const Recording& r) { return shelf.ForRecording(r); }, {.threads = 1});
  EXPECT_EQ(replayed.identical, 2) << "reviews are in the log and change no replay";
  OutcomeBook book(**store);
  const auto reading = book.Read({});
  ASSERT_TRUE(reading.ok()) << reading.status();
  for (const ConversationFacts& facts : (*reading)->facts) {
    EXPECT_EQ(facts.cpu_us > 0, facts.turns > 0) << "turns were charged";
    for (const dialog::Review& review : facts.reviews)
      EXPECT_FALSE(absl::StrContains(review.comment, "ada.quill")) << "comments are redacted";
  }
}

TEST_F(QualityOverTheWire, OnlyWhatWasConsentedToIsExportedAndAWithdrawalCountsAtOnce) {
  const auto willing = BadlyRated(true), silent = BadlyRated(false);
  int64_t left_out = 0;
  const std::vector<std::string> first = Exported(left_out);
  // Both chats verified the same person, and the ledger is the person's: one yes covers both.
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(left_out, 0);
  for (const std::string& transcript : first) {
    EXPECT_TRUE(absl::StrContains(transcript, "where is my order")) << transcript;
    EXPECT_TRUE(absl::StrContains(transcript, "<EMAIL_")) << transcript;
    for (const char* hidden : {"ada.quill", "Ada", "Quill"}) EXPECT_FALSE(absl::StrContains(transcript, hidden));
    EXPECT_FALSE(absl::StrContains(transcript, silent->conversation().name().substr(14)));
  }
  const auto again = demo_.Chat();
  ASSERT_TRUE(again->Send("where is my order 48213? my email is ada.quill@post.example",
                          [](const v1::ConversationEvent&) {}).ok());
  ASSERT_TRUE(again->Consent("training", false, "2026-01").ok());
  EXPECT_TRUE(Exported(left_out).empty()) << "withdrawn in another conversation";
  EXPECT_EQ(left_out, 2);
}

TEST_F(QualityOverTheWire, AReviewerScoresInTheTerminal) {
  BadlyRated(false);
  const cli::ReviewOptions options{.server = demo_.address(),
                                   .token = demo_.Token("ines", CallerRole::kSupervisor)};
  std::istringstream in("2\n9\n1\n\n2\n1\nclear enough\n");
  std::ostringstream out;
  ASSERT_EQ(cli::RunReview(options, in, out), 0) << out.str();
  EXPECT_TRUE(absl::StrContains(out.str(), "chosen by negative_feedback")) << out.str();
  EXPECT_TRUE(absl::StrContains(out.str(), "one of the numbers 0 to 2, please"));
  EXPECT_TRUE(absl::StrContains(out.str(), "scored"));
  std::istringstream nothing;
  std::ostringstream done;
  ASSERT_EQ(cli::RunReview(options, nothing, done), 0);
  EXPECT_TRUE(absl::StrContains(done.str(), "you have scored every conversation"));
  const cli::ReviewOptions agent{.server = demo_.address(), .token = demo_.Token("noor", CallerRole::kAgent)};
  std::ostringstream refused;
  EXPECT_EQ(cli::RunReview(agent, nothing, refused), 1) << "agents do not score";
}

}  // namespace
}  // namespace frontdesk::server
