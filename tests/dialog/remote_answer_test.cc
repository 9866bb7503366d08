// Answers of a remote model over HTTP: verified like any other, and replayed from the record.
#include <gtest/gtest.h>

#include "dialog/replay/replay.h"
#include "llm/remote/remote_model.h"
#include "tests/dialog/small_shop.h"
#include "tests/llm/fake_model_server.h"

namespace frontdesk::dialog {
namespace {

using llm::ChatEvent;
using llm::kChatDone;

constexpr char kQuestion[] = "what does delivery cost to Germany";

ReplayReport Replayed(const Chat& chat) {
  ReplaySources sources;  // no model: nothing is asked again
  sources.knowledge = [&](std::string_view recorded) -> ReplayKnowledge {
    return {std::string(recorded), [&](std::string_view, int) { return chat.world.passages; }};
  };
  return ReplayConversation("c-1", chat.Events(), Shop().parts(), sources, {});
}

TEST(RemoteAnswer, IsVerifiedAndReplayedFromTheRecord) {
  llm::FakeModelServer server({
      {.pieces = {ChatEvent("Shipping to Germany costs"), ChatEvent(" 5.95 euro.", "stop"),
                  kChatDone}},
      {.pieces = {ChatEvent("Shipping to Germany costs 4.95 euro.", "stop"), kChatDone}},
      {.status = 503},
  });
  const auto model = llm::RemoteModel::Create({.url = server.url(), .model = "m", .attempts = 1});
  ASSERT_TRUE(model.ok()) << model.status();
  Chat chat;
  chat.world.model = model->get();
  chat.Say(kQuestion);
  EXPECT_EQ(chat.state().last_replies.back().path, "model");
  chat.Say(kQuestion);  // an invented price
  EXPECT_EQ(chat.state().last_replies.back().path, "extractive");
  chat.Say(kQuestion);  // the server is down
  EXPECT_EQ(chat.state().last_replies.back().path, "extractive");
  EXPECT_EQ(server.calls(), 3);

  int generated = 0, degraded = 0;
  for (const Event& event : chat.Events()) {
    if (const auto* e = std::get_if<Generated>(&event)) {
      ++generated;
      EXPECT_TRUE(e->token_ids.empty());
      EXPECT_EQ(e->numerics_version, "");
    }
    if (const auto* e = std::get_if<Degraded>(&event)) degraded += e->part == "model";
  }
  EXPECT_EQ(generated, 2);
  EXPECT_EQ(degraded, 1);

  const ReplayReport report = Replayed(chat);
  EXPECT_TRUE(report.identical()) << report.ToText();
  EXPECT_EQ(report.decoded_again, 0);
  EXPECT_EQ(server.calls(), 3);  // replay asked nobody
}

}  // namespace
}  // namespace frontdesk::dialog
