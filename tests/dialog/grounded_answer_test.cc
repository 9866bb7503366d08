// Mode grounded: a model of random weights, which would write noise, can only say sentences of the
// passages; what is shown is verified and cited; replay decodes it again; a model that cannot be
// held is announced.
#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "dialog/replay/replay.h"
#include "llm/local_model.h"
#include "llm/scripted_model.h"
#include "tests/dialog/small_shop.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::dialog {
namespace {

constexpr char kQuestion[] = "what does delivery cost to Germany";

Bundle GroundedShop() {
  std::map<std::string, std::string> files = SmallShopFiles();
  files["assistant.yaml"] +=
      "\nmodel: {mode: grounded, max_tokens: 200, grounded: {connecting: [\"Also,\"]}}\n";
  absl::StatusOr<Bundle> bundle = LoadBundleFiles(files);
  EXPECT_TRUE(bundle.ok()) << bundle.status();
  bundle->policy = Shop().bundle.policy;
  return *std::move(bundle);
}

void Ask(Chat& chat, const Bundle& bundle, const std::string& text) {
  MemoryEffects effects(chat.world);
  chat.last = RunTurn(chat.conversation, {text, "", chat.world.now},
                      {bundle, Shop().understander}, effects);
  ASSERT_TRUE(chat.last.ok()) << chat.last;
}

TEST(GroundedAnswer, ARandomModelSaysNothingButThePassages) {
  const std::string path = llm::WriteTemporary(
      "grounded.gguf", llm::SyntheticModel({.width = 64, .heads = 2, .kv_heads = 1,
                                            .feed_forward = 96, .context = 4096, .own_head = true}));
  const auto model = llm::LocalModel::Load(path, {.threads = 2});
  unlink(path.c_str());
  ASSERT_TRUE(model.ok()) << model.status();
  const Bundle bundle = GroundedShop();
  Chat chat;
  chat.world.model = model->get();
  for (int i = 0; i < 3; ++i) Ask(chat, bundle, kQuestion);

  int generated = 0;
  for (const Event& event : chat.Events()) {
    if (const auto* e = std::get_if<Generated>(&event)) {
      ++generated;
      EXPECT_TRUE(e->grounded);
      EXPECT_EQ(e->stop, "end_of_turn");
      // Whole sentences of the passage, with "Also," before at most.
      std::string rest = e->text;
      for (const std::string sentence : {"Standard shipping to Germany costs 5.95 euro.",
                                         "It is free from 80 euro.",
                                         "Parcels take three to four working days."}) {
        // Its first letter may be small.
        const size_t at = rest.find(sentence.substr(1));
        if (at != std::string::npos) rest.erase(at - 1, sentence.size());
      }
      for (const char* word : {"Also,", " ", "\n"}) {
        while (absl::StrContains(rest, word)) rest.erase(rest.find(word), std::string(word).size());
      }
      EXPECT_EQ(rest, "") << e->text;
    }
    // All of it verifies; where it passes over what was asked, the quote is shown.
    if (const auto* e = std::get_if<SentenceChecked>(&event); e != nullptr && e->from == "model") {
      EXPECT_TRUE(e->shown || e->rule == "says_less") << e->text << ": " << e->rule;
    }
    const auto* degraded = std::get_if<Degraded>(&event);
    EXPECT_TRUE(degraded == nullptr || degraded->part != "grounded_decoding");
  }
  EXPECT_EQ(generated, 3);

  ReplaySources sources;
  sources.knowledge = [&](std::string_view recorded) -> ReplayKnowledge {
    return {std::string(recorded), [&](std::string_view, int) { return chat.world.passages; }};
  };
  sources.model = model->get();
  const ReplayReport report = ReplayConversation(
      "c-1", chat.Events(), {bundle, Shop().understander}, sources, {});
  EXPECT_TRUE(report.identical()) << report.ToText();
  EXPECT_EQ(report.decoded_again, 3);
}

TEST(GroundedAnswer, AModelThatCannotBeHeldIsAnnouncedAndVerified) {
  llm::ScriptedModel model({"Shipping to Germany costs 5.95 euro.", "Shipping to Germany costs 4.95 euro."});
  const Bundle bundle = GroundedShop();
  Chat chat;
  chat.world.model = &model;
  Ask(chat, bundle, kQuestion);
  EXPECT_EQ(chat.state().last_replies.back().path, "model");
  Ask(chat, bundle, kQuestion);
  EXPECT_EQ(chat.state().last_replies.back().path, "extractive");
  int announced = 0;
  for (const Event& event : chat.Events()) {
    if (const auto* e = std::get_if<Degraded>(&event)) announced += e->part == "grounded_decoding";
  }
  EXPECT_EQ(announced, 2);
  ReplaySources sources;
  sources.knowledge = [&](std::string_view recorded) -> ReplayKnowledge {
    return {std::string(recorded), [&](std::string_view, int) { return chat.world.passages; }};
  };
  const ReplayReport report = ReplayConversation(
      "c-1", chat.Events(), {bundle, Shop().understander}, sources, {});
  EXPECT_TRUE(report.identical()) << report.ToText();
}

TEST(GroundedAnswer, SettingsAreTypedAndChecked) {
  const auto error = [](const std::string& model) {
    std::map<std::string, std::string> files = SmallShopFiles();
    files["assistant.yaml"] += "\nmodel: " + model + "\n";
    const absl::StatusOr<Bundle> bundle = LoadBundleFiles(files);
    return bundle.ok() ? "" : std::string(bundle.status().message());
  };
  EXPECT_EQ(error("{mode: grounded, grounded: {connecting: [\"Also,\"], decline: \"No idea.\", runs: true, kept: [not]}}"), "");
  for (const auto& [model, says] : std::vector<std::pair<std::string, std::string>>{
           {"{mode: grund}", "verified, grounded or off"},
           {"{grounded: {conecting: [a]}}", "connecting"},
           {"{grounded: {connecting: [\"only 5 euro:\"]}}", "without a digit"},
           {"{grounded: {runs: maybe}}", "runs"},
           {"{adapter: adapters/none.gguf}", "adapters/none.gguf"},
           {"{adapter: shop.bin}", "adapters/"}}) {
    EXPECT_TRUE(absl::StrContains(error(model), says)) << model << ": " << error(model);
  }
}

}  // namespace
}  // namespace frontdesk::dialog
