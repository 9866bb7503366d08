// A crash at any commit of any turn: resuming gives the same log as if nothing had
// happened, and no write happens twice. Replay of the log is identical.
#include <gtest/gtest.h>

#include "dialog/replay/replay.h"
#include "tests/dialog/small_shop.h"

namespace frontdesk::dialog {
namespace {

const std::vector<std::string> kDialog = {"I want to return something",
                                          "48213",
                                          "ann@shop.example",
                                          "it is broken",
                                          "yes",
                                          "how much is shipping",
                                          "let me talk to a human"};

// The chat's passages, whatever revision was recorded.
std::function<ReplayKnowledge(std::string_view)> PassagesOf(const Chat& chat) {
  return [&chat](std::string_view recorded) {
    return ReplayKnowledge{std::string(recorded),
                           [&chat](std::string_view, int) { return chat.world.passages; }};
  };
}

std::vector<EncodedEvent> Undisturbed() {
  Chat chat;
  for (const std::string& text : kDialog) chat.Say(text);
  return chat.world.log;
}

// The commit failed and the process lives: memory holds what is durable and no more.
absl::Status GoOn(Chat& chat) {
  chat.world.commits_until_crash = chat.world.crash_after_call = -1;
  MemoryEffects effects(chat.world);
  return ResumeTurn(chat.conversation, chat.Events(), Shop().parts(), effects);
}

// The process died: everything in memory is gone, the log and the systems stay.
absl::Status Restart(Chat& chat) {
  chat.conversation.state = Fold(chat.Events());
  return GoOn(chat);
}

void FailEveryCommit(absl::Status (*afterwards)(Chat&)) {
  const std::vector<EncodedEvent> expected = Undisturbed();
  int crashes = 0;
  for (size_t turn = 0; turn < kDialog.size(); ++turn) {
    for (int commits = 0; commits < 6; ++commits) {
      Chat chat;
      for (size_t i = 0; i < turn; ++i) chat.Say(kDialog[i]);
      chat.world.commits_until_crash = commits;
      chat.Say(kDialog[turn]);
      if (chat.last.ok()) break;  // the turn has fewer commits
      ++crashes;
      ASSERT_TRUE(afterwards(chat).ok());
      if (commits == 0)
        chat.Say(kDialog[turn]);  // nothing was acknowledged: the client sends again
      for (size_t i = turn + 1; i < kDialog.size(); ++i) chat.Say(kDialog[i]);
      EXPECT_EQ(chat.world.log, expected) << "turn " << turn << " commit " << commits;
      EXPECT_EQ(chat.world.writes.size(), 1u);
      EXPECT_EQ(chat.world.CallsOf("returns.create"), 1);
    }
  }
  EXPECT_GE(crashes, 16);
}

TEST(Resume, EveryCommitMayBeTheLast) { FailEveryCommit(Restart); }

TEST(Resume, AFailedCommitLeavesWhatIsDurable) { FailEveryCommit(GoOn); }

TEST(Resume, ACrashBetweenCallAndResultAsksByKey) {
  Chat chat;
  for (size_t i = 0; i < 4; ++i) chat.Say(kDialog[i]);
  chat.world.crash_after_call =
      static_cast<int>(chat.world.calls.size()) + 1;  // the re-read, then the write
  chat.Say("yes");
  ASSERT_FALSE(chat.last.ok());
  EXPECT_EQ(chat.world.CallsOf("returns.create"), 1);
  ASSERT_TRUE(Restart(chat).ok());
  EXPECT_EQ(chat.world.CallsOf("returns.create"), 1);
  EXPECT_EQ(chat.state().finished.back().outcome, "completed");
}

TEST(Replay, VerifyIsIdentical) {
  Chat chat;
  for (const std::string& text : kDialog) chat.Say(text);
  chat.Act(Claim{"agent-7", 0});
  chat.Say("hello?");
  chat.Act(Reply{"agent-7", "Hi."});
  chat.Act(Return{"agent-7", ""});
  ReplaySources sources;
  sources.knowledge = PassagesOf(chat);
  ReplayReport report = ReplayConversation("c-1", chat.Events(), Shop().parts(), sources, {});
  EXPECT_TRUE(report.identical()) << report.ToText();
  EXPECT_EQ(report.turns, static_cast<int64_t>(kDialog.size()) + 1);
}

TEST(Replay, OneChangedByteIsFoundAndNamed) {
  Chat chat;
  for (const std::string& text : kDialog) chat.Say(text);
  std::vector<Event> events = chat.Events();
  ReplaySources sources;
  sources.knowledge = PassagesOf(chat);
  int checked = 0;
  for (size_t i = 0; i < events.size(); ++i) {
    auto* said = std::get_if<Said>(&events[i]);
    if (said == nullptr) continue;
    const std::string text = said->text;
    said->text[0] = said->text[0] == 'X' ? 'Y' : 'X';
    ReplayReport report = ReplayConversation("c-1", events, Shop().parts(), sources, {});
    ASSERT_FALSE(report.identical()) << i;
    bool named = false;
    for (const ReplayDifference& d : report.differences)
      named |= d.sequence == static_cast<int64_t>(i) + 1 && d.kind == "sentence";
    EXPECT_TRUE(named) << report.ToText();
    said->text = text;
    ++checked;
  }
  EXPECT_GE(checked, 8);
}

TEST(Replay, CompareNamesTheFileAndTheSentence) {
  Chat chat;
  for (const std::string& text : kDialog) chat.Say(text);
  std::map<std::string, std::string> files = SmallShopFiles();
  std::string& flow = files["flows/return_item.yaml"];
  const std::string from = "Return {ret.return_id} is open.";
  flow.replace(flow.find(from), from.size(), "Your return {ret.return_id} is open.");
  absl::StatusOr<Bundle> candidate = LoadBundleFiles(files);
  ASSERT_TRUE(candidate.ok()) << candidate.status();
  candidate->policy = Shop().bundle.policy;
  ReplaySources sources;
  sources.knowledge = PassagesOf(chat);
  ReplayReport report =
      ReplayConversation("c-1", chat.Events(), {*candidate, Shop().understander}, sources,
                         {.mode = ReplayMode::kCompare,
                          .recorded_manifest = Shop().bundle.files,
                          .manifest = candidate->files});
  ASSERT_EQ(report.differences.size(), 1u) << report.ToText();
  EXPECT_EQ(report.differences[0].kind, "sentence");
  EXPECT_EQ(report.differences[0].turn, 5);
  EXPECT_EQ(report.changed_files, std::vector<std::string>{"flows/return_item.yaml (changed)"});
}

}  // namespace
}  // namespace frontdesk::dialog
